import type { ConsumerContext } from './context.ts';
import type { ConsumerState, OwnedPartition } from './consumer.ts';
import { noteStart } from './reading.ts';

/** Applies auto.offset.reset to one partition: without a committed offset, and when its offset has left the log. */
export function resetPosition(ctx: ConsumerContext, consumer: ConsumerState, owned: OwnedPartition): void {
  const log = ctx.partitions[owned.index]!.log;
  consumer.resets++;
  if (consumer.config.autoOffsetReset === 'none') {
    consumer.failed = true;
    return;
  }
  setPosition(owned, consumer.config.autoOffsetReset === 'earliest' ? log.logStartOffset : log.highWatermark);
  noteStart(ctx, consumer, owned, consumer.config.autoOffsetReset);
  if (ctx.watcher !== null) ctx.watcher.positionSet?.(consumer.index, owned.index, owned.position, 'reset');
}

/** Reading goes on at an offset. Nothing beyond it counts as served. */
export function setPosition(owned: OwnedPartition, offset: number): void {
  owned.fetchOffset = offset;
  owned.position = offset;
  owned.processed = offset;
  owned.steppedTo = -1;
}
