/** What a leader reads for a follower: no records are copied, only how far an answer goes and how many bytes that is. */
import type { PartitionLog } from '../log/partitionLog.ts';
import { blockIndexAt, lastAtMost } from '../log/search.ts';

/** Used again by the next read. */
export interface RangeRead {
  /** Offset after the last batch of the answer; the fetch offset when there is nothing. */
  endOffset: number;
  bytes: number;
  /** Of its first byte, as `positionAt` counts. */
  position: number;
  /** Number of the block that must be resident first, or -1. */
  missing: number;
}

const range: RangeRead = { endOffset: 0, bytes: 0, position: 0, missing: -1 };

/**
 * Whole batches from `offset` on, at most `maxBytes` of them but at least one with `atLeastOne`, up to the end of a block as a read of consumers (LogSegment.read does
 * not go beyond a segment).
 */
export function readRange(
  log: PartitionLog,
  offset: number,
  { maxBytes, atLeastOne }: { readonly maxBytes: number; readonly atLeastOne: boolean },
): RangeRead {
  range.endOffset = offset;
  range.bytes = 0;
  range.missing = -1;
  if (offset >= log.logEndOffset || log.blocks.length === 0) return range;
  const block = log.blocks[blockIndexAt(log, offset)];
  const { batches, batchCount } = block;
  if (batches === null) {
    range.missing = block.number;
    return range;
  }
  block.lastUse = ++log.useTick;
  const first = lastAtMost(batches.baseOffset, batchCount, offset);
  const start = batches.position[first];
  range.position = start;
  let last = batchCount - 1;
  if (block.endPosition - start > maxBytes) {
    last = lastAtMost(batches.position, batchCount, start + maxBytes) - 1;
    if (last < first) {
      if (!atLeastOne) return range;
      last = first;
    }
  }
  const atEnd = last === batchCount - 1;
  range.endOffset = atEnd ? block.endOffset : batches.baseOffset[last + 1];
  range.bytes = (atEnd ? block.endPosition : batches.position[last + 1]) - start;
  return range;
}
