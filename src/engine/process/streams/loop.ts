/** The loop of a stream thread: poll, process record by record, commit (`StreamThread.runOnce`, `TaskExecutor`). */
import { takeUpAssignment } from '../../consumer/assignment.ts';
import { submitCommit } from '../../consumer/commits.ts';
import { type ConsumerState, ownedPartition } from '../../consumer/consumer.ts';
import { sendFetches, takeRecords } from '../../consumer/fetching.ts';
import { submitOffsetFetch } from '../../consumer/offsetFetch.ts';
import { applySeeks } from '../../consumer/pausing.ts';
import { finishRevocation, leavePoll, noteNewPartitions, pollMembership, revoking } from '../../group/membership.ts';
import { sample } from '../../kernel/distributions.ts';
import { EventKind } from '../../kernel/eventKinds.ts';
import { schedule } from '../../kernel/eventSet.ts';
import { lastStableOffsetOf } from '../../log/partitionLog.ts';
import { flushProducer } from '../../producer/producer.ts';
import { emptyQueue, oldestQueue } from '../../streams/queues.ts';
import type { StreamTask, StreamThread, TaskQueue } from '../../streams/state.ts';
import type { ProcessContext } from '../context.ts';
import { idleWaitUs, isPaused } from '../dueRecords.ts';
import { failMember } from '../endings.ts';
import { Outcome } from '../failurePolicy.ts';
import {
  armCommit,
  endTransaction,
  enterTransaction,
  isCommitDue as isTransactionDue,
  isInTransaction,
  noteLost,
} from '../readProcessWrite.ts';
import { awaitPermit } from '../service.ts';
import { nextGeneration, type WorkerState } from '../worker.ts';
import { areGlobalsReady } from './globals.ts';
import { balancePauses, followTasks, keepMemories, purgeCommitted, takeSlices } from './tasks.ts';

/** One poll of a stream thread that is not at work. */
export function pollStreams(ctx: ProcessContext, worker: WorkerState, thread: StreamThread): void {
  // Threads begin when the global tables are there (`KafkaStreams.start`).
  if (!areGlobalsReady(ctx, worker, thread)) return;
  const consumer = ctx.consumers[worker.index]!;
  if (consumer.hasSeeks) applySeeks(ctx, consumer);
  probe(ctx, worker);
  const membership = pollMembership(ctx, worker.index);
  if (membership === 'wait') return waitForGroup(ctx, worker, thread);
  if (membership === 'revoke') {
    if (isInTransaction(ctx, worker)) return endTransaction(ctx, worker, 'revoke');
    if (worker.readProcessWrite !== null || ctx.members[worker.index]!.lost) return giveUp(ctx, worker, thread);
    return commit(ctx, worker, thread, 'revoke');
  }
  takeUpAssignment(ctx, consumer);
  followTasks(ctx, worker, thread, false);
  if (consumer.pausedPartitions > 0) balancePauses(ctx, worker, thread);
  noteLost(ctx, worker);
  if (consumer.resolveAttempts >= 0 && submitOffsetFetch(ctx, consumer)) {
    worker.phase = 'resolving';
    return;
  }
  if (isCommitDue(ctx, worker, thread)) return commit(ctx, worker, thread, 'poll');
  if (consumer.bufferedRecords > 0) {
    takeRecords(consumer, worker.slices);
    if (ctx.watcher !== null) ctx.watcher.polled?.(worker.index, worker.slices);
    takeSlices(ctx, worker, thread);
    sendFetches(ctx, consumer);
  }
  startNext(ctx, worker, thread);
}

/** The time has come to see whether copies have caught up: the leader joins again (`nextScheduledRebalanceMs`). */
function probe(ctx: ProcessContext, worker: WorkerState): void {
  const node = ctx.streams.nodes[worker.node]!;
  const { group, memberId } = ctx.members[worker.index]!;
  if (node.probingUs < 0 || ctx.events.nowUs < node.probingUs || memberId === '' || ctx.groups[group]!.leaderId !== memberId) return;
  node.probingUs = -1;
  noteNewPartitions(ctx, worker.index);
}

function waitForGroup(ctx: ProcessContext, worker: WorkerState, thread: StreamThread): void {
  const { failure } = ctx.members[worker.index]!;
  if (failure !== '') return failMember(ctx, worker, `has failed: the coordinator answered ${failure}`);
  worker.phase = 'joining';
  takeUpAssignment(ctx, ctx.consumers[worker.index]!);
  followTasks(ctx, worker, thread, false);
  noteLost(ctx, worker);
  if (isInTransaction(ctx, worker)) endTransaction(ctx, worker, 'poll');
}

/** Partitions are given up: their tasks are closed, with what they did committed unless the partitions were lost. */
export function giveUp(ctx: ProcessContext, worker: WorkerState, thread: StreamThread): void {
  const { lost } = ctx.members[worker.index]!;
  worker.phase = 'idle';
  finishRevocation(ctx, worker.index);
  takeUpAssignment(ctx, ctx.consumers[worker.index]!);
  followTasks(ctx, worker, thread, !lost);
  schedule(ctx.events, ctx.events.nowUs, EventKind.MemberWake, worker.index, nextGeneration(worker));
}

const pollAgain = (ctx: ProcessContext, worker: WorkerState): void => {
  worker.phase = 'idle';
  schedule(ctx.events, ctx.events.nowUs, EventKind.MemberWake, worker.index, nextGeneration(worker));
};

/** Whether a thread without transactions has something to commit, and it is time. */
function isCommitDue(ctx: ProcessContext, worker: WorkerState, { needsCommit, lastCommitUs }: StreamThread): boolean {
  return worker.readProcessWrite === null && needsCommit && ctx.events.nowUs >= lastCommitUs + commitIntervalUs(ctx, worker);
}

const commitIntervalUs = (ctx: ProcessContext, { node }: WorkerState): number =>
  Math.round(Number(ctx.nodes[node]!.settings['commit.interval.ms'] ?? 0) * 1000);

/** Commits without transactions: what was made is in the log before the offsets are. */
function commit(ctx: ProcessContext, worker: WorkerState, thread: StreamThread, after: 'poll' | 'revoke'): void {
  worker.afterCommit = after;
  thread.needsCommit = false;
  thread.lastCommitUs = ctx.events.nowUs;
  if (after === 'poll') leavePoll(ctx, worker.index);
  if (flushProducer(ctx, worker.producer)) return commitOffsets(ctx, worker, thread);
  worker.phase = 'flushing';
}

/** All that was made is answered: the offsets follow. */
export function commitOffsets(ctx: ProcessContext, worker: WorkerState, thread: StreamThread): void {
  const isRevoked = worker.afterCommit === 'revoke';
  const only = isRevoked ? { only: revoking(ctx, worker.index) } : {};
  keepMemories(ctx, worker, thread);
  purgeCommitted(ctx, worker, thread);
  if (submitCommit(ctx, ctx.consumers[worker.index]!, { what: 'processed', waits: true, ...only })) {
    worker.phase = 'committing';
    return;
  }
  if (isRevoked) giveUp(ctx, worker, thread);
  else pollAgain(ctx, worker);
}

/** Takes up the next record, or waits for one. */
function startNext(ctx: ProcessContext, worker: WorkerState, thread: StreamThread): void {
  const { tasks } = thread;
  let waitUs = Infinity;
  for (let step = 0; step < tasks.length; step++) {
    const place = (thread.rotation + step) % tasks.length;
    const task = tasks[place]!;
    if (task.phase !== 'running') continue;
    const ready = readyQueue(ctx, worker, task);
    if (ready.queue >= 0) {
      thread.rotation = (place + 1) % tasks.length;
      return begin(ctx, worker, thread, task, ready.queue);
    }
    waitUs = Math.min(waitUs, ready.untilUs);
  }
  waitForRecords(ctx, worker, thread, waitUs);
}

function waitForRecords(ctx: ProcessContext, worker: WorkerState, thread: StreamThread, untilUs: number): void {
  const consumer = ctx.consumers[worker.index]!;
  const { nowUs } = ctx.events;
  worker.phase = 'idle';
  sendFetches(ctx, consumer);
  if (worker.readProcessWrite !== null) armCommit(ctx, worker, worker.readProcessWrite);
  const commitUs = worker.readProcessWrite === null && thread.needsCommit ? thread.lastCommitUs + commitIntervalUs(ctx, worker) : Infinity;
  const wakeUs = Math.max(nowUs, Math.min(untilUs, commitUs));
  if (wakeUs < Infinity && (thread.wakeUs <= nowUs || wakeUs < thread.wakeUs)) {
    thread.wakeUs = wakeUs;
    schedule(ctx.events, wakeUs, EventKind.MemberWake, worker.index, -1);
  }
  if (consumer.sessions.length === 0 || isPaused(consumer))
    schedule(ctx.events, nowUs + idleWaitUs(ctx, worker), EventKind.MemberWake, worker.index, nextGeneration(worker));
}

const nothingReady = { queue: -1, untilUs: Infinity };

/**
 * The queue a task takes its next record from, -1 for none. With `max.task.idle.ms` at 0 or above it waits for partitions of which more is there to be fetched, and beyond that for so long
 * (`PartitionGroup.readyToProcess`, KIP-695).
 */
function readyQueue(ctx: ProcessContext, worker: WorkerState, task: StreamTask): { readonly queue: number; readonly untilUs: number } {
  const consumer = ctx.consumers[worker.index]!;
  for (const queue of task.queues)
    if (queue.records > 0 && ownedPartition(consumer, queue.partition)?.timesSet !== queue.timesSet) emptyQueue(ctx, queue);
  const oldest = oldestQueue(task);
  if (oldest < 0) return nothingReady;
  const idleMs = Number(ctx.nodes[worker.node]!.settings['max.task.idle.ms'] ?? 0);
  if (idleMs < 0 || task.queues.every(({ records }) => records > 0)) return { queue: oldest, untilUs: 0 };
  const { nowUs } = ctx.events;
  let untilUs = 0;
  for (const queue of task.queues) {
    if (queue.records > 0) continue;
    if (hasMore(ctx, consumer, queue)) {
      queue.waitsUntilUs = -1;
      return nothingReady;
    }
    if (queue.waitsUntilUs < 0) queue.waitsUntilUs = nowUs + idleMs * 1000;
    untilUs = Math.max(untilUs, queue.waitsUntilUs);
  }
  return untilUs > nowUs ? { queue: -1, untilUs } : { queue: oldest, untilUs: 0 };
}

/** Whether more of a partition is there to be fetched, or nobody knows yet. */
function hasMore(ctx: ProcessContext, consumer: ConsumerState, { partition }: TaskQueue): boolean {
  const owned = ownedPartition(consumer, partition);
  if (owned === undefined || owned.position < 0) return true;
  const { log } = ctx.partitions[partition]!;
  const end = consumer.config.isolation === 'read_committed' ? Math.min(log.highWatermark, lastStableOffsetOf(log)) : log.highWatermark;
  return end > owned.position;
}

/** The service of a record begins. */
function begin(ctx: ProcessContext, worker: WorkerState, thread: StreamThread, task: StreamTask, place: number): void {
  const node = ctx.nodes[worker.node]!;
  const { nowUs } = ctx.events;
  const { slices, cursor } = task.queues[place]!;
  const { fetched } = slices[0]!;
  leavePoll(ctx, worker.index);
  thread.current = { task: task.name, queue: place };
  worker.slices = [{ fetched, from: cursor, to: cursor + 1, last: false }];
  worker.count = 1;
  worker.served = 0;
  worker.sliceIndex = 0;
  worker.sliceCursor = cursor;
  if (worker.readProcessWrite !== null) enterTransaction(ctx, worker, worker.readProcessWrite);
  worker.serviceUs[0] = sample(node.service, worker.serviceStream) * node.slowFactor;
  worker.failed[0] = Outcome.done;
  const startUs = node.ratePerUs > 0 ? awaitPermit(worker, node, nowUs, 1) : nowUs;
  worker.finishUs[0] = Math.round(startUs + worker.serviceUs[0]);
  if (ctx.watcher !== null) ctx.watcher.serviceBegun?.(worker.index);
  worker.phase = 'serving';
  if (node.outage) worker.stalledSinceUs = nowUs;
  else schedule(ctx.events, worker.finishUs[0], EventKind.ServiceDone, worker.index, nextGeneration(worker));
}

/** A record is done: commit, poll or the next record. */
export function goOn(ctx: ProcessContext, worker: WorkerState, thread: StreamThread): void {
  const state = worker.readProcessWrite;
  thread.needsCommit = true;
  worker.phase = 'idle';
  if (state !== null && isTransactionDue(ctx, worker, state)) return endTransaction(ctx, worker, 'poll');
  if (isCommitDue(ctx, worker, thread)) return commit(ctx, worker, thread, 'poll');
  const consumer = ctx.consumers[worker.index]!;
  const member = ctx.members[worker.index]!;
  if (consumer.pausedPartitions > 0) balancePauses(ctx, worker, thread);
  if (
    consumer.bufferedRecords > 0 ||
    consumer.hasSeeks ||
    member.rejoinNeeded ||
    member.inbox.length > 0 ||
    member.afterRevoking !== 'nothing'
  )
    return pollAgain(ctx, worker);
  startNext(ctx, worker, thread);
}
