/** The report of a run: what headless prints and the editor's panels show. */
import type { Objective } from '../../../pipeline/document.ts';
import type { NodeState } from '../../process/node.ts';
import { uptimeUs } from '../../process/worker.ts';
import { ownersOf, partitionLag } from '../../metrics/lag.ts';
import { lagReportOf } from '../../metrics/lag/lagReport.ts';
import { recordsInLog } from '../../log/recordCounts.ts';
import { meanHalfWidthUs, quantileUs, type Histogram } from '../../measures/histogram.ts';
import { countsOf, settleAll } from '../../metrics/observe.ts';
import { coordinatorNow } from '../../group/coordination.ts';
import { isUnderReplicated, outagesAt } from '../../broker/outages.ts';
import { lastStableOffsetOf } from '../../log/partitionLog.ts';
import { fingerprintOf } from '../../kernel/trace.ts';
import type { GroupReport, LatencySummary, LedgerReport, NodeReport, PartitionReport, Report, TopicReport } from '../../report/report.ts';
import type { Run } from '../build.ts';
import { fidelityOf } from './fidelity.ts';
import { ledgerOf } from '../ledger/ledger.ts';
import { objectiveReports } from './objectives.ts';
import type { EngineContext } from '../state.ts';
import { diskBytesOf, remoteBytesOf, storageReport } from '../storage.ts';
import { sharePartitionReport } from './shareReport.ts';
import { streamsReports } from './streamsView.ts';
import { transactionsReport } from '../transactions.ts';

/** Everything there is to say of a run at its present moment. Changes nothing. Other objectives than the document's may be judged. */
export function reportOf(run: Run, objectives: readonly Objective[] = run.topology.document.scenario.objectives): Report {
  const { ctx, topology } = run;
  settleAll(ctx);
  const finished = ctx.events.nowUs >= ctx.plan.durationUs;
  const owners = ctx.groups.map((_, group) => ownersOf(ctx, group));
  const topics = ctx.topics.flatMap(({ internal }, topic) => (internal === true ? [] : [topicReport(ctx, topic)]));
  const groups = ctx.groups.map((_, group) => groupReport(ctx, group, owners[group]!));
  const ledger = ledgerOf(ctx);
  const expired = new Map<string, number>();
  for (const topic of topics) expired.set(topic.node, topic.expired);
  for (const path of ledger.paths) expired.set(path.node, path.expiredUnread);
  const nodes = ctx.nodes.map((_, node) => nodeReport(ctx, node, expired));
  return {
    name: topology.document.name,
    seed: ctx.plan.seed,
    virtualTimeMs: ctx.events.nowUs / 1000,
    events: ctx.events.taken,
    outcome: ctx.outcome.boundReached !== null ? 'bounded' : finished ? 'finished' : 'running',
    boundReached: ctx.outcome.boundReached,
    fingerprint: fingerprint(run),
    topics,
    groups,
    nodes,
    streams: streamsReports(ctx),
    ledger,
    storage: storageReport(run),
    objectives: objectiveReports(ctx, objectives, { nodes, groups, topics, ledger }),
    fidelity: fidelityOf(run),
  };
}

/** The report's ledger alone: what became of every record up to now. Changes nothing. */
export function ledgerReportOf({ ctx }: Run): LedgerReport {
  settleAll(ctx);
  return ledgerOf(ctx);
}

/** The run's fingerprint: equal for equal documents, seeds and virtual times, wherever it ran and however it was interrupted. */
export function fingerprint(run: Run): string {
  return fingerprintOf(run.ctx.trace);
}

function topicReport(ctx: EngineContext, topicIndex: number): TopicReport {
  const topic = ctx.topics[topicIndex]!;
  const partitions: PartitionReport[] = [];
  let records = 0;
  let bytes = 0;
  let expired = 0;
  let compacted = 0;
  let diskBytes = 0;
  let remoteBytes = 0;
  const replication = {
    lost: 0,
    lostAcknowledged: 0,
    elections: 0,
    uncleanElections: 0,
    offlineMs: 0,
    underReplicatedMs: 0,
    underReplicated: 0,
  };
  for (let p = 0; p < topic.partitionCount; p++) {
    const index = topic.firstPartition + p;
    const { log, leader, expiredRecords, lostRecords, lostAcknowledged, outages } = ctx.partitions[index]!;
    const registration = ctx.cluster.controller.partitions[index]!;
    const passed = outagesAt(outages, registration, ctx.events.nowUs);
    replication.lost += lostRecords;
    replication.lostAcknowledged += lostAcknowledged;
    if (isUnderReplicated(registration)) replication.underReplicated++;
    replication.elections += outages.elections;
    replication.uncleanElections += outages.uncleanElections;
    replication.offlineMs += passed.offlineUs / 1000;
    replication.underReplicatedMs += passed.underReplicatedUs / 1000;
    const inLog = recordsInLog(log);
    records += inLog;
    bytes += log.sizeBytes;
    diskBytes += diskBytesOf(ctx.partitions[index]!);
    remoteBytes += remoteBytesOf(ctx.partitions[index]!);
    expired += expiredRecords;
    compacted += log.compactedRecords;
    partitions.push({
      partition: p,
      leader,
      logStartOffset: log.logStartOffset,
      highWatermark: log.highWatermark,
      lastStableOffset: lastStableOffsetOf(log),
      logEndOffset: log.logEndOffset,
      records: inLog,
      bytes: log.sizeBytes,
      segments: log.segments.length,
    });
  }
  return { node: topic.node, name: topic.name, records, bytes, expired, compacted, ...replication, diskBytes, remoteBytes, partitions };
}

function groupReport(ctx: EngineContext, groupIndex: number, owners: Int32Array): GroupReport {
  const group = ctx.groups[groupIndex]!;
  const topicName = (partition: number) => ctx.topics[ctx.partitions[partition]!.topic]!.name;
  const topicIndexes = [...new Set(ctx.nodes.filter((node) => node.group === groupIndex).flatMap((node) => node.inputs))].sort(
    (a, b) => a - b,
  );
  const partitions = topicIndexes.flatMap((topicIndex) => {
    const topic = ctx.topics[topicIndex]!;
    return Array.from({ length: topic.partitionCount }, (_, partition) => {
      const index = topic.firstPartition + partition;
      const lag = partitionLag(ctx, groupIndex, index, owners[index]!);
      const committed = group.committed[index]!;
      return {
        topic: topic.name,
        partition,
        committed: committed < 0 ? null : committed,
        position: owners[index]! < 0 && !ctx.share.groups[groupIndex] ? null : lag.position,
        lagRecords: lag.records,
        lagSeconds: lag.seconds,
        share: sharePartitionReport(ctx, groupIndex, index),
      };
    });
  });
  const elapsedUs = Math.max(1, ctx.events.nowUs);
  const members = ctx.members
    .filter((member) => member.group === groupIndex)
    .map((member) => {
      const worker = ctx.workers[member.index]!;
      return {
        node: ctx.nodes[worker.node]!.id,
        member: worker.number,
        memberId: member.memberId,
        state: worker.alive ? member.state : 'down',
        partitions: ownedBy(ctx, member.index).map((index) => ({
          topic: topicName(index),
          partition: ctx.partitions[index]!.partition,
        })),
        processed: worker.processedRecords,
        busy: Math.min(1, worker.busyUs / (elapsedUs * ctx.nodes[worker.node]!.concurrency)),
      };
    });
  return {
    groupId: group.groupId,
    state: group.state,
    generation: group.generation,
    rebalances: group.rebalances,
    coordinator: coordinatorNow(ctx, group),
    lagRecords: partitions.reduce((sum, partition) => sum + partition.lagRecords, 0),
    lagSeconds: partitions.reduce((worst, partition) => Math.max(worst, partition.lagSeconds), 0),
    lag: lagReportOf({ ctx, marks: ctx.series.lagMarks, faults: ctx.faults }, groupIndex),
    members,
    partitions,
  };
}

/** Global indexes of the partitions a member reads. */
function ownedBy(ctx: EngineContext, member: number): readonly number[] {
  return ctx.share.members[member] ? ctx.members[member]!.owned : ctx.consumers[member]!.owned.map(({ index }) => index);
}

function nodeReport(ctx: EngineContext, nodeIndex: number, expired: ReadonlyMap<string, number>): NodeReport {
  const node = ctx.nodes[nodeIndex]!;
  const metrics = ctx.metrics[nodeIndex]!;
  const { recordsIn, recordsOut } = countsOf(ctx, nodeIndex);
  const elapsedUs = Math.max(1, ctx.events.nowUs);
  const consumes = node.group >= 0;
  const upUs = node.members.reduce((sum, member) => sum + uptimeUs(ctx.workers[member]!, ctx.events.nowUs), 0);
  return {
    node: node.id,
    kind: node.kind,
    name: node.name,
    recordsIn,
    recordsOut,
    failed: failedRecords(ctx, node),
    retried: metrics.retried,
    backoffMs: metrics.backoffUs / 1000,
    deadLettered: metrics.deadLettered,
    rejected: metrics.rejected,
    deduplicated: metrics.deduplicated,
    table: node.table && { writes: node.table.writes, rows: node.table.rows, wrongRows: node.table.wrongRows },
    expiredUnread: expired.get(node.id) ?? 0,
    ratePerSecondMean: recordsIn / (elapsedUs / 1e6),
    utilisation: consumes ? metrics.busyUs / (Math.max(1, upUs) * node.concurrency) : null,
    latency: consumes ? latencySummary(metrics.latency!) : null,
    endToEnd: consumes ? latencySummary(metrics.endToEnd!) : null,
    lagRecordsMax: metrics.lagRecordsMax,
    lagSecondsMax: metrics.lagSecondsMax,
    throttledMs: (ctx.capacity.quotas?.throttledUs.get(-2 - nodeIndex) ?? 0) / 1000,
    transactions: transactionsReport(ctx, node),
  };
}

/** Services that failed for good, and records sent that were refused: too large, or without memory for too long. */
function failedRecords(ctx: EngineContext, node: NodeState): number {
  if (node.role === 'producer') return ctx.producers[node.producer]!.failedRecords;
  let failed = ctx.metrics[node.index]!.failed;
  for (const member of node.members) {
    const { producer } = ctx.workers[member]!;
    if (producer >= 0) failed += ctx.producers[producer]!.failedRecords;
  }
  return failed;
}

/** Mean, percentiles and interval of one histogram; null without samples. */
export function latencySummary(histogram: Histogram): LatencySummary | null {
  if (histogram.total === 0) return null;
  const halfWidthUs = meanHalfWidthUs(histogram);
  return {
    samples: histogram.total,
    meanMs: histogram.sumUs / histogram.total / 1000,
    meanMsHalfWidth: halfWidthUs === null ? null : halfWidthUs / 1000,
    p50Ms: quantileUs(histogram, 0.5) / 1000,
    p95Ms: quantileUs(histogram, 0.95) / 1000,
    p99Ms: quantileUs(histogram, 0.99) / 1000,
    maxMs: histogram.maxUs / 1000,
  };
}
