/**
 * Systems without a queue: so many slots, and what finds none is refused; or a slot for everything. A slot is a batch in flight for a round trip. That has a fixed length where the
 * cases have exponential times: the number in flight has the same distribution for any times of the same mean (Erlang's loss formula: Sevastyanov 1957; M/G/∞: Poisson).
 */
import { advance, type Run } from '../../src/engine/index.ts';
import type { ProducerBatch } from '../../src/engine/broker/produceRequest.ts';
import type { PipelineDocument } from '../../src/pipeline/document.ts';
import { poisson, startRun, warmUpShare, type Configs, type Words } from './experimentRuns.ts';
import { pipelineOf } from './idealDocument.ts';
import { find, number, readMean, readRate } from './reading.ts';
import { courseOf, type Course } from './samples.ts';
import type { Experiment } from './statistics.ts';

const batchBytes = 1_000;
const plenty = 100_000;

interface InFlight {
  readonly course: Course;
  readonly refused: number;
}

/** Batches of one producer in flight over time: `buffer.memory` holds `slots` of them, and `max.block.ms=0` refuses what finds no memory. */
function inFlight(options: { rate: number; holdingMs: number; slots: number; records: number; seed: number }): InFlight {
  const { rate, holdingMs, slots, records, seed } = options;
  const producer: Configs = {
    ...poisson(rate, records),
    acks: '1',
    'enable.idempotence': false,
    'batch.size': batchBytes,
    'buffer.memory': slots * batchBytes,
    'max.block.ms': 0,
    'max.in.flight.requests.per.connection': slots + 1,
  };
  const stages = [{ configs: { 'service.time.ms': 0 }, keeps: 1 }];
  const base = pipelineOf({ producer, partitions: 1, stages, durationMs: Math.ceil((records / rate) * 1000) });
  const document: PipelineDocument = { ...base, cluster: { config: { ...base.cluster.config, 'network.latency.ms': holdingMs / 2 } } };
  const up = new Float64Array(records);
  const down = new Float64Array(records);
  let begun = 0;
  let ended = 0;
  const run: Run = startRun(document, {
    seed,
    watcher: {
      requestSent({ batches }) {
        for (let i = 0; i < batches.length; i++) up[begun++] = run.ctx.events.nowUs;
      },
      batchSettled(_producer: number, _batch: ProducerBatch) {
        down[ended++] = run.ctx.events.nowUs;
      },
    },
  });
  advance(run, { untilUs: document.scenario.durationMs * 1200, maxEvents: Infinity });
  const toUs = up[begun - 1]!;
  const course = courseOf(up.subarray(0, begun), down.subarray(0, ended), { fromUs: toUs * warmUpShare, toUs });
  const { failedRecords, sentRecords } = run.ctx.producers[0]!;
  return { course, refused: failedRecords / sentRecords };
}

/** So many slots, and no place to wait. */
export function lossSystem({ model, title }: Words, records: number): Experiment | null {
  const slots = find(title, `${number} (?:in-flight )?slots`)?.[0] ?? find(model, `^M/[MDG]/${number}/`)?.[0];
  const rate = readRate(title);
  const holdingMs = readMean(title);
  if (!/Erlang B|loss/i.test(model) || slots === undefined || rate === null || holdingMs === null) return null;
  return {
    way: `batches in flight, ${records} records`,
    figures(seed) {
      const { course, refused } = inFlight({ rate, holdingMs, slots, records, seed });
      if (course.max > slots) throw new Error(`${course.max} batches were in flight at a time`);
      return { drop_probability: refused, mean_in_flight: course.mean };
    },
  };
}

/** Records for each that is in flight: the variance is known to about 2 % from ten runs then, a mean far better. */
const recordsPerBusy = 5_000;

/** Everything is begun as it comes. */
export function unlimited({ model, title, expected }: Words, records: number): Experiment | null {
  const rate = readRate(title);
  const holdingMs = readMean(title);
  if (!/\/M\/inf|\/G\/inf|∞/i.test(model) || rate === null || holdingMs === null) return null;
  const enough = Math.max(records, Math.ceil(recordsPerBusy * Math.max(1, (rate * holdingMs) / 1000)));
  const tails = Object.keys(expected ?? {}).flatMap((name) => {
    const least = /^prob_in_flight_ge_(\d+)$/.exec(name)?.[1];
    return least === undefined ? [] : [{ name, least: Number(least), isRare: Number(expected![name]) < 0.02 }];
  });
  return {
    way: `batches in flight, ${enough} records`,
    figures(seed) {
      const { course, refused } = inFlight({ rate, holdingMs, slots: plenty, records: enough, seed });
      if (refused > 0) throw new Error('a record was refused');
      const { shares, mean } = course;
      const found: Record<string, number> = {
        mean_in_flight: mean,
        variance_in_flight: shares.reduce((sum, share, n) => sum + share * (n - mean) ** 2, 0),
      };
      for (const { name, least, isRare } of tails) if (!isRare) found[name] = shares.slice(least).reduce((sum, share) => sum + share, 0);
      return found;
    },
    skipped: Object.fromEntries(tails.map(({ name }) => [name, 'too rare to be met often enough in a run of a bearable length'])),
  };
}
