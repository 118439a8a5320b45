/** Where the live numbers of a run stand in a frame. Made when a run is loaded, and again when a member comes to be. */
import type { Run } from '../../engine/index.ts';
import { EdgeField, FrameHeader, GroupPartitionField, MemberField, NodeField, PartitionField } from '../frameFields.ts';
import type { FrameLayout } from '../protocol.ts';

/** Topics of the drawing: frames have no place for Kafka's own. */
export function topicsOfDocument({ ctx }: Run): Run['ctx']['topics'] {
  return ctx.topics.filter(({ internal }) => internal !== true);
}

export function layoutOf(run: Run): FrameLayout {
  const { ctx, topology } = run;
  let offset: number = FrameHeader.length;
  const take = (length: number) => {
    const at = offset;
    offset += length;
    return at;
  };
  const nodes = ctx.nodes.map((node) => ({ id: node.id, offset: take(NodeField.length) }));
  const edges = topology.document.edges.map((edge) => ({ id: edge.id, offset: take(EdgeField.length) }));
  const partitions = topicsOfDocument(run).flatMap((topic) =>
    Array.from({ length: topic.partitionCount }, (_, partition) => ({ node: topic.node, partition, offset: take(PartitionField.length) })),
  );
  const groupPartitions = ctx.groups.flatMap((group, groupIndex) => {
    const readers = ctx.nodes.filter((node) => node.group === groupIndex);
    const topics = [...new Set(readers.flatMap((node) => node.inputs))].sort((a, b) => a - b);
    return topics.flatMap((topicIndex) => {
      const topic = ctx.topics[topicIndex]!;
      const reader = readers.find((node) => node.inputs.includes(topicIndex))!;
      return Array.from({ length: topic.partitionCount }, (_, partition) => ({
        group: group.groupId,
        node: reader.id,
        topicNode: topic.node,
        partition,
        offset: take(GroupPartitionField.length),
      }));
    });
  });
  const members = ctx.workers.map((worker) => ({
    node: ctx.nodes[worker.node]!.id,
    member: worker.number,
    offset: take(MemberField.length),
  }));
  return { length: offset, nodes, edges, partitions, groupPartitions, members };
}
