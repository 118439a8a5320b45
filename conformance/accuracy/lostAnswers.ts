/** Exact case R06: acknowledgements that are lost after the batches were written, in runs of the whole engine. */
import { advance, compile, createRun } from '../../src/engine/index.ts';
import type { ConfigValue, Fault } from '../../src/pipeline/document.ts';
import type { CaseReport } from '../suite.ts';
import { pipelineOf } from './idealDocument.ts';

export interface LostAnswersCase {
  readonly id: string;
  readonly title: string;
  readonly expected: unknown;
}

const batches = 3;
const recordsPerBatch = 40;

/** All batches are written when the link is cut, and their acknowledgements on their way; the link is whole again after the client has given up. */
function duplicates(idempotence: boolean): number {
  const ends = { between: ['node:source'], and: ['broker:0'] } as const;
  const faults: readonly Fault[] = [
    { atMs: 380, action: 'network.cut', ...ends },
    { atMs: 10_000, action: 'network.heal', ...ends },
  ];
  const producer: Readonly<Record<string, ConfigValue>> = {
    acks: 'all',
    'enable.idempotence': idempotence,
    'workload.rate': 1000,
    'workload.records': batches * recordsPerBatch,
    'linger.ms': recordsPerBatch - 1,
    'request.timeout.ms': 2_000,
  };
  const base = pipelineOf({
    producer,
    partitions: 1,
    stages: [{ configs: { 'service.time.ms': 0 }, keeps: 1 }],
    durationMs: 60_000,
    faults,
  });
  const { topology, findings } = compile({ ...base, cluster: { config: { ...base.cluster.config, 'network.latency.ms': 200 } } });
  if (topology === null) throw new Error(findings.map((finding) => finding.message).join(' '));
  const run = createRun(topology);
  advance(run, { untilUs: 60e6, maxEvents: Infinity });
  const { ackedRecords } = run.ctx.producers[0]!;
  if (ackedRecords !== batches * recordsPerBatch) throw new Error(`${ackedRecords} records were acknowledged in the end`);
  return run.ctx.partitions[0]!.log.logEndOffset - ackedRecords;
}

/** Runs the case if it is the one; gives whether it was. */
export function checkLostAnswersCase({ id, title, expected }: LostAnswersCase, report: CaseReport): boolean {
  if (id !== 'R06') return false;
  const found = { idempotence_off: { duplicates: duplicates(false) }, idempotence_on: { duplicates: duplicates(true) } };
  report.check(`${id} ${title}`, found, expected);
  return true;
}
