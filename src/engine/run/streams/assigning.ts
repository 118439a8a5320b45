/** The leader of a stream processor's group deals out tasks: it knows who had which, and how far copies are behind (`StreamsPartitionAssignor.assign`). */
import type { TaskAssignment } from '../../group/context.ts';
import type { EngineContext } from '../state.ts';

export type AssignContext = Pick<
  EngineContext,
  'streams' | 'workers' | 'groups' | 'members' | 'topics' | 'partitions' | 'nodes' | 'programs' | 'events'
>;

export function taskAssignment(ctx: AssignContext): TaskAssignment | null {
  if (ctx.streams.nodes.length === 0) return null;
  return (joined) => {
    const first = ctx.members.find(({ memberId }) => memberId === joined[0]!.memberId)!;
    const node = ctx.nodes.find(({ group }) => group === first.group)!;
    const { layout } = ctx.programs[node.index]!.streams!;
    const tasks = layout.groups.flatMap(({ topics, partitions }) =>
      Array.from({ length: partitions }, (_, partition) =>
        topics
          .filter((topic) => partition < ctx.topics[topic]!.partitionCount)
          .map((topic) => ctx.topics[topic]!.firstPartition + partition),
      ),
    );
    const order = [...joined].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
    const target = new Map<string, number[]>(order.map(({ memberId }) => [memberId, []]));
    tasks.forEach((partitions, i) => target.get(order[i % order.length]!.memberId)!.push(...partitions));
    const owners = new Map(
      joined.flatMap(({ memberId, subscription }) => subscription.owned.map((partition) => [partition, memberId] as const)),
    );
    return joined.map(({ memberId }) => [
      memberId,
      target
        .get(memberId)!
        .filter((partition) => (owners.get(partition) ?? memberId) === memberId)
        .sort((a, b) => a - b),
    ]);
  };
}
