/** What there is to know of a group when its lag is to be explained: partitions, members, and what both did over the last seconds. Reads only; settle first. */
import { ownedPartition } from '../../consumer/consumer.ts';
import type { GroupState } from '../../group/groupState.ts';
import type { ProcessContext } from '../../process/context.ts';
import type { PlannedFault } from '../../run/state.ts';
import { ownersOf, type PartitionLag, partitionLag } from '../lag.ts';
import { inProgress, type LagMark, type LagMarks, type Row, rowsOf } from './marks.ts';

/** What the run says of its lag: state, marks of its series, faults that have happened or will. */
export interface LagSource {
  readonly ctx: ProcessContext;
  readonly marks: LagMarks;
  readonly faults: readonly PlannedFault[];
}

/** Shortest window that rates are taken over. */
const windowMinUs = 900_000;
/** A reader that is less far behind keeps up: what it has not served is on its way. */
export const waitsFromSeconds = 1;
/** From here on a member serves (or waits between attempts) all the time. */
export const saturatedFrom = 0.9;
/** Below this a member has time for more. */
export const idleBelow = 0.7;

export interface PartitionFacts {
  readonly index: number;
  /** Member, -1 for nobody; -1 in share groups, whose members all have it. */
  readonly owner: number;
  readonly lag: PartitionLag;
  /** Records behind the high watermark that nobody can read while too few replicas are in sync. */
  readonly unreadable: number;
  readonly trendPerSecond: number | null;
  readonly arrivalPerSecond: number | null;
  readonly servicePerSecond: number | null;
  /** Whether records wait here: for longer than those of a reader that keeps up. */
  readonly waits: boolean;
}

export interface MemberFacts {
  readonly index: number;
  readonly node: number;
  readonly alive: boolean;
  readonly owned: readonly number[];
  /** Shares of the window, or of its last second where it is full then: serving, and waiting between attempts; null before there is one. */
  readonly busy: number | null;
  readonly waited: number | null;
  readonly processedPerSecond: number | null;
  /** It takes as many records as it is allowed (`rate.limit`). */
  readonly atLimit: boolean;
  readonly saturated: boolean;
}

export interface GroupFacts {
  readonly ctx: ProcessContext;
  readonly faults: readonly PlannedFault[];
  readonly group: GroupState;
  readonly shared: boolean;
  /** What rates are measured from: the oldest mark since anything about the group has changed, or a young one; null while there is none. */
  readonly mark: LagMark | null;
  readonly seconds: number;
  readonly partitions: readonly PartitionFacts[];
  readonly members: readonly MemberFacts[];
  /** By member index. */
  readonly memberOf: ReadonlyMap<number, MemberFacts>;
  /** By global partition index. */
  readonly partitionOf: ReadonlyMap<number, PartitionFacts>;
}

/** When owners, leaders or the scenario changed last: rates from before say nothing of what goes on now. */
function changedUs({ ctx, faults }: LagSource, { history }: GroupState, rows: readonly Row[]): number {
  const { nowUs } = ctx.events;
  let lastUs = history.rebalances.at(-1)?.endUs ?? -1;
  for (const { index } of rows) lastUs = Math.max(lastUs, history.sinceUs[index] ?? -1, ctx.partitions[index]!.outages.sinceUs);
  for (const { timeUs } of faults) if (timeUs <= nowUs && timeUs > lastUs) lastUs = timeUs;
  return lastUs;
}

export function factsOf(source: LagSource, groupIndex: number): GroupFacts {
  const { ctx, faults } = source;
  const { nowUs } = ctx.events;
  const group = ctx.groups[groupIndex]!;
  const { rows } = rowsOf(ctx, groupIndex);
  const sinceUs = changedUs(source, group, rows);
  const usable = source.marks.marks.filter(({ timeUs }) => nowUs - timeUs >= windowMinUs);
  const recent = usable.at(-1) ?? null;
  const mark = usable.find(({ timeUs }) => timeUs >= sinceUs) ?? recent;
  const seconds = mark === null ? 0 : (nowUs - mark.timeUs) / 1e6;
  const owners = ownersOf(ctx, groupIndex);
  const partitions = rows.map(({ index, row }): PartitionFacts => {
    const { log } = ctx.partitions[index]!;
    const lag = partitionLag(ctx, groupIndex, index, owners[index]!);
    const arrived = mark === null ? null : Math.max(0, log.highWatermark - (mark.ends[index] ?? 0)) / seconds;
    const trend = mark === null ? null : (lag.records - (mark.behind[groupIndex]?.[row] ?? 0)) / seconds;
    const unreadable = unreadableOf(ctx, index);
    return {
      index,
      owner: owners[index]!,
      lag,
      unreadable,
      trendPerSecond: trend,
      arrivalPerSecond: arrived,
      servicePerSecond: arrived === null ? null : Math.max(0, arrived - trend!),
      waits: unreadable > 0 || (lag.records > 0 && !(lag.seconds < waitsFromSeconds)),
    };
  });
  const members = ctx.workers.flatMap(({ index }) =>
    ctx.members[index]!.group === groupIndex ? [memberFacts(ctx, index, mark, recent)] : [],
  );
  return {
    ctx,
    faults,
    group,
    shared: group.type === 'share',
    mark,
    seconds,
    partitions,
    members,
    memberOf: new Map(members.map((member) => [member.index, member])),
    partitionOf: new Map(partitions.map((partition) => [partition.index, partition])),
  };
}

/** While fewer replicas are in sync than `min.insync.replicas` asks for, the high watermark stands still (KIP-966): what lies behind it is not readable. */
function unreadableOf(ctx: ProcessContext, index: number): number {
  const { log, minInsyncReplicas, replicas } = ctx.partitions[index]!;
  const registration = ctx.cluster.controller.partitions[index]!;
  if (replicas.length === 0 || registration.isr.length >= Math.min(minInsyncReplicas, registration.replicas.length)) return 0;
  return log.logEndOffset - log.highWatermark;
}

function memberFacts(ctx: ProcessContext, index: number, mark: LagMark | null, recent: LagMark | null): MemberFacts {
  const worker = ctx.workers[index]!;
  const node = ctx.nodes[worker.node]!;
  const consumer = ctx.consumers[index]!;
  const owned = ctx.share.members[index] ? ctx.members[index]!.owned : consumer.owned.map((partition) => partition.index);
  const base = { index, node: worker.node, alive: worker.alive, owned };
  if (mark === null || recent === null)
    return { ...base, busy: null, waited: null, processedPerSecond: null, atLimit: false, saturated: false };
  const long = workSince(ctx, index, mark);
  const short = workSince(ctx, index, recent);
  const { busy, waited } = short.busy + short.waited >= saturatedFrom ? short : long;
  const { processedPerSecond } = long;
  const atLimit = node.ratePerUs > 0 && Math.max(processedPerSecond, short.processedPerSecond) >= saturatedFrom * node.ratePerUs * 1e6;
  return { ...base, busy, waited, processedPerSecond, atLimit, saturated: worker.alive && (atLimit || busy + waited >= saturatedFrom) };
}

/** What a member has done since a mark. */
function workSince(ctx: ProcessContext, index: number, mark: LagMark) {
  const worker = ctx.workers[index]!;
  const { concurrency, members } = ctx.nodes[worker.node]!;
  const now = inProgress(worker, ctx.events.nowUs);
  const windowUs = ctx.events.nowUs - mark.timeUs;
  // Its waits that are over are known of the whole node; those of the record at hand of itself.
  const over = (ctx.metrics[worker.node]!.backoffUs - (mark.backoffUs[worker.node] ?? 0)) / Math.max(1, members.length);
  return {
    busy: share((worker.busyUs + now.busyUs - (mark.busyUs[index] ?? 0)) / windowUs / concurrency),
    waited: share(Math.max(over, Math.min(windowUs, now.waitedUs)) / windowUs / (worker.pool === null ? 1 : concurrency)),
    processedPerSecond: (worker.processedRecords - (mark.processed[index] ?? 0)) / (windowUs / 1e6),
  };
}

const share = (value: number): number => Math.min(1, Math.max(0, value));

/** Broker that a partition is read from: the leader, or a replica nearer to its reader (KIP-392). */
export function readFrom({ ctx }: Pick<GroupFacts, 'ctx'>, { index, owner }: Pick<PartitionFacts, 'index' | 'owner'>): number {
  const preferred = owner < 0 ? -1 : (ownedPartition(ctx.consumers[owner]!, index)?.preferred ?? -1);
  return preferred >= 0 ? preferred : ctx.partitions[index]!.leader;
}

/** `orders-3` */
export function partitionName({ ctx }: Pick<GroupFacts, 'ctx'>, index: number): string {
  const { topic, partition } = ctx.partitions[index]!;
  return `${ctx.topics[topic]!.name}-${partition}`;
}

/** `index-1` */
export function memberName({ ctx }: Pick<GroupFacts, 'ctx'>, member: number): string {
  const worker = ctx.workers[member]!;
  return `${ctx.nodes[worker.node]!.name}-${worker.number}`;
}

export const sum = <T>(items: readonly T[], of: (item: T) => number): number => items.reduce((total, item) => total + of(item), 0);
