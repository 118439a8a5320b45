/** Writes the live numbers of a run into a frame. Reads only; the engine has been settled to its clock before. */
import type { Run } from '../../engine/index.ts';
import { countsOf, nodeLag, ownersOf, partitionLag, seriesQuantities } from '../../engine/host.ts';
import { EdgeField, FrameHeader, GroupPartitionField, MemberField, NodeField, PartitionField } from '../frameFields.ts';
import type { FrameLayout, RunPhase } from '../protocol.ts';
import { createRateWindow, noteCounts, type RateWindow, ratePerSecond } from './rates.ts';

/** Phases by their number in a frame's header. */
export const phaseNumbers: Readonly<Record<RunPhase, number>> = {
  empty: 0,
  loading: 1,
  paused: 2,
  running: 3,
  'waiting-for-storage': 4,
  finished: 5,
  failed: 6,
};

/** What a frame writer remembers between two frames. Counts per node: in, out, busy, lag; then one per edge, then one per partition. */
export interface FrameWriter {
  readonly layout: FrameLayout;
  readonly window: RateWindow;
  readonly counts: Float64Array;
}

const perNode = 4;

export function createFrameWriter(layout: FrameLayout): FrameWriter {
  const width = layout.nodes.length * perNode + layout.edges.length * 2 + layout.partitions.length + layout.members.length;
  return { layout, window: createRateWindow(width), counts: new Float64Array(width) };
}

export function writeFrame(writer: FrameWriter, run: Run, frame: Float64Array, header: { phase: RunPhase; speedReached: number }): void {
  const { ctx } = run;
  const timeUs = ctx.events.nowUs;
  frame[FrameHeader.timeUs] = timeUs;
  frame[FrameHeader.phase] = phaseNumbers[header.phase];
  frame[FrameHeader.speedReached] = header.speedReached;
  frame[FrameHeader.events] = ctx.events.taken;
  const owners = ctx.groups.map((_, group) => ownersOf(ctx, group));
  const { layout, counts, window } = writer;
  let at = 0;
  const rateOf = (count: number) => {
    counts[at] = count;
    return ratePerSecond(window, timeUs, at++, count);
  };
  for (let n = 0; n < layout.nodes.length; n++) writeNode(run, n, frame, layout.nodes[n]!.offset, owners, rateOf);
  writeEdges(run, layout, frame, owners, rateOf);
  let topic = -1;
  for (const { offset, partition } of layout.partitions) {
    if (partition === 0) topic++;
    const index = ctx.topics[topic]!.firstPartition + partition;
    const { log, leader, minInsyncReplicas } = ctx.partitions[index]!;
    const { replicas, isr, addingReplicas } = ctx.cluster.controller.partitions[index]!;
    let outOfSync = 0;
    for (const broker of replicas) if (!isr.includes(broker) && !addingReplicas.includes(broker)) outOfSync++;
    frame[offset + PartitionField.logStartOffset] = log.logStartOffset;
    frame[offset + PartitionField.highWatermark] = log.highWatermark;
    frame[offset + PartitionField.logEndOffset] = log.logEndOffset;
    frame[offset + PartitionField.sizeBytes] = log.sizeBytes;
    frame[offset + PartitionField.rate] = rateOf(log.appendedRecords - log.controlRecords);
    frame[offset + PartitionField.leader] = leader;
    frame[offset + PartitionField.outOfSync] = outOfSync;
    frame[offset + PartitionField.underMinIsr] = isr.length < Math.min(minInsyncReplicas, replicas.length) ? 1 : 0;
  }
  writeGroupPartitions(run, layout, frame, owners);
  for (const { offset } of layout.members) writeMember(run, layout, frame, offset, rateOf);
  noteCounts(window, timeUs, counts);
}

function writeNode(
  run: Run,
  index: number,
  frame: Float64Array,
  offset: number,
  owners: readonly Int32Array[],
  rateOf: (count: number) => number,
): void {
  const { ctx } = run;
  const node = ctx.nodes[index]!;
  const { recordsIn, recordsOut } = countsOf(ctx, index);
  const metrics = ctx.metrics[index]!;
  const consumes = node.group >= 0;
  const lag = consumes ? nodeLag(ctx, index, owners[node.group]!) : null;
  const alive = node.members.filter((member) => ctx.workers[member]!.alive).length;
  const latest = (quantity: (typeof seriesQuantities)[number]) =>
    ctx.series.count === 0
      ? NaN
      : ctx.series.values[index * seriesQuantities.length + seriesQuantities.indexOf(quantity)]![ctx.series.count - 1]!;
  frame[offset + NodeField.rateIn] = rateOf(recordsIn);
  frame[offset + NodeField.rateOut] = rateOf(recordsOut);
  const busyPerSecond = rateOf(metrics.busyUs) / 1e6;
  frame[offset + NodeField.lagTrend] = lag ? rateOf(lag.records) : (rateOf(0), NaN);
  frame[offset + NodeField.lagRecords] = lag ? lag.records : NaN;
  frame[offset + NodeField.lagSeconds] = lag ? lag.seconds : NaN;
  frame[offset + NodeField.busy] = consumes ? Math.min(1, busyPerSecond / Math.max(1, alive * node.concurrency)) : NaN;
  frame[offset + NodeField.state] = stateOf(run, index, alive);
  frame[offset + NodeField.members] = alive;
  frame[offset + NodeField.recordsIn] = recordsIn;
  frame[offset + NodeField.recordsOut] = recordsOut;
  frame[offset + NodeField.latencyP50Ms] = latest('latency-p50-ms');
  frame[offset + NodeField.latencyP99Ms] = latest('latency-p99-ms');
}

function stateOf(run: Run, index: number, alive: number): number {
  const { ctx } = run;
  const node = ctx.nodes[index]!;
  if (node.role === 'producer') return ctx.producers[node.producer]!.blocked ? 5 : 1;
  if (node.group < 0) return 0;
  if (node.outage) return 3;
  if (alive === 0) return 4;
  let serving = false;
  for (const member of node.members) {
    const { phase } = ctx.workers[member]!;
    if (phase === 'blocked') return 5;
    if (phase === 'joining') return 2;
    serving ||= phase === 'serving';
  }
  return serving ? 1 : 0;
}

/** An edge into a topic carries what its source hands out; an edge out of one what the group has read of it, with the lag that is left. */
function writeEdges(
  run: Run,
  layout: FrameLayout,
  frame: Float64Array,
  owners: readonly Int32Array[],
  rateOf: (count: number) => number,
): void {
  const { ctx, topology } = run;
  const { edges } = topology.document;
  for (let e = 0; e < edges.length; e++) {
    const offset = layout.edges[e]!.offset;
    const source = ctx.nodes.find((node) => node.id === edges[e]!.source)!;
    const target = ctx.nodes.find((node) => node.id === edges[e]!.target)!;
    if (source.role === 'topic' && target.group >= 0) {
      const topic = ctx.topics[source.outputs[0]![0]!]!;
      let read = 0;
      let lagRecords = 0;
      let lagSeconds = 0;
      for (let p = topic.firstPartition; p < topic.firstPartition + topic.partitionCount; p++) {
        const owner = owners[target.group]![p]!;
        if (owner >= 0 && ctx.workers[owner]!.node !== target.index) continue;
        const lag = partitionLag(ctx, target.group, p, owner);
        read += lag.position;
        lagRecords += lag.records;
        if (lag.seconds > lagSeconds) lagSeconds = lag.seconds;
      }
      frame[offset + EdgeField.rate] = Math.max(0, rateOf(read));
      frame[offset + EdgeField.lagTrend] = rateOf(lagRecords);
      frame[offset + EdgeField.lagRecords] = lagRecords;
      frame[offset + EdgeField.lagSeconds] = lagSeconds;
      continue;
    }
    const { recordsOut } = countsOf(ctx, source.index);
    const topics = Math.max(1, new Set(source.outputs.flat()).size);
    // Of a producer what the brokers acknowledged, as its node says: what waits in its buffer does not flow.
    frame[offset + EdgeField.rate] = rateOf(source.role === 'producer' ? recordsOut : recordsOut / topics);
    rateOf(0);
    frame[offset + EdgeField.lagRecords] = NaN;
    frame[offset + EdgeField.lagSeconds] = NaN;
    frame[offset + EdgeField.lagTrend] = NaN;
  }
}

function writeGroupPartitions(run: Run, layout: FrameLayout, frame: Float64Array, owners: readonly Int32Array[]): void {
  const { ctx } = run;
  let at = 0;
  for (let g = 0; g < ctx.groups.length; g++) {
    const { groupId, committed } = ctx.groups[g]!;
    for (; at < layout.groupPartitions.length && layout.groupPartitions[at]!.group === groupId; at++) {
      const { topicNode, partition, offset } = layout.groupPartitions[at]!;
      const topic = ctx.topics.find((candidate) => candidate.node === topicNode)!;
      const index = topic.firstPartition + partition;
      const owner = owners[g]![index]!;
      const lag = partitionLag(ctx, g, index, owner);
      frame[offset + GroupPartitionField.committed] = committed[index]! < 0 ? NaN : committed[index]!;
      frame[offset + GroupPartitionField.position] = lag.position;
      frame[offset + GroupPartitionField.lagRecords] = lag.records;
      frame[offset + GroupPartitionField.owner] = owner;
    }
  }
}

function writeMember(run: Run, layout: FrameLayout, frame: Float64Array, offset: number, rateOf: (count: number) => number): void {
  const { ctx } = run;
  const index = (offset - layout.members[0]!.offset) / MemberField.length;
  const worker = ctx.workers[index]!;
  const atWork = worker.phase === 'serving' || worker.phase === 'blocked' || worker.phase === 'committing' || worker.phase === 'full';
  const working = atWork || (worker.pool !== null && worker.pool.free.length < worker.pool.settings.threads);
  const joining = worker.phase === 'joining' || worker.phase === 'resolving';
  frame[offset + MemberField.state] = !worker.alive ? 0 : joining ? 1 : working ? 3 : 2;
  frame[offset + MemberField.partitions] = ctx.consumers[index]!.owned.length;
  frame[offset + MemberField.busy] = Math.min(1, rateOf(worker.busyUs) / 1e6 / ctx.nodes[worker.node]!.concurrency);
  frame[offset + MemberField.processed] = worker.processedRecords;
}
