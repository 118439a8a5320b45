/**
 * A leader's side of replication: a follower's fetch is checked against the leader's epochs, tells the leader where the follower's log ends, and is answered with what follows
 * there, or waits for more (Partition.fetchRecords, updateFollowerFetchState, DelayedFetch).
 */
import { noteFetch } from '../cluster/followerProgress.ts';
import { shouldJoin } from '../cluster/isrChanges.ts';
import { followerOf } from '../cluster/leaderState.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { checkFetchedEpoch } from '../log/leaderEpochs.ts';
import { isInOpenBlock } from '../log/partitionLog.ts';
import type { BrokerContext, PartitionState } from './context.ts';
import { leaderViewOf, raisePartitionHighWatermark } from './highWatermarks.ts';
import { proposeIsr } from './isr.ts';
import { holdMessage, isReachable } from './links.ts';
import { answerBetweenUs, diskWrittenUs } from './network.ts';
import { replicaAnswerReadUs } from './answerReads.ts';
import { fail } from './replicaFetcher.ts';
import type { AskedPartition, ReplicaFetcher } from './replicaFetcherState.ts';
import { readRange } from './replicaRead.ts';
import { isLeaderThrottled, noteGiven } from './replicationLimits.ts';
import {
  lastEpochOf,
  replicaEndOffset,
  replicaEpochs,
  replicaHighWatermark,
  replicaOf,
  type ReplicaState,
  sharedEndOffset,
} from './replicas.ts';

/** Bytes of an answer without its records. */
const answerHeaderBytes = 64;

/** EventKind.ReplicaFetchArrived. Returns the number of the block of `counters.missingPartition` that must be made resident first, or -1 when done. */
export function onReplicaFetchArrived(ctx: BrokerContext, slot: number, requestId: number): number {
  const fetcher = ctx.replication.fetchers[slot];
  if (fetcher.requestId !== requestId || fetcher.state !== 'travelling') return -1;
  const { follower, leader } = fetcher;
  if (!isReachable(ctx, follower, leader)) {
    // TCP sends it again once the way is open; nothing else could be asked for on it.
    holdMessage(ctx, { from: follower, to: leader });
    return -1;
  }
  const broker = ctx.brokers[leader];
  if (!broker.alive || broker.incarnation !== fetcher.leaderIncarnation) {
    fail(ctx, slot, fetcher);
    return -1;
  }
  const missing = read(ctx, fetcher);
  if (missing >= 0) return missing;
  for (let i = 0; i < fetcher.askedCount; i++) noteFollower(ctx, fetcher, fetcher.asked[i]);
  const { replicaFetchWaitUs } = ctx.cluster.config;
  if (replicaFetchWaitUs <= 0 || fetcher.bytes > 0 || hasNews(fetcher)) {
    answer(ctx, slot, fetcher);
    return -1;
  }
  fetcher.deadlineUs = ctx.events.nowUs + replicaFetchWaitUs;
  fetcher.state = 'waiting';
  startTimer(ctx, slot, fetcher);
  return -1;
}

function startTimer(ctx: BrokerContext, slot: number, fetcher: ReplicaFetcher): void {
  if (fetcher.timerRuns) return;
  fetcher.timerRuns = true;
  schedule(ctx.events, fetcher.deadlineUs, EventKind.ReplicaFetchExpired, slot, fetcher.followerIncarnation);
}

/**
 * EventKind.ReplicaFetchExpired: `replica.fetch.wait.max.ms` of the waiting request may be over; or, with -1 - its number, there is something for it that may not be
 * resident. Returns as `onReplicaFetchArrived`.
 */
export function onReplicaFetchExpired(ctx: BrokerContext, slot: number, incarnation: number): number {
  const fetcher = ctx.replication.fetchers[slot];
  if (incarnation < 0)
    return fetcher.state === 'waiting' && fetcher.requestId === -1 - incarnation ? readAndAnswer(ctx, slot, fetcher) : -1;
  if (ctx.brokers[fetcher.follower].incarnation !== incarnation) return -1;
  fetcher.timerRuns = false;
  if (fetcher.state !== 'waiting') return -1;
  if (ctx.events.nowUs < fetcher.deadlineUs) {
    startTimer(ctx, slot, fetcher);
    return -1;
  }
  return readAndAnswer(ctx, slot, fetcher);
}

/** Returns the number of the block that must be resident first, or -1 when done. */
function readAndAnswer(ctx: BrokerContext, slot: number, fetcher: ReplicaFetcher): number {
  const missing = read(ctx, fetcher);
  if (missing < 0) answer(ctx, slot, fetcher);
  return missing;
}

/** A leader has appended to a partition, or leads it no longer: fetches that wait at it are answered. They see the log's end, so not when the high watermark moves. */
export function wakeFollowers(ctx: BrokerContext, index: number, leader: number): void {
  const { replicas } = ctx.partitions[index];
  const { fetchers } = ctx.replication;
  for (let i = 0; i < replicas.length; i++) {
    const slot = replicas[i].fetcher;
    if (slot < 0) continue;
    const fetcher = fetchers[slot];
    if (fetcher.leader !== leader || fetcher.state !== 'waiting') continue;
    // What it waited for is at the end of logs; what a limit held back may not be resident any more, so an event looks again, with the block there.
    if (readsOpenBlocks(ctx, fetcher)) readAndAnswer(ctx, slot, fetcher);
    else schedule(ctx.events, ctx.events.nowUs, EventKind.ReplicaFetchExpired, slot, -1 - fetcher.requestId);
  }
}

/** Whether all that may be there for a follower lies in blocks that are appended to, whatever the host has evicted of the others. */
function readsOpenBlocks(ctx: BrokerContext, { asked, askedCount, leader: broker }: ReplicaFetcher): boolean {
  for (let i = 0; i < askedCount; i++) {
    const { partition: index, fetchOffset } = asked[i];
    const partition = ctx.partitions[index];
    const leader = replicaOf(partition, broker);
    if (leader === undefined || fetchOffset >= sharedEndOffset(partition, leader)) continue;
    if (!isInOpenBlock(partition.log, fetchOffset)) return false;
  }
  return true;
}

/** Whether anything but records is to be told at once. */
function hasNews({ asked, askedCount }: ReplicaFetcher): boolean {
  for (let i = 0; i < askedCount; i++) if (asked[i].result !== 'nothing') return true;
  return false;
}

/** Fills in the answer, as things stand now; changes nothing else. Returns the number of a block that is missing, or -1. */
function read(ctx: BrokerContext, fetcher: ReplicaFetcher): number {
  const { asked, askedCount } = fetcher;
  const { replicaFetchMaxBytes, replicaFetchResponseMaxBytes } = ctx.cluster.config;
  fetcher.bytes = 0;
  let last = -1;
  for (let step = 0; step < askedCount; step++) {
    const i = (fetcher.rotation + step) % askedCount;
    const one = asked[i];
    const partition = ctx.partitions[one.partition];
    const leader = replicaOf(partition, fetcher.leader);
    const follower = replicaOf(partition, fetcher.follower);
    check(partition, leader, follower, one);
    if (one.result !== 'records') continue;
    one.result = 'nothing';
    one.endOffset = one.fetchOffset;
    const room = replicaFetchResponseMaxBytes - fetcher.bytes;
    if (room <= 0 || isLeaderThrottled(ctx, leader!, fetcher.follower, one.partition)) continue;
    const inTail = leader!.tail !== null && one.fetchOffset >= sharedEndOffset(partition, leader!);
    const log = inTail ? leader!.tail! : partition.log;
    const range = readRange(log, one.fetchOffset, { maxBytes: Math.min(room, replicaFetchMaxBytes), atLeastOne: fetcher.bytes === 0 });
    if (range.missing >= 0) {
      ctx.counters.missingPartition = one.partition;
      return range.missing;
    }
    const endOffset = inTail ? range.endOffset : Math.min(range.endOffset, sharedEndOffset(partition, leader!));
    if (endOffset <= one.fetchOffset) continue;
    one.result = 'records';
    one.endOffset = endOffset;
    one.bytes = range.bytes;
    one.position = inTail ? -1 : range.position;
    fetcher.bytes += range.bytes;
    last = i;
  }
  if (last >= 0) fetcher.rotation = last + 1;
  return -1;
}

/** Counts what an answer takes of the limit. */
function countThrottled(ctx: BrokerContext, { leader, asked, askedCount }: ReplicaFetcher): void {
  for (let i = 0; i < askedCount; i++) if (asked[i].result === 'records') noteGiven(ctx, leader, asked[i].partition, asked[i].bytes);
}

/** What the leader makes of one partition: an error, where the logs part, or `records` when it may read on (Partition.checkCurrentLeaderEpoch, readRecords). */
function check(partition: PartitionState, leader: ReplicaState | undefined, follower: ReplicaState | undefined, one: AskedPartition): void {
  if (leader === undefined || follower === undefined) {
    one.result = 'NOT_LEADER_OR_FOLLOWER';
    return;
  }
  const { leadership, role } = leader;
  if (role.leaderEpoch !== one.leaderEpoch) {
    one.result = one.leaderEpoch < role.leaderEpoch ? 'FENCED_LEADER_EPOCH' : 'UNKNOWN_LEADER_EPOCH';
    return;
  }
  if (leadership === null || followerOf(leadership, follower.broker) === undefined) {
    one.result = leadership === null ? 'NOT_LEADER_OR_FOLLOWER' : 'UNKNOWN_LEADER_EPOCH';
    return;
  }
  one.highWatermark = replicaHighWatermark(partition, leader);
  // Of a log with a remote tier a follower copies the local part only (OFFSET_MOVED_TO_TIERED_STORAGE).
  const startOffset = partition.tier === null ? partition.log.logStartOffset : partition.tier.localStartOffset;
  one.logStartOffset = Math.min(startOffset, sharedEndOffset(partition, leader));
  one.result = 'records';
  const isBeginning = leader.broker === partition.holder && follower.tail === null;
  if (!isBeginning) checkEpochs(partition, leader, follower, one);
  if (one.result === 'records' && one.fetchOffset < one.logStartOffset) {
    one.result = 'OFFSET_OUT_OF_RANGE';
    one.endOffset = replicaEndOffset(partition, leader);
  }
}

function checkEpochs(partition: PartitionState, leader: ReplicaState, follower: ReplicaState, one: AskedPartition): void {
  const logEndOffset = replicaEndOffset(partition, leader);
  const range = { epochs: replicaEpochs(partition, leader), logStartOffset: one.logStartOffset, logEndOffset };
  const { fetchOffset } = one;
  const checked = checkFetchedEpoch(range, { fetchOffset, lastFetchedEpoch: lastEpochOf(partition, follower) });
  if (checked.outcome === 'divergingEpoch') {
    one.result = 'diverging';
    one.epoch = checked.epoch;
    one.endOffset = checked.endOffset;
  } else if (checked.outcome === 'error' || fetchOffset > logEndOffset) {
    one.result = 'OFFSET_OUT_OF_RANGE';
    one.endOffset = logEndOffset;
  }
}

/** The offset of a fetch tells where the follower's log ends: the ISR may grow and the high watermark rise, both after the answer's own was read. */
function noteFollower(ctx: BrokerContext, { leader: broker, follower: of }: ReplicaFetcher, one: AskedPartition): void {
  if (one.result !== 'records' && one.result !== 'nothing') return;
  const partition = ctx.partitions[one.partition];
  const leader = replicaOf(partition, broker)!;
  const state = leader.leadership!;
  const follower = followerOf(state, of)!;
  const leaderEndOffset = replicaEndOffset(partition, leader);
  const { brokerEpoch } = ctx.brokers[of];
  const moved = noteFetch(follower, { offset: one.fetchOffset, nowUs: ctx.events.nowUs, leaderEndOffset, brokerEpoch });
  if (!state.isr.includes(of) && shouldJoin(state, follower, leaderViewOf(ctx, partition, leader))) {
    proposeIsr(ctx, one.partition, leader, { kind: 'expand', broker: of });
  }
  if (moved) raisePartitionHighWatermark(ctx, one.partition, broker);
}

/** Least time of an empty answer where fetches do not wait: else a network without latency would go round in one moment. */
const emptyAnswerUs = 1000;

/** The answer goes through both brokers' networks and onto the follower's disk. */
function answer(ctx: BrokerContext, slot: number, fetcher: ReplicaFetcher): void {
  const { leader, follower, bytes } = fetcher;
  fetcher.state = 'answering';
  if (ctx.cluster.throttles.length > 0) countThrottled(ctx, fetcher);
  const readUs = replicaAnswerReadUs(ctx, fetcher);
  let arrivalUs = answerBetweenUs(ctx, leader, follower, answerHeaderBytes + bytes, readUs);
  if (bytes === 0 && arrivalUs === ctx.events.nowUs) arrivalUs += emptyAnswerUs;
  const writtenUs = bytes > 0 ? diskWrittenUs(ctx, follower, bytes, arrivalUs) : arrivalUs;
  schedule(ctx.events, Math.round(writtenUs), EventKind.ReplicaFetchAnswered, slot, fetcher.requestId);
}
