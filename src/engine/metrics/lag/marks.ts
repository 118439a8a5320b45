/**
 * Where readers and partitions stood at moments of the last seconds, so that lag has a trend. Taken with the samples of a run, at most one a second of virtual time, and never more than
 * `marksMax`: bounded memory, and nothing on the way of a record. Plain data.
 */
import type { ProcessContext } from '../../process/context.ts';
import type { Pool } from '../../process/pool/pool.ts';
import type { WorkerState } from '../../process/worker.ts';
import { recordsBehind } from '../lag.ts';

export interface LagMark {
  timeUs: number;
  /** High watermarks by global partition index. */
  readonly ends: Float64Array;
  /** By group, then by row of `rowsOf`: records behind. */
  readonly behind: readonly Float64Array[];
  /** By member: time served, records served, and time it has waited within the record at hand. */
  readonly busyUs: Float64Array;
  readonly processed: Float64Array;
  readonly waitedUs: Float64Array;
  /** By node: attempts repeated, waits before them, throttle times. */
  readonly retried: Float64Array;
  readonly backoffUs: Float64Array;
  readonly throttledUs: Float64Array;
  /** By broker: bytes from its disk, bytes sent. */
  readonly diskRead: Float64Array;
  readonly bytesOut: Float64Array;
}

/** Oldest first. */
export interface LagMarks {
  readonly marks: LagMark[];
}

const spacingUs = 1_000_000;
const marksMax = 6;

export const createLagMarks = (): LagMarks => ({ marks: [] });

/** A partition that a group reads, and its place among them; places are kept for partitions a topic may still get. */
export interface Row {
  readonly index: number;
  readonly row: number;
}

/** Topics a group's nodes read, each once, ascending. */
export function topicsOf(ctx: ProcessContext, group: number): number[] {
  const topics = new Set<number>();
  for (const node of ctx.nodes) if (node.group === group) for (const topic of node.inputs) topics.add(topic);
  return [...topics].sort((a, b) => a - b);
}

export function rowsOf(ctx: ProcessContext, group: number): { readonly rows: readonly Row[]; readonly places: number } {
  const rows: Row[] = [];
  let places = 0;
  for (const topic of topicsOf(ctx, group)) {
    const { firstPartition, partitionCount, partitionCountMax } = ctx.topics[topic]!;
    for (let p = 0; p < partitionCount; p++) rows.push({ index: firstPartition + p, row: places + p });
    places += partitionCountMax;
  }
  return { rows, places };
}

/** Time of service and of waits between attempts within what a member works on at this moment, which is in no sum before it has ended. */
export function inProgress(worker: WorkerState, nowUs: number): { readonly busyUs: number; readonly waitedUs: number } {
  if (worker.pool !== null) return inPool(worker, worker.pool, nowUs);
  let busyUs = 0;
  let waitedUs = 0;
  if (worker.phase !== 'serving' && worker.phase !== 'blocked') return { busyUs, waitedUs };
  const atUs = worker.stalledSinceUs >= 0 ? worker.stalledSinceUs : nowUs;
  const isOrdered = worker.order.length > 0;
  for (let i = isOrdered ? worker.donePrefix : worker.served; i < worker.count; i++) {
    if (isOrdered && worker.done[i] === 1) continue;
    const serviceUs = worker.serviceUs[i]!;
    const waitUs = worker.retries.length > 0 ? worker.waitUs[i]! : 0;
    const endUs = worker.finishUs[i] === Infinity ? worker.stopUs : worker.finishUs[i]!;
    const passedUs = Math.min(atUs, endUs) - (endUs - serviceUs - waitUs);
    // The first record of a write has none of its time: all of it is on the last one.
    if (passedUs <= 0 && serviceUs + waitUs > 0) break;
    const part = serviceUs + waitUs > 0 ? passedUs / (serviceUs + waitUs) : 0;
    busyUs += part * serviceUs;
    waitedUs += part * waitUs;
  }
  return { busyUs, waitedUs };
}

/** The same of the threads of a pool, all together. */
function inPool(
  { serviceUs, waitUs, retries, finishUs }: WorkerState,
  pool: Pool,
  nowUs: number,
): { readonly busyUs: number; readonly waitedUs: number } {
  let busyUs = 0;
  let waitedUs = 0;
  const atUs = pool.stalledSinceUs >= 0 ? pool.stalledSinceUs : nowUs;
  for (let thread = 0; thread < pool.serving.length; thread++) {
    if (pool.serving[thread] === null || finishUs[thread] === Infinity) continue;
    const wait = retries.length > 0 ? waitUs[thread]! : 0;
    const whole = serviceUs[thread]! + wait;
    const passedUs = Math.min(whole, Math.max(0, atUs - (finishUs[thread]! - whole)));
    if (whole === 0) continue;
    busyUs += (passedUs / whole) * serviceUs[thread]!;
    waitedUs += (passedUs / whole) * wait;
  }
  return { busyUs, waitedUs };
}

/** Takes a mark of this moment, unless the last one is too young. `owners`: by group. */
export function noteMark(ctx: ProcessContext, { marks }: LagMarks, owners: readonly Int32Array[]): void {
  const { nowUs } = ctx.events;
  const last = marks.at(-1);
  if (last !== undefined && nowUs - last.timeUs < spacingUs) return;
  const rows = ctx.groups.map((_, group) => rowsOf(ctx, group));
  const spare = marks.length === marksMax ? marks.shift()! : null;
  const fits = spare !== null && spare.busyUs.length === ctx.workers.length;
  const mark = fits ? spare : createMark(ctx, rows);
  fill(ctx, mark, { rows, owners });
  marks.push(mark);
}

function createMark(ctx: ProcessContext, rows: readonly { readonly places: number }[]): LagMark {
  const column = (length: number) => new Float64Array(length);
  const { workers, nodes, brokers } = ctx;
  return {
    timeUs: 0,
    ends: column(ctx.partitions.length),
    behind: rows.map(({ places }) => column(places)),
    busyUs: column(workers.length),
    processed: column(workers.length),
    waitedUs: column(workers.length),
    retried: column(nodes.length),
    backoffUs: column(nodes.length),
    throttledUs: column(nodes.length),
    diskRead: column(brokers.length),
    bytesOut: column(brokers.length),
  };
}

function fill(
  ctx: ProcessContext,
  mark: LagMark,
  { rows, owners }: { readonly rows: readonly { readonly rows: readonly Row[] }[]; readonly owners: readonly Int32Array[] },
): void {
  const { nowUs } = ctx.events;
  mark.timeUs = nowUs;
  for (let g = 0; g < rows.length; g++) {
    const behind = mark.behind[g]!;
    for (const { index, row } of rows[g]!.rows) {
      behind[row] = recordsBehind(ctx, g, index, owners[g]![index]!);
      mark.ends[index] = ctx.partitions[index]!.log.highWatermark;
    }
  }
  for (const worker of ctx.workers) {
    const { busyUs, waitedUs } = inProgress(worker, nowUs);
    mark.busyUs[worker.index] = worker.busyUs + busyUs;
    mark.waitedUs[worker.index] = waitedUs;
    mark.processed[worker.index] = worker.processedRecords;
  }
  const throttled = ctx.capacity.quotas?.throttledUs;
  for (const node of ctx.nodes) {
    const { retried, backoffUs } = ctx.metrics[node.index]!;
    mark.retried[node.index] = retried;
    mark.backoffUs[node.index] = backoffUs;
    mark.throttledUs[node.index] = throttled?.get(-2 - node.index) ?? 0;
  }
  for (const broker of ctx.brokers) {
    mark.diskRead[broker.index] = broker.diskBytesRead;
    mark.bytesOut[broker.index] = broker.bytesOut;
  }
}
