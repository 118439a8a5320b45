/** The leader of a stream processor's group deals out tasks: it knows who has which, and how far copies are behind (`StreamsPartitionAssignor.assign`). */
import type { TaskAssignment } from '../../group/context.ts';
import type { JoinedMember } from '../../group/protocol.ts';
import { EventKind } from '../../kernel/eventKinds.ts';
import { schedule } from '../../kernel/eventSet.ts';
import type { NodeState } from '../../process/node.ts';
import { taskLag } from '../../process/streams/restore.ts';
import { dealTasks, type DealConfig, type DealtTask } from '../../streams/assignor.ts';
import { type StreamsLayout, taskName } from '../../streams/program.ts';
import { numberOf } from '../configs.ts';
import type { EngineContext } from '../state.ts';

type AssignContext = Pick<
  EngineContext,
  'streams' | 'workers' | 'groups' | 'members' | 'topics' | 'partitions' | 'nodes' | 'programs' | 'events'
>;

/** What a group's leader calls in a run with stream processors; null in others. */
export function taskAssignment(ctx: AssignContext): TaskAssignment | null {
  return ctx.streams.nodes.length === 0 ? null : (joined) => assign(ctx, joined);
}

interface PlacedTask extends DealtTask {
  /** Global indexes of its partitions. */
  readonly partitions: readonly number[];
  /** Of its changelogs. */
  readonly changelogs: readonly number[];
}

function assign(ctx: AssignContext, joined: readonly JoinedMember[]): [string, number[]][] {
  const group = ctx.members.find(({ memberId }) => memberId === joined[0]!.memberId)!.group;
  const node = ctx.nodes.find((each) => each.group === group && ctx.streams.nodes[each.index])!;
  const { layout } = ctx.programs[node.index]!.streams!;
  const tasks = tasksOf(ctx, layout);
  const members = joined.map(({ memberId }) => ctx.groups[group]!.members.get(memberId)?.client ?? -1);
  // One that has left meanwhile gets nothing.
  const order = members.flatMap((member, i) => (member < 0 ? [] : [i])).sort((a, b) => members[a]! - members[b]!);
  const clients = order.map((i) => ({ lags: lagsOf(ctx, members[i]!, tasks) }));
  const { dealt, probes } = dealTasks(tasks, clients, dealConfig(node));
  const result: [string, number[]][] = joined.map(({ memberId }) => [memberId, []]);
  const owners = new Map(joined.flatMap(({ subscription }, i) => subscription.owned.map((partition) => [partition, i] as const)));
  order.forEach((i, place) => {
    const thread = ctx.workers[members[i]!]!.streams!;
    const { active, standby } = dealt[place]!;
    thread.standbys = standby;
    for (const name of active) {
      const { partitions } = tasks.find((task) => task.name === name)!;
      // Who still owns it gives it up first; a second rebalance follows (KIP-429).
      if (partitions.every((partition) => (owners.get(partition) ?? i) === i)) result[i]![1].push(...partitions);
    }
  });
  planProbing(
    ctx,
    node,
    order.map((i) => members[i]!),
    probes,
  );
  for (const [, partitions] of result) partitions.sort((a, b) => a - b);
  return result;
}

const dealConfig = ({ settings }: NodeState): DealConfig => ({
  standbyReplicas: numberOf(settings, 'num.standby.replicas'),
  acceptableLag: numberOf(settings, 'acceptable.recovery.lag'),
  warmupsMax: numberOf(settings, 'max.warmup.replicas'),
});

function tasksOf({ topics }: AssignContext, { groups, changelogs }: StreamsLayout): PlacedTask[] {
  return groups.flatMap(({ id, topics: read, partitions, stores }) =>
    Array.from({ length: partitions }, (_, partition): PlacedTask => {
      const at = (topic: number): number[] =>
        partition < topics[topic]!.partitionCount ? [topics[topic]!.firstPartition + partition] : [];
      const own = stores.flatMap((store) => (changelogs[store]! < 0 ? [] : at(changelogs[store]!)));
      return { name: taskName(id, partition), isStateful: own.length > 0, partitions: read.flatMap(at), changelogs: own };
    }),
  );
}

/** How far a member is behind in each task with a state: by what it runs or copies, what its disk holds, or everything. */
function lagsOf(ctx: AssignContext, member: number, tasks: readonly PlacedTask[]): Map<string, number> {
  const thread = ctx.workers[member]!.streams!;
  const lags = new Map<string, number>();
  for (const { name, isStateful, changelogs } of tasks) {
    if (!isStateful) continue;
    const known = thread.tasks.find((task) => task.name === name);
    const offsets = thread.disk.get(name)?.offsets ?? [];
    const behind = changelogs.reduce((sum, index, i) => {
      const { highWatermark, logStartOffset } = ctx.partitions[index]!.log;
      return sum + Math.max(0, highWatermark - Math.max(logStartOffset, offsets[i] ?? 0));
    }, 0);
    lags.set(name, known === undefined ? behind : taskLag(ctx, known));
  }
  return lags;
}

/** While copies warm up the group's leader joins again from time to time, to see whether they have caught up. */
function planProbing(ctx: AssignContext, node: NodeState, members: readonly number[], probes: boolean): void {
  const state = ctx.streams.nodes[node.index]!;
  state.probingUs = probes ? ctx.events.nowUs + Math.round(numberOf(node.settings, 'probing.rebalance.interval.ms') * 1000) : -1;
  if (!probes) return;
  for (const member of members) schedule(ctx.events, state.probingUs, EventKind.MemberWake, member, -1);
}
