/** Settling: taking account of the records whose service has ended. */
import type { PollSlice } from '../consumer/fetching.ts';
import { recordLatencies } from '../measures/histogram.ts';
import type { NodeMetrics } from '../measures/nodeMetrics.ts';
import { flushReady, sendRecord } from '../producer/producer.ts';
import { hasFailed, withoutFailures } from '../values/failurePaths.ts';
import { extendPath } from '../values/paths.ts';
import { nextUniform } from '../kernel/random.ts';
import { accountBranch, accountEnding, accountFailed } from './accounts.ts';
import type { ProcessContext } from './context.ts';
import { countOutcomes, type Ended, keepEffect, keepsEffects, sendFailed } from './failedRecords.ts';
import { Outcome } from './failurePolicy.ts';
import type { NodeState } from './node.ts';
import { accountOffsets } from './progress.ts';
import { recordAt } from './recordAt.ts';
import type { WorkerState } from './worker.ts';

/**
 * Takes account of every record of the poll whose service ends at or before `untilUs`, in the order they end. A sink may be settled at any
 * moment, as nothing follows from it; a processor sends, so it is settled at its own events only. Returns false when a send found no buffer memory.
 */
export function settle(ctx: ProcessContext, worker: WorkerState, untilUs: number): boolean {
  // A poll whose commit comes first has no times yet: what stands in `finishUs` is the poll before.
  if (worker.served === worker.count || worker.phase !== 'serving') return true;
  if (worker.order.length > 0) return settleInOrder(ctx, worker, untilUs);
  const node = ctx.nodes[worker.node]!;
  const metrics = ctx.metrics[worker.node]!;
  const { finishUs } = worker;
  let sent = true;
  while (worker.served < worker.count && sent === true) {
    const slice = worker.slices[worker.sliceIndex]!;
    const from = worker.sliceCursor;
    const room = slice.to - from;
    const base = worker.served;
    let ended = 0;
    while (ended < room && finishUs[base + ended]! <= untilUs) ended++;
    if (ended === 0) break;
    if (worker.stepwise === true) {
      const done = sendAll(ctx, { worker, node, metrics, slice, from, base, count: ended });
      sent = done === ended;
      ended = done;
    }
    measure(ctx, worker, slice, from, base, ended);
    accountOffsets(ctx, worker, node, slice, from, ended);
    worker.served += ended;
    worker.sliceCursor += ended;
    if (worker.sliceCursor === slice.to && worker.sliceIndex + 1 < worker.slices.length) {
      worker.sliceIndex++;
      worker.sliceCursor = worker.slices[worker.sliceIndex]!.from;
    }
  }
  if (worker.producer >= 0) flushReady(ctx, worker.producer);
  return sent;
}

interface Run {
  worker: WorkerState;
  metrics: NodeMetrics;
  slice: PollSlice;
  from: number;
  /** Index of the first record within the poll. */
  base: number;
  count: number;
}

/** Latencies and counts of `count` records from `from` on of a slice, from `base` on in the poll, whose service has ended. No object is made for them. */
export function measure(ctx: ProcessContext, worker: WorkerState, slice: PollSlice, from: number, base: number, count: number): void {
  const metrics = ctx.metrics[worker.node]!;
  const { sentUs, timestampUs } = slice.fetched.columns;
  const { finishUs, serviceUs } = worker;
  recordLatencies(metrics.latency!, metrics.endToEnd!, finishUs, base, sentUs, timestampUs, from, count);
  let busyUs = 0;
  for (let i = base; i < base + count; i++) {
    // In steps of 2^-10 µs, whose sums are exact in any order: it must not show when, and in which portions, members were settled.
    busyUs += Math.round(serviceUs[i]! * 1024);
  }
  if (worker.retries.length > 0) countOutcomes(worker, metrics, base, count);
  if (ctx.watcher !== null) ctx.watcher.serviceEnded?.(worker.index, { fetched: slice.fetched, from, count }, finishUs, base);
  if (ctx.probe !== null && (ctx.probe.node === worker.node || ctx.probe.node === -1)) {
    for (let i = 0; i < count; i++) {
      const end = finishUs[base + i]!;
      ctx.probe.record(sentUs[from + i]!, end - serviceUs[base + i]!, end, timestampUs[from + i]!, worker.node, worker.index);
    }
  }
  busyUs /= 1024;
  worker.busyUs += busyUs;
  worker.processedRecords += count;
  metrics.busyUs += busyUs;
  metrics.recordsIn += count;
}

/** Sends what the operation makes of each record; returns how many records are done before one found the buffer full. */
function sendAll(ctx: ProcessContext, run: Run & { node: NodeState }): number {
  const { worker, node, metrics, slice, from, base, count } = run;
  for (let i = 0; i < count; i++) if (!finish(ctx, { worker, node, metrics, slice, index: from + i, record: base + i })) return i;
  return count;
}

/** What follows from the end of one service; false when a send found no buffer memory. */
export function finish(ctx: ProcessContext, ended: Ended): boolean {
  const { worker, node, record } = ended;
  const resumes = worker.outputCursor >= 0;
  if (!resumes && worker.failed[record] === Outcome.done && keepsEffects(worker, node)) keepEffect(ctx, ended);
  if (worker.failed[record] !== Outcome.done) {
    if (!resumes) accountFailed(ctx, ended);
    return sendFailed(ctx, ended);
  }
  return node.role === 'sink' || sendOne(ctx, ended, ended.slice, ended.index);
}

const output = { topic: 0, timestampUs: 0, key: 0, size: 0, sequence: 0, path: 0 };

function sendOne(
  ctx: ProcessContext,
  run: { worker: WorkerState; node: NodeState; metrics: NodeMetrics },
  slice: PollSlice,
  index: number,
): boolean {
  const { worker, node, metrics } = run;
  const { fetched } = slice;
  const program = ctx.programs[worker.node]!;
  const record = recordAt(ctx, slice, index);
  const resumes = worker.outputCursor >= 0;
  if (
    !resumes &&
    ((program.passes && !program.passes(record)) || (node.passProbability < 1 && nextUniform(worker.passStream) >= node.passProbability))
  ) {
    metrics.filtered++;
    accountEnding(ctx, node, record, fetched.partition, 'filtered');
    return true;
  }
  const branch = program.branchOf ? program.branchOf(record) : 0;
  const topics = node.outputs[branch];
  if (!topics || topics.length === 0) {
    metrics.filtered++;
    accountEnding(ctx, node, record, fetched.partition, 'filtered');
    return true;
  }
  if (!resumes && node.outputs.length > 1) accountBranch(ctx, node, record, branch);
  output.timestampUs = record.timestampUs;
  output.sequence = record.sequence;
  output.key = program.newKey ? program.newKey(record) : record.key;
  output.size = program.newSize ? program.newSize(record) : record.size;
  const path = hasFailed(ctx.paths, record.path) ? withoutFailures(ctx.paths, record.path) : record.path;
  output.path = program.step >= 0 ? extendPath(ctx.paths, path, program.step) : path;
  for (let t = Math.max(0, worker.outputCursor); t < topics.length; t++) {
    output.topic = topics[t]!;
    if (!sendRecord(ctx, worker.producer, output)) {
      worker.outputCursor = t;
      return false;
    }
    if (ctx.watcher !== null) ctx.watcher.outputSent?.(worker.index, fetched, index, output.topic);
    metrics.recordsOut++;
  }
  worker.outputCursor = -1;
  return true;
}

/** Several records are served at once, so they end out of the order of offsets; the processed offset moves up to the first one not done. */
function settleInOrder(ctx: ProcessContext, worker: WorkerState, untilUs: number): boolean {
  const node = ctx.nodes[worker.node]!;
  const metrics = ctx.metrics[worker.node]!;
  let sent = true;
  while (worker.served < worker.count) {
    const record = worker.order[worker.served]!;
    if (worker.finishUs[record]! > untilUs) break;
    const { slice, index } = sliceOf(worker, record);
    if (worker.stepwise && !finish(ctx, { worker, node, metrics, slice, index, record })) {
      sent = false;
      break;
    }
    measure(ctx, worker, slice, index, record, 1);
    worker.done[record] = 1;
    worker.served++;
    while (worker.donePrefix < worker.count && worker.done[worker.donePrefix] === 1) {
      const next = sliceOf(worker, worker.donePrefix);
      accountOffsets(ctx, worker, node, next.slice, next.index, 1);
      worker.donePrefix++;
    }
  }
  if (worker.producer >= 0) flushReady(ctx, worker.producer);
  return sent;
}

function sliceOf(worker: WorkerState, record: number): { slice: PollSlice; index: number } {
  let left = record;
  for (const slice of worker.slices) {
    const count = slice.to - slice.from;
    if (left < count) return { slice, index: slice.from + left };
    left -= count;
  }
  throw new Error(`record ${record} is outside the poll of ${worker.count} records`);
}
