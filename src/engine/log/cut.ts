/** Cutting a log's end off and copying parts of it (UnifiedLog.truncateTo, LocalLog.truncateTo, LogSegment.truncateTo). */
import { createPartitionLog, createSegment } from './append.ts';
import { dropBlocks } from './block.ts';
import { batchesBelow, blockPart, markersBetween, residentBatches, segmentBefore } from './blockPart.ts';
import { keepProducers, keptProducersBefore, producersAt } from './keptProducers.ts';
import { latestLeaderEpoch, truncateEpochsFromEnd } from './leaderEpochs.ts';
import type { Block, PartitionLog, Segment } from './logState.ts';
import { resetProducers, takeProducerSnapshot } from './producerSnapshots.ts';
import { batchEnd } from './search.ts';
import { truncateTransactionIndex } from './transactionIndex.ts';
import { setHighWatermark } from './watermarks.ts';
import { replaceEpochs } from './watermarks.ts';

/**
 * Number of a block that must be resident before `cutLog`, `truncateLog` or `copyRange` from `from`, or -1: those from there on, and those before it that
 * tell its producers.
 */
export function missingBlockForCut(log: PartitionLog, from: number): number {
  const { blocks } = log;
  if (from >= log.logEndOffset) return -1;
  const first = log.producers === null ? 0 : Math.max(0, keptProducersBefore(log, from));
  for (let i = first; i < blocks.length; i++) {
    const isNeeded = log.producers !== null || blocks[i].endOffset > from;
    if (isNeeded && blocks[i].columns === null) return blocks[i].number;
  }
  return -1;
}

/**
 * Truncates the log to `from` and returns what was cut off, [from, end), as a log of its own that begins at `from`: the rest of a replica that has gone another
 * way. It can be appended to as the whole log could: it has all of its leader epochs, its producers, the row of the segment in which it begins. All its blocks
 * are resident and sealed. Throws when `from` is within a batch, or a block of `missingBlockForCut` is not resident.
 */
export function cutLog(log: PartitionLog, from: number, nowUs: number): PartitionLog {
  const states = log.producers;
  const first = Math.min(Math.max(from, log.logStartOffset), log.logEndOffset);
  const rest = copyRange(log, first, log.logEndOffset);
  rest.leaderEpoch = log.leaderEpoch;
  replaceEpochs(rest, log.epochs);
  rest.highWatermark = log.highWatermark;
  truncateLog(log, from, nowUs);
  // A cut gives the log another object, so the producers as they stand, verifications included, can go on in the rest.
  if (states !== null && log.producers !== states) {
    rest.producers = { ...states, snapshots: states.snapshots.filter(({ offset }) => offset > first) };
  }
  return rest;
}

/** The batches in [from, to) as a log of its own, as `cutLog` gives it; the log stays as it is. The same is required. */
export function copyRange(log: PartitionLog, from: number, to: number): PartitionLog {
  if (!(from >= log.logStartOffset && from <= to && to <= log.logEndOffset)) {
    throw new Error(`log: offsets ${from} to ${to} cannot be copied from a log of ${log.logStartOffset} to ${log.logEndOffset}`);
  }
  const copy = createPartitionLog(log.config, log.blockRecordsMax);
  copy.nextBlock = log.nextBlock;
  copy.logStartOffset = from;
  copy.logEndOffset = to;
  copy.highWatermark = Math.min(log.highWatermark, to);
  replaceEpochs(copy, truncateEpochsFromEnd(log.epochs, to));
  copy.leaderEpoch = Math.max(0, latestLeaderEpoch(copy.epochs));
  copy.segments = segmentsBetween(log, from, to);
  copy.producers = producersAt(log, to);
  if (copy.producers !== null) copy.producers.snapshots = copy.producers.snapshots.filter(({ offset }) => offset > from);
  copy.appendedBytes = cutAt(log, from).position;
  for (const block of log.blocks) {
    if (block.endOffset <= from || block.baseOffset >= to) continue;
    addPart(copy, block, batchesBelow(block, from), batchesBelow(block, to));
  }
  if (copy.blocks.length > 0) copy.blocks[0] = { ...copy.blocks[0], producersAtOpen: keepProducers(producersAt(log, from), from) };
  return copy;
}

/** Adds batches [first, end) of a block to a copy, with all that counts them. */
function addPart(copy: PartitionLog, block: Block, first: number, end: number): void {
  if (first === end) return;
  const { producersAtOpen } = first === 0 ? block : { producersAtOpen: null };
  const segmentAtOpen = segmentBefore(block, first, copy.config);
  const part = blockPart(block, first, end, { number: copy.nextBlock++, segmentAtOpen, producersAtOpen });
  copy.blocks.push(part);
  copy.sizeBytes += part.endPosition - part.startPosition;
  copy.appendedBytes = part.endPosition;
  copy.appendedRecords += part.recordCount;
  copy.controlRecords += part.controlRecords;
}

/** Where a log is cut at `offset`: the first block with batches from there on, which one that is, and the position; no block at the log's end. */
function cutAt(log: PartitionLog, offset: number): { index: number; batch: number; position: number } {
  const { blocks } = log;
  let index = blocks.length;
  while (index > 0 && blocks[index - 1].endOffset > offset) index--;
  if (index === blocks.length) return { index, batch: 0, position: log.appendedBytes };
  const block = blocks[index];
  if (offset <= block.baseOffset) return { index, batch: 0, position: block.startPosition };
  const batch = batchesBelow(block, offset);
  return { index, batch, position: batch < block.batchCount ? block.batches!.position[batch] : block.endPosition };
}

/** Rows of the segments that hold [from, to), copied; the last one as it was when the log ended at `to`. */
function segmentsBetween(log: PartitionLog, from: number, to: number): Segment[] {
  const { segments } = log;
  let first = segments.length - 1;
  while (first > 0 && segments[first].baseOffset > from) first--;
  const rows = segments
    .slice(first)
    .filter(({ baseOffset }, i) => i === 0 || baseOffset < to || (baseOffset === to && to === log.logEndOffset));
  const last = rows.length - 1;
  return rows.map((row, i) => (i === last ? segmentAt(log, row, to) : { ...row }));
}

/** The row of the segment in which `offset` lies as it was when the log ended there. */
function segmentAt(log: PartitionLog, row: Segment, offset: number): Segment {
  const { index, batch } = cutAt(log, offset);
  const block = log.blocks[index] as Block | undefined;
  if (block?.segmentBaseOffset !== row.baseOffset) return { ...row };
  const segment = segmentBefore(block, batch, log.config);
  segment.transactionIndex = truncateTransactionIndex(row.transactionIndex, offset);
  return segment;
}

/**
 * Truncates the log to `from` and forgets what is cut off: its records, epochs, transactions, snapshots; what is known of producers goes back
 * to that offset, which gets a snapshot. A log that begins later starts anew there, empty. Throws as `cutLog` does.
 */
export function truncateLog(log: PartitionLog, from: number, nowUs: number): void {
  // Also an epoch that began at the very end, before any record, goes: the leader may have begun another there.
  if (from >= log.logEndOffset) {
    replaceEpochs(log, truncateEpochsFromEnd(log.epochs, log.logEndOffset));
    return;
  }
  if (from < log.segments[0].baseOffset) {
    truncateFullyAndStartAt(log, from, nowUs);
    return;
  }
  const producers = producersAt(log, from);
  const { index, batch, position } = cutAt(log, from);
  cutSegments(log, from, nowUs);
  const block = log.blocks[index] as Block | undefined;
  countTruncated(log, index, batch);
  dropBlocks(log, index, log.blocks.length - index);
  log.tail = null;
  if (block !== undefined && batch > 0) {
    const { segmentAtOpen, producersAtOpen } = block;
    const part = blockPart(block, 0, batch, { number: log.nextBlock++, segmentAtOpen, producersAtOpen });
    log.blocks.push(part);
    log.outbox.push(part.number);
  }
  log.sizeBytes -= log.appendedBytes - position;
  log.appendedBytes = position;
  log.logEndOffset = from;
  log.logStartOffset = Math.min(log.logStartOffset, from);
  replaceEpochs(log, truncateEpochsFromEnd(log.epochs, from));
  if (log.cleanerCheckpoint !== null) log.cleanerCheckpoint = Math.min(log.cleanerCheckpoint, from);
  log.producers = producers;
  if (producers !== null) takeProducerSnapshot(producers, from);
  setHighWatermark(log, log.highWatermark);
}

/** Removes the segments that begin beyond `from`; the one it lies in is active again, as it was then. */
function cutSegments(log: PartitionLog, from: number, nowUs: number): void {
  const { segments } = log;
  while (segments.length > 1 && segments[segments.length - 1].baseOffset > from) segments.pop();
  const last = segments.length - 1;
  const nowMs = Math.floor(nowUs / 1000);
  if (segments[last].baseOffset === from) segments[last] = createSegment(from, nowMs);
  else segments[last] = { ...segmentAt(log, segments[last], from), bytesSinceIndexEntry: 0, lastModifiedMs: nowMs };
}

function countTruncated(log: PartitionLog, index: number, batch: number): void {
  for (let i = index; i < log.blocks.length; i++) log.truncatedRecords += log.blocks[i].recordCount - log.blocks[i].controlRecords;
  if (batch === 0) return;
  const batches = residentBatches(log.blocks[index]);
  log.truncatedRecords -= batchEnd(log.blocks[index], batches, batch - 1) - markersBetween(batches, 0, batch);
}

/** Empties the log, which then begins at `offset` (UnifiedLog.truncateFullyAndStartAt). */
function truncateFullyAndStartAt(log: PartitionLog, offset: number, nowUs: number): void {
  countTruncated(log, 0, 0);
  dropBlocks(log, 0, log.blocks.length);
  log.tail = null;
  log.segments = [createSegment(offset, Math.floor(nowUs / 1000))];
  log.sizeBytes = 0;
  log.logStartOffset = offset;
  log.logEndOffset = offset;
  replaceEpochs(log, []);
  if (log.cleanerCheckpoint !== null) log.cleanerCheckpoint = Math.min(log.cleanerCheckpoint, offset);
  if (log.producers !== null) resetProducers(log.producers, offset);
  log.highWatermark = offset;
}
