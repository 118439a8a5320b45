/**
 * One server and room for so many records in all; what finds none is dropped. The room is that of a pool of one thread that refuses what its queue cannot hold: there records wait one by one, as the
 * case has them, where a producer's buffer has batches. `max.block.ms=0` is what refusing at once is called there.
 */
import { advance, type Run } from '../../src/engine/index.ts';
import { exponential, poisson, startRun, warmUpShare, type Words } from './experimentRuns.ts';
import { pipelineOf } from './idealDocument.ts';
import { find, number, readMean, readRate } from './reading.ts';
import { collectInto, courseOf, createSamples, differencesMs, meanOf } from './samples.ts';
import type { Experiment } from './statistics.ts';

export function boundedBuffer({ model, title }: Words, records: number): Experiment | null {
  const places = find(title, `bounded buffer of ${number} records in system`)?.[0];
  const rate = readRate(title);
  const serviceMs = readMean(title);
  if (!/^M\/M\/1\/K/.test(model) || places === undefined || rate === null || serviceMs === null) return null;
  const configs = {
    ...exponential(serviceMs),
    'processing.mode': 'pool',
    'pool.threads': 1,
    'pool.queue.capacity': places - 1,
    'pool.when.full': 'reject',
  };
  const document = pipelineOf({
    producer: poisson(rate, records),
    partitions: 1,
    stages: [{ configs, keeps: 1 }],
    durationMs: Math.ceil((records / rate) * 1000),
  });
  return {
    way: `a pool of one thread that refuses, ${records} records`,
    figures(seed) {
      const served = createSamples(records);
      const refusedUs: number[] = [];
      const probe = collectInto(document.nodes.map(({ id }) => (id === 'stage-0' ? served : null)));
      // The place behind the one thread is that of records that are refused.
      const run: Run = startRun(document, {
        seed,
        probe,
        watcher: { serviceEnded: (_member, _done, _endUs, place) => void (place === 1 && refusedUs.push(run.ctx.events.nowUs)) },
      });
      advance(run, { untilUs: document.scenario.durationMs * 1200, maxEvents: Infinity });
      const { count } = served;
      if (count + refusedUs.length !== records)
        throw new Error(`${count} records were served and ${refusedUs.length} refused of ${records}`);
      const sentUs = served.sentUs.slice(0, count);
      const startUs = served.startUs.slice(0, count);
      const endUs = served.endUs.slice(0, count);
      const toUs = sentUs[count - 1]!;
      const window = { fromUs: toUs * warmUpShare, toUs };
      const isWithin = (us: number): boolean => us > window.fromUs && us <= window.toUs;
      const course = courseOf(sentUs, endUs, window);
      if (course.max > places) throw new Error(`${course.max} records were in the system at a time`);
      const refused = refusedUs.filter(isWithin).length;
      return {
        drop_probability: refused / (refused + sentUs.filter(isWithin).length),
        throughput_per_s: endUs.filter(isWithin).length / ((window.toUs - window.fromUs) / 1e6),
        mean_in_system: course.mean,
        mean_sojourn_accepted_ms: meanOf(differencesMs(served, served.sentUs, served.endUs, window)),
        utilisation: courseOf(startUs, endUs, window).mean,
      };
    },
  };
}
