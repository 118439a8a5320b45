/** Megabytes a second that reach IndexedDB while the engine runs, beside raw puts of the same blocks. */
import type { Figure } from '../figures.ts';
import type { BenchSite } from './site.ts';

const rounds = 3;
const seconds = 5;

async function persisted(site: BenchSite, readers: boolean): Promise<{ engine: number; raw: number; blockBytes: number }> {
  const best = { engine: 0, raw: 0, blockBytes: 0 };
  for (let round = 0; round < rounds; round++) {
    const page = await site.context.newPage();
    await page.goto(`${site.url}storage.html`);
    const rates = await page.evaluate((options) => window.storageRound(options), { seconds, readers });
    await page.close();
    best.engine = Math.max(best.engine, rates.engineBytesPerSecond);
    best.raw = Math.max(best.raw, rates.rawBytesPerSecond);
    best.blockBytes = rates.meanBlockBytes;
  }
  return best;
}

/** Records of a full block, for telling how much of Kafka's log a megabyte stored stands for. */
const recordsOfBlock = 131_072;

export async function measureStorage(site: BenchSite): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const readers of [false, true]) {
    const { engine, raw, blockBytes } = await persisted(site, readers);
    const millions = ((engine / blockBytes) * recordsOfBlock) / 1e6;
    figures.push({
      name: `Persisted while the engine runs, ${readers ? 'a group reading along' : 'a source filling a topic'} (IndexedDB, Chromium)`,
      value: engine / 1e6,
      unit: 'MB/s',
      peer: { name: 'raw puts of the same blocks', value: raw / 1e6 },
      floor: readers ? null : 0.4,
      aim: readers ? null : 0.8,
      moreIsBetter: true,
      note: `${millions.toFixed(1)} M records/s; blocks of ${(blockBytes / 1e6).toFixed(1)} MB, transactions of 16 MB, relaxed durability, profile on disk`,
    });
  }
  return figures;
}
