/**
 * What an application asks of its consumer between two polls: pause, resume and seek (KafkaConsumer, SubscriptionState). A paused consumer polls on, so it stays a member; what was fetched
 * and not handed out is kept (FetchCollector, KAFKA-7548).
 */
import type { ConsumerContext } from './context.ts';
import type { ConsumerState, OwnedPartition, PendingSeek } from './consumer.ts';
import { setPosition } from './positions.ts';
import { noteStart } from './reading.ts';
import { dropQueued } from './sessions.ts';

/** Pauses the partitions; those that are paused stay so. Gives how many were not. What is in work goes on. */
export function pausePartitions(consumer: ConsumerState, partitions: readonly OwnedPartition[]): number {
  const before = consumer.pausedPartitions;
  for (const owned of partitions) owned.paused = true;
  countPaused(consumer);
  if (consumer.pausedPartitions > before) sortQueues(consumer);
  return consumer.pausedPartitions - before;
}

/** Resumes the partitions; gives how many were paused. What was kept back of them comes behind what is buffered, as Kafka adds it. */
export function resumePartitions(consumer: ConsumerState, partitions: readonly OwnedPartition[]): number {
  const before = consumer.pausedPartitions;
  for (const owned of partitions) owned.paused = false;
  countPaused(consumer);
  if (consumer.pausedPartitions < before) sortQueues(consumer);
  return before - consumer.pausedPartitions;
}

export function countPaused(consumer: ConsumerState): void {
  let count = 0;
  for (const { paused } of consumer.owned) if (paused) count++;
  consumer.pausedPartitions = count;
}

/** Deals out what is buffered: to `queue` what poll hands out, to `held` what is kept back. */
function sortQueues(consumer: ConsumerState): void {
  const paused = new Set(consumer.owned.flatMap((owned) => (owned.paused ? [owned.index] : [])));
  const fetched = [...consumer.queue, ...consumer.held];
  const cursors = [...consumer.queueCursors, ...consumer.heldCursors];
  consumer.queue = [];
  consumer.queueCursors = [];
  consumer.held = [];
  consumer.heldCursors = [];
  consumer.bufferedRecords = 0;
  fetched.forEach((records, i) => {
    const isHeld = paused.has(records.partition);
    (isHeld ? consumer.held : consumer.queue).push(records);
    (isHeld ? consumer.heldCursors : consumer.queueCursors).push(cursors[i]!);
    if (!isHeld) consumer.bufferedRecords += records.count - cursors[i]!;
  });
}

/** The application will seek before its next poll. The last word counts. */
export function requestSeek(consumer: ConsumerState, owned: OwnedPartition, seek: PendingSeek): void {
  owned.seek = seek;
  consumer.hasSeeks = true;
}

/**
 * What was asked for since the last poll: the position is set, what was fetched is dropped, and an answer on its way counts no more. The position is not compared with the log before it is
 * fetched from: outside the log it is reset as ever. Committed is what the next commit says.
 */
export function applySeeks(ctx: ConsumerContext, consumer: ConsumerState): void {
  consumer.hasSeeks = false;
  for (const owned of consumer.owned) {
    if (owned.seek === null) continue;
    const { to, offset, timeUs } = owned.seek;
    const { log } = ctx.partitions[owned.index]!;
    const before = owned.processed;
    owned.seek = null;
    dropQueued(ctx, consumer, owned);
    setPosition(owned, to === 'earliest' ? log.logStartOffset : to === 'latest' ? log.highWatermark : offset);
    owned.lastEpoch = -1;
    owned.validateUs = 0;
    noteStart(ctx, consumer, owned, 'seek');
    if (owned.start !== null) owned.start = { ...owned.start, timeUs, soughtFrom: before };
    if (ctx.watcher !== null) ctx.watcher.positionSet?.(consumer.index, owned.index, owned.position, 'seek');
  }
}
