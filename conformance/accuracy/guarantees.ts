/** Exact cases of delivery guarantees, in runs of the whole engine. */
import { advance, compile, createRun, reportOf } from '../../src/engine/index.ts';
import type { Fault, PipelineDocument, PipelineNode } from '../../src/pipeline/document.ts';
import type { CaseReport } from '../suite.ts';
import { pipelineOf } from './idealDocument.ts';

export interface GuaranteeCase {
  readonly id: string;
  readonly title: string;
  readonly expected: Readonly<Record<string, unknown>>;
}

/** D05: 500 records wait when the processor starts; it has served and sent on 200 of them when it dies, and starts again. A call outside comes with each service. */
function crashInTransaction(): Record<string, unknown> {
  const faults: readonly Fault[] = [
    { atMs: 0, action: 'member.crash', node: 'stage-0', member: 0 },
    { atMs: 1_000, action: 'member.restart', node: 'stage-0', member: 0 },
    { atMs: 1_200.5, action: 'member.crash', node: 'stage-0', member: 0 },
    { atMs: 2_000, action: 'member.restart', node: 'stage-0', member: 0 },
  ];
  const exactly = { 'processing.guarantee': 'exactly_once_v2', 'commit.interval.ms': 5_000, 'service.time.ms': 1 } as const;
  const base = pipelineOf({
    producer: { acks: 'all', 'workload.rate': 1_000, 'workload.records': 500 },
    partitions: 1,
    stages: [
      { configs: exactly, keeps: 1 },
      { configs: { 'service.time.ms': 0 }, keeps: 1 },
    ],
    durationMs: 200_000,
    faults,
  });
  const sink = base.nodes.find(({ id }) => id === 'stage-1')!;
  const reader = (level: string): PipelineNode => ({
    ...sink,
    id: level,
    name: level,
    config: { ...sink.config, 'isolation.level': level },
  });
  const readers = [reader('read_committed'), reader('read_uncommitted')];
  const document: PipelineDocument = {
    ...base,
    nodes: [...base.nodes.filter(({ id }) => id !== 'stage-1'), ...readers],
    edges: [
      ...base.edges.filter(({ target }) => target !== 'stage-1'),
      ...readers.map(({ id }) => ({ id: `to-${id}`, source: 'topic-1', target: id })),
    ],
  };
  const { topology, findings } = compile(document);
  if (topology === null) throw new Error(findings.map(({ message }) => message).join(' '));
  const run = createRun(topology);
  advance(run, { untilUs: 200e6, maxEvents: Infinity });
  const report = reportOf(run);
  const readBy = (id: string): number => report.nodes.find(({ node }) => node === id)!.recordsIn;
  const committed = readBy('read_committed');
  return {
    downstream_read_committed: { lost: Math.max(0, 500 - committed), duplicates: Math.max(0, committed - 500) },
    downstream_read_uncommitted: { extra_records: readBy('read_uncommitted') - 500 },
    http_side_effects_duplicated: readBy('stage-0') - 500,
  };
}

/** Runs one case; gives whether it is one of guarantees. */
export function checkGuaranteeCase({ id, title, expected }: GuaranteeCase, report: CaseReport): boolean {
  if (id !== 'D05') return false;
  report.check(`${id} ${title}`, crashInTransaction(), expected);
  return true;
}
