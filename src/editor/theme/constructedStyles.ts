import { useEffect } from 'react';

/**
 * Stands in for the package react-style-singleton, which dialogs and menus use to hold the page still while they are open (vite.config.ts puts
 * it there). The package writes a `<style>` element, which the content security policy forbids; a constructed style sheet does the same
 * and is allowed, because only script that is already trusted can make one.
 * @returns A component that applies `styles` to the page while at least one of its instances is mounted. The first one's styles count, as
 *   in the package.
 */
export function styleSingleton(): (properties: { styles: string; dynamic?: boolean }) => null {
  let mounted = 0;
  let sheet: CSSStyleSheet | null = null;

  function add(styles: string): void {
    mounted += 1;
    if (sheet !== null) return;
    sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }

  function remove(): void {
    mounted -= 1;
    if (mounted > 0) return;
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet);
    sheet = null;
  }

  return function PageStyles({ styles, dynamic = false }) {
    const changes = dynamic ? styles : '';
    useEffect(() => {
      add(styles);
      return remove;
      // Without `dynamic` later styles are ignored on purpose, as the package documents it.
      // eslint-disable-next-line react-hooks/exhaustive-deps
    }, [changes]);
    return null;
  };
}
