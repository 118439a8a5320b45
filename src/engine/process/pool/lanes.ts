/** How far a pool has got in each partition: offsets move on to the first record that is not done, and records of partitions that are gone are forgotten. */
import { ownedPartition } from '../../consumer/consumer.ts';
import { freeSlices, offsetOf, type PollSlice } from '../../consumer/fetching.ts';
import { EventKind } from '../../kernel/eventKinds.ts';
import { schedule } from '../../kernel/eventSet.ts';
import type { LetGo } from '../../ledger/state.ts';
import { accountRepeats } from '../accounts.ts';
import type { ProcessContext } from '../context.ts';
import { accountOffsets } from '../progress.ts';
import type { WorkerState } from '../worker.ts';
import { type LaneSlice, type Pool, type PoolLane, shardOf, stuckNobody } from './pool.ts';

/** Takes the records of a poll; they wait behind all that came before. */
export function takeSlices(ctx: ProcessContext, worker: WorkerState, pool: Pool): void {
  for (const slice of worker.slices) {
    const lane = laneOf(ctx, worker, pool, slice.fetched.partition);
    const count = slice.to - slice.from;
    const of: LaneSlice = { lane, slice, done: new Uint8Array(count), prefix: 0 };
    lane.slices.push(of);
    lane.open += count;
    const { key } = slice.fetched.columns;
    for (let index = slice.from; index < slice.to; index++)
      pool.jobs.push({ of, index, shard: shardOf(pool, lane.partition, key[index]!) });
  }
  worker.slices = [];
  worker.count = 0;
}

function laneOf(ctx: ProcessContext, worker: WorkerState, pool: Pool, partition: number): PoolLane {
  const known = pool.lanes.get(partition);
  if (known !== undefined && isCurrent(ctx, worker, known)) return known;
  if (known !== undefined) retire(ctx, worker, pool, known);
  const owned = ownedPartition(ctx.consumers[worker.index]!, partition)!;
  const lane: PoolLane = { partition, owned, timesSet: owned.timesSet, slices: [], open: 0, ahead: 0, stale: false };
  pool.lanes.set(partition, lane);
  return lane;
}

const isOwned = (ctx: ProcessContext, worker: WorkerState, { owned, partition }: PoolLane): boolean =>
  ownedPartition(ctx.consumers[worker.index]!, partition) === owned;

const isCurrent = (ctx: ProcessContext, worker: WorkerState, lane: PoolLane): boolean =>
  lane.owned.timesSet === lane.timesSet && isOwned(ctx, worker, lane);

/** Tells of the records of a lane that are done behind a gap. */
function accountAhead(ctx: ProcessContext, worker: WorkerState, { slices, ahead }: PoolLane, how: LetGo['how']): void {
  if (ahead === 0) return;
  for (const { slice, done, prefix } of slices)
    for (let i = prefix; i < done.length; i++)
      if (done[i] === 1) accountRepeats(ctx, worker, slice.fetched.partition, offsetOf(slice.fetched, slice.from + i), how);
}

/** A record is done, or refused. */
export function markDone(ctx: ProcessContext, worker: WorkerState, pool: Pool, of: LaneSlice, index: number): void {
  const { lane } = of;
  lane.open--;
  if (!lane.stale && !isCurrent(ctx, worker, lane)) retire(ctx, worker, pool, lane);
  if (lane.stale) {
    // Whoever has the partition now will read it once more.
    ctx.metrics[worker.node]!.processedAgain++;
    const { fetched } = of.slice;
    if (!isOwned(ctx, worker, lane)) accountRepeats(ctx, worker, fetched.partition, offsetOf(fetched, index), 'not-owner');
    if (lane.open === 0) freeLane(ctx, lane);
    return;
  }
  of.done[index - of.slice.from] = 1;
  lane.ahead++;
  pool.ahead++;
  moveOn(ctx, worker, pool, lane);
}

/** Moves the processed offset up to the first record that is not done. */
function moveOn(ctx: ProcessContext, worker: WorkerState, pool: Pool, lane: PoolLane): void {
  const node = ctx.nodes[worker.node]!;
  let moved = false;
  for (let first = lane.slices[0]; first !== undefined; first = lane.slices[0]) {
    const { slice, done } = first;
    let prefix = first.prefix;
    while (prefix < done.length && done[prefix] === 1) prefix++;
    const count = prefix - first.prefix;
    if (count > 0) {
      accountOffsets(ctx, worker, node, slice, slice.from + first.prefix, count);
      lane.ahead -= count;
      pool.ahead -= count;
      first.prefix = prefix;
      moved = true;
    }
    if (prefix < done.length) break;
    lane.slices.shift();
    freeSlices(ctx, [slice]);
  }
  if (moved) armCommit(ctx, worker, pool);
}

/** The loop looks again when the next commit is due. */
function armCommit(ctx: ProcessContext, worker: WorkerState, pool: Pool): void {
  if (pool.commitArmed || ctx.consumers[worker.index]!.config.commitMode !== 'after-processing') return;
  pool.commitArmed = true;
  const dueUs = Math.max(ctx.events.nowUs, pool.lastCommitUs + pool.settings.commitIntervalUs);
  schedule(ctx.events, dueUs, EventKind.MemberWake, worker.index, -1);
}

/** The assignment has changed: what waits of partitions that are gone is dropped, what is in service ends and counts for no offset. */
export function retireLost(ctx: ProcessContext, worker: WorkerState, pool: Pool): void {
  for (const lane of [...pool.lanes.values()]) {
    if (isOwned(ctx, worker, lane)) continue;
    accountAhead(ctx, worker, lane, 'rebalance');
    const isKept = ({ of }: { readonly of: LaneSlice }): boolean => of.lane !== lane;
    const before = pool.jobs.length;
    const queued = pool.jobs.slice(0, pool.queued).filter(isKept).length;
    pool.jobs = pool.jobs.filter(isKept);
    lane.open -= before - pool.jobs.length;
    pool.queued = queued;
    retire(ctx, worker, pool, lane);
  }
}

function retire(ctx: ProcessContext, worker: WorkerState, pool: Pool, lane: PoolLane): void {
  lane.stale = true;
  ctx.metrics[worker.node]!.processedAgain += lane.ahead;
  pool.ahead -= lane.ahead;
  lane.ahead = 0;
  if (pool.lanes.get(lane.partition) === lane) pool.lanes.delete(lane.partition);
  if (lane.open === 0) freeLane(ctx, lane);
}

function freeLane(ctx: ProcessContext, lane: PoolLane): void {
  const slices: PollSlice[] = lane.slices.map(({ slice }) => slice);
  lane.slices = [];
  freeSlices(ctx, slices);
}

/** The process is gone, and all the pool held with it. What was done behind a gap has been counted. */
export function emptyPool(ctx: ProcessContext, worker: WorkerState, pool: Pool, how: LetGo['how']): void {
  for (const lane of pool.lanes.values()) accountAhead(ctx, worker, lane, how);
  const lanes = new Set(pool.lanes.values());
  for (const job of pool.jobs) lanes.add(job.of.lane);
  for (const job of pool.serving) if (job !== null) lanes.add(job.of.lane);
  for (const lane of lanes) freeLane(ctx, lane);
  pool.lanes.clear();
  pool.jobs = [];
  pool.queued = 0;
  pool.serving.fill(null);
  pool.free.length = 0;
  for (let thread = pool.settings.threads - 1; thread >= 0; thread--) pool.free.push(thread);
  pool.busyShards.clear();
  pool.ahead = 0;
  pool.stalledSinceUs = -1;
  pool.stuck = stuckNobody;
  pool.commitArmed = false;
}
