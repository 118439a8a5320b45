/** Acquiring records for a fetch: which offsets, how many, and the records themselves (Kafka's SharePartition.acquire; KIP-1206 for `record_limit`). */
import type { BrokerContext } from '../broker/context.ts';
import { releaseFetched, takeFetched } from '../broker/fetchSession.ts';
import type { ReadableLog } from '../broker/replicas.ts';
import { type FetchedRecords, type PartitionLog, readBatches } from '../log/partitionLog.ts';
import { batchIndexAt, batchLastOffset, blockIndexAt } from '../log/search.ts';
import {
  count,
  type InFlightRange,
  isAvailable,
  moveStart,
  newOffsetsMax,
  nextFetchOffset,
  noteFate,
  rangeAt,
  RecordState,
  type ShareLimits,
  type SharePartition,
  sizeOf,
  splitAt,
} from './sharePartition.ts';

export interface AcquireOptions {
  readonly member: number;
  readonly life: number;
  /** Records to acquire; whole batches may be more of them unless `recordLimit` (`share.acquire.mode`). */
  readonly maxRecords: number;
  readonly recordLimit: boolean;
  readonly maxBytes: number;
  /** Nothing is in the answer yet: its first batch comes however large it is. */
  readonly atLeastOne: boolean;
  readonly isolation: 'read_uncommitted' | 'read_committed';
  /** When the locks end. */
  readonly lockUs: number;
}

/** What one fetch takes of a partition. */
interface Acquisition {
  readonly ctx: BrokerContext;
  readonly share: SharePartition;
  readonly log: PartitionLog;
  /** Offset before which it reads. */
  readonly limit: number;
  readonly limits: ShareLimits;
  readonly options: AcquireOptions;
  readonly answer: FetchedRecords[];
  records: number;
  bytes: number;
  /** Records that were delivered often are delivered apart from others: nothing more goes into this answer. */
  isClosed: boolean;
}

/**
 * Acquires records of one partition and puts them into `answer`, a run of offsets after the other; what is read lies in one block, which must be resident: that of `nextFetchOffset`.
 * Gives records and bytes taken, and whether the answer is complete with them.
 */
export function acquire(
  ctx: BrokerContext,
  share: SharePartition,
  { log, limit }: Pick<ReadableLog, 'log' | 'limit'>,
  limits: ShareLimits,
  options: AcquireOptions,
  answer: FetchedRecords[],
): { readonly records: number; readonly bytes: number; readonly isClosed: boolean } {
  const taken: Acquisition = { ctx, share, log, limit, limits, options, answer, records: 0, bytes: 0, isClosed: false };
  const from = nextFetchOffset(share);
  if (from < limit && from < log.logEndOffset && log.blocks.length > 0) {
    // Blocks end where they end whatever is in memory, so that it never shows in a run which are.
    const end = Math.min(limit, log.blocks[blockIndexAt(log, from)].endOffset);
    acquireAgain(taken, from, end);
    if (!taken.isClosed && share.endOffset < end) acquireNew(taken, end);
    moveStart(share);
  }
  return taken;
}

const wants = ({ records, bytes, options, isClosed }: Acquisition): boolean =>
  !isClosed && records < options.maxRecords && (bytes === 0 || bytes < options.maxBytes);

/** Ranges that were acquired before and are available again. */
function acquireAgain(taken: Acquisition, from: number, end: number): void {
  const { share, options, limits } = taken;
  for (let i = rangeAt(share, from); i < share.ranges.length && wants(taken); i = rangeAt(share, from)) {
    const range = share.ranges[i];
    from = range.last + 1;
    if (range.first >= end) return;
    if (!isAvailable(range)) continue;
    let offsets = Math.min(sizeOf(range), end - range.first);
    const most = throttledSize(range, limits.deliveryCountLimit);
    if (most < Infinity) {
      if (taken.records > 0) {
        taken.isClosed = true;
        return;
      }
      offsets = Math.min(offsets, most);
    }
    if (options.recordLimit) offsets = Math.min(offsets, options.maxRecords - taken.records);
    if (!readRun(taken, range.first, range.first + offsets)) return;
    if (most < Infinity) taken.isClosed = true;
  }
}

/** From half of the deliveries on (at least 2) a batch is delivered in parts, each half as large as the one before, the last time record by record: one poison record must not take the others with it. */
function throttledSize({ deliveryCount, batchSize }: InFlightRange, limit: number): number {
  const throttledFrom = Math.max(2, Math.ceil(limit / 2));
  if (limit > 2 && deliveryCount === limit - 1) return 1;
  if (deliveryCount < throttledFrom) return Infinity;
  return Math.max(1, Math.floor(batchSize / 2 ** (deliveryCount - throttledFrom + 1)));
}

/** Offsets nobody has acquired yet. */
function acquireNew(taken: Acquisition, end: number): void {
  const { share, log, options, limits } = taken;
  while (wants(taken) && share.endOffset < end) {
    const room = Math.min(options.maxRecords - taken.records, newOffsetsMax(share, limits));
    if (room <= 0) return;
    const first = share.endOffset;
    let next = Math.min(end, first + room);
    if (!options.recordLimit && next < end) next = Math.min(end, batchEndBehind(log, next - 1));
    if (!readRun(taken, first, next)) return;
  }
}

/** Offset behind the batch that holds `offset`. */
function batchEndBehind(log: PartitionLog, offset: number): number {
  const block = log.blocks[blockIndexAt(log, offset)];
  if (block.batches === null) return offset + 1;
  const batch = batchIndexAt(block, block.batches, offset);
  return batch < block.batchCount ? batchLastOffset(block, block.batches, batch) + 1 : offset + 1;
}

/** Reads and acquires [first, next); false when not all of it was read. */
function readRun(taken: Acquisition, first: number, next: number): boolean {
  const { ctx, share, log, limit, options, answer } = taken;
  const fetched = takeFetched(ctx);
  fetched.partition = share.partition;
  const maxBytes = options.maxBytes - taken.bytes;
  const atLeastOne = options.atLeastOne && taken.bytes === 0;
  readBatches(log, { offset: first, limit, maxBytes, maxRecords: next - first, atLeastOne, isolation: options.isolation }, fetched);
  trim(fetched, next);
  const end = fetched.nextOffset;
  if (end > first) mark(taken, first, end, fetched);
  if (fetched.count > 0) {
    answer.push(fetched);
    if (ctx.watcher !== null) ctx.watcher.recordsAcquired?.(options.member, fetched);
    taken.records += fetched.count;
    taken.bytes += fetched.bytes;
    ctx.partitions[share.partition].fetchedRecords += fetched.count;
  } else releaseFetched(ctx, fetched);
  return end === next;
}

/** Leaves out what lies at `next` or behind: where the log has holes, as many records reach further than as many offsets. */
function trim(fetched: FetchedRecords, next: number): void {
  if (fetched.nextOffset <= next) return;
  const { offsets } = fetched;
  if (offsets === null) fetched.count = Math.min(fetched.count, Math.max(0, next - fetched.baseOffset));
  else while (fetched.count > 0 && offsets[fetched.count - 1] >= next) fetched.count--;
  fetched.nextOffset = next;
}

/** Acquires what was read of [first, end); offsets that held nothing to deliver (markers, aborted records, holes of compaction) are done with. */
function mark(taken: Acquisition, first: number, end: number, { offsets, count: records, baseOffset }: FetchedRecords): void {
  let from = first;
  for (let i = 0; i < records;) {
    const runFirst = offsets === null ? baseOffset : offsets[i];
    let length = offsets === null ? records : 1;
    while (offsets !== null && i + length < records && offsets[i + length] === runFirst + length) length++;
    if (runFirst > from) markRange(taken, from, runFirst, true);
    markRange(taken, runFirst, runFirst + length, false);
    from = runFirst + length;
    i += length;
  }
  if (from < end) markRange(taken, from, end, true);
}

function markRange({ share, options }: Acquisition, first: number, end: number, isGap: boolean): void {
  if (first >= share.endOffset) {
    share.ranges.push(newRange(first, end));
    share.endOffset = end;
  } else {
    const at = splitAt(share, first);
    splitAt(share, end);
    count(share, share.ranges[at], -1);
  }
  const range = share.ranges[rangeAt(share, first)];
  if (isGap) {
    range.state = RecordState.archived;
    range.fate = 'gap';
    noteFate(share, range, end - first);
  } else {
    range.state = RecordState.acquired;
    range.deliveryCount++;
    range.member = options.member;
    range.life = options.life;
    range.lockUs = options.lockUs;
    share.deliveries += end - first;
    if (range.deliveryCount > 1) share.redeliveries += end - first;
  }
  count(share, range, 1);
}

const newRange = (first: number, end: number): InFlightRange => ({
  first,
  last: end - 1,
  state: RecordState.available,
  fate: 'none',
  deliveryCount: 0,
  member: -1,
  life: 0,
  lockUs: Infinity,
  write: 0,
  writtenCount: 0,
  batchSize: end - first,
});
