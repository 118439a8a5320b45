/** Exact cases of retention and compaction: each a run, but for the one that is about a log whose high watermark stands still. */
import { appendBatch, createPartitionLog } from '../../src/engine/log/partitionLog.ts';
import { applyRetention } from '../../src/engine/log/retention.ts';
import { rollSegment } from '../../src/engine/log/append.ts';
import { createColumns } from '../../src/engine/log/columns.ts';
import { deleteOnly, noProducer } from '../../src/engine/log/logState.ts';
import { recordsInLog } from '../../src/engine/log/recordCounts.ts';
import { batchHeaderBytes, noHeadersBytes, recordSizeBytes } from '../../src/engine/log/recordSize.ts';
import { advance, compile, createRun, reportOf, type Run } from '../../src/engine/index.ts';
import { readPage } from '../../src/engine/run/views/records.ts';
import type { ConfigValue, Fault } from '../../src/pipeline/document.ts';
import type { CaseReport } from '../suite.ts';
import { pipelineOf } from './idealDocument.ts';

export interface RetentionCase {
  readonly id: string;
  readonly title: string;
  readonly expected: Readonly<Record<string, unknown>>;
}

type Configs = Readonly<Record<string, ConfigValue>>;

const megabyte = 1_000_000;

/** The reader is away from the start until the topic is as the case wants it. */
const away = (returnsMs: number): Fault[] => [
  { atMs: 0, action: 'member.stop', node: 'stage-0', member: 0 },
  { atMs: returnsMs, action: 'member.restart', node: 'stage-0', member: 0 },
];

function runOf(options: { producer: Configs; topic: Configs; cluster?: Configs; faults?: readonly Fault[] }): Run {
  const document = pipelineOf({
    producer: options.producer,
    partitions: 1,
    stages: [{ configs: { 'service.time.ms': 0 }, keeps: 1 }],
    durationMs: 1e9,
    faults: options.faults ?? [],
  });
  const nodes = document.nodes.map((node) => (node.kind === 'topic' ? { ...node, config: { ...node.config, ...options.topic } } : node));
  const cluster = { config: { ...document.cluster.config, ...options.cluster } };
  const { topology, findings } = compile({ ...document, nodes, cluster });
  if (topology === null) throw new Error(findings.map((finding) => finding.message).join(' '));
  return createRun(topology);
}

const runTo = (run: Run, seconds: number): void => void advance(run, { untilUs: seconds * 1e6, maxEvents: Infinity });
const logOf = (run: Run) => run.ctx.partitions[0]!.log;
/** The cases speak of closed segments; a broker closes one only with the next append. */
const close = (run: Run): void => void rollSegment(logOf(run), run.ctx.events.nowUs);

/** T02: batches of one record and exactly 1 MB fill segments of exactly 100 MB. */
function bytesKept(): Record<string, number> {
  let valueSize = megabyte;
  const batchBytes = (size: number): number =>
    batchHeaderBytes + recordSizeBytes({ offsetDelta: 0, timestampDeltaMs: 0, keySize: -1, valueSize: size, headersSize: noHeadersBytes });
  while (batchBytes(valueSize) > megabyte) valueSize--;
  const run = runOf({
    producer: { 'workload.rate': 10, 'workload.records': 540, 'value.size.bytes': valueSize },
    topic: { 'segment.bytes': 100 * megabyte, 'retention.bytes': 250 * megabyte, 'retention.ms': -1 },
    cluster: { 'log.retention.check.interval.ms': 100_000 },
  });
  runTo(run, 99);
  const before = logOf(run).segments.map(({ sizeBytes }) => sizeBytes / megabyte);
  if (JSON.stringify(before) !== '[100,100,100,100,100,40]') throw new Error(`the log has segments of ${before.join(', ')} MB`);
  runTo(run, 101);
  return { segments_deleted: before.length - logOf(run).segments.length, remaining_MB: reportOf(run).topics[0]!.bytes / megabyte };
}

/** T03 */
function idleTopic(): Record<string, number> {
  const run = runOf({
    producer: { 'workload.rate': 1000, 'workload.records': 1000 },
    topic: { 'retention.ms': 60_000 },
    cluster: { 'log.retention.check.interval.ms': 10_000 },
  });
  runTo(run, 90);
  const { records, partitions } = reportOf(run).topics[0]!;
  return { records_left: records, log_start_offset: partitions[0]!.logStartOffset, log_end_offset: partitions[0]!.logEndOffset };
}

/** T04: high watermarks below the log end come with replication; here one is set. */
function belowHighWatermark(): Record<string, number> {
  const config = {
    ...deleteOnly,
    segmentBytes: 1000,
    segmentMs: 604_800_000,
    segmentIndexBytes: 10_485_760,
    indexIntervalBytes: 4096,
    retentionMs: 1000,
    retentionBytes: -1,
    timestampType: 'CreateTime' as const,
    maxMessageBytes: 1_048_588,
  };
  const log = createPartitionLog(config);
  for (let i = 0; i < 6; i++) {
    const columns = createColumns(1);
    appendBatch(log, { columns, from: 0, count: 1, storedBytes: 1000, baseTimestampMs: 1, maxTimestampMs: 1, ...noProducer }, 1000);
  }
  rollSegment(log, 1000);
  log.highWatermark = log.segments[3]!.baseOffset;
  const before = log.segments.length;
  applyRetention(log, 1e12);
  return { max_segments_deleted: before - log.segments.length };
}

const compaction: Configs = { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': 0.001, 'delete.retention.ms': 100_000 };

function compactedRun(more: readonly string[]): Run {
  const rows = Array.from({ length: 1000 }, (_, i) => `${i},k${i % 100},value`);
  const csv = ['at_ms,key,value', ...rows, ...more].join('\n');
  const run = runOf({ producer: { 'workload.shape': 'replay', 'workload.csv': csv }, topic: compaction, faults: away(30_000) });
  runTo(run, 2);
  close(run);
  return run;
}

/** T06 */
function roundRobin(): Record<string, unknown> {
  const run = compactedRun([]);
  runTo(run, 20);
  const found = readPage(run, { partition: 0, offset: 0, limit: 2000 });
  const offsets = 'page' in found ? found.page.records.map(({ offset }) => offset) : [];
  const lag = reportOf(run).groups[0]!.lagRecords;
  const cleanings = run.ctx.timeline.entries.filter(({ code }) => code === 'cleaner.cleaned').length;
  if (cleanings !== 1) throw new Error(`the cleaner ran ${cleanings} times`);
  runTo(run, 40);
  return {
    records_left: offsets.length,
    offsets_left: [offsets[0], offsets.at(-1)],
    log_end_offset: logOf(run).logEndOffset,
    lag_of_consumer_at_0_by_offset: lag,
    records_it_actually_reads: reportOf(run).nodes.find(({ node }) => node === 'stage-0')!.recordsIn,
  };
}

/** T07: the second cleaning of the tombstones needs something dirty, one newer value. */
function tombstones(): Record<string, number> {
  const run = compactedRun([...Array.from({ length: 10 }, (_, i) => `40000,k${i},`), '200000,k50,newer']);
  runTo(run, 41);
  close(run);
  runTo(run, 60);
  const first = recordsInLog(logOf(run));
  runTo(run, 201);
  close(run);
  runTo(run, 220);
  return { after_first: first, after_second: recordsInLog(logOf(run)) };
}

const ways: Readonly<Record<string, () => Record<string, unknown>>> = {
  T02: bytesKept,
  T03: idleTopic,
  T04: belowHighWatermark,
  T06: roundRobin,
  T07: tombstones,
};

/** Checks every figure a case expects. */
export function checkRetentionCase(entry: RetentionCase, report: CaseReport): void {
  const way = ways[entry.id];
  if (way === undefined) return report.skip(`${entry.id} ${entry.title}`, 'its set-up is not written yet');
  const found = way();
  for (const [name, value] of Object.entries(entry.expected)) report.check(`${entry.id} ${name}`, found[name], value);
}
