/** A group's progress: how far it has got, and what on the way was read again, jumped over or no record at all. */
import { ownedPartition } from '../consumer/consumer.ts';
import { offsetOf, type PollSlice } from '../consumer/fetching.ts';
import type { FetchedRecords } from '../log/partitionLog.ts';
import { accountAgain, accountGap, accountHidden } from './accounts.ts';
import type { ProcessContext } from './context.ts';
import type { NodeState } from './node.ts';
import type { WorkerState } from './worker.ts';

/** Moves the processed offset over `count` records of a slice, over what was left out between them and, with the last one, behind them. */
export function accountOffsets(
  ctx: ProcessContext,
  worker: WorkerState,
  node: NodeState,
  slice: PollSlice,
  from: number,
  count: number,
): void {
  // What becomes of records of a share group its partitions' leaders know.
  if (count === 0 || ctx.share.members[worker.index] !== null) return;
  const { fetched } = slice;
  const isEnd = slice.last === true && from + count === slice.to;
  let first = from === 0 ? fetched.baseOffset : offsetOf(fetched, from - 1) + 1;
  const next = isEnd ? fetched.nextOffset : offsetOf(fetched, from + count - 1) + 1;
  const consumer = ctx.consumers[worker.index]!;
  const owned = ownedPartition(consumer, fetched.partition);
  // A pool, and a stream thread, polls on while records are at hand, and may have stepped over more than one gap before them; it accounts for all in order.
  if ((worker.pool !== null || worker.streams !== null) && owned !== undefined && owned.processed < first) first = owned.processed;
  if (owned !== undefined && owned.processed < next) owned.processed = next;
  const before = ctx.progress[node.group]!.processedUpTo[fetched.partition]!;
  const again = first < before ? recordsBefore(fetched, from, count, before) : 0;
  if (first === before && next - first === count) {
    // Nothing was left out and nothing read before, as nearly always.
    ctx.progress[node.group]!.processedUpTo[fetched.partition] = next;
  } else {
    passed.first = first;
    passed.next = next;
    passed.again = again;
    passed.fresh = count - again;
    noteProgress(ctx, worker, node, fetched.partition);
  }
  if (isEnd === true && consumer.hasStepped === true) accountSteps(ctx, worker);
}

/** How many of `count` records from index `from` lie below an offset. */
function recordsBefore(fetched: FetchedRecords, from: number, count: number, offset: number): number {
  if (fetched.offsets === null) return Math.min(count, Math.max(0, offset - fetched.baseOffset - from));
  let records = 0;
  while (records < count && fetched.offsets[from + records]! < offset) records++;
  return records;
}

/** A range of offsets that is behind the processed offset now, how many of its records were read before, and how many for the first time. */
const passed = { first: 0, next: 0, again: 0, fresh: 0 };

/** Of what stands in `passed`: tells records read again, records a reset jumped over and offsets that held no record from records read first. */
function noteProgress(ctx: ProcessContext, worker: WorkerState, node: NodeState, partition: number): void {
  const { first, next, again, fresh } = passed;
  const upTo = ctx.progress[node.group]!.processedUpTo;
  const before = upTo[partition]!;
  const metrics = ctx.metrics[node.index]!;
  const { ledger } = ctx;
  metrics.processedAgain += again;
  if (again > 0 && ledger !== null)
    accountAgain(ctx, ledger, worker, { partition, from: first, to: Math.min(next, before), records: again, atUs: servedUs(ctx, worker) });
  if (first > before) {
    const expired = Math.max(0, Math.min(first, ctx.partitions[partition]!.log.logStartOffset) - before);
    metrics.expiredUnread += expired;
    metrics.skippedByReset += first - before - expired;
    if (ledger !== null)
      accountGap(ctx, ledger, worker, { partition, from: before, to: first, records: expired, atUs: servedUs(ctx, worker) });
  }
  if (next <= before) return;
  const stepped = next - Math.max(first, before) - fresh;
  metrics.steppedOver += stepped;
  if (stepped > 0 && ledger !== null) accountHidden(ctx, ledger, worker, { partition, from: Math.max(first, before), to: next });
  upTo[partition] = next;
}

/** When the record that is taken account of next was done: known before and after, so that it does not hang on who looks when. */
function servedUs({ events }: ProcessContext, { stepwise, pool, served, count, order, finishUs }: WorkerState): number {
  if (stepwise || pool !== null) return events.nowUs;
  if (order.length > 0) return Math.ceil(finishUs[order[served - 1]!]!);
  return served < count ? Math.ceil(finishUs[served]!) : events.nowUs;
}

/** Takes account of offsets that held nothing to hand out, wherever all before them is served. */
export function accountSteps(ctx: ProcessContext, worker: WorkerState): void {
  const consumer = ctx.consumers[worker.index]!;
  const node = ctx.nodes[worker.node]!;
  consumer.hasStepped = false;
  for (const owned of consumer.owned) {
    if (owned.steppedTo < 0) continue;
    if (owned.processed !== owned.steppedFrom) {
      consumer.hasStepped = true;
      continue;
    }
    passed.first = owned.steppedFrom;
    passed.next = owned.steppedTo;
    passed.again = 0;
    passed.fresh = 0;
    noteProgress(ctx, worker, node, owned.index);
    owned.processed = owned.steppedTo;
    owned.steppedTo = -1;
  }
}
