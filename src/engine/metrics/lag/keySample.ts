/** Which key the records of a stretch of a partition carry most: looked up in the records themselves. */
import type { Block, PartitionLog } from '../../log/logState.ts';
import { recordIndexAt, recordOffsetAt } from '../../log/search.ts';

/** Records looked at, at most. */
export const sampleMax = 1_000;

export interface KeySample {
  /** Records looked at: evenly spread over those of the stretch that are in memory. */
  readonly sampled: number;
  /** Id of the key most of them carry, -1 where none carries one; and its share of those looked at. */
  readonly key: number;
  readonly share: number;
}

/** Of the offsets from `from` on and before `to`. Blocks that the host has put away are left out. */
export function sampleKeys(log: PartitionLog, from: number, to: number): KeySample {
  const stretches = log.blocks.flatMap((block) => stretchOf(block, from, to));
  const total = stretches.reduce((sum, { first, last }) => sum + last - first, 0);
  const step = Math.max(1, Math.ceil(total / sampleMax));
  const counts = new Map<number, number>();
  let sampled = 0;
  let skip = 0;
  for (const { block, first, last } of stretches) {
    const { key, path } = block.columns!;
    let i = first + skip;
    for (; i < last; i += step) {
      // A marker is nobody's record.
      if (path[i]! < 0) continue;
      sampled++;
      if (key[i]! >= 0) counts.set(key[i]!, (counts.get(key[i]!) ?? 0) + 1);
    }
    skip = i - last;
  }
  let key = -1;
  for (const [id, times] of counts) if (key < 0 || times > counts.get(key)!) key = id;
  return { sampled, key, share: key < 0 ? 0 : counts.get(key)! / sampled };
}

function stretchOf(block: Block, from: number, to: number): { readonly block: Block; readonly first: number; readonly last: number }[] {
  if (block.columns === null || block.endOffset <= from || block.baseOffset >= to) return [];
  const first = Math.min(block.recordCount, recordIndexAt(block, Math.max(from, block.baseOffset)));
  let last = block.endOffset <= to ? block.recordCount : Math.min(block.recordCount, recordIndexAt(block, to));
  while (last > first && recordOffsetAt(block, last - 1) >= to) last--;
  return first < last ? [{ block, first, last }] : [];
}
