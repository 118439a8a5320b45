/** Service times of a poll: when each record will be done, from the node's distribution, write batches, rate limit, concurrency and errors. */
import { sample, sampleInto } from '../kernel/distributions.ts';
import { nextUniform } from '../kernel/random.ts';
import type { NodeState } from './node.ts';
import type { WorkerState } from './worker.ts';

/** Retries of one record after which the service counts as failed: a bound, so that an error rate of 1 ends. */
const attemptsMax = 1_000;

/** Fills `finishUs`, `serviceUs`, `failed` and `order` for `worker.count` records whose service may begin at `nowUs`. */
export function planService(worker: WorkerState, node: NodeState, nowUs: number): void {
  ensureCapacity(worker, worker.count);
  if (node.concurrency > 1) planConcurrent(worker, node, nowUs);
  else planOneByOne(worker, node, nowUs);
}

function ensureCapacity(worker: WorkerState, count: number): void {
  if (worker.finishUs.length >= count) return;
  const capacity = Math.max(count, worker.finishUs.length * 2);
  worker.finishUs = new Float64Array(capacity);
  worker.serviceUs = new Float64Array(capacity);
  worker.failed = new Uint8Array(capacity);
}

function planOneByOne(worker: WorkerState, node: NodeState, nowUs: number): void {
  const { count, finishUs, serviceUs, failed } = worker;
  const batch = node.writeBatchRecords;
  const writes = Math.ceil(count / batch);
  // The writes' own times go to the front of `serviceUs` first; they are spread over the records from the back, which never overwrites one still needed.
  sampleInto(node.service, worker.serviceStream, serviceUs, 0, writes);
  if (node.errorRate > 0) addErrors(worker, node, writes);
  else for (let i = 0; i < count; i++) failed[i] = 0;
  let timeUs = nowUs;
  for (let write = 0; write < writes; write++) {
    const from = write * batch;
    const to = Math.min(count, from + batch);
    if (node.ratePerUs > 0) timeUs = awaitPermit(worker, node, timeUs, to - from);
    timeUs += serviceUs[write]! * node.slowFactor;
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
function planConcurrent(worker: WorkerState, node: NodeState, nowUs: number): void {
  const { count, finishUs, serviceUs, failed } = worker;
  const free = new Float64Array(Math.min(node.concurrency, count)).fill(nowUs);
  failed.fill(0, 0, count);
  sampleInto(node.service, worker.serviceStream, serviceUs, 0, count);
  if (node.errorRate > 0) addErrors(worker, node, count);
  for (let i = 0; i < count; i++) {
    let server = 0;
    for (let s = 1; s < free.length; s++) if (free[s]! < free[server]!) server = s;
    const startUs = node.ratePerUs > 0 ? awaitPermit(worker, node, free[server]!, 1) : free[server]!;
    serviceUs[i]! *= node.slowFactor;
    free[server] = startUs + serviceUs[i]!;
    finishUs[i] = Math.round(free[server]!);
  }
  worker.done = new Uint8Array(count);
  worker.donePrefix = 0;
  worker.order = Int32Array.from({ length: count }, (_, i) => i).sort((a, b) => finishUs[a]! - finishUs[b]! || a - b);
}

/** When a write of `records` may start: permits come at a steady rate and are not saved up while idle. */
function awaitPermit(worker: WorkerState, node: NodeState, earliestUs: number, records: number): number {
  const startUs = Math.max(earliestUs, worker.permitUs);
  worker.permitUs = startUs + records / node.ratePerUs;
  return startUs;
}

function addErrors(worker: WorkerState, node: NodeState, count: number): void {
  const { serviceUs, failed, errorStream, serviceStream } = worker;
  for (let i = 0; i < count; i++) {
    failed[i] = 0;
    let attempts = 1;
    while (nextUniform(errorStream) < node.errorRate) {
      if (!node.retriesErrors || attempts === attemptsMax) {
        failed[i] = 1;
        break;
      }
      serviceUs[i]! += sample(node.service, serviceStream);
      attempts++;
    }
  }
}

/** Moves every record that is not settled yet by `byUs`: the time the worker stood still. */
export function shiftService(worker: WorkerState, byUs: number): void {
  if (byUs <= 0) return;
  for (let i = worker.served; i < worker.count; i++) {
    const record = worker.order.length > 0 ? worker.order[i]! : i;
    worker.finishUs[record]! += byUs;
  }
  worker.permitUs += byUs;
}

/** Stretches what is left of every unsettled record's time by `ratio`: the node became slower or faster in the middle of a poll. */
export function stretchService(worker: WorkerState, nowUs: number, ratio: number): void {
  for (let i = worker.served; i < worker.count; i++) {
    const record = worker.order.length > 0 ? worker.order[i]! : i;
    worker.finishUs[record] = Math.round(nowUs + (worker.finishUs[record]! - nowUs) * ratio);
    worker.serviceUs[record]! *= ratio;
  }
}
