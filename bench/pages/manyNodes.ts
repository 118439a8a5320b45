/** Documents of any number of nodes, and made-up live numbers for them. */
import type { PipelineDocument, PipelineEdge, PipelineNode, Position } from '../../src/pipeline/document.ts';
import { newDocument } from '../../src/pipeline/index.ts';
import { EdgeField, FrameHeader, GroupPartitionField, MemberField, NodeField, PartitionField } from '../../src/workers/frameFields.ts';
import type { FrameLayout } from '../../src/workers/protocol.ts';

/** A row of five: producer → topic → filter → topic → sink. */
const row = ['producer', 'topic', 'filter', 'topic', 'sink'] as const;
const rowsAcross = 5;
const columnWidth = 288;
const rowHeight = 192;
const partitions = 3;

const configs: Readonly<Record<(typeof row)[number], PipelineNode['config']>> = {
  producer: { 'workload.rate': 2000, 'linger.ms': 5 },
  topic: { partitions },
  filter: { instances: 2 },
  sink: { instances: 2, 'service.time.ms': 0.1 },
};

/** `count` nodes, a multiple of five, in a grid. */
export function documentOfNodes(count: number): PipelineDocument {
  const nodes: PipelineNode[] = [];
  const edges: PipelineEdge[] = [];
  const positions: Position[] = [];
  for (let line = 0; line < count / row.length; line++) {
    row.forEach((kind, column) => {
      const id = `n${line}-${column}`;
      nodes.push({ id, kind, name: `${kind} ${line}.${column}`, config: configs[kind] });
      if (column > 0) edges.push({ id: `e${line}-${column}`, source: `n${line}-${column - 1}`, target: id });
      const x = ((line % rowsAcross) * row.length + column) * columnWidth;
      positions.push({ node: id, x, y: Math.floor(line / rowsAcross) * rowHeight });
    });
  }
  return { ...newDocument(), nodes, edges, layout: { positions }, scenario: { ...newDocument().scenario, durationMs: 3_600_000 } };
}

/** The layout a run of such a document has. */
export function layoutOfNodes(document: PipelineDocument): FrameLayout {
  let length: number = FrameHeader.length;
  const take = (fields: number): number => {
    const at = length;
    length += fields;
    return at;
  };
  const nodes = document.nodes.map(({ id }) => ({ id, offset: take(NodeField.length) }));
  const edges = document.edges.map(({ id }) => ({ id, offset: take(EdgeField.length) }));
  const topics = document.nodes.filter(({ kind }) => kind === 'topic');
  const each = Array.from({ length: partitions }, (_, partition) => partition);
  const partitionBlocks = topics.flatMap(({ id }) =>
    each.map((partition) => ({ node: id, partition, offset: take(PartitionField.length) })),
  );
  const groupPartitions = topics.flatMap(({ id }) => {
    const node = document.edges.find(({ source }) => source === id)!.target;
    return each.map((partition) => ({ group: node, node, topicNode: id, partition, offset: take(GroupPartitionField.length) }));
  });
  const consumers = document.nodes.filter(({ kind }) => kind === 'filter' || kind === 'sink');
  const members = consumers.flatMap(({ id }) => [0, 1].map((member) => ({ node: id, member, offset: take(MemberField.length) })));
  return { length, nodes, edges, partitions: partitionBlocks, groupPartitions, members };
}

const preparedTicks = 16;

/** Frames made beforehand, to be copied tick after tick: what is measured is showing numbers, not making them up. */
export function prepareFrames(layout: FrameLayout): (frame: Float64Array, tick: number) => void {
  const frames = Array.from({ length: preparedTicks }, (_, tick) => {
    const frame = new Float64Array(layout.length);
    fillFrame(frame, layout, tick);
    return frame;
  });
  return (frame, tick) => {
    frame.set(frames[tick % preparedTicks]);
    frame[FrameHeader.timeUs] = tick * 16_667;
  };
}

/** Fills a frame with numbers that change from tick to tick, as those of a run under way do. */
function fillFrame(frame: Float64Array, layout: FrameLayout, tick: number): void {
  const wave = (i: number, most: number): number => most * (1 + Math.sin(i + tick / 10)) * 0.5;
  frame[FrameHeader.timeUs] = tick * 16_667;
  frame[FrameHeader.phase] = 3;
  frame[FrameHeader.speedReached] = 1;
  frame[FrameHeader.events] = tick * 1000;
  layout.nodes.forEach(({ offset }, i) => {
    frame.set([wave(i, 2000), wave(i, 1900), wave(i, 5000), wave(i, 20), wave(i + 1, 100) - 50, wave(i, 1), 1, 2], offset);
    frame.set([tick * 33 + i, tick * 33, wave(i, 20), wave(i, 90)], offset + NodeField.recordsIn);
  });
  layout.edges.forEach(({ offset }, i) => frame.set([wave(i, 2000), wave(i, 5000), wave(i, 20), wave(i, 100) - 50], offset));
  layout.partitions.forEach(({ offset }, i) => frame.set([tick, tick * 11 + i, tick * 11 + i, tick * 1100, wave(i, 700), 0], offset));
  layout.groupPartitions.forEach(({ offset }, i) => frame.set([tick * 9, tick * 10, wave(i, 1500), i % 2], offset));
  layout.members.forEach(({ offset }, i) => frame.set([3, 1, wave(i, 1), tick * 16], offset));
}
