/** Room for the canvas where there is little, as on a screen zoomed to 200 %. */
import { viewStore } from '../stores/viewStore.ts';

const narrow = '(max-width: 900px)';

/** Folds palette and dock while the page is narrow, and unfolds what was open when it is wide again. Returns the function that ends it. */
export function foldWhileNarrow(): () => void {
  const query = window.matchMedia(narrow);
  let before: { readonly paletteCollapsed: boolean; readonly dockCollapsed: boolean } | null = null;
  const follow = () => {
    if (query.matches) {
      const { paletteCollapsed, dockCollapsed } = viewStore.getState();
      before = { paletteCollapsed, dockCollapsed };
      viewStore.setState({ paletteCollapsed: true, dockCollapsed: true });
    } else if (before !== null) {
      viewStore.setState(before);
      before = null;
    }
  };
  follow();
  query.addEventListener('change', follow);
  return () => query.removeEventListener('change', follow);
}
