/**
 * A follower's side of replication (AbstractFetcherThread, ReplicaFetcherThread): it fetches from where its log ends, cuts its log where the leader says that they part, takes
 * over records and high watermark, and fetches again at once. Every follower has one fetcher for each leader, with one request in flight.
 */
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { mix } from '../kernel/trace.ts';
import { truncationOf } from '../log/leaderEpochs.ts';
import type { BrokerContext } from './context.ts';
import { copyFromLeader, followHighWatermark, restartReplica, truncateReplica } from './lineage.ts';
import { partitionAdvanced } from './fetch.ts';
import { holdMessage, isReachable, linkDelayUs } from './links.ts';
import { requestArrivalUs } from './network.ts';
import { askedAt, type AskedPartition, createFetcher, type ReplicaFetcher } from './replicaFetcherState.ts';
import { replicaEndOffset, replicaEpochs, replicaOf, type ReplicaState } from './replicas.ts';
import { isFollowerThrottled, noteTaken } from './replicationLimits.ts';

/** Bytes of a fetch of a follower: about what the schema takes for a session of which little changes (KIP-227). */
const requestSizeBytes = 100;
/** Least backoff: a fetcher that tries again in the same moment would do so for ever. */
const backoffMinUs = 1000;

/** A broker begins to follow a partition's leader. All that begin at one moment are in the first request. */
export function follow(ctx: BrokerContext, index: number, replica: ReplicaState, leader: number): void {
  const slot = fetcherSlot(ctx, replica.broker, leader);
  const fetcher = ctx.replication.fetchers[slot];
  replica.fetcher = slot;
  replica.lag = -1;
  replica.delayedUntilUs = ctx.events.nowUs;
  fetcher.partitions.push(index);
  if (fetcher.state === 'idle' || fetcher.state === 'pausing') startSoon(ctx, slot, fetcher);
}

/** It follows no longer: what is in flight for this partition is ignored. */
export function unfollow(ctx: BrokerContext, index: number, replica: ReplicaState): void {
  if (replica.fetcher < 0) return;
  const { partitions } = ctx.replication.fetchers[replica.fetcher];
  replica.fetcher = -1;
  const at = partitions.indexOf(index);
  if (at >= 0) partitions.splice(at, 1);
}

function fetcherSlot(ctx: BrokerContext, follower: number, leader: number): number {
  const { fetchers } = ctx.replication;
  for (let slot = 0; slot < fetchers.length; slot++) {
    if (fetchers[slot].follower === follower && fetchers[slot].leader === leader) return slot;
  }
  return fetchers.push(createFetcher(follower, leader)) - 1;
}

function startSoon(ctx: BrokerContext, slot: number, fetcher: ReplicaFetcher): void {
  fetcher.state = 'starting';
  wakeAt(ctx, slot, fetcher, ctx.events.nowUs);
}

/** An event of the fetcher's own: the moment it sends, or the end of a pause. */
function wakeAt(ctx: BrokerContext, slot: number, fetcher: ReplicaFetcher, timeUs: number): void {
  fetcher.requestId = nextRequest(ctx);
  schedule(ctx.events, timeUs, EventKind.ReplicaFetchAnswered, slot, fetcher.requestId);
}

function nextRequest({ replication }: BrokerContext): number {
  replication.requests = (replication.requests + 1) | 0;
  return replication.requests;
}

/** Sends a fetch for every partition that is neither delayed nor held back by a limit; pauses until the first delay is over, or for `replica.fetch.backoff.ms`, when all are. */
function send(ctx: BrokerContext, slot: number, fetcher: ReplicaFetcher): void {
  const { nowUs } = ctx.events;
  const { partitions, follower, leader } = fetcher;
  let count = 0;
  let nextUs = Infinity;
  for (let i = 0; i < partitions.length; i++) {
    const index = partitions[i];
    const partition = ctx.partitions[index];
    const replica = replicaOf(partition, follower)!;
    if (replica.delayedUntilUs > nowUs) {
      if (replica.delayedUntilUs < nextUs) nextUs = replica.delayedUntilUs;
      continue;
    }
    if (isFollowerThrottled(ctx, replica, index)) {
      nextUs = Math.min(nextUs, nowUs + backoffUs(ctx));
      continue;
    }
    const asked = askedAt(fetcher, count++);
    asked.partition = index;
    asked.fetchOffset = replicaEndOffset(partition, replica);
    asked.leaderEpoch = replica.role.leaderEpoch;
  }
  fetcher.askedCount = count;
  if (count === 0) {
    fetcher.state = nextUs === Infinity ? 'idle' : 'pausing';
    if (nextUs !== Infinity) wakeAt(ctx, slot, fetcher, nextUs);
    return;
  }
  fetcher.state = 'travelling';
  fetcher.requestId = nextRequest(ctx);
  fetcher.followerIncarnation = ctx.brokers[follower].incarnation;
  fetcher.leaderIncarnation = ctx.brokers[leader].incarnation;
  if (!ctx.brokers[leader].alive) {
    fail(ctx, slot, fetcher);
    return;
  }
  const arrivalUs = requestArrivalUs(ctx, leader, requestSizeBytes) + linkDelayUs(ctx, follower, leader);
  schedule(ctx.events, arrivalUs, EventKind.ReplicaFetchArrived, slot, fetcher.requestId);
}

/** The connection is broken: all that was asked for waits for `replica.fetch.backoff.ms`. */
export function fail(ctx: BrokerContext, slot: number, fetcher: ReplicaFetcher): void {
  for (let i = 0; i < fetcher.askedCount; i++) {
    const replica = replicaOf(ctx.partitions[fetcher.asked[i].partition], fetcher.follower);
    if (replica !== undefined && replica.fetcher === slot) delay(ctx, replica);
  }
  fetcher.askedCount = 0;
  fetcher.state = 'idle';
  send(ctx, slot, fetcher);
}

function delay(ctx: BrokerContext, replica: ReplicaState): void {
  replica.delayedUntilUs = ctx.events.nowUs + backoffUs(ctx);
}

const backoffUs = (ctx: BrokerContext): number => Math.max(backoffMinUs, ctx.cluster.config.replicaFetchBackoffUs);

/** A broker's process is gone: it fetches nothing, and who fetched from it sees the connection break. */
export function dropFetchers(ctx: BrokerContext, broker: number): void {
  const { fetchers } = ctx.replication;
  for (let slot = 0; slot < fetchers.length; slot++) {
    const fetcher = fetchers[slot];
    if (fetcher.follower === broker) {
      fetcher.state = 'idle';
      fetcher.requestId = -1;
      fetcher.timerRuns = false;
      fetcher.partitions.length = 0;
    } else if (fetcher.leader === broker && fetcher.state === 'waiting') {
      if (isReachable(ctx, broker, fetcher.follower)) fail(ctx, slot, fetcher);
      else holdRequest(ctx, slot, fetcher);
    }
  }
}

/** A follower beyond a cut link does not see that its leader has died: it learns of it when the way is open again. */
function holdRequest(ctx: BrokerContext, slot: number, fetcher: ReplicaFetcher): void {
  const { leader, follower, requestId } = fetcher;
  fetcher.state = 'travelling';
  ctx.cluster.held.push({ from: follower, to: leader, kind: EventKind.ReplicaFetchArrived, a: slot, b: requestId });
}

/** EventKind.ReplicaFetchAnswered: the answer is here and written; or the fetcher's own moment to send has come. */
export function onReplicaFetchAnswered(ctx: BrokerContext, slot: number, requestId: number): void {
  const fetcher = ctx.replication.fetchers[slot];
  if (fetcher.requestId !== requestId) return;
  const { follower, leader, state } = fetcher;
  if (state === 'answering') {
    if (!isReachable(ctx, leader, follower)) {
      holdMessage(ctx, { from: leader, to: follower });
      return;
    }
    for (let i = 0; i < fetcher.askedCount; i++) take(ctx, slot, fetcher, fetcher.asked[i]);
    mix(ctx.trace, ctx.events.nowUs, EventKind.ReplicaFetchAnswered, slot, fetcher.bytes);
  }
  send(ctx, slot, fetcher);
}

/** One partition of an answer (processFetchRequest). What was asked in another epoch, or of a log that has changed since, is ignored. */
function take(ctx: BrokerContext, slot: number, fetcher: ReplicaFetcher, asked: AskedPartition): void {
  const partition = ctx.partitions[asked.partition];
  const replica = replicaOf(partition, fetcher.follower);
  if (replica === undefined || replica.fetcher !== slot || replica.role.leaderEpoch !== asked.leaderEpoch) return;
  const endOffset = replicaEndOffset(partition, replica);
  if (endOffset !== asked.fetchOffset) return;
  switch (asked.result) {
    case 'nothing':
    case 'records': {
      const leader = replicaOf(partition, fetcher.leader);
      if (leader === undefined || replicaEndOffset(partition, leader) < asked.endOffset) return delay(ctx, replica);
      copyFromLeader(partition, leader, replica, asked.endOffset);
      const known = replica.highWatermark;
      followHighWatermark(partition, replica, asked.highWatermark);
      if (ctx.cluster.config.rackAwareReads && replica.highWatermark > known) partitionAdvanced(ctx, asked.partition, replica.broker);
      replica.lag = Math.max(0, asked.highWatermark - asked.endOffset);
      if (asked.result === 'records') noteTaken(ctx, replica.broker, asked.partition, asked.bytes);
      return;
    }
    case 'diverging': {
      const own = { epochs: replicaEpochs(partition, replica), logEndOffset: endOffset, fetchOffset: asked.fetchOffset };
      truncateReplica(ctx, asked.partition, replica, truncationOf(own, asked).offset);
      return;
    }
    case 'OFFSET_OUT_OF_RANGE':
      return takeOutOfRange(ctx, replica, asked, endOffset);
    default:
      delay(ctx, replica);
  }
}

/** Beyond the leader's log: cut to its end. Before it: begin anew where it begins (fetchOffsetAndTruncate). */
function takeOutOfRange(ctx: BrokerContext, replica: ReplicaState, asked: AskedPartition, endOffset: number): void {
  if (asked.endOffset < endOffset) truncateReplica(ctx, asked.partition, replica, asked.endOffset);
  else if (asked.logStartOffset > endOffset) restartReplica(replica, asked.logStartOffset);
  else delay(ctx, replica);
}
