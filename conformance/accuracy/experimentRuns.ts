/** What experiments have in common: documents compiled and run, single records collected. */
import { advance, compile, createRun, type Run } from '../../src/engine/index.ts';
import type { RunOptions } from '../../src/engine/run/build.ts';
import type { ConfigValue, PipelineDocument } from '../../src/pipeline/document.ts';
import type { QueueingCase } from './reading.ts';
import { collectInto, createSamples, type Samples } from './samples.ts';

export type Configs = Readonly<Record<string, ConfigValue>>;
export type Words = Pick<QueueingCase, 'model' | 'title'> & Partial<Pick<QueueingCase, 'expected'>>;

/** The first part of a run, which starts empty as no queue in its steady state does. */
export const warmUpShare = 0.05;

export const exponential = (meanMs: number): Configs => ({ 'service.time.distribution': 'exponential', 'service.time.ms': meanMs });
export const poisson = (rate: number, records: number): Configs => ({
  'workload.shape': 'poisson',
  'workload.rate': rate,
  'workload.records': records,
});
export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

export function startRun(document: PipelineDocument, options: RunOptions): Run {
  const { topology, findings } = compile(document);
  if (topology === null) throw new Error(findings.map(({ message }) => message).join(' '));
  return createRun(topology, options);
}

/** Columns of the nodes whose ids are given, filled by a run until each has so many records. */
export function collect(
  document: PipelineDocument,
  nodes: readonly string[],
  options: { seed: number; records: number },
): { run: Run; of: Samples[] } {
  const of = nodes.map(() => createSamples(options.records));
  const index = document.nodes.map(({ id }) => of[nodes.indexOf(id)] ?? null);
  const run = startRun(document, { seed: options.seed, probe: collectInto(index) });
  const { durationMs } = document.scenario;
  for (let untilMs = durationMs, steps = 0; of.some(({ count }) => count < options.records); untilMs += durationMs / 10, steps++) {
    if (steps > 100) throw new Error(`${of.map(({ count }) => count).join(', ')} of ${options.records} records were served`);
    advance(run, { untilUs: untilMs * 1000, maxEvents: Infinity });
  }
  return { run, of };
}

/** Mean of `to - from` in ms of the records after the first few. */
export function meanMs({ count }: Samples, from: Float64Array, to: (i: number) => number): number {
  const first = Math.floor(count * warmUpShare);
  let sum = 0;
  for (let i = first; i < count; i++) sum += to(i) - from[i]!;
  return sum / (count - first) / 1000;
}
