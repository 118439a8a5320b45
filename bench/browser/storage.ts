/** Megabytes a second that reach IndexedDB while the engine runs, beside raw puts of the same blocks. */
import type { Figure } from '../figures.ts';
import type { BenchSite } from './site.ts';

const rounds = 3;
const seconds = 5;
/** Records of a full block, for telling how many records a megabyte stored stands for. */
const recordsOfBlock = 131_072;

export async function measureStorage(site: BenchSite): Promise<Figure[]> {
  let engine = 0;
  let raw = 0;
  let blockBytes = 0;
  for (let round = 0; round < rounds; round++) {
    const page = await site.context.newPage();
    await page.goto(`${site.url}storage.html`);
    const rates = await page.evaluate((span) => window.storageRound(span), seconds);
    await page.close();
    engine = Math.max(engine, rates.engineBytesPerSecond);
    raw = Math.max(raw, rates.rawBytesPerSecond);
    blockBytes = rates.meanBlockBytes;
  }
  const millions = ((engine / blockBytes) * recordsOfBlock) / 1e6;
  return [
    {
      name: 'Persisted while the engine runs (IndexedDB, Chromium)',
      value: engine / 1e6,
      unit: 'MB/s',
      peer: { name: 'raw puts of the same blocks', value: raw / 1e6 },
      floor: 0.4,
      aim: 0.8,
      moreIsBetter: true,
      note: `${millions.toFixed(1)} M records/s; blocks of ${(blockBytes / 1e6).toFixed(1)} MB, transactions of 16 MB, relaxed durability, profile on disk`,
    },
  ];
}
