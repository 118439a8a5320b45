/** The threads of a pool: what they take up, when they are done with it, and what happens to records for which there is no place. */
import { EventKind } from '../../kernel/eventKinds.ts';
import { schedule } from '../../kernel/eventSet.ts';
import { sample } from '../../kernel/distributions.ts';
import { flushReady } from '../../producer/producer.ts';
import { accountFailed, accountPooled } from '../accounts.ts';
import type { ProcessContext } from '../context.ts';
import { stopOnError } from '../endings.ts';
import { type Ended, sendFailed } from '../failedRecords.ts';
import { attemptEnded, beginCall } from '../externalCalls.ts';
import { Outcome } from '../failurePolicy.ts';
import type { NodeState } from '../node.ts';
import { hasDeadLetters, mayFail, planOutcome } from '../outcomes.ts';
import { awaitPermit } from '../service.ts';
import { finish, measure } from '../settle.ts';
import { nextGeneration, type WorkerState } from '../worker.ts';
import { markDone } from './lanes.ts';
import { holdsBack, isFull, type Pool, type PoolJob, stuckLoop, stuckNobody } from './pool.ts';

/**
 * Hands over what the poll loop holds, oldest first: to a free thread, else to the queue. Returns false when a record finds no place and is not to be refused, or when a refused one finds no
 * buffer memory on its way to the dead letter topic.
 */
export function handOver(ctx: ProcessContext, worker: WorkerState, pool: Pool): boolean {
  const { capacity, whenFull } = pool.settings;
  while (holdsBack(pool)) {
    const job = pool.jobs[pool.queued]!;
    if (pool.free.length > 0 && !pool.busyShards.has(job.shard)) {
      pool.jobs.splice(pool.queued, 1);
      begin(ctx, worker, pool, job);
    } else if (pool.queued < capacity) pool.queued++;
    else if (whenFull !== 'reject' || !refuse(ctx, worker, pool, job)) return false;
  }
  return true;
}

/** Free threads take from the queue the oldest record whose key or partition is not in service. */
function takeUp(ctx: ProcessContext, worker: WorkerState, pool: Pool): void {
  for (let place = 0; place < pool.queued && pool.free.length > 0;) {
    const job = pool.jobs[place]!;
    if (pool.busyShards.has(job.shard)) {
      place++;
      continue;
    }
    pool.jobs.splice(place, 1);
    pool.queued--;
    begin(ctx, worker, pool, job);
  }
}

function begin(ctx: ProcessContext, worker: WorkerState, pool: Pool, job: PoolJob): void {
  const node = ctx.nodes[worker.node]!;
  const { nowUs } = ctx.events;
  const thread = pool.free.pop()!;
  pool.serving[thread] = job;
  if (job.shard >= 0) pool.busyShards.add(job.shard);
  if (node.outage && pool.stalledSinceUs < 0) pool.stalledSinceUs = nowUs;
  const isStalled = pool.stalledSinceUs >= 0;
  const { finishUs, serviceUs, failed } = worker;
  if (worker.calls !== null) {
    failed[thread] = Outcome.done;
    beginCall(ctx, { worker, node, record: thread, slice: job.of.slice, index: job.index });
    if (ctx.watcher !== null) ctx.watcher.recordBegun?.(worker.index, job.of.slice.fetched, job.index, thread);
    // While all stand still a record is taken up as if it had been there from the beginning: it moves with the others.
    if (isStalled) finishUs[thread]! -= nowUs - pool.stalledSinceUs;
    else schedule(ctx.events, finishUs[thread]!, EventKind.PoolRecordDone, worker.index, thread);
    return;
  }
  serviceUs[thread] = sample(node.service, worker.serviceStream);
  failed[thread] = Outcome.done;
  const hasOutcomes = mayFail(ctx, worker, node);
  const { slice } = job.of;
  if (hasOutcomes) planOutcome(ctx, { worker, node, record: thread, slice, index: job.index });
  else if (worker.retries.length > 0) {
    worker.retries[thread] = 0;
    worker.waitUs[thread] = 0;
  }
  serviceUs[thread]! *= node.slowFactor;
  // While all stand still a record is taken up as if it had been there from the beginning: it moves with the others.
  const readyUs = isStalled ? pool.stalledSinceUs : nowUs;
  const startUs = node.ratePerUs > 0 ? awaitPermit(worker, node, readyUs, 1) : readyUs;
  finishUs[thread] = Math.round(startUs + serviceUs[thread]! + (hasOutcomes ? worker.waitUs[thread]! : 0));
  if (ctx.watcher !== null) ctx.watcher.recordBegun?.(worker.index, slice.fetched, job.index, thread);
  if (!isStalled) schedule(ctx.events, finishUs[thread]!, EventKind.PoolRecordDone, worker.index, thread);
}

/** EventKind.PoolRecordDone. A thread that was moved meanwhile has another event. */
export function onPoolRecordDone(ctx: ProcessContext, index: number, thread: number): void {
  const worker = ctx.workers[index]!;
  const { pool } = worker;
  if (!worker.alive || pool === null || pool.stalledSinceUs >= 0) return;
  if (pool.serving[thread] === null || worker.finishUs[thread] !== ctx.events.nowUs) return;
  if (worker.calls !== null && attemptEnded(ctx, worker, ctx.nodes[worker.node]!, thread)) {
    schedule(ctx.events, worker.finishUs[thread]!, EventKind.PoolRecordDone, worker.index, thread);
    return;
  }
  if (endService(ctx, worker, pool, thread)) goOn(ctx, worker, pool);
}

/** The record of a thread is done. False when that ends the member, or when there is no buffer memory for what is made of it. */
function endService(ctx: ProcessContext, worker: WorkerState, pool: Pool, thread: number): boolean {
  const node = ctx.nodes[worker.node]!;
  const job = pool.serving[thread]!;
  const { slice } = job.of;
  if (worker.failed[thread] === Outcome.stops) {
    stopOnError(ctx, worker);
    return false;
  }
  const ended: Ended = { worker, node, metrics: ctx.metrics[worker.node]!, slice, index: job.index, record: thread };
  if (worker.stepwise && !finish(ctx, ended)) return stick(ctx, worker, pool, thread);
  measure(ctx, worker, slice, job.index, thread, 1);
  accountPooled(ctx, ended);
  if (worker.producer >= 0) flushReady(ctx, worker.producer);
  pool.serving[thread] = null;
  pool.free.push(thread);
  if (job.shard >= 0) pool.busyShards.delete(job.shard);
  markDone(ctx, worker, pool, job.of, job.index);
  return true;
}

/** No buffer memory: one producer serves all threads, so all of them stand still. */
function stick(ctx: ProcessContext, worker: WorkerState, pool: Pool, who: number): false {
  pool.stuck = who;
  if (pool.stalledSinceUs < 0) pool.stalledSinceUs = ctx.events.nowUs;
  const detail = 'no buffer.memory left to send';
  ctx.processNotices.push({ timeUs: ctx.events.nowUs, code: 'producer.blocked', member: worker.index, detail });
  return false;
}

/** A thread is free: it takes what waits, the loop hands over what it holds, and polls again if that was all it waited for. */
function goOn(ctx: ProcessContext, worker: WorkerState, pool: Pool): void {
  takeUp(ctx, worker, pool);
  if (holdsBack(pool)) handOver(ctx, worker, pool);
  const consumer = ctx.consumers[worker.index]!;
  if (worker.phase === 'full' && !holdsBack(pool)) {
    worker.phase = 'idle';
    schedule(ctx.events, ctx.events.nowUs, EventKind.MemberWake, worker.index, nextGeneration(worker));
  } else if (consumer.backPressure && !isFull(pool)) {
    consumer.backPressure = false;
    schedule(ctx.events, ctx.events.nowUs, EventKind.MemberWake, worker.index, -1);
  }
}

/** RejectedExecutionException: the record goes to the dead letter topic, or is dropped; either way the loop is done with it. */
function refuse(ctx: ProcessContext, worker: WorkerState, pool: Pool, job: PoolJob): boolean {
  // Somebody has a record half sent, and this one comes behind it.
  if (pool.stuck >= 0) return false;
  const node: NodeState = ctx.nodes[worker.node]!;
  const metrics = ctx.metrics[worker.node]!;
  const place = pool.settings.threads;
  const { slice } = job.of;
  const ended: Ended = { worker, node, metrics, slice, index: job.index, record: place };
  worker.failed[place] = hasDeadLetters(node) ? Outcome.deadLettered : Outcome.rejected;
  if (worker.producer >= 0) {
    if (worker.outputCursor < 0) accountFailed(ctx, ended);
    if (!sendFailed(ctx, ended)) return stick(ctx, worker, pool, stuckLoop);
    flushReady(ctx, worker.producer);
  }
  metrics.recordsIn++;
  metrics.rejected++;
  if (worker.failed[place] === Outcome.deadLettered) metrics.deadLettered++;
  else metrics.failed++;
  worker.finishUs[place] = ctx.events.nowUs;
  if (ctx.watcher !== null)
    ctx.watcher.serviceEnded?.(worker.index, { fetched: slice.fetched, from: job.index, count: 1 }, worker.finishUs, place);
  accountPooled(ctx, ended);
  pool.jobs.splice(pool.queued, 1);
  markDone(ctx, worker, pool, job.of, job.index);
  return true;
}

/** All threads stand still from now on, in the middle of what they do. */
export function stallPool(ctx: ProcessContext, pool: Pool): void {
  if (pool.stalledSinceUs < 0) pool.stalledSinceUs = ctx.events.nowUs;
}

/** What the threads waited for may be over: then every service goes on where it stood. */
export function resumePool(ctx: ProcessContext, worker: WorkerState, pool: Pool): void {
  if (!worker.alive || pool.stalledSinceUs < 0 || ctx.nodes[worker.node]!.outage || worker.phase === 'flushing') return;
  const { nowUs } = ctx.events;
  const byUs = nowUs - pool.stalledSinceUs;
  const { stuck } = pool;
  pool.stalledSinceUs = -1;
  pool.stuck = stuckNobody;
  worker.permitUs += byUs;
  for (let thread = 0; thread < pool.serving.length; thread++) if (pool.serving[thread] !== null) worker.finishUs[thread]! += byUs;
  if (stuck >= 0) {
    worker.finishUs[stuck] = nowUs;
    if (!endService(ctx, worker, pool, stuck)) return;
  } else if (stuck === stuckLoop) handOver(ctx, worker, pool);
  // The loop may be stuck once more, with the threads behind it.
  if (pool.stalledSinceUs >= 0) return;
  reschedule(ctx, worker, pool);
  goOn(ctx, worker, pool);
}

/** Stretches what is left of every service by `ratio`: the node became slower or faster. */
export function stretchPool(ctx: ProcessContext, worker: WorkerState, pool: Pool, ratio: number): void {
  const fromUs = pool.stalledSinceUs >= 0 ? pool.stalledSinceUs : ctx.events.nowUs;
  const { finishUs, serviceUs } = worker;
  for (let thread = 0; thread < pool.serving.length; thread++) {
    if (pool.serving[thread] === null) continue;
    serviceUs[thread]! *= ratio;
    if (thread !== pool.stuck) finishUs[thread] = Math.round(fromUs + (finishUs[thread]! - fromUs) * ratio);
  }
  if (pool.stalledSinceUs < 0) reschedule(ctx, worker, pool);
}

function reschedule(ctx: ProcessContext, worker: WorkerState, pool: Pool): void {
  for (let thread = 0; thread < pool.serving.length; thread++) {
    if (pool.serving[thread] === null) continue;
    schedule(ctx.events, worker.finishUs[thread]!, EventKind.PoolRecordDone, worker.index, thread);
  }
}
