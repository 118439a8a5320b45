/** The figures that need a browser. */
import { chromium } from 'playwright';
import { findBrowser } from '../../scripts/browser.js';
import type { Figure, Skipped } from '../figures.ts';
import { measureFrames } from './frames.ts';
import { openBenchSite, type BenchSite } from './site.ts';
import { measureStorage } from './storage.ts';

const groups: Readonly<Record<string, (site: BenchSite) => Promise<Figure[]>>> = { storage: measureStorage, frames: measureFrames };

export const browserGroups: readonly string[] = Object.keys(groups);

export interface BrowserFigures {
  readonly figures: readonly Figure[];
  readonly skipped: readonly Skipped[];
  /** Version of the browser; null when there is none. */
  readonly chromium: string | null;
}

/** Measures the groups one after the other; without a browser they are all skipped. */
export async function measureInBrowser(chosen: readonly string[], announce: (group: string) => void): Promise<BrowserFigures> {
  const executablePath = await findBrowser();
  if (executablePath === undefined) {
    return { figures: [], skipped: chosen.map((name) => ({ name, reason: 'no browser' })), chromium: null };
  }
  const version = await versionOf(executablePath);
  const site = await openBenchSite(executablePath);
  const figures: Figure[] = [];
  try {
    for (const group of chosen) {
      announce(group);
      figures.push(...(await groups[group](site)));
    }
  } finally {
    await site.close();
  }
  return { figures, skipped: [], chromium: version };
}

async function versionOf(executablePath: string): Promise<string> {
  const browser = await chromium.launch({ executablePath });
  const version = browser.version();
  await browser.close();
  return version;
}
