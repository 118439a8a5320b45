import { missingBlockForTimestamp, offsetForTimestamp, type PartitionLog } from '../log/partitionLog.ts';
import type { ConsumerContext } from './context.ts';
import type { ConsumerState, OwnedPartition } from './consumer.ts';
import { noteStart } from './reading.ts';

/** Applies auto.offset.reset to one partition: without a committed offset, and when its offset has left the log. */
export function resetPosition(ctx: ConsumerContext, consumer: ConsumerState, owned: OwnedPartition): void {
  const { autoOffsetReset } = consumer.config;
  consumer.resets++;
  if (autoOffsetReset === 'none') {
    consumer.failed = true;
    return;
  }
  const { log, topic } = ctx.partitions[owned.index]!;
  const isEarliest = consumer.earliestTopics.includes(topic);
  setPosition(owned, isEarliest ? log.logStartOffset : resetOffset(ctx, consumer, log));
  noteStart(ctx, consumer, owned, isEarliest ? 'earliest' : autoOffsetReset);
  if (ctx.watcher !== null) ctx.watcher.positionSet?.(consumer.index, owned.index, owned.position, 'reset');
}

/** With `by_duration` the first record that is no older (ListOffsets by timestamp); the end where none is, as the next one written is the first. */
function resetOffset(ctx: ConsumerContext, { config }: ConsumerState, log: PartitionLog): number {
  if (config.autoOffsetReset === 'earliest') return log.logStartOffset;
  if (config.autoOffsetReset !== 'by_duration') return log.highWatermark;
  const found = offsetForTimestamp(log, beginMs(ctx, config.resetDurationUs));
  return found < 0 ? log.highWatermark : Math.min(found, log.highWatermark);
}

const none: readonly number[] = [];

/** AutoOffsetResetStrategy.timestamp */
const beginMs = (ctx: ConsumerContext, durationUs: number): number => Math.floor((ctx.events.nowUs - durationUs) / 1000);

/**
 * Number of a block of `counters.missingPartition` that must be resident before the event at hand can reset positions, or -1: only `by_duration` reads the log. It concerns partitions
 * whose position is unknown or being checked, and `outOfRange`: those whose fetch was refused.
 */
export function missingForReset(ctx: ConsumerContext, consumer: ConsumerState, outOfRange: readonly number[] = none): number {
  const { autoOffsetReset, resetDurationUs } = consumer.config;
  if (autoOffsetReset !== 'by_duration') return -1;
  for (const { index, fetchOffset, validateUs } of consumer.owned) {
    if (fetchOffset >= 0 && validateUs === 0 && !outOfRange.includes(index)) continue;
    const missing = missingBlockForTimestamp(ctx.partitions[index]!.log, beginMs(ctx, resetDurationUs));
    if (missing < 0) continue;
    ctx.counters.missingPartition = index;
    return missing;
  }
  return -1;
}

/** Reading goes on at an offset. Nothing beyond it counts as served. */
export function setPosition(owned: OwnedPartition, offset: number): void {
  owned.fetchOffset = offset;
  owned.position = offset;
  owned.processed = offset;
  owned.steppedTo = -1;
  owned.timesSet++;
}
