/** Exact case of determinism: the same document and seed, run again, looked at, and gone on from a checkpoint at a random event. Browsers are compared by e2e/same.spec.ts. */
import { createHash } from 'node:crypto';
import { advance, checkpoint, compile, createRun, fingerprint, reportOf, restore, type Run } from '../../src/engine/index.ts';
import { createStream, nextBelow } from '../../src/engine/kernel/random.ts';
import type { CaseReport } from '../suite.ts';
import { fairKeys, pipelineOf } from './idealDocument.ts';

export interface DeterminismCase {
  readonly id: string;
  readonly title: string;
  readonly expected: Readonly<Record<string, unknown>>;
}

/** Random arrivals, services and filters, a rebalance, a crash, an outage and a slow time. */
function startRun(seed: number): Run {
  const { topology } = compile(
    pipelineOf({
      producer: { 'workload.shape': 'poisson', 'workload.rate': 400, 'linger.ms': 5, ...fairKeys(4, false) },
      partitions: 4,
      stages: [
        { configs: { 'service.time.distribution': 'lognormal', 'service.time.ms': 2, instances: 3 }, keeps: 0.7 },
        { configs: { 'service.time.distribution': 'exponential', 'service.time.ms': 5, instances: 2 }, keeps: 1 },
      ],
      durationMs: 9_000,
      faults: [
        { atMs: 1_200, action: 'member.crash', node: 'stage-0', member: 1 },
        { atMs: 2_700, action: 'member.restart', node: 'stage-0', member: 1 },
        { atMs: 3_600, action: 'outage.start', node: 'stage-1' },
        { atMs: 11_200, action: 'outage.end', node: 'stage-1' },
        { atMs: 6_000, action: 'slow', node: 'stage-0', factor: 3 },
      ],
    }),
  );
  return createRun(topology!, { seed });
}

const untilUs = 9e6;

/** The fingerprint of all events, and everything that is reported of the run. */
const digestOf = (run: Run): string =>
  createHash('sha256')
    .update(`${fingerprint(run)} ${JSON.stringify(reportOf(run))}`)
    .digest('hex');

/** Runs the case; gives whether it was one. */
export function checkDeterminismCase({ id, title, expected }: DeterminismCase, report: CaseReport): boolean {
  if (!/^determinism/i.test(title) || !('event_log_sha256_equal' in expected)) return false;
  const random = createStream(report.seeds.first, 'moments of a reload');
  let isEqual = true;
  for (let i = 0; i < report.seeds.count; i++) {
    const seed = report.seeds.first + i;
    const whole = startRun(seed);
    advance(whole, { untilUs, maxEvents: Infinity });
    let sliced = startRun(seed);
    for (let reload = 0; reload < 3; reload++) {
      advance(sliced, { untilUs, maxEvents: 1 + nextBelow(random, Math.ceil(whole.ctx.events.taken / 3)) });
      reportOf(sliced);
      // What a host stores is a structured clone.
      sliced = restore(sliced.topology, structuredClone(checkpoint(sliced)));
    }
    advance(sliced, { untilUs, maxEvents: Infinity });
    isEqual &&= digestOf(whole) === digestOf(sliced);
  }
  report.check(`${id} ${title}`, { event_log_sha256_equal: isEqual }, expected);
  return true;
}
