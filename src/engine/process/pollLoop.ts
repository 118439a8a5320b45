/** The application's loop: poll, process, commit, again (KafkaConsumer.poll and the loop every tutorial shows around it). */
import { resolvePositions, takeUpAssignment } from '../consumer/assignment.ts';
import type { ConsumerState } from '../consumer/consumer.ts';
import { applySeeks } from '../consumer/pausing.ts';
import { submitCommit } from '../consumer/commits.ts';
import { empty, sendFetches, takeRecords } from '../consumer/fetching.ts';
import { offsetFetchBackoffUs, type OffsetFetchRequest, submitOffsetFetch } from '../consumer/offsetFetch.ts';
import { finishRevocation, leavePoll, pollMembership, revoking } from '../group/membership.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { mix } from '../kernel/trace.ts';
import { flushProducer } from '../producer/producer.ts';
import type { ShareMember } from '../share/shareState.ts';
import type { ProcessContext } from './context.ts';
import { idleWaitUs, isPaused, sleepsBetweenPolls, takeDueRecords, waitUntilDue } from './dueRecords.ts';
import { failMember, stopOnError } from './endings.ts';
import { armCommit, endTransaction, enterTransaction, isCommitDue, isInTransaction, noteLost, onFlushed } from './readProcessWrite.ts';
import { beginNext, callsAgain, planCalls } from './externalCalls.ts';
import { type MicroBatchState, planBatch, pollBatch } from './microBatch.ts';
import { followAssignment, givesUp, hasFlushed, isPoolCommitDue, notePoolCommit, pausesFor, servePooled } from './pool/loop.ts';
import type { Pool } from './pool/pool.ts';
import { resumePool } from './pool/threads.ts';
import { commitOffsets, giveUp, pollStreams } from './streams/loop.ts';
import { continueStreams } from './streams/service.ts';
import { planService, shiftService } from './service.ts';
import { accountSteps } from './progress.ts';
import { settle } from './settle.ts';
import { acknowledgeServed, endSharePoll, pollShare, shareService } from './shareLoop.ts';
import { releaseSlices } from './slices.ts';
import { isBusy, nextGeneration, type WorkerState } from './worker.ts';

/** EventKind.MemberWake; generation -1 is a wake for whatever the member is doing. */
export function onMemberWake(ctx: ProcessContext, index: number, generation: number): void {
  const worker = ctx.workers[index]!;
  if (worker.alive === false || (generation !== -1 && generation !== worker.generation)) return;
  if (worker.phase === 'resolving') {
    if (generation === -1) return;
    // The backoff after an OffsetFetch that came to nothing is over; what the group wants comes first.
    worker.phase = 'idle';
  }
  poll(ctx, worker);
}

const resetWord = ({ autoOffsetReset, resetDurationUs }: ConsumerState['config']): string =>
  autoOffsetReset === 'by_duration' ? `first of the last ${resetDurationUs / 1e6} s` : autoOffsetReset;

/** An OffsetFetch is answered, or will not be: reading begins, or it is asked for again after a backoff. */
export function onOffsetsFetched(ctx: ProcessContext, request: OffsetFetchRequest): void {
  const worker = ctx.workers[request.member]!;
  if (!worker.alive || worker.phase !== 'resolving') return;
  const consumer = ctx.consumers[request.member]!;
  if (request.error !== 'NONE') {
    const againUs = ctx.events.nowUs + offsetFetchBackoffUs(ctx, consumer, request.error);
    schedule(ctx.events, againUs, EventKind.MemberWake, worker.index, nextGeneration(worker));
    return;
  }
  worker.phase = 'idle';
  consumer.resolveAttempts = -1;
  const resets = consumer.resets;
  resolvePositions(ctx, consumer, request);
  if (consumer.failed) return failMember(ctx, worker, 'no committed offset and auto.offset.reset is none');
  if (consumer.resets > resets) {
    ctx.processNotices.push({
      timeUs: ctx.events.nowUs,
      code: 'offset.reset',
      member: worker.index,
      detail: `starts at the ${resetWord(consumer.config)} offset: nothing committed in the log`,
    });
  }
  poll(ctx, worker);
}

/** EventKind.MemberAssigned: the member polls again and finds its new partitions. */
export function onMemberAssigned(ctx: ProcessContext, index: number): void {
  const worker = ctx.workers[index]!;
  if (worker.alive) poll(ctx, worker);
}

/** Records or an empty answer came for an idle member, or its offset was out of range. */
export function onFetched(ctx: ProcessContext, index: number, resetsBefore: number): void {
  const worker = ctx.workers[index]!;
  const consumer = ctx.consumers[index]!;
  if (worker.alive === false) return;
  if (consumer.hasStepped === true) accountSteps(ctx, worker);
  if (consumer.failed === true) return failMember(ctx, worker, 'its offset left the log and auto.offset.reset is none');
  if (consumer.resets > resetsBefore) {
    ctx.processNotices.push({
      timeUs: ctx.events.nowUs,
      code: 'offset.reset',
      member: index,
      detail: `its offset is no longer in the log; goes on at the ${resetWord(consumer.config)} offset`,
    });
  }
  if (worker.phase === 'idle' && sleepsBetweenPolls(ctx, worker, consumer) === false) poll(ctx, worker);
}

/** EventKind.ConsumerRetry: the consumer knows more of leaders and of its positions; it says which were put back, and fetches. */
export function onRetried(ctx: ProcessContext, index: number, resetsBefore: number): void {
  const consumer = ctx.consumers[index]!;
  const policy = consumer.config.autoOffsetReset;
  for (const { partition, from, to } of consumer.truncations) {
    const { topic, partition: number } = ctx.partitions[partition]!;
    const where = policy === 'none' ? 'and auto.offset.reset is none' : `its position was reset from ${from} to ${to}`;
    const detail = `had read up to ${from} of ${ctx.topics[topic]!.name}-${number}, whose new leader has another log from ${to} on; ${where}`;
    ctx.processNotices.push({ timeUs: ctx.events.nowUs, code: 'offset.reset', member: index, detail });
  }
  empty(consumer.truncations);
  onFetched(ctx, index, resetsBefore);
}

/** One poll. Returns at once when the member is busy. */
export function poll(ctx: ProcessContext, worker: WorkerState): void {
  if (isBusy(worker) === true) return;
  const shareMember = ctx.share.members[worker.index];
  if (shareMember !== null) return pollShared(ctx, worker, shareMember);
  if (worker.batch !== null && worker.batch.gathering) return takeBatch(ctx, worker, worker.batch);
  if (worker.streams !== null) return pollStreams(ctx, worker, worker.streams);
  const consumer = ctx.consumers[worker.index]!;
  if (consumer.hasSeeks === true) applySeeks(ctx, consumer);
  const membership = pollMembership(ctx, worker.index);
  if (membership === 'wait') {
    const { failure } = ctx.members[worker.index]!;
    if (failure !== '') return failMember(ctx, worker, `has failed: the coordinator answered ${failure}`);
    worker.phase = 'joining';
    // A member that lost its partitions on the way (fenced, or its session expired) lets go of them now.
    takeUp(ctx, worker, consumer);
    noteLost(ctx, worker);
    if (isInTransaction(ctx, worker)) endTransaction(ctx, worker, 'poll');
    return;
  }
  if (membership === 'revoke') {
    if (isInTransaction(ctx, worker)) return endTransaction(ctx, worker, 'revoke');
    if (worker.readProcessWrite !== null) return revoke(ctx, worker);
    if (worker.pool !== null && !hasFlushed(ctx, worker, worker.pool)) return;
    const sent = submitCommit(ctx, consumer, { what: givesUp(worker, consumer), waits: true, only: revoking(ctx, worker.index) });
    if (!sent) return revoke(ctx, worker);
    worker.phase = 'committing';
    worker.afterCommit = 'revoke';
    return;
  }
  takeUp(ctx, worker, consumer);
  noteLost(ctx, worker);
  if (consumer.resolveAttempts >= 0 && submitOffsetFetch(ctx, consumer)) {
    worker.phase = 'resolving';
    return;
  }
  const nowUs = ctx.events.nowUs;
  if (consumer.config.commitMode === 'auto' && nowUs >= consumer.nextAutoCommitUs) {
    submitCommit(ctx, consumer, { what: 'position', waits: false });
    consumer.nextAutoCommitUs = nowUs + consumer.config.autoCommitIntervalUs;
  }
  if (worker.pool !== null && looksAfterPool(ctx, worker, worker.pool)) return;
  if (worker.batch !== null) return takeBatch(ctx, worker, worker.batch);
  if (consumer.bufferedRecords === 0) return waitForRecords(ctx, worker);
  if (ctx.nodes[worker.node]!.waitsForRetries === true && waitUntilDue(ctx, worker)) return;
  takePoll(ctx, worker);
}

/** Follows the assignment, and with it what waits in a pool. */
function takeUp(ctx: ProcessContext, worker: WorkerState, consumer: ConsumerState): void {
  takeUpAssignment(ctx, consumer);
  if (worker.pool !== null) followAssignment(ctx, worker, worker.pool);
}

/** Before it takes more records for a pool, the loop commits what is done when it is time; and it takes none while there is no room. */
function looksAfterPool(ctx: ProcessContext, worker: WorkerState, pool: Pool): boolean {
  if (isPoolCommitDue(ctx, pool)) {
    if (!hasFlushed(ctx, worker, pool)) return true;
    notePoolCommit(ctx, pool);
    leavePoll(ctx, worker.index);
    commitServed(ctx, worker);
    return true;
  }
  return pausesFor(ctx, worker, pool, ctx.consumers[worker.index]!);
}

function pollShared(ctx: ProcessContext, worker: WorkerState, own: ShareMember): void {
  const outcome = pollShare(ctx, worker, own);
  if (outcome === 'taken') serve(ctx, worker);
  else if (outcome === 'failed') failMember(ctx, worker, `has failed: the coordinator answered ${ctx.members[worker.index]!.failure}`);
}

function takePoll(ctx: ProcessContext, worker: WorkerState): void {
  const consumer = ctx.consumers[worker.index]!;
  leavePoll(ctx, worker.index);
  empty(worker.slices);
  const waits = ctx.nodes[worker.node]!.waitsForRetries;
  worker.count = waits === true ? takeDueRecords(ctx, consumer, worker.slices) : takeRecords(consumer, worker.slices);
  if (ctx.watcher !== null) ctx.watcher.polled?.(worker.index, worker.slices);
  worker.served = 0;
  worker.sliceIndex = 0;
  worker.sliceCursor = worker.slices[0]!.from;
  if (worker.order.length > 0) worker.order = new Int32Array(0);
  if (worker.readProcessWrite !== null) enterTransaction(ctx, worker, worker.readProcessWrite);
  if (consumer.config.prefetch === true) sendFetches(ctx, consumer);
  if (consumer.config.commitMode === 'before-processing' && submitCommit(ctx, consumer, { what: 'position', waits: true })) {
    worker.phase = 'committing';
    worker.afterCommit = 'serve';
    return;
  }
  serve(ctx, worker);
}

/** Works a batch off once all of its records are there. */
function takeBatch(ctx: ProcessContext, worker: WorkerState, batch: MicroBatchState): void {
  if (!pollBatch(ctx, worker, batch)) return;
  worker.count = worker.slices.reduce((sum, { from, to }) => sum + to - from, 0);
  if (ctx.watcher !== null) ctx.watcher.polled?.(worker.index, worker.slices);
  worker.served = 0;
  worker.sliceIndex = 0;
  worker.sliceCursor = worker.slices[0]!.from;
  serve(ctx, worker);
}

function waitForRecords(ctx: ProcessContext, worker: WorkerState): void {
  const consumer = ctx.consumers[worker.index]!;
  worker.phase = 'idle';
  sendFetches(ctx, consumer);
  if (worker.readProcessWrite !== null) armCommit(ctx, worker, worker.readProcessWrite);
  if (consumer.sessions.length === 0 || isPaused(consumer)) {
    schedule(ctx.events, ctx.events.nowUs + idleWaitUs(ctx, worker), EventKind.MemberWake, worker.index, nextGeneration(worker));
  }
}

export function revoke(ctx: ProcessContext, worker: WorkerState): void {
  if (worker.streams !== null) return giveUp(ctx, worker, worker.streams);
  worker.phase = 'idle';
  finishRevocation(ctx, worker.index);
  takeUp(ctx, worker, ctx.consumers[worker.index]!);
  schedule(ctx.events, ctx.events.nowUs, EventKind.MemberWake, worker.index, nextGeneration(worker));
}

/** The commit a poll loop waited for is answered; a refused one (the member was fenced) is noticed at the next poll. */
export function onCommitDone(ctx: ProcessContext, index: number): void {
  const worker = ctx.workers[index]!;
  if (!worker.alive || worker.phase !== 'committing') return;
  worker.phase = 'idle';
  if (worker.afterCommit === 'revoke') revoke(ctx, worker);
  else if (worker.afterCommit === 'serve') serve(ctx, worker);
  else poll(ctx, worker);
}

/** commitSync has thrown, or auto commit has given up before a rebalance: the loop goes on as after a refused commit, and a later one has its offsets. */
export function onCommitTimedOut(ctx: ProcessContext, index: number): void {
  const worker = ctx.workers[index]!;
  if (!worker.alive || worker.phase !== 'committing') return;
  const error = ctx.consumers[index]!.config.commitMode === 'auto' ? '' : ' (TimeoutException)';
  const detail = `gives up a commit that no coordinator has answered for too long${error}, and goes on without it`;
  ctx.processNotices.push({ timeUs: ctx.events.nowUs, code: 'commit.timed-out', member: index, detail });
  onCommitDone(ctx, index);
}

function serve(ctx: ProcessContext, worker: WorkerState): void {
  if (worker.pool !== null) return servePooled(ctx, worker, worker.pool);
  const node = ctx.nodes[worker.node]!;
  const nowUs = ctx.events.nowUs;
  if (worker.batch !== null) planBatch(ctx, worker, node);
  else if (worker.calls !== null) planCalls(ctx, worker, node);
  else planService(ctx, worker, shareService(ctx.share.members[worker.index], node));
  if (ctx.watcher !== null) ctx.watcher.serviceBegun?.(worker.index);
  worker.phase = 'serving';
  if (node.outage === true) {
    worker.stalledSinceUs = nowUs;
    return;
  }
  continueService(ctx, worker);
}

/** Settles what has ended and schedules the next moment at which something follows from this poll. */
export function continueService(ctx: ProcessContext, worker: WorkerState): void {
  if (worker.streams !== null) return continueStreams(ctx, worker, worker.streams);
  const nowUs = ctx.events.nowUs;
  if (worker.calls !== null && callsAgain(ctx, worker)) return;
  if (settle(ctx, worker, nowUs) === false) {
    worker.phase = 'blocked';
    worker.stalledSinceUs = nowUs;
    ctx.processNotices.push({ timeUs: nowUs, code: 'producer.blocked', member: worker.index, detail: 'no buffer.memory left to send' });
    return;
  }
  if (worker.served === worker.count) return endPoll(ctx, worker);
  if (worker.stopUs >= 0 && worker.stopUs <= nowUs) return stopOnError(ctx, worker);
  if (worker.calls !== null) beginNext(ctx, worker, ctx.nodes[worker.node]!);
  schedule(ctx.events, nextServiceUs(worker), EventKind.ServiceDone, worker.index, nextGeneration(worker));
}

/** A sink is looked at again when its poll is done; a processor when its next record is, since that is sent on at once; both when an error stops them. */
function nextServiceUs(worker: WorkerState): number {
  const next = worker.stepwise ? worker.served : worker.count - 1;
  const endUs = worker.finishUs[worker.order.length > 0 ? worker.order[next]! : next]!;
  return worker.stopUs >= 0 && worker.stopUs < endUs ? worker.stopUs : endUs;
}

/** EventKind.ServiceDone */
export function onServiceDone(ctx: ProcessContext, index: number, generation: number): void {
  const worker = ctx.workers[index]!;
  if (worker.alive === false || worker.phase !== 'serving' || generation !== worker.generation) return;
  continueService(ctx, worker);
}

/** EventKind.ProducerSpace: the member that waited for buffer memory goes on; what it had not served yet is late by as long. */
export function onProducerSpace(ctx: ProcessContext, index: number): void {
  const worker = ctx.workers[index]!;
  if (worker.pool !== null) return resumePool(ctx, worker, worker.pool);
  if (!worker.alive || worker.phase !== 'blocked') return;
  worker.phase = 'serving';
  const stalledUs = ctx.events.nowUs - worker.stalledSinceUs;
  worker.stalledSinceUs = -1;
  shiftService(worker, stalledUs);
  if (ctx.nodes[worker.node]!.outage) worker.stalledSinceUs = ctx.events.nowUs;
  else continueService(ctx, worker);
}

function endPoll(ctx: ProcessContext, worker: WorkerState): void {
  mix(ctx.trace, ctx.events.nowUs, EventKind.ServiceDone, worker.index, worker.count);
  if (ctx.share.members[worker.index] !== null) return endSharePoll(ctx, worker);
  releaseSlices(ctx, worker);
  const consumer = ctx.consumers[worker.index]!;
  if (worker.readProcessWrite !== null) {
    if (isCommitDue(ctx, worker, worker.readProcessWrite)) endTransaction(ctx, worker, 'poll');
    else pollAgain(ctx, worker);
    return;
  }
  if (consumer.config.commitMode !== 'after-processing') return pollAgain(ctx, worker);
  // What was made of the records must be in the log before their offsets are committed, or a crash between the two would lose it.
  if (worker.producer >= 0 && !flushProducer(ctx, worker.producer)) worker.phase = 'flushing';
  else commitServed(ctx, worker);
}

/** EventKind.ProducerFlushed: everything the member sent is answered. */
export function onProducerFlushed(ctx: ProcessContext, index: number): void {
  const worker = ctx.workers[index]!;
  if (worker.readProcessWrite !== null) return onFlushed(ctx, worker);
  if (!worker.alive || worker.phase !== 'flushing') return;
  if (worker.streams !== null) return commitOffsets(ctx, worker, worker.streams);
  if (worker.pool !== null) {
    worker.phase = 'idle';
    poll(ctx, worker);
    resumePool(ctx, worker, worker.pool);
  } else if (ctx.share.members[index]) acknowledgeServed(ctx, worker);
  else commitServed(ctx, worker);
}

function commitServed(ctx: ProcessContext, worker: WorkerState): void {
  if (!submitCommit(ctx, ctx.consumers[worker.index]!, { what: 'processed', waits: true })) return pollAgain(ctx, worker);
  worker.phase = 'committing';
  worker.afterCommit = 'poll';
}

export function pollAgain(ctx: ProcessContext, worker: WorkerState): void {
  worker.phase = 'idle';
  // An event of its own rather than a call: a loop of empty services would otherwise never return.
  schedule(ctx.events, ctx.events.nowUs, EventKind.MemberWake, worker.index, nextGeneration(worker));
}
