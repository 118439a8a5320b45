import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clonePlain } from '../kernel/plainClone.ts';
import { createPageCache, noteRead, noteWritten, type PageCache } from './pageCache.ts';

const kib = 1024;
const chunk = 64 * kib;
/** Room for four chunks. */
const small = (): PageCache => createPageCache(4 * chunk, 3);

/** Writes batches of `sizeBytes` to a partition, from position `from` up to `to`. */
function write(
  cache: PageCache,
  partition: number,
  { from, to, sizeBytes = 4 * kib }: { from: number; to: number; sizeBytes?: number },
): void {
  for (let end = from + sizeBytes; end <= to; end += sizeBytes) noteWritten(cache, partition, end, sizeBytes);
}

describe("a broker's page cache", () => {
  test('[CAP-1] what was just written is in memory; what was written long ago is read from the disk', () => {
    const cache = small();
    write(cache, 0, { from: 0, to: 10 * chunk });
    expect(cache.bytes).toBe(4 * chunk);
    expect(noteRead(cache, 0, 9 * chunk, 10 * chunk)).toBe(0);
    expect(noteRead(cache, 0, 6 * chunk, 6 * chunk + kib)).toBe(0);
    expect(noteRead(cache, 0, 0, 8 * kib)).toBe(8 * kib);
  });

  test('[CAP-1] what was read is in memory then, and the longest unused goes for it', () => {
    const cache = small();
    write(cache, 0, { from: 0, to: 8 * chunk });
    // In memory are chunks 4 to 7; 4 is used again, so 5 goes when 0 comes.
    noteRead(cache, 0, 4 * chunk, 5 * chunk);
    expect(noteRead(cache, 0, 0, chunk)).toBe(chunk);
    expect(noteRead(cache, 0, 0, chunk)).toBe(0);
    expect(noteRead(cache, 0, 4 * chunk, 5 * chunk)).toBe(0);
    expect(noteRead(cache, 0, 5 * chunk, 6 * chunk)).toBe(chunk);
  });

  test('[CAP-1] partitions share the memory: a busy one pushes out what an idle one wrote', () => {
    const cache = small();
    write(cache, 1, { from: 0, to: chunk });
    write(cache, 0, { from: 0, to: 4 * chunk });
    expect(noteRead(cache, 1, 0, 4 * kib)).toBe(4 * kib);
  });

  test('[CAP-1] a batch larger than a chunk lies in several', () => {
    const cache = small();
    write(cache, 0, { from: 0, to: 3 * chunk, sizeBytes: 3 * chunk });
    expect([cache.bytes, cache.slots.size]).toEqual([3 * chunk, 3]);
    expect(noteRead(cache, 0, 0, 3 * chunk)).toBe(0);
  });

  test('[CAP-1] a log that was cut and grows again counts its bytes once', () => {
    const cache = small();
    write(cache, 0, { from: 0, to: chunk });
    write(cache, 0, { from: chunk / 2, to: chunk });
    expect(cache.bytes).toBe(chunk);
  });

  test('[CAP-1] a copy of it answers alike', () => {
    const cache = small();
    write(cache, 0, { from: 0, to: 6 * chunk });
    const copy = clonePlain(cache);
    const reads = (of: PageCache): number[] => [5, 1, 3, 4, 0].map((n) => noteRead(of, 0, n * chunk, (n + 1) * chunk));
    expect(reads(copy)).toEqual(reads(cache));
  });

  test('[CAP-1] property: never more than its size, and the same as a list of chunks sorted by their last use', () => {
    const step = fc.record({ partition: fc.nat(2), at: fc.nat(11), writes: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const cache = small();
        const model: string[] = [];
        const ends = [0, 0, 0];
        for (const { partition, at, writes } of steps) {
          const number = writes ? ends[partition]! : Math.min(at, Math.max(0, ends[partition]! - 1));
          if (!writes && ends[partition] === 0) continue;
          const name = `${partition}/${number}`;
          const wasThere = model.includes(name);
          if (wasThere) model.splice(model.indexOf(name), 1);
          model.push(name);
          while (model.length > 4) model.shift();
          if (writes) {
            noteWritten(cache, partition, (number + 1) * chunk, chunk);
            ends[partition] = number + 1;
          } else expect(noteRead(cache, partition, number * chunk, (number + 1) * chunk)).toBe(wasThere ? 0 : chunk);
          expect(cache.bytes).toBe(model.length * chunk);
        }
      }),
      { seed: 11, numRuns: 200 },
    );
  });
});
