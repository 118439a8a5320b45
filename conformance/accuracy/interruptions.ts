/** Servers that are away now and then: consumers that sleep when they find nothing, and targets that break down. */
import { createStream, nextUniform } from '../../src/engine/kernel/random.ts';
import type { Fault, PipelineDocument } from '../../src/pipeline/document.ts';
import { collect, exponential, meanMs, poisson, type Words } from './experimentRuns.ts';
import { pipelineOf } from './idealDocument.ts';
import { find, number, readMean, readRate } from './reading.ts';
import type { Experiment } from './statistics.ts';

/** So short that it shows in no figure, and long enough that a fetch which finds nothing is answered after it. */
const linkMs = 0.001;

const withoutSleep = (title: string): string => title.replace(/sleeps[^;,]*/i, '');

/** A consumer that finds its topic empty sleeps, then looks again, and serves what it finds until nothing is left. */
export function vacations({ model, title }: Words, records: number): Experiment | null {
  const sleepMs = find(title, `sleeps(?: exactly)? ${number} ms`)?.[0];
  const rate = readRate(title);
  const serviceMs = readMean(withoutSleep(title));
  if (!/vacation/i.test(model) || sleepMs === undefined || rate === null || serviceMs === null) return null;
  const base = pipelineOf({
    producer: poisson(rate, records),
    partitions: 1,
    stages: [
      { configs: { ...exponential(serviceMs), prefetch: false, 'fetch.max.wait.ms': 0, 'poll.idle.ms': sleepMs - 2 * linkMs }, keeps: 1 },
    ],
    durationMs: Math.ceil((records / rate) * 1000),
  });
  const document: PipelineDocument = { ...base, cluster: { config: { ...base.cluster.config, 'network.latency.ms': linkMs } } };
  return {
    way: `poll.idle.ms, ${records} records`,
    figures(seed) {
      const [served] = collect(document, ['stage-0'], { seed, records }).of;
      return {
        mean_wait_ms: meanMs(served!, served!.sentUs, (i) => served!.startUs[i]!),
        mean_sojourn_ms: meanMs(served!, served!.sentUs, (i) => served!.endUs[i]!),
      };
    },
  };
}

/** Outages of a node that is up and down for exponential times, until `untilMs`. */
function outages(options: { seed: number; upMs: number; downMs: number; untilMs: number }): Fault[] {
  const { seed, upMs, downMs, untilMs } = options;
  const stream = createStream(seed, 'breakdowns');
  const draw = (meanOf: number): number => -Math.log(1 - nextUniform(stream)) * meanOf;
  const faults: Fault[] = [];
  for (let atMs = draw(upMs); atMs < untilMs; atMs += draw(upMs)) {
    faults.push({ atMs, action: 'outage.start', node: 'stage-0' });
    atMs += draw(downMs);
    faults.push({ atMs, action: 'outage.end', node: 'stage-0' });
  }
  return faults;
}

/** Records at which a consumer that has always enough to do is measured. */
const saturatedRecords = 100_000;

/** A target that stops answering at random, busy or idle; what it was at goes on where it stood. */
export function breakdowns({ model, title }: Words, records: number): Experiment | null {
  const times = find(title, `up exp(?:onential)?(?: mean)? ${number} ms, down exp(?:onential)?(?: mean)? ${number} ms`);
  const rate = readRate(title);
  const serviceMs = readMean(title.slice(title.lastIndexOf(';') + 1));
  if (!/breakdown/i.test(model) || times === null || rate === null || serviceMs === null) return null;
  const [upMs, downMs] = times as [number, number];
  const documentOf = (options: { seed: number; rate: number; records: number; durationMs: number }): PipelineDocument =>
    pipelineOf({
      producer: poisson(options.rate, options.records),
      partitions: 1,
      stages: [{ configs: { ...exponential(serviceMs), 'max.poll.interval.ms': 2_000_000_000 }, keeps: 1 }],
      durationMs: options.durationMs,
      faults: outages({ seed: options.seed, upMs, downMs, untilMs: options.durationMs * 1.2 }),
    });
  return {
    way: `outages of ${downMs} ms after ${upMs} ms, ${records} records`,
    figures(seed) {
      const durationMs = Math.ceil((records / rate) * 1000);
      const [served] = collect(documentOf({ seed, rate, records, durationMs }), ['stage-0'], { seed, records }).of;
      // All records are there at once, and the target works whenever it is up.
      const busyMs = saturatedRecords * serviceMs * (1 + downMs / upMs);
      const burst = documentOf({ seed: seed + 500_000, rate: 1e6, records: saturatedRecords, durationMs: busyMs });
      const { endUs, count } = collect(burst, ['stage-0'], { seed, records: saturatedRecords }).of[0]!;
      const limit = count / (endUs[count - 1]! / 1e6);
      return {
        mean_sojourn_ms: meanMs(served!, served!.sentUs, (i) => served!.endUs[i]!),
        availability: (limit * serviceMs) / 1000,
        stability_limit_rate_per_s: limit,
      };
    },
  };
}
