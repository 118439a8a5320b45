/** Taking up and giving up partitions, and finding where to start (ConsumerCoordinator.onJoinComplete, SubscriptionState, OffsetFetcher). */
import { closeFetchSession, openFetchSession, releaseFetched } from '../broker/fetch.ts';
import type { ConsumerContext } from './context.ts';
import type { FetchLimits } from '../broker/fetchSession.ts';
import { type ConsumerConfig, type ConsumerState, type OwnedPartition, ownedPartition } from './consumer.ts';

/**
 * Follows the member's current assignment: what is kept stays as it is with all that was fetched, what is gone is forgotten, what is new
 * has no position yet. Returns whether new partitions came.
 */
export function takeUpAssignment(ctx: ConsumerContext, consumer: ConsumerState): boolean {
  const member = ctx.members[consumer.index]!;
  if (consumer.assignmentVersion === member.assignmentVersion) return false;
  consumer.assignmentVersion = member.assignmentVersion;
  consumer.owned = member.owned.map(
    (index) =>
      ownedPartition(consumer, index) ?? {
        index,
        fetchOffset: -1,
        position: -1,
        processed: -1,
        buffered: 0,
        session: -1,
        place: -1,
      },
  );
  dropQueueOfOthers(ctx, consumer);
  reopenSessions(ctx, consumer);
  return consumer.owned.some((owned) => owned.fetchOffset < 0);
}

/** Forgets everything: the process is gone. */
export function forgetAssignment(ctx: ConsumerContext, consumer: ConsumerState): void {
  consumer.owned = [];
  consumer.assignmentVersion = -1;
  dropQueueOfOthers(ctx, consumer);
  reopenSessions(ctx, consumer);
}

/**
 * Gives every partition without a position its start: the group's committed offset when it is in the log, else what auto.offset.reset says. Returns
 * the partitions that were reset with the offset they stood at (-1: nothing committed); a consumer with `none` fails.
 */
export function resolvePositions(ctx: ConsumerContext, consumer: ConsumerState): void {
  const committed = ctx.groups[consumer.group]!.committed;
  for (const owned of consumer.owned) {
    if (owned.fetchOffset >= 0) continue;
    const log = ctx.partitions[owned.index]!.log;
    const offset = committed[owned.index]!;
    if (offset >= log.logStartOffset && offset <= log.logEndOffset) setPosition(owned, offset);
    else resetPosition(ctx, consumer, owned);
  }
}

/** Applies auto.offset.reset to one partition: without a committed offset, and when its offset has left the log. */
export function resetPosition(ctx: ConsumerContext, consumer: ConsumerState, owned: OwnedPartition): void {
  const log = ctx.partitions[owned.index]!.log;
  consumer.resets++;
  if (consumer.config.autoOffsetReset === 'none') {
    consumer.failed = true;
    return;
  }
  setPosition(owned, consumer.config.autoOffsetReset === 'earliest' ? log.logStartOffset : log.highWatermark);
}

function setPosition(owned: OwnedPartition, offset: number): void {
  owned.fetchOffset = offset;
  owned.position = offset;
  owned.processed = offset;
}

function dropQueueOfOthers(ctx: ConsumerContext, consumer: ConsumerState): void {
  const queue = consumer.queue;
  const cursors = consumer.queueCursors;
  consumer.queue = [];
  consumer.queueCursors = [];
  consumer.bufferedRecords = 0;
  for (let i = 0; i < queue.length; i++) {
    const fetched = queue[i]!;
    if (ownedPartition(consumer, fetched.partition)) {
      consumer.queue.push(fetched);
      consumer.queueCursors.push(cursors[i]!);
      consumer.bufferedRecords += fetched.count - cursors[i]!;
    } else {
      releaseFetched(ctx, fetched);
    }
  }
}

/** One session per broker that leads an owned partition; what was in flight is asked for again. */
function reopenSessions(ctx: ConsumerContext, consumer: ConsumerState): void {
  for (const slot of consumer.sessions) closeFetchSession(ctx, slot);
  consumer.sessions = [];
  const limits = limitsOf(consumer.config);
  for (let broker = 0; broker < ctx.brokers.length; broker++) {
    const partitions = consumer.owned.filter((owned) => ctx.partitions[owned.index]!.leader === broker);
    if (partitions.length === 0) continue;
    const slot = openFetchSession(ctx, { member: consumer.index, broker, partitions: partitions.map((owned) => owned.index), limits });
    consumer.sessions.push(slot);
    partitions.forEach((owned, place) => {
      owned.session = slot;
      owned.place = place;
    });
  }
}

function limitsOf(config: ConsumerConfig): FetchLimits {
  return {
    minBytes: config.fetchMinBytes,
    maxBytes: config.fetchMaxBytes,
    maxPartitionBytes: config.maxPartitionFetchBytes,
    maxRecords: config.prefetch ? Number.MAX_SAFE_INTEGER : config.maxPollRecords,
    maxWaitUs: config.fetchMaxWaitUs,
  };
}

/** New configs of a running consumer. Where fetches change, those on their way are given up and asked for anew; returns whether that is so. */
export function reconfigureConsumer(ctx: ConsumerContext, consumer: ConsumerState, config: ConsumerConfig): boolean {
  const before = limitsOf(consumer.config);
  const limits = limitsOf(config);
  consumer.config = config;
  const changed = (Object.keys(limits) as (keyof FetchLimits)[]).some((name) => limits[name] !== before[name]);
  if (changed) reopenSessions(ctx, consumer);
  return changed;
}
