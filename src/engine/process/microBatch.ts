/**
 * A streaming query that works in micro-batches (Spark's MicroBatchExecution over KafkaMicroBatchStream): a trigger takes what is there at that moment, up to a limit, works it off as one
 * whole, and only then are results sent and offsets noted. Where ends of partitions are looked up takes no time here, and the offset log costs what the overhead says.
 */
import { ownedPartition, type ConsumerState } from '../consumer/consumer.ts';
import { offsetOf, type PollSlice, sendFetches } from '../consumer/fetching.ts';
import { leavePoll } from '../group/membership.ts';
import { sampleInto } from '../kernel/distributions.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import type { FetchedRecords } from '../log/partitionLog.ts';
import { lastStableOffsetOf } from '../log/partitionLog.ts';
import type { ProcessContext } from './context.ts';
import { longestIdleUs } from './dueRecords.ts';
import { Outcome } from './failurePolicy.ts';
import type { NodeState } from './node.ts';
import { ensureCapacity } from './service.ts';
import { nextGeneration, type WorkerState } from './worker.ts';

/** How a node's members work in batches. */
export interface MicroBatchSettings {
  /** `trigger.interval.ms`, microseconds; 0: a batch follows the one before at once. */
  readonly intervalUs: number;
  /** What a batch costs however many records it holds. */
  readonly overheadUs: number;
  /** `maxOffsetsPerTrigger`; 0: no limit. */
  readonly offsetsMax: number;
  /** Tasks, one a partition, that are worked on at the same time. */
  readonly cores: number;
}

/** What a member knows of its batches. Plain data. */
export interface MicroBatchState {
  /** When the next batch may begin. */
  nextTriggerUs: number;
  /** When the batch in progress began. */
  startUs: number;
  /** Whether records of the batch are still being fetched, and until when they are waited for. */
  gathering: boolean;
  gatherUntilUs: number;
  /** Partitions of the batch and where it ends in each. */
  readonly partitions: number[];
  readonly ends: number[];
  /** The batch before took longer than the interval, and that has been told. */
  isBehind: boolean;
}

export const createMicroBatch = (): MicroBatchState => ({
  ...{ nextTriggerUs: 0, startUs: -1, gathering: false, gatherUntilUs: 0, partitions: [], ends: [], isBehind: false },
});

/** `spark.sql.streaming.pollingDelay`: how soon a query without an interval looks again when there was nothing. */
const pollingDelayUs = 10_000;
/** `spark.streaming.kafka.consumer.poll.ms`'s order: how long records that are known to be there are waited for. */
const gatherTimeoutUs = 120_000_000;

/** One poll of a member with batches: true when a batch's records are at hand, in its slices. */
export function pollBatch(ctx: ProcessContext, worker: WorkerState, batch: MicroBatchState): boolean {
  if (batch.gathering) return gather(ctx, worker, batch);
  const { nowUs } = ctx.events;
  const { intervalUs, offsetsMax } = ctx.nodes[worker.node]!.microBatch!;
  if (nowUs < batch.nextTriggerUs) return sleep(ctx, worker, batch.nextTriggerUs);
  noteBehind(ctx, worker, batch, intervalUs);
  // ProcessingTimeExecutor.nextBatchTime: intervals count from the epoch, not from the batch before.
  batch.nextTriggerUs = intervalUs === 0 ? nowUs : (Math.floor(nowUs / intervalUs) + 1) * intervalUs;
  planOffsets(ctx, ctx.consumers[worker.index]!, batch, offsetsMax);
  if (batch.partitions.length === 0) {
    if (intervalUs === 0) batch.nextTriggerUs = nowUs + pollingDelayUs;
    batch.startUs = -1;
    return sleep(ctx, worker, batch.nextTriggerUs);
  }
  leavePoll(ctx, worker.index);
  batch.gathering = true;
  batch.startUs = nowUs;
  batch.gatherUntilUs = nowUs + gatherTimeoutUs;
  worker.phase = 'idle';
  schedule(ctx.events, batch.gatherUntilUs, EventKind.MemberWake, worker.index, nextGeneration(worker));
  return gather(ctx, worker, batch);
}

function sleep(ctx: ProcessContext, worker: WorkerState, untilUs: number): false {
  worker.phase = 'idle';
  const dueUs = Math.min(untilUs, ctx.events.nowUs + longestIdleUs(ctx, worker));
  schedule(ctx.events, dueUs, EventKind.MemberWake, worker.index, nextGeneration(worker));
  return false;
}

/** ProcessingTimeExecutor.notifyBatchFallingBehind, told once until a batch is in time again. */
function noteBehind(ctx: ProcessContext, worker: WorkerState, batch: MicroBatchState, intervalUs: number): void {
  const { nowUs } = ctx.events;
  const tookUs = batch.startUs < 0 ? 0 : nowUs - batch.startUs;
  const isBehind = intervalUs > 0 && tookUs > intervalUs;
  if (isBehind && !batch.isBehind) {
    const detail = `is falling behind: its trigger interval is ${intervalUs / 1000} ms, but a batch took ${Math.round(tookUs / 1000)} ms; the next one begins at once`;
    ctx.processNotices.push({ timeUs: nowUs, code: 'batch.behind', member: worker.index, detail });
  }
  batch.isBehind = isBehind;
}

/** Where the batch ends in each partition: at its end now, or, with a limit, at a share of it that follows from how much is there (KafkaMicroBatchStream.rateLimit). */
function planOffsets(ctx: ProcessContext, consumer: ConsumerState, batch: MicroBatchState, offsetsMax: number): void {
  batch.partitions.length = 0;
  batch.ends.length = 0;
  const sizes: number[] = [];
  for (const { index, position, paused } of consumer.owned) {
    const { log } = ctx.partitions[index]!;
    const end = consumer.config.isolation === 'read_committed' ? lastStableOffsetOf(log) : log.highWatermark;
    if (paused || position < 0 || end <= position) continue;
    batch.partitions.push(index);
    batch.ends.push(end);
    sizes.push(end - position);
  }
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (offsetsMax === 0 || total <= offsetsMax) return;
  for (const [place, size] of sizes.entries()) {
    const share = (offsetsMax * size) / total;
    batch.ends[place]! -= size - (share < 1 ? Math.ceil(share) : Math.floor(share));
  }
}

/** Takes what has come; true when the batch is whole, or nothing more of it is to come. */
function gather(ctx: ProcessContext, worker: WorkerState, batch: MicroBatchState): boolean {
  const consumer = ctx.consumers[worker.index]!;
  takeUpTo(consumer, batch, worker.slices);
  const isWhole = batch.partitions.every((partition, place) => {
    const owned = ownedPartition(consumer, partition);
    return owned === undefined || owned.paused || owned.position >= batch.ends[place]!;
  });
  if (!isWhole && ctx.events.nowUs < batch.gatherUntilUs) {
    sendFetches(ctx, consumer);
    return false;
  }
  batch.gathering = false;
  if (worker.slices.length > 0) return true;
  // What was there were markers alone.
  return sleep(ctx, worker, Math.max(batch.nextTriggerUs, ctx.events.nowUs + 1));
}

/** Hands out what is buffered of the batch; what came after it stays for the next. */
function takeUpTo(consumer: ConsumerState, { partitions, ends }: MicroBatchState, slices: PollSlice[]): void {
  const { queue, queueCursors } = consumer;
  let kept = 0;
  for (let place = 0; place < queue.length; place++) {
    const fetched = queue[place]!;
    const from = queueCursors[place]!;
    const end = ends[partitions.indexOf(fetched.partition)] ?? -1;
    const to = Math.max(from, recordsBelow(fetched, end));
    const last = to === fetched.count;
    if (to > from) {
      const owned = ownedPartition(consumer, fetched.partition)!;
      slices.push({ fetched, from, to, last });
      owned.buffered -= to - from;
      owned.position = last ? fetched.nextOffset : offsetOf(fetched, to - 1) + 1;
      consumer.bufferedRecords -= to - from;
      // A batch may end where no record is.
      if (!last && offsetOf(fetched, to) >= end) owned.position = Math.max(owned.position, end);
    }
    if (last) continue;
    queue[kept] = fetched;
    queueCursors[kept++] = to;
  }
  queue.length = kept;
  queueCursors.length = kept;
}

/** How many records of an answer are below an offset. */
function recordsBelow(fetched: FetchedRecords, offset: number): number {
  let low = 0;
  let high = fetched.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (offsetOf(fetched, middle) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** All records end together: after the overhead, and tasks of one partition each on so many cores, in their order. */
export function planBatch(ctx: ProcessContext, worker: WorkerState, node: NodeState): void {
  const { slices, count } = worker;
  const { overheadUs, cores } = node.microBatch!;
  ensureCapacity(worker, count);
  const { finishUs, serviceUs, failed } = worker;
  sampleInto(node.service, worker.serviceStream, serviceUs, 0, count);
  const tasks = new Map<number, number>();
  let record = 0;
  for (const { fetched, from, to } of slices) {
    let taskUs = tasks.get(fetched.partition) ?? 0;
    for (let i = from; i < to; i++) taskUs += serviceUs[record++]!;
    tasks.set(fetched.partition, taskUs);
  }
  const free = new Float64Array(Math.max(1, Math.min(cores, tasks.size)));
  for (const taskUs of tasks.values()) {
    let core = 0;
    for (let i = 1; i < free.length; i++) if (free[i]! < free[core]!) core = i;
    free[core]! += taskUs;
  }
  const batchUs = (overheadUs + free.reduce((longest, one) => Math.max(longest, one), 0)) * node.slowFactor;
  finishUs.fill(Math.round(ctx.events.nowUs + batchUs), 0, count);
  serviceUs.fill(0, 0, count);
  serviceUs[count - 1] = batchUs;
  failed.fill(Outcome.done, 0, count);
}
