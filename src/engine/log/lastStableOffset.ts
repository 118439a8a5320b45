/** How far a `read_committed` reader may read: the last stable offset (KIP-98, KAFKA-5132). */
import type { ProducerStates } from './producerStates.ts';

/** First offset of the oldest transaction that is open, or whose marker is not below the high watermark; -1 when there is none. */
export function firstUnstableOffset(states: ProducerStates): number {
  const { ongoing, unreplicated } = states;
  if (unreplicated.length === 0) return firstUndecidedOffset(states);
  const first = unreplicated[0].firstOffset;
  return ongoing.length === 0 ? first : Math.min(first, ongoing[0].firstOffset);
}

/** First offset of the oldest open transaction, replicated or not; -1 when there is none. */
export function firstUndecidedOffset({ ongoing }: ProducerStates): number {
  return ongoing.length === 0 ? -1 : ongoing[0].firstOffset;
}

/** The high watermark, or the first unstable offset where that is lower; never before the log's start (UnifiedLog.lastStableOffset). */
export function lastStableOffset(states: ProducerStates, log: { readonly highWatermark: number; readonly logStartOffset: number }): number {
  const unstable = firstUnstableOffset(states);
  return unstable < 0 ? log.highWatermark : Math.min(log.highWatermark, Math.max(unstable, log.logStartOffset));
}

/** Transactions whose markers are now below the high watermark become stable (ProducerStateManager.onHighWatermarkUpdated). */
export function noteHighWatermark(states: ProducerStates, highWatermark: number): void {
  if (states.unreplicated.length > 0) dropReplicated(states, highWatermark);
  states.isPlain = states.unreplicated.length === 0 && states.verifications.size === 0;
}

function dropReplicated(states: ProducerStates, highWatermark: number): void {
  const { unreplicated } = states;
  if (unreplicated.some(({ lastOffset }) => lastOffset < highWatermark)) {
    states.unreplicated = unreplicated.filter(({ lastOffset }) => lastOffset >= highWatermark);
  }
}
