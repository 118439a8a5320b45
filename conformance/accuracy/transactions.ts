/** Exact cases of transactions: what committed and other readers get, and what becomes of an instance that was fenced. */
import { advance, compile, createRun, reportOf, type Run } from '../../src/engine/index.ts';
import type { ConfigValue, PipelineDocument, PipelineNode } from '../../src/pipeline/document.ts';
import type { CaseReport } from '../suite.ts';
import { pipelineOf } from './idealDocument.ts';

interface TransactionCase {
  readonly id: string;
  readonly title: string;
  readonly expected: Readonly<Record<string, unknown>>;
}

type Configs = Readonly<Record<string, ConfigValue>>;

/** Producers of one topic, and two readers of it: one of committed records, one of all. */
function runOf(producers: readonly Configs[]): Run {
  const base = pipelineOf({
    producer: { acks: 'all' },
    partitions: 1,
    stages: [{ configs: { 'service.time.ms': 0 }, keeps: 1 }],
    durationMs: 1e6,
  });
  const [source, topic, sink] = base.nodes as [PipelineNode, PipelineNode, PipelineNode];
  const sources = producers.map((configs, i) => ({
    ...source,
    id: `source-${i}`,
    name: `source-${i}`,
    config: { ...source.config, ...configs },
  }));
  const reader = (level: string) => ({ ...sink, id: level, name: level, config: { ...sink.config, 'isolation.level': level } });
  const readers = [reader('read_committed'), reader('read_uncommitted')];
  const document: PipelineDocument = {
    ...base,
    nodes: [...sources, topic, ...readers],
    edges: [
      ...sources.map(({ id }) => ({ id: `from-${id}`, source: id, target: topic.id })),
      ...readers.map(({ id }) => ({ id: `to-${id}`, source: topic.id, target: id })),
    ],
  };
  const { topology, findings } = compile(document);
  if (topology === null) throw new Error(findings.map(({ message }) => message).join(' '));
  const run = createRun(topology);
  advance(run, { untilUs: 60e6, maxEvents: Infinity });
  return run;
}

const nodeOf = (run: Run, id: string) => reportOf(run).nodes.find(({ node }) => node === id)!;

/** R08 */
function threeAborted(): Record<string, unknown> {
  const records = { 'workload.rate': 1000, 'workload.records': 1000 };
  const run = runOf([{ ...records, 'transactional.id': 'id', 'transaction.records': 100, 'transaction.abort.every': 3 }]);
  const { log } = run.ctx.partitions[0]!;
  return {
    log_end_offset: log.logEndOffset,
    read_committed_records: nodeOf(run, 'read_committed').recordsIn,
    read_uncommitted_records: nodeOf(run, 'read_uncommitted').recordsIn,
    control_markers: log.controlRecords,
  };
}

/** R10: ten records of A, then nothing for ten seconds, in the middle of which B starts and sends fifty. */
function zombie(): Record<string, unknown> {
  const bursts = {
    'workload.shape': 'bursts',
    'workload.rate': 0,
    'workload.burst.rate': 1000,
    'workload.burst.ms': 10,
    'workload.burst.every.ms': 10_000,
  };
  const second = { 'workload.rate': 100, 'workload.records': 50, 'workload.start.ms': 5_000 };
  const run = runOf([
    { ...bursts, 'transactional.id': 'id' },
    { ...second, 'transactional.id': 'id', 'transaction.records': 10 },
  ]);
  const { error, state } = nodeOf(run, 'source-0').transactions!;
  const fenced = state === 'failed' && error === 'PRODUCER_FENCED';
  return {
    A: fenced ? 'fenced (ProducerFenced/InvalidProducerEpoch)' : `${state} ${error}`,
    A_records_visible_read_committed: nodeOf(run, 'read_committed').recordsIn - 50,
  };
}

/** Runs one case; gives whether it is one of transactions. */
export function checkTransactionCase({ id, title, expected }: TransactionCase, report: CaseReport): boolean {
  const cases: Readonly<Record<string, () => Record<string, unknown>>> = { R08: threeAborted, R10: zombie };
  const run = cases[id];
  if (run === undefined) return false;
  report.check(`${id} ${title}`, run(), expected);
  return true;
}
