/** Joining a log's end to a log, as a follower appends what it has fetched (UnifiedLog.appendAsFollower). */
import { noteAppended, rollSegment, segmentFor, shouldRoll, writeBatch } from './append.ts';
import { applyToLog, noteMarker } from './appendProducer.ts';
import { sealTail } from './block.ts';
import { batchesBelow, blockPart, residentBatches } from './blockPart.ts';
import { keepProducers, producerBatchAt } from './keptProducers.ts';
import { assignLeaderEpoch } from './leaderEpochs.ts';
import type { BatchToAppend, Block, PartitionLog } from './logState.ts';
import { BatchMarker } from './logState.ts';
import { createProducerStates, validateAppend } from './producerStates.ts';
import { batchEnd, batchSizeAt } from './search.ts';
import { replaceEpochs } from './watermarks.ts';

/**
 * Appends the batches of `tail` below `upTo` with their epochs, producers, timestamps and append times; the tail must begin where the log ends and be
 * resident. Rolls as the log's own segments demand. The leader epoch for later appends becomes the tail's last one, if higher. Throws for a tail
 * that begins elsewhere and for an `upTo` within a batch.
 */
export function appendLog(log: PartitionLog, tail: PartitionLog, upTo: number): void {
  if (tail.logStartOffset !== log.logEndOffset) {
    throw new Error(`log: what begins at offset ${tail.logStartOffset} cannot be joined to a log that ends at ${log.logEndOffset}`);
  }
  const leaderEpoch = log.leaderEpoch;
  for (const block of tail.blocks) {
    if (block.baseOffset >= upTo) break;
    const end = batchesBelow(block, upTo);
    skipTo(log, block.baseOffset);
    if (block.offsets === null && block.batches!.lastOffset === null) appendDense(log, block, end);
    else appendWithHoles(log, block, end);
  }
  skipTo(log, Math.min(upTo, tail.logEndOffset));
  log.leaderEpoch = Math.max(leaderEpoch, log.leaderEpoch);
}

/** Moves the log's end over offsets that compaction has emptied. */
function skipTo(log: PartitionLog, offset: number): void {
  if (offset <= log.logEndOffset) return;
  sealTail(log);
  log.logEndOffset = offset;
  if (log.producers !== null) log.producers.endOffset = offset;
}

function appendDense(log: PartitionLog, block: Block, end: number): void {
  const batches = residentBatches(block);
  const { producers } = batches;
  for (let i = 0; i < end; i++) {
    const from = batches.firstRecord[i];
    const batch: BatchToAppend = {
      columns: block.columns!,
      from,
      count: batchEnd(block, batches, i) - from,
      storedBytes: batchSizeAt(block, batches, i),
      baseTimestampMs: batches.baseTimestampMs[i],
      maxTimestampMs: batches.maxTimestampMs[i],
      attributes: batches.attributes[i],
      producerId: producers === null ? -1 : producers.producerId[i],
      producerEpoch: producers === null ? -1 : producers.producerEpoch[i],
      baseSequence: producers === null ? -1 : producers.baseSequence[i],
    };
    const nowUs = batches.appendUs[i];
    log.leaderEpoch = batches.leaderEpoch[i];
    const segment = segmentFor(log, batch, batch.maxTimestampMs, nowUs);
    writeBatch(log, segment, batch, batch.maxTimestampMs, nowUs);
    const marker = producers === null ? BatchMarker.none : producers.marker[i];
    if (marker !== BatchMarker.none) noteMarker(log, marker, producers!.coordinatorEpoch[i]);
    noteReplicated(log, block, i);
  }
}

/** A block that was cleaned stays a block: batches without records and holes cannot be appended one by one. It rolls as its first batch does. */
function appendWithHoles(log: PartitionLog, block: Block, end: number): void {
  sealTail(log);
  const { appendUs, maxTimestampMs, leaderEpoch, baseOffset } = residentBatches(block);
  const nowUs = appendUs[0];
  let segment = log.segments[log.segments.length - 1];
  if (shouldRoll(log.config, segment, nowUs, maxTimestampMs[0], block.endOffset - 1, blockBytes(block, end)))
    segment = rollSegment(log, nowUs);
  const place = {
    number: log.nextBlock++,
    segmentAtOpen: { ...segment },
    producersAtOpen: keepProducers(log.producers, log.logEndOffset),
  };
  const part = blockPart(block, 0, end, place, log.appendedBytes);
  log.blocks.push(part);
  log.outbox.push(part.number);
  log.logEndOffset = part.endOffset;
  log.sizeBytes += part.endPosition - part.startPosition;
  log.appendedBytes = part.endPosition;
  log.appendedRecords += part.recordCount;
  log.controlRecords += part.controlRecords;
  for (let i = 0; i < end; i++) {
    log.leaderEpoch = leaderEpoch[i];
    replaceEpochs(log, assignLeaderEpoch(log.epochs, leaderEpoch[i], baseOffset[i]));
    const sizeBytes = batchSizeAt(part, part.batches!, i);
    noteAppended(segment, log.config, sizeBytes, maxTimestampMs[i], appendUs[i]);
    noteReplicated(log, block, i);
  }
}

function blockBytes(block: Block, end: number): number {
  const { position } = residentBatches(block);
  return (end < block.batchCount ? position[end] : block.endPosition) - position[0];
}

/** What the append of batch `i` of `block` means to the producers. */
function noteReplicated(log: PartitionLog, block: Block, i: number): void {
  const batch = producerBatchAt(block, i);
  if (batch === null) {
    if (log.producers !== null) log.producers.endOffset = log.logEndOffset;
    return;
  }
  const states = (log.producers ??= createProducerStates(batch.baseOffset));
  const validation = validateAppend(states, [batch], { origin: 'replication' });
  if (validation.outcome !== 'append') throw new Error(`log: the replicated batch at offset ${batch.baseOffset} was refused`);
  applyToLog(log, states, validation);
}
