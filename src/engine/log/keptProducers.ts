/** The producers as they were at an earlier offset of a log: kept at blocks, and brought forward over the batches since. */
import type { Block, PartitionLog } from './logState.ts';
import { BatchMarker } from './logState.ts';
import type { ProducerBatch, TransactionMarker } from './producerAppend.ts';
import { copyOfEntry } from './producerEntry.ts';
import { replayProducers } from './producerSnapshots.ts';
import type { ProducersAt, ProducerStates } from './producerStates.ts';
import { createProducerStates, insertSpan } from './producerStates.ts';
import { BatchAttribute } from './recordBatch.ts';
import { batchLastOffset } from './search.ts';

/** The producers at the log's end, to be kept. */
export function keepProducers(states: ProducerStates | null, offset: number): ProducersAt {
  if (states === null) return { offset, entries: [], unreplicated: [] };
  const entries = [...states.producers.values()].map((entry) => copyOfEntry(entry));
  return { offset, entries, unreplicated: [...states.unreplicated] };
}

/** Index of the block whose kept producers are the last ones at or before `offset`; -1 when the log has no block that begins there or before. */
export function keptProducersBefore(log: PartitionLog, offset: number): number {
  const { blocks } = log;
  let index = -1;
  for (let i = 0; i < blocks.length && blocks[i].baseOffset <= offset; i++) if (blocks[i].producersAtOpen !== null) index = i;
  return index;
}

/**
 * The producers of a log as if it had ended at `offset`, a batch's end; null when it had none. All blocks from `keptProducersBefore` up to `offset` must be resident. What
 * is remembered is more than Kafka's truncateAndReload finds, which has one batch of each producer from before the last snapshot: this is also
 * the state of a follower that never was ahead.
 */
export function producersAt(log: PartitionLog, offset: number): ProducerStates | null {
  if (log.producers === null) return null;
  const states = createProducerStates(log.logStartOffset);
  states.nextGuard = log.producers.nextGuard;
  if (offset === log.logEndOffset) restoreProducers(states, keepProducers(log.producers, offset));
  else replayTo(log, states, offset);
  states.endOffset = offset;
  states.snapshots = log.producers.snapshots.filter((snapshot) => snapshot.offset <= offset);
  states.lastSnapshotOffset = states.snapshots.at(-1)?.offset ?? log.logStartOffset;
  return states;
}

function replayTo(log: PartitionLog, states: ProducerStates, offset: number): void {
  const { blocks } = log;
  const first = Math.max(0, keptProducersBefore(log, offset));
  const kept = first < blocks.length ? blocks[first].producersAtOpen : null;
  if (kept !== null) restoreProducers(states, kept);
  for (let i = first; i < blocks.length && blocks[i].baseOffset < offset; i++) {
    replayProducers(states, producerBatchesOf(blocks[i], offset), Math.min(offset, blocks[i].endOffset));
  }
}

function restoreProducers(states: ProducerStates, kept: ProducersAt): void {
  for (const entry of kept.entries) {
    const { producerId, transactionFirstOffset } = entry;
    states.producers.set(producerId, copyOfEntry(entry));
    if (transactionFirstOffset >= 0) insertSpan(states.ongoing, { producerId, firstOffset: transactionFirstOffset, lastOffset: -1 });
  }
  states.unreplicated = [...kept.unreplicated];
  states.isPlain = false;
}

/** The batches of a resident block below `endOffset` that have a producer id. */
function producerBatchesOf(block: Block, endOffset: number): ProducerBatch[] {
  const batches = block.batches;
  if (batches === null) throw new Error(`log: block ${block.number} must be resident to tell its producers`);
  const found: ProducerBatch[] = [];
  if (batches.producers === null) return found;
  for (let i = 0; i < block.batchCount && batches.baseOffset[i] < endOffset; i++) {
    const batch = producerBatchAt(block, i);
    if (batch !== null) found.push(batch);
  }
  return found;
}

/** Batch `i` of a resident block as the producers' checks see it; null when it has no producer id. */
export function producerBatchAt(block: Block, i: number): ProducerBatch | null {
  const batches = block.batches!;
  const { producers } = batches;
  if (producers === null || producers.producerId[i] < 0) return null;
  return {
    producerId: producers.producerId[i],
    producerEpoch: producers.producerEpoch[i],
    baseSequence: producers.baseSequence[i],
    baseOffset: batches.baseOffset[i],
    lastOffset: batchLastOffset(block, batches, i),
    maxTimestampMs: batches.maxTimestampMs[i],
    isTransactional: (batches.attributes[i] & BatchAttribute.transactional) !== 0,
    control: controlOf(producers.marker[i], producers.coordinatorEpoch[i]),
  };
}

function controlOf(marker: number, coordinatorEpoch: number): TransactionMarker | 'emptied' | null {
  if (marker === BatchMarker.none) return null;
  if (marker === BatchMarker.emptied) return 'emptied';
  return { type: marker === BatchMarker.commit ? 'COMMIT' : 'ABORT', coordinatorEpoch, transactionVersion: 0 };
}
