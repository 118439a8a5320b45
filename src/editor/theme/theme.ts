/** What a person chooses; `system` follows the operating system, `prefers-contrast: more` included. */
export type ThemeChoice = 'system' | 'light' | 'dark' | 'contrast';

/** What is shown: the value of `data-theme` on the root element. */
export type ThemeShown = 'light' | 'dark' | 'contrast';

export const themeChoices: readonly ThemeChoice[] = ['system', 'light', 'dark', 'contrast'];

let stopFollowing: (() => void) | null = null;

function systemTheme(): ThemeShown {
  if (window.matchMedia('(prefers-contrast: more)').matches) return 'contrast';
  return window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

function show(theme: ThemeShown): void {
  document.documentElement.dataset['theme'] = theme;
}

/** Shows a theme now and, for `system`, whenever the operating system changes its mind. */
export function applyTheme(choice: ThemeChoice): void {
  stopFollowing?.();
  stopFollowing = null;
  if (choice !== 'system') {
    show(choice);
    return;
  }
  const queries = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)'].map((query) => window.matchMedia(query));
  const follow = (): void => show(systemTheme());
  for (const query of queries) query.addEventListener('change', follow);
  stopFollowing = () => {
    for (const query of queries) query.removeEventListener('change', follow);
  };
  follow();
}

/** Calls back when the shown theme changes; returns the way to stop. For what is drawn and cannot inherit CSS. */
export function onThemeShown(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
}

/** Whether the person asked for less motion; read at each use, it may change while the page is open. */
export function prefersReducedMotion(): boolean {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches;
}
