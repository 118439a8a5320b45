/** Service times of a poll: when each record will be done, from the node's distribution, write batches, rate limit, concurrency and errors. */
import { sampleInto } from '../kernel/distributions.ts';
import type { ProcessContext } from './context.ts';
import { Outcome } from './failurePolicy.ts';
import type { NodeState } from './node.ts';
import { mayFail, planOutcomes } from './outcomes.ts';
import type { WorkerState } from './worker.ts';

/** Fills `finishUs`, `serviceUs`, `failed` and `order` for `worker.count` records whose service may begin now. */
export function planService(ctx: ProcessContext, worker: WorkerState, node: NodeState): void {
  ensureCapacity(worker, worker.count);
  if (node.concurrency > 1) planConcurrent(ctx, worker, node);
  else planOneByOne(ctx, worker, node);
}

/** What becomes of the records; true when it can be anything but that they are done. */
function planEnds(ctx: ProcessContext, worker: WorkerState, node: NodeState, writes: number): boolean {
  if (mayFail(ctx, worker, node) === true) {
    planOutcomes(ctx, worker, node, writes);
    return true;
  }
  // Only where there were outcomes before is there anything to clear.
  if (worker.retries.length > 0) {
    worker.failed.fill(Outcome.done);
    worker.retries = new Uint16Array(0);
  }
  return false;
}

export function ensureCapacity(worker: WorkerState, count: number): void {
  if (worker.finishUs.length >= count) return;
  const capacity = Math.max(count, worker.finishUs.length * 2);
  worker.finishUs = new Float64Array(capacity);
  worker.serviceUs = new Float64Array(capacity);
  worker.failed = new Uint8Array(capacity);
}

function planOneByOne(ctx: ProcessContext, worker: WorkerState, node: NodeState): void {
  const { count, finishUs, serviceUs } = worker;
  const batch = node.writeBatchRecords;
  const writes = Math.ceil(count / batch);
  // The writes' own times go to the front of `serviceUs` first; they are spread over the records from the back, which never overwrites one still needed.
  sampleInto(node.service, worker.serviceStream, serviceUs, 0, writes);
  const hasOutcomes = planEnds(ctx, worker, node, writes);
  let timeUs = ctx.events.nowUs;
  for (let write = 0; write < writes; write++) {
    const from = write * batch;
    const to = Math.min(count, from + batch);
    if (node.ratePerUs > 0) timeUs = awaitPermit(worker, node, timeUs, to - from);
    timeUs += serviceUs[write]! * node.slowFactor;
    if (hasOutcomes === true) timeUs = endOf(worker, to - 1, timeUs);
    finishUs[write] = Math.round(timeUs);
  }
  if (batch === 1) {
    if (node.slowFactor !== 1) for (let i = 0; i < count; i++) serviceUs[i]! *= node.slowFactor;
    return;
  }
  for (let write = writes - 1; write >= 0; write--) {
    const from = write * batch;
    const to = Math.min(count, from + batch);
    const duration = serviceUs[write]! * node.slowFactor;
    const finish = finishUs[write]!;
    for (let i = from; i < to; i++) {
      finishUs[i] = finish;
      serviceUs[i] = 0;
    }
    serviceUs[to - 1] = duration;
  }
}

/** One server of `concurrency` after the other takes the next record, whichever is free first. */
function planConcurrent(ctx: ProcessContext, worker: WorkerState, node: NodeState): void {
  const { count, finishUs, serviceUs } = worker;
  const free = new Float64Array(Math.min(node.concurrency, count)).fill(ctx.events.nowUs);
  sampleInto(node.service, worker.serviceStream, serviceUs, 0, count);
  const hasOutcomes = planEnds(ctx, worker, node, count);
  for (let i = 0; i < count; i++) {
    let server = 0;
    for (let s = 1; s < free.length; s++) if (free[s]! < free[server]!) server = s;
    const startUs = node.ratePerUs > 0 ? awaitPermit(worker, node, free[server]!, 1) : free[server]!;
    serviceUs[i]! *= node.slowFactor;
    free[server] = startUs + serviceUs[i]!;
    if (hasOutcomes) free[server] = endOf(worker, i, free[server]!);
    finishUs[i] = Math.round(free[server]!);
  }
  worker.done = new Uint8Array(count);
  worker.donePrefix = 0;
  worker.order = Int32Array.from({ length: count }, (_, i) => i).sort((a, b) => finishUs[a]! - finishUs[b]! || a - b);
}

/** When a write of `records` may start: permits come at a steady rate and are not saved up while idle. */
export function awaitPermit(worker: WorkerState, node: NodeState, earliestUs: number, records: number): number {
  const startUs = Math.max(earliestUs, worker.permitUs);
  worker.permitUs = startUs + records / node.ratePerUs;
  return startUs;
}

/** When the write that ends with record `last` ends, with the waits between its attempts: never when its error stops the member. */
function endOf(worker: WorkerState, last: number, timeUs: number): number {
  const endUs = timeUs + worker.waitUs[last]!;
  if (worker.failed[last] !== Outcome.stops) return endUs;
  if (worker.stopUs < 0 || endUs < worker.stopUs) worker.stopUs = Math.round(endUs);
  return Infinity;
}

/** Moves every record that is not settled yet by `byUs`: the time the worker stood still. */
export function shiftService(worker: WorkerState, byUs: number): void {
  if (byUs <= 0) return;
  for (let i = worker.served; i < worker.count; i++) {
    const record = worker.order.length > 0 ? worker.order[i]! : i;
    worker.finishUs[record]! += byUs;
  }
  worker.permitUs += byUs;
  if (worker.stopUs >= 0) worker.stopUs += byUs;
}

/** Stretches what is left of every unsettled record's time by `ratio`: the node became slower or faster in the middle of a poll. */
export function stretchService(worker: WorkerState, nowUs: number, ratio: number): void {
  for (let i = worker.served; i < worker.count; i++) {
    const record = worker.order.length > 0 ? worker.order[i]! : i;
    worker.serviceUs[record]! *= ratio;
    if (worker.finishUs[record] !== Infinity) worker.finishUs[record] = Math.round(nowUs + (worker.finishUs[record]! - nowUs) * ratio);
  }
  if (worker.stopUs >= 0) worker.stopUs = Math.round(nowUs + (worker.stopUs - nowUs) * ratio);
}
