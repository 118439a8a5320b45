/** Starting and ending members, outages, and changes of speed: what a scenario or a person does to consuming nodes. */
import { forgetAssignment } from '../consumer/assignment.ts';
import { submitCommit } from '../consumer/commits.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { startMember, stopMember } from '../group/membership.ts';
import { closeMemberTransactions } from '../producer/memberTransactions.ts';
import { flushProducer } from '../producer/producer.ts';
import type { StreamThread } from '../streams/state.ts';
import type { ProcessContext } from './context.ts';
import { killWorker } from './endings.ts';
import { givesUp } from './pool/loop.ts';
import { resumePool, stallPool, stretchPool } from './pool/threads.ts';
import { continueService, pollAgain, revoke } from './pollLoop.ts';
import { endTransaction, initialize, type ReadProcessWrite } from './readProcessWrite.ts';
import { shiftService, stretchService } from './service.ts';
import { settle } from './settle.ts';
import { closeShareWorker } from './shareLoop.ts';
import { tellDelivered } from './streams/delivered.ts';
import { closeTasks, keepMemories, purgeCommitted } from './streams/tasks.ts';
import { dropWork } from './slices.ts';
import { endedAhead, nextGeneration, type WorkerState } from './worker.ts';

/** The member's process starts (again) and polls. */
export function startWorker(ctx: ProcessContext, index: number): void {
  const worker = ctx.workers[index]!;
  if (worker.alive) {
    if (worker.readProcessWrite?.after === 'stop') worker.readProcessWrite.restarts = true;
    return;
  }
  const consumer = ctx.consumers[index]!;
  worker.alive = true;
  if (ctx.watcher !== null) ctx.watcher.memberStarted?.(index);
  worker.upSinceUs = ctx.events.nowUs;
  worker.phase = 'idle';
  consumer.failed = false;
  if (worker.pool !== null) worker.pool.lastCommitUs = ctx.events.nowUs;
  if (worker.streams !== null) startThread(ctx, worker.streams);
  consumer.nextAutoCommitUs = ctx.events.nowUs + consumer.config.autoCommitIntervalUs;
  startMember(ctx, index);
  if (worker.readProcessWrite !== null) return initialize(ctx, worker);
  schedule(ctx.events, ctx.events.nowUs, EventKind.MemberWake, index, nextGeneration(worker));
}

/** close(): what was served is sent on and committed, unless the application commits before processing; then the member leaves. The rest of its poll is not done. */
export function stopWorker(ctx: ProcessContext, index: number): void {
  const worker = ctx.workers[index]!;
  if (!worker.alive) return;
  const consumer = ctx.consumers[index]!;
  settleIfFree(ctx, worker);
  if (worker.readProcessWrite !== null && !closes(ctx, worker, worker.readProcessWrite)) return;
  if (ctx.share.members[index]) closeShareWorker(ctx, worker);
  else if (consumer.config.commitMode !== 'before-processing' && worker.readProcessWrite === null)
    submitCommit(ctx, consumer, { what: givesUp(worker, consumer), waits: false });
  stopMember(ctx, index);
  if (worker.readProcessWrite !== null) closeMemberTransactions(ctx, worker.producer);
  else if (worker.producer >= 0) flushProducer(ctx, worker.producer);
  if (ctx.watcher !== null) ctx.watcher.memberEnded?.(index, 'closed');
  dropWork(ctx, worker, 'stopped');
}

/** Whether a member that is stopped can go at once. Else it commits its transaction first, or aborts it where a record is only half done. */
function closes(ctx: ProcessContext, worker: WorkerState, state: ReadProcessWrite): boolean {
  const { phase } = ctx.producers[worker.producer]!.transaction!;
  if (worker.phase === 'transaction') {
    if (phase === 'idle' || phase === 'initializing' || phase === 'over') return true;
    state.after = 'stop';
    return false;
  }
  if (phase !== 'open') return true;
  if (endedAhead(worker) > 0 || worker.outputCursor >= 0) state.doomed = 'stopped in the middle of its records';
  endTransaction(ctx, worker, 'stop');
  return false;
}

/** EventKind.ProcessingTransactionEnded: the poll loop goes on, after an abort from the committed offsets. */
export function onProcessingTransactionEnded(ctx: ProcessContext, index: number, generation: number): void {
  const worker = ctx.workers[index]!;
  const state = worker.readProcessWrite;
  if (state === null || !worker.alive || worker.generation !== generation) return;
  const { after, rewinds, restarts } = state;
  state.after = 'poll';
  state.rewinds = false;
  worker.phase = 'idle';
  if (worker.streams !== null) {
    // What an aborted transaction has done to stores is in no changelog: they are put back from there (TaskCorruptedException).
    if (rewinds) closeTasks(ctx, worker, worker.streams, false);
    else {
      keepMemories(ctx, worker, worker.streams);
      purgeCommitted(ctx, worker, worker.streams);
      tellDelivered(ctx, worker.streams, true);
    }
  }
  if (after === 'stop') {
    stopWorker(ctx, index);
    if (restarts) startWorker(ctx, index);
    return;
  }
  if (after === 'revoke') revoke(ctx, worker);
  else pollAgain(ctx, worker);
  if (rewinds) forgetAssignment(ctx, ctx.consumers[index]!, 'aborted');
}

function startThread({ events }: ProcessContext, thread: StreamThread): void {
  thread.incarnation++;
  thread.lastCommitUs = events.nowUs;
  thread.needsCommit = false;
  thread.wakeUs = -1;
}

export function crashWorker(ctx: ProcessContext, index: number): void {
  const worker = ctx.workers[index]!;
  if (!worker.alive) return;
  killWorker(ctx, worker);
}

/** The system behind a node stops answering: its members stand still in the middle of what they do. */
export function startOutage(ctx: ProcessContext, nodeIndex: number): void {
  const node = ctx.nodes[nodeIndex]!;
  if (node.outage) return;
  node.outage = true;
  for (const index of node.members) {
    const worker = ctx.workers[index]!;
    if (worker.pool !== null) stallPool(ctx, worker.pool);
    if (worker.phase !== 'serving') continue;
    settleIfFree(ctx, worker);
    worker.stalledSinceUs = ctx.events.nowUs;
    nextGeneration(worker);
  }
}

/** It answers again: every service goes on where it stood. */
export function endOutage(ctx: ProcessContext, nodeIndex: number): void {
  const node = ctx.nodes[nodeIndex]!;
  if (!node.outage) return;
  node.outage = false;
  for (const index of node.members) {
    const worker = ctx.workers[index]!;
    if (worker.pool !== null) resumePool(ctx, worker, worker.pool);
    if (worker.phase !== 'serving' || worker.stalledSinceUs < 0) continue;
    shiftService(worker, ctx.events.nowUs - worker.stalledSinceUs);
    worker.stalledSinceUs = -1;
    continueService(ctx, worker);
  }
}

/** Every service of a node takes `factor` times as long from now on, the rest of those in progress too. */
export function setSlowFactor(ctx: ProcessContext, nodeIndex: number, factor: number): void {
  const node = ctx.nodes[nodeIndex]!;
  // At factor 0 nothing is left of any service, and nothing can be stretched again.
  const ratio = node.slowFactor === 0 ? 1 : factor / node.slowFactor;
  node.slowFactor = factor;
  const nowUs = ctx.events.nowUs;
  for (const index of node.members) {
    const worker = ctx.workers[index]!;
    if (worker.pool !== null) stretchPool(ctx, worker, worker.pool, ratio);
    if (worker.phase !== 'serving' && worker.phase !== 'blocked') continue;
    settleIfFree(ctx, worker);
    stretchService(worker, worker.stalledSinceUs >= 0 ? worker.stalledSinceUs : nowUs, ratio);
    if (worker.phase === 'serving' && worker.stalledSinceUs < 0) continueService(ctx, worker);
  }
}

/** Settles a sink's member up to now; one that goes by steps is always settled by its own events, and one that stands still has nothing to settle. */
export function settleIfFree(ctx: ProcessContext, worker: WorkerState): void {
  if (!worker.stepwise && worker.stalledSinceUs < 0) settle(ctx, worker, ctx.events.nowUs);
}

/** EventKind.MemberRestarts: a member that an error has stopped is started again, unless somebody was faster. */
export function onMemberRestarts(ctx: ProcessContext, index: number, generation: number): void {
  const worker = ctx.workers[index]!;
  if (!worker.alive && worker.generation === generation) startWorker(ctx, index);
}
