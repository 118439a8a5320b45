/** Snapshots of a log's producers, one at each roll, and going back to one (ProducerStateManager, ProducerSnapshot.json version 1). */
import { createByteSink, reserve, setInt64, writtenBytes } from './byteSink.ts';
import { crc32c } from './crc32c.ts';
import { noteHighWatermark } from './lastStableOffset.ts';
import type { ProducerBatch } from './producerAppend.ts';
import type { ProducerSnapshot } from './producerEntry.ts';
import { copyOfEntry, lastBatchOf } from './producerEntry.ts';
import type { ProducerStates } from './producerStates.ts';
import { applyAppend, insertSpan, isProducerExpired, validateAppend } from './producerStates.ts';

/** Takes a snapshot at the state's end unless there is one. A roll first moves that to the new segment's base offset: `atOffset`. */
export function takeProducerSnapshot(states: ProducerStates, atOffset = states.endOffset): void {
  states.endOffset = atOffset;
  if (atOffset <= states.lastSnapshotOffset) return;
  const ids = [...states.producers.keys()].sort((a, b) => a - b);
  const entries = ids.map((id) => copyOfEntry(states.producers.get(id)!, 1));
  states.snapshots = [...states.snapshots.filter(({ offset }) => offset < atOffset), { offset: atOffset, entries }];
  states.lastSnapshotOffset = atOffset;
}

/** Deletes the snapshots below an offset: the log's start, or that of the segment before last. */
export function deleteSnapshotsBefore(states: ProducerStates, beforeOffset: number): void {
  states.snapshots = states.snapshots.filter(({ offset }) => offset >= beforeOffset);
}

/** After the log start moved: transactions that ended below it are stable, producers stay known (onLogStartOffsetIncremented). */
export function noteLogStartOffset(states: ProducerStates, logStartOffset: number): void {
  noteHighWatermark(states, logStartOffset);
  states.endOffset = Math.max(states.endOffset, logStartOffset);
  states.lastSnapshotOffset = latestSnapshotOffset(states) ?? logStartOffset;
}

/**
 * Goes back to the newest snapshot within [logStartOffset, logEndOffset] of a log that was cut; the batches from `states.endOffset` on are
 * then to be given to `replayProducers`. Nothing happens when the state ends at the log's end already (truncateAndReload).
 */
export function truncateProducers(
  states: ProducerStates,
  log: { readonly logStartOffset: number; readonly logEndOffset: number },
  clock: { readonly nowMs: number; readonly expirationMs: number },
): void {
  const { logStartOffset, logEndOffset } = log;
  states.snapshots = states.snapshots.filter(({ offset }) => offset <= logEndOffset && offset > logStartOffset);
  if (states.endOffset === logEndOffset) {
    noteLogStartOffset(states, logStartOffset);
    return;
  }
  states.producers.clear();
  states.latest = null;
  states.ongoing = [];
  states.unreplicated = [];
  const snapshot = states.snapshots.at(-1);
  for (const entry of snapshot?.entries ?? []) {
    if (isProducerExpired(entry, clock.nowMs, clock.expirationMs)) continue;
    const { producerId, transactionFirstOffset } = entry;
    states.producers.set(producerId, copyOfEntry(entry, 1));
    if (transactionFirstOffset >= 0) insertSpan(states.ongoing, { producerId, firstOffset: transactionFirstOffset, lastOffset: -1 });
  }
  states.endOffset = snapshot?.offset ?? logStartOffset;
  states.lastSnapshotOffset = states.endOffset;
}

/** Takes batches that stand in the log already into the state, unchecked (UnifiedLog.loadProducersFromRecords). They end at `endOffset`. */
export function replayProducers(states: ProducerStates, batches: readonly ProducerBatch[], endOffset: number): void {
  const validation = validateAppend(states, batches, { origin: 'replication' });
  if (validation.outcome !== 'append') throw new Error(`log: replaying producers up to offset ${endOffset} was refused`);
  applyAppend(states, validation, endOffset);
}

/** Forgets all producers, transactions and snapshots of a log that starts anew at `offset` (truncateFullyAndStartAt). */
export function resetProducers(states: ProducerStates, offset: number): void {
  states.producers.clear();
  states.latest = null;
  states.ongoing = [];
  states.unreplicated = [];
  states.snapshots = [];
  states.lastSnapshotOffset = 0;
  states.endOffset = offset;
}

function latestSnapshotOffset(states: ProducerStates): number | undefined {
  return states.snapshots.at(-1)?.offset;
}

/** Bytes of a `.snapshot` file: version, CRC-32C of what follows it, entries of 46 bytes. */
export function producerSnapshotFile(snapshot: ProducerSnapshot): Uint8Array<ArrayBuffer> {
  const { entries } = snapshot;
  const sink = createByteSink(10 + entries.length * 46);
  reserve(sink, 10 + entries.length * 46);
  const { view } = sink;
  view.setInt16(0, 1);
  view.setInt32(6, entries.length);
  let at = 10;
  for (const entry of entries) {
    const last = lastBatchOf(entry) ?? { lastSequence: -1, lastOffset: -1, offsetDelta: 0 };
    setInt64(view, at, entry.producerId);
    view.setInt16(at + 8, entry.producerEpoch);
    view.setInt32(at + 10, last.lastSequence);
    setInt64(view, at + 14, last.lastOffset);
    view.setInt32(at + 22, last.offsetDelta);
    setInt64(view, at + 26, entry.lastTimestampMs);
    view.setInt32(at + 34, entry.coordinatorEpoch);
    setInt64(view, at + 38, entry.transactionFirstOffset);
    at += 46;
  }
  sink.position = at;
  view.setUint32(2, crc32c(sink.bytes, 6, at));
  return writtenBytes(sink);
}
