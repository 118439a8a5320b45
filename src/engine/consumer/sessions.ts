/** Fetch sessions: one for each broker that leads an owned partition as far as the consumer knows, and what they have brought. */
import { closeFetchSession, openFetchSession, releaseFetched } from '../broker/fetchSession.ts';
import type { FetchLimits } from '../broker/fetchSession.ts';
import { knownLeader } from '../broker/metadata.ts';
import type { FetchedRecords } from '../log/partitionLog.ts';
import type { ConsumerContext } from './context.ts';
import { type ConsumerConfig, type ConsumerState, type OwnedPartition, ownedPartition } from './consumer.ts';

/** Drops what was fetched of partitions that are no longer owned. */
export function dropQueueOfOthers(ctx: ConsumerContext, consumer: ConsumerState): void {
  keepQueued(ctx, consumer, (fetched) => ownedPartition(consumer, fetched.partition) !== undefined);
}

/** Drops what was fetched of one partition and not handed out. */
export function dropQueued(ctx: ConsumerContext, consumer: ConsumerState, owned: OwnedPartition): void {
  keepQueued(ctx, consumer, ({ partition }) => partition !== owned.index);
  owned.buffered = 0;
}

function keepQueued(ctx: ConsumerContext, consumer: ConsumerState, keeps: (fetched: FetchedRecords) => boolean): void {
  if (consumer.held.length > 0) keepHeld(ctx, consumer, keeps);
  const queue = consumer.queue;
  const cursors = consumer.queueCursors;
  consumer.queue = [];
  consumer.queueCursors = [];
  consumer.bufferedRecords = 0;
  for (let i = 0; i < queue.length; i++) {
    const fetched = queue[i]!;
    if (keeps(fetched)) {
      consumer.queue.push(fetched);
      consumer.queueCursors.push(cursors[i]!);
      consumer.bufferedRecords += fetched.count - cursors[i]!;
    } else if (cursors[i] === 0) {
      // The application may be at work on records of an answer that was handed out in part: that one is nobody's to fill again.
      releaseFetched(ctx, fetched);
    }
  }
}

/** The same for what is kept back of paused partitions. */
function keepHeld(ctx: ConsumerContext, consumer: ConsumerState, keeps: (fetched: FetchedRecords) => boolean): void {
  const { held, heldCursors } = consumer;
  let kept = 0;
  for (let i = 0; i < held.length; i++) {
    const fetched = held[i]!;
    if (keeps(fetched)) {
      held[kept] = fetched;
      heldCursors[kept++] = heldCursors[i]!;
    } else if (heldCursors[i] === 0) releaseFetched(ctx, fetched);
  }
  held.length = kept;
  heldCursors.length = kept;
}

/** Opens all sessions anew; what was in flight is asked for again. */
export function reopenSessions(ctx: ConsumerContext, consumer: ConsumerState): void {
  for (const slot of consumer.sessions) closeFetchSession(ctx, slot);
  consumer.sessions = [];
  openMissing(ctx, consumer);
}

/** Leaders have moved: sessions whose partitions are still just those of their broker stay as they are. */
export function reopenChangedSessions(ctx: ConsumerContext, consumer: ConsumerState): void {
  const kept: number[] = [];
  for (const slot of consumer.sessions) {
    const { broker, partitions, leaders } = ctx.fetchSessions.items[slot]!;
    const wanted = consumer.owned.filter((owned) => targetOf(ctx, consumer, owned) === broker);
    const isSame = ({ index }: OwnedPartition, place: number): boolean =>
      index === partitions[place] && leaderElsewhere(ctx, consumer, index, broker) === (leaders === null ? -1 : leaders[place]!);
    if (wanted.length === partitions.length && wanted.every(isSame)) kept.push(slot);
    else closeFetchSession(ctx, slot);
  }
  consumer.sessions = kept;
  openMissing(ctx, consumer);
}

/** Broker a partition is fetched from: the replica its leader has named, else the leader; -1 without one. */
function targetOf(ctx: ConsumerContext, consumer: ConsumerState, { preferred, index }: OwnedPartition): number {
  return preferred >= 0 ? preferred : knownLeader(ctx, index, consumer.metadataVersion);
}

/** Leader of a partition that is read from another broker; -1 where that leads it. */
function leaderElsewhere(ctx: ConsumerContext, consumer: ConsumerState, index: number, broker: number): number {
  const leader = knownLeader(ctx, index, consumer.metadataVersion);
  return leader === broker ? -1 : leader;
}

/** The same for all partitions of a session; null where the broker leads them all. */
function leadersElsewhere(
  ctx: ConsumerContext,
  consumer: ConsumerState,
  partitions: readonly OwnedPartition[],
  broker: number,
): Int32Array | null {
  if (consumer.leaseUs === Infinity) return null;
  const leaders = Int32Array.from(partitions, ({ index }) => leaderElsewhere(ctx, consumer, index, broker));
  return leaders.some((leader) => leader >= 0) ? leaders : null;
}

function openMissing(ctx: ConsumerContext, consumer: ConsumerState): void {
  const limits = limitsOf(consumer.config);
  const opened = new Set(consumer.sessions.map((slot) => ctx.fetchSessions.items[slot]!.broker));
  const targets = consumer.owned.map((owned) => targetOf(ctx, consumer, owned));
  consumer.owned.forEach((owned, i) => {
    if (opened.has(targets[i]!)) return;
    owned.session = -1;
    owned.place = -1;
  });
  for (let broker = 0; broker < ctx.brokers.length; broker++) {
    if (opened.has(broker)) continue;
    const partitions = consumer.owned.filter((_, i) => targets[i] === broker);
    if (partitions.length === 0) continue;
    const slot = openFetchSession(ctx, {
      member: consumer.index,
      broker,
      partitions: partitions.map((owned) => owned.index),
      limits,
      client: ctx.members[consumer.index]!.endpoint,
      isolation: consumer.config.isolation,
      timeoutUs: consumer.config.requestTimeoutUs,
      rack: ctx.cluster.config.rackAwareReads ? ctx.members[consumer.index]!.config.rack : '',
      leaders: leadersElsewhere(ctx, consumer, partitions, broker),
    });
    consumer.sessions.push(slot);
    partitions.forEach((owned, place) => {
      owned.session = slot;
      owned.place = place;
    });
  }
}

/** What a consumer's configs allow one fetch to bring. */
export function limitsOf(config: ConsumerConfig): FetchLimits {
  return {
    minBytes: config.fetchMinBytes,
    maxBytes: config.fetchMaxBytes,
    maxPartitionBytes: config.maxPartitionFetchBytes,
    maxRecords: config.prefetch ? Number.MAX_SAFE_INTEGER : config.maxPollRecords,
    maxWaitUs: config.fetchMaxWaitUs,
  };
}
