/**
 * Reading a retry topic: a record is not handed out before its time, and neither is what lies behind it in its partition; the other partitions go on
 * (Spring Kafka pauses the partition, KafkaConsumerBackoffManager). The time follows from the copy's own path and send time.
 */
import type { ConsumerState } from '../consumer/consumer.ts';
import { ownedPartition } from '../consumer/consumer.ts';
import { offsetOf, type PollSlice, sendFetches } from '../consumer/fetching.ts';
import { leavePoll } from '../group/membership.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import type { RecordColumns } from '../log/columns.ts';
import { failureAt, isRetry, retriesBefore } from '../values/failurePaths.ts';
import type { ProcessContext } from './context.ts';
import { backoffAfter } from './failurePolicy.ts';
import { nextGeneration, type WorkerState } from './worker.ts';

/** An idle member without partitions polls at least this often, so that it stays a member. */
const idlePollUs = 30_000_000;
/** How often it polls at most for the sake of a commit: the timeout most applications give poll(). */
const idlePollLeastUs = 100_000;

/** Before when a record is not tried; 0 for one that is no retry. */
export function notBeforeUs(ctx: Pick<ProcessContext, 'paths' | 'nodes'>, columns: RecordColumns, index: number): number {
  const path = columns.path[index]!;
  if (!isRetry(ctx.paths, path)) return 0;
  const { failures } = ctx.nodes[failureAt(ctx.paths, path).node]!;
  return columns.sentUs[index]! + backoffAfter(failures, retriesBefore(ctx.paths, path));
}

/** When the first of the records at hand may be handed out. */
function firstDueUs(ctx: ProcessContext, consumer: ConsumerState): number {
  let dueUs = Infinity;
  const met = new Set<number>();
  consumer.queue.forEach(({ partition, columns }, place) => {
    if (met.has(partition)) return;
    met.add(partition);
    dueUs = Math.min(dueUs, notBeforeUs(ctx, columns, consumer.queueCursors[place]!));
  });
  return dueUs;
}

/** `takeRecords` for a retry topic: hands out up to `max.poll.records` whose time has come. */
export function takeDueRecords(ctx: ProcessContext, consumer: ConsumerState, slices: PollSlice[]): number {
  const { nowUs } = ctx.events;
  const { queue, queueCursors } = consumer;
  const waiting = new Set<number>();
  let taken = 0;
  let kept = 0;
  for (let place = 0; place < queue.length; place++) {
    const fetched = queue[place]!;
    const from = queueCursors[place]!;
    let to = from;
    const most = waiting.has(fetched.partition) ? from : Math.min(fetched.count, from + consumer.config.maxPollRecords - taken);
    while (to < most && notBeforeUs(ctx, fetched.columns, to) <= nowUs) to++;
    const last = to === fetched.count;
    if (to > from) {
      const owned = ownedPartition(consumer, fetched.partition)!;
      slices.push({ fetched, from, to, last });
      owned.buffered -= to - from;
      owned.position = last ? fetched.nextOffset : offsetOf(fetched, to - 1) + 1;
      taken += to - from;
    }
    if (last) continue;
    waiting.add(fetched.partition);
    queue[kept] = fetched;
    queueCursors[kept++] = to;
  }
  queue.length = kept;
  queueCursors.length = kept;
  consumer.bufferedRecords -= taken;
  return taken;
}

/** Of retries that are at hand but not due: the member polls again in time, and other partitions are fetched meanwhile. False when one is due. */
export function waitUntilDue(ctx: ProcessContext, worker: WorkerState): boolean {
  const consumer = ctx.consumers[worker.index]!;
  const { nowUs } = ctx.events;
  const dueUs = firstDueUs(ctx, consumer);
  if (dueUs <= nowUs) return false;
  worker.phase = 'idle';
  sendFetches(ctx, consumer);
  schedule(ctx.events, Math.min(dueUs, nowUs + longestIdleUs(ctx, worker)), EventKind.MemberWake, worker.index, nextGeneration(worker));
  return true;
}

/** How long a member may go without a poll and be sure to stay in its group. */
export function longestIdleUs(ctx: ProcessContext, worker: WorkerState): number {
  const { maxPollIntervalUs } = ctx.members[worker.index]!.config;
  return Math.max(1, Math.min(idlePollUs, Math.floor(maxPollIntervalUs / 2)));
}

/** Whether all that a consumer owns is paused, so that no answer will wake it. */
export const isPaused = ({ pausedPartitions, owned }: ConsumerState): boolean => pausedPartitions > 0 && pausedPartitions === owned.length;

/** When a member that waits for no answer polls again: in time to stay a member, and, with paused partitions, for the commit that poll() is to make. */
export function idleWaitUs(ctx: ProcessContext, worker: WorkerState): number {
  const { pausedPartitions, config, nextAutoCommitUs } = ctx.consumers[worker.index]!;
  const longestUs = longestIdleUs(ctx, worker);
  if (pausedPartitions === 0 || config.commitMode !== 'auto') return longestUs;
  return Math.min(longestUs, Math.max(idlePollLeastUs, nextAutoCommitUs - ctx.events.nowUs));
}

/**
 * `poll.idle.ms`: the poll brought nothing, and the application sleeps before the next one, outside of poll() as `max.poll.interval.ms` sees it. False: it polls on.
 */
export function sleepsBetweenPolls(
  ctx: ProcessContext,
  worker: WorkerState,
  { config: { idleUs }, bufferedRecords }: ConsumerState,
): boolean {
  if (idleUs === 0 || bufferedRecords > 0) return false;
  leavePoll(ctx, worker.index);
  schedule(ctx.events, ctx.events.nowUs + idleUs, EventKind.MemberWake, worker.index, nextGeneration(worker));
  return true;
}
