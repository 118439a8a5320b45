import type { Figure, Skipped } from '../figures.ts';

export const browserGroups: readonly string[] = ['storage', 'frames'];

export interface BrowserFigures {
  readonly figures: readonly Figure[];
  readonly skipped: readonly Skipped[];
  /** Version of the browser; null when there is none. */
  readonly chromium: string | null;
}

export function measureInBrowser(_groups: readonly string[], _announce: (group: string) => void): Promise<BrowserFigures> {
  return Promise.resolve({ figures: [], skipped: [], chromium: null });
}
