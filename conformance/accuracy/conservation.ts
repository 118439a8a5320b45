/** Exact cases of the ledger: nothing is lost from sight at any event, and lag over time is what records waited. */
import { advance, compile, createRun, reportOf, type Run } from '../../src/engine/index.ts';
import { settleAll } from '../../src/engine/metrics/observe.ts';
import { createFetchedRecords, readBatches } from '../../src/engine/log/partitionLog.ts';
import { ledgerViolations } from '../../src/engine/run/schedules/ledgerViolations.ts';
import type { PipelineDocument } from '../../src/pipeline/document.ts';
import type { CaseReport } from '../suite.ts';
import { fairKeys, pipelineOf } from './idealDocument.ts';
import { collectInto, createSamples, type Samples } from './samples.ts';

export interface ConservationCase {
  readonly id: string;
  readonly title: string;
  readonly expected: Readonly<Record<string, unknown>>;
}

const seconds = 8;

/** Aborted transactions, a retention the reader is too slow for, a filter, a crash and an outage: every fate a record can have by itself. */
function eventful(): PipelineDocument {
  const base = pipelineOf({
    producer: {
      'workload.shape': 'poisson',
      'workload.rate': 300,
      'value.size.bytes': 10_000,
      'transactional.id': 'source',
      'transaction.records': 20,
      'transaction.abort.every': 3,
      acks: 'all',
      ...fairKeys(2, false),
    },
    partitions: 2,
    stages: [
      { configs: { 'service.time.distribution': 'exponential', 'service.time.ms': 9, 'isolation.level': 'read_committed' }, keeps: 0.8 },
      { configs: { 'service.time.ms': 1 }, keeps: 1 },
    ],
    durationMs: seconds * 1000,
    faults: [
      { atMs: 2_000, action: 'member.crash', node: 'stage-0', member: 0 },
      { atMs: 3_000, action: 'member.restart', node: 'stage-0', member: 0 },
      { atMs: 4_000, action: 'outage.start', node: 'stage-1' },
      { atMs: 4_500, action: 'outage.end', node: 'stage-1' },
    ],
  });
  const kept = { 'segment.bytes': 1_048_576, 'retention.bytes': 2_000_000 };
  return {
    ...base,
    nodes: base.nodes.map((node) => (node.id === 'topic-0' ? { ...node, config: { ...node.config, ...kept } } : node)),
    cluster: { config: { ...base.cluster.config, 'log.retention.check.interval.ms': 500 } },
  };
}

function start(document: PipelineDocument, options: Parameters<typeof createRun>[1] = {}): Run {
  const { topology, findings } = compile(document);
  if (topology === null) throw new Error(findings.map(({ message }) => message).join(' '));
  return createRun(topology, options);
}

/** Records of one key that lie in a partition in another order than they were sent. */
function outOfOrder(run: Run): number {
  const read = createFetchedRecords(-1);
  let wrong = 0;
  for (const { log } of run.state.partitions) {
    const last = new Map<number, number>();
    for (let offset = log.logStartOffset; offset < log.logEndOffset; offset = read.nextOffset) {
      readBatches(log, { offset, limit: log.logEndOffset, maxBytes: Infinity, maxRecords: Infinity, atLeastOne: true }, read);
      if (read.nextOffset <= offset) break;
      for (let i = 0; i < read.count; i++) {
        const key = read.columns.key[i]!;
        if ((last.get(key) ?? -1) > read.columns.sequence[i]!) wrong++;
        last.set(key, read.columns.sequence[i]!);
      }
    }
  }
  return wrong;
}

/** What does not add up after any event of runs from several seeds. */
function conserved(report: CaseReport): Record<string, number> {
  let violations = 0;
  for (let i = 0; i < Math.min(3, report.seeds.count); i++) {
    const run = start(eventful(), { seed: report.seeds.first + i });
    while (run.ctx.events.nowUs < seconds * 1e6 && advance(run, { untilUs: seconds * 1e6, maxEvents: 1 }).kind !== 'reached') {
      settleAll(run.ctx);
      violations += ledgerViolations(run.ctx).length;
    }
    violations += outOfOrder(run);
    const { expiredUnread, steppedOver } = reportOf(run).ledger.paths[0]!;
    if (expiredUnread === 0 || steppedOver === 0) throw new Error('no record expired unread, or none was aborted');
  }
  return { violations };
}

/** Lag as the run says it, taken at every moment at which it can change, against the sum of the times in the system. */
function littlesLaw(report: CaseReport): Record<string, number> {
  const records = 3_000;
  const document = pipelineOf({
    producer: { 'workload.shape': 'poisson', 'workload.rate': 800, 'workload.records': records },
    partitions: 1,
    stages: [{ configs: { 'service.time.distribution': 'exponential', 'service.time.ms': 1 }, keeps: 1 }],
    durationMs: 60_000,
  });
  const samples: Samples = createSamples(records);
  const seed = report.seeds.first;
  const probe = collectInto(document.nodes.map(({ id }) => (id === 'stage-0' ? samples : null)));
  advance(start(document, { seed, probe }), { untilUs: 60e6, maxEvents: Infinity });
  if (samples.count !== records) throw new Error(`${samples.count} of ${records} records were served`);
  const run = start(document, { seed });
  const moments = Float64Array.from([...samples.sentUs, ...samples.endUs]).sort();
  let integral = 0;
  let lag = 0;
  let lastUs = 0;
  for (const momentUs of moments) {
    if (momentUs === lastUs) continue;
    integral += lag * (momentUs - lastUs);
    advance(run, { untilUs: momentUs, maxEvents: Infinity });
    lag = reportOf(run).groups[0]!.lagRecords;
    lastUs = momentUs;
  }
  if (lag !== 0) throw new Error(`the run ends with a lag of ${lag}`);
  let sojourns = 0;
  for (let i = 0; i < records; i++) sojourns += samples.endUs[i]! - samples.sentUs[i]!;
  const difference = Math.abs(integral / sojourns - 1);
  return { relative_difference: difference <= 1e-9 ? 0 : difference };
}

/** Runs one case; gives whether it is one of these. */
export function checkConservationCase({ id, title, expected }: ConservationCase, report: CaseReport): boolean {
  let found: Record<string, number> | null = null;
  if (/^conservation/i.test(title)) found = conserved(report);
  else if (/^little's law/i.test(title)) found = littlesLaw(report);
  if (found === null) return false;
  report.check(`${id} ${title}`, found, expected);
  return true;
}
