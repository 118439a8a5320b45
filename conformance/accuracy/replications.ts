/** Runs of one set-up with different seeds, until their means are known well enough. */
import { advance, compile, createRun, reportOf, type Topology } from '../../src/engine/index.ts';
import { measure, type Replication } from './figures.ts';
import { queueDocument } from './idealDocument.ts';
import type { SetUp } from './reading.ts';
import { collectInto, createSamples } from './samples.ts';
import { intervalOf, type Estimate } from './statistics.ts';

export interface Outcome {
  readonly estimates: readonly Estimate[];
  readonly replications: number;
  readonly records: number;
  readonly events: number;
  readonly seconds: number;
}

/** The part of a replication that is thrown away: it starts empty, which no queue in its steady state is. */
const warmUpShare = 0.1;

/** One replication, until every record that was not filtered is served. */
function replicate(
  topology: Topology,
  setUp: SetUp,
  options: { seed: number; records: number },
): { replication: Replication; events: number } {
  const stageNodes = setUp.stages.map((_, index) => topology.nodes.findIndex(({ node }) => node.id === `stage-${index}`));
  const samples = setUp.stages.map(() => createSamples(options.records));
  const byNode = topology.nodes.map((_, index) => samples[stageNodes.indexOf(index)] ?? null);
  const run = createRun(topology, { seed: options.seed, probe: collectInto(byNode) });
  const stepUs = topology.document.scenario.durationMs * 1000;
  let untilUs = stepUs;
  advance(run, { untilUs, maxEvents: Infinity });
  const lastUs = stageNodes[stageNodes.length - 1]!;
  for (let rest = 0; rest < 100 && !isDone(); rest++)
    advance(run, { untilUs: (untilUs += Math.max(1e6, stepUs / 20)), maxEvents: Infinity });
  if (!isDone()) throw new Error(`${samples[0]!.count} of ${options.records} records were served long after the last one was sent`);
  const report = reportOf(run);
  const origins = samples[0]!.originUs.subarray(0, samples[0]!.count);
  let endUs = 0;
  for (const origin of origins) if (origin > endUs) endUs = origin;
  const group = topology.nodes[lastUs]!.group;
  return {
    replication: {
      setUp,
      stages: samples,
      window: { fromUs: Math.round(endUs * warmUpShare), toUs: endUs },
      idleConsumers: report.groups[group]!.members.filter((member) => member.partitions.length === 0).length,
    },
    events: report.events,
  };

  function isDone(): boolean {
    // What a filter keeps is random, so a stage behind one is done when nothing is under way any more.
    const settled = samples[0]!.count === options.records;
    return settled && (samples.length === 1 || reportOf(run).ledger.paths.every((path) => path.underWay === 0));
  }
}

/** Replicates until `isEnough` of the estimates, at least `least` and at most `most` times. */
export function replicateUntil(
  setUp: SetUp,
  options: {
    readonly names: readonly string[];
    /** Seed of the first replication; the others follow. */
    readonly seed: number;
    readonly records: number;
    readonly least: number;
    readonly most: number;
    readonly isEnough: (estimates: readonly Estimate[]) => boolean;
  },
): Outcome {
  const document = queueDocument(setUp, options.records);
  const { topology, findings } = compile(document);
  if (topology === null) throw new Error(findings.map((finding) => finding.message).join(' '));
  const started = performance.now();
  const found: Map<string, number | readonly number[]>[] = [];
  let events = 0;
  for (;;) {
    const one = replicate(topology, setUp, { seed: options.seed + found.length, records: options.records });
    events += one.events;
    found.push(measure(one.replication, options.names));
    const estimates = options.names.flatMap((name) => estimate(name, found));
    if (found.length < options.least || (found.length < options.most && !options.isEnough(estimates))) continue;
    return {
      estimates,
      replications: found.length,
      records: found.length * options.records,
      events,
      seconds: (performance.now() - started) / 1000,
    };
  }
}

/** Mean and interval of one figure over the replications; a list of numbers gives one estimate each. */
function estimate(name: string, found: readonly Map<string, number | readonly number[]>[]): Estimate[] {
  const first = found[0]!.get(name)!;
  const places = typeof first === 'number' ? [-1] : first.map((_, place) => place);
  return places.map((place) => {
    const values = found.map((figures) => {
      const value = figures.get(name)!;
      return typeof value === 'number' ? value : value[place]!;
    });
    const { mean, halfWidth } = intervalOf(values);
    return { name: place < 0 ? name : `${name}[${place}]`, mean, halfWidth };
  });
}
