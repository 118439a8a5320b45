/** Looking at a run without touching it: counters are made exact for the moment, samples are taken. Nothing here draws, schedules or traces. */
import type { ProcessContext } from '../process/context.ts';
import { settle } from '../process/settle.ts';
import { settleProducer } from '../producer/producer.ts';
import { quantileUs } from '../measures/histogram.ts';
import { noteMark } from './lag/marks.ts';
import { nodeLag, ownersOf } from './lag.ts';
import { type Series, seriesQuantities, thinOut } from './series.ts';

/** Settles every sink and every source up to the clock's now. */
export function settleAll(ctx: ProcessContext): void {
  settleSinks(ctx);
  for (let i = 0; i < ctx.producers.length; i++) settleProducer(ctx, i);
}

/** Settles every member of a sink; those that go by steps settle themselves, at their own events. */
export function settleSinks(ctx: ProcessContext): void {
  const { nowUs } = ctx.events;
  for (const worker of ctx.workers) if (worker.alive && !worker.stepwise && worker.stalledSinceUs < 0) settle(ctx, worker, nowUs);
}

/** Records a node took in and gave out so far, whatever its role. */
export function countsOf(ctx: ProcessContext, nodeIndex: number): { recordsIn: number; recordsOut: number } {
  const node = ctx.nodes[nodeIndex]!;
  if (node.role === 'producer') {
    const producer = ctx.producers[node.producer]!;
    return { recordsIn: producer.sentRecords, recordsOut: producer.ackedRecords };
  }
  const metrics = ctx.metrics[nodeIndex]!;
  if (node.role !== 'topic') return metrics;
  let appended = 0;
  let fetched = 0;
  const topic = ctx.topics[node.outputs[0]![0]!]!;
  for (let p = topic.firstPartition; p < topic.firstPartition + topic.partitionCount; p++) {
    const { appendedRecords, controlRecords } = ctx.partitions[p]!.log;
    appended += appendedRecords - controlRecords;
    fetched += ctx.partitions[p]!.fetchedRecords;
  }
  return { recordsIn: appended, recordsOut: fetched };
}

/** Takes one sample of every node; the clock stands at the series' next moment. */
export function takeSample(ctx: ProcessContext, series: Series): void {
  const timeUs = series.nextUs;
  settleAll(ctx);
  if (series.count === series.capacity) thinOut(series);
  const at = series.count++;
  series.timesUs[at] = timeUs;
  const seconds = (timeUs - series.lastUs) / 1e6;
  const owners = ctx.groups.map((_, group) => ownersOf(ctx, group));
  noteMark(ctx, series.lagMarks, owners);
  for (let n = 0; n < ctx.nodes.length; n++) {
    const node = ctx.nodes[n]!;
    const { recordsIn, recordsOut } = countsOf(ctx, n);
    const put = (quantity: (typeof seriesQuantities)[number], value: number) => {
      series.values[n * seriesQuantities.length + seriesQuantities.indexOf(quantity)]![at] = value;
    };
    put('rate-in', (recordsIn - series.lastIn[n]!) / seconds);
    put('rate-out', (recordsOut - series.lastOut[n]!) / seconds);
    series.lastIn[n] = recordsIn;
    series.lastOut[n] = recordsOut;
    sampleConsumption(ctx, series, n, node.group >= 0 ? owners[node.group]! : null, put);
  }
  series.lastUs = timeUs;
  series.nextUs = timeUs + series.intervalUs;
}

function sampleConsumption(
  ctx: ProcessContext,
  series: Series,
  nodeIndex: number,
  owners: Int32Array | null,
  put: (quantity: (typeof seriesQuantities)[number], value: number) => void,
): void {
  const metrics = ctx.metrics[nodeIndex]!;
  const last = series.lastCounts[nodeIndex];
  if (!owners || !last || !metrics.latency) {
    for (const quantity of ['lag-records', 'lag-seconds', 'latency-p50-ms', 'latency-p99-ms'] as const) put(quantity, NaN);
    return;
  }
  const lag = nodeLag(ctx, nodeIndex, owners);
  put('lag-records', lag.records);
  put('lag-seconds', lag.seconds);
  metrics.lagSamples++;
  metrics.lagRecordsSum += lag.records;
  if (lag.records > metrics.lagRecordsMax) metrics.lagRecordsMax = lag.records;
  if (!Number.isNaN(lag.seconds)) {
    metrics.lagSecondsSum += lag.seconds;
    if (lag.seconds > metrics.lagSecondsMax) metrics.lagSecondsMax = lag.seconds;
  }
  put('latency-p50-ms', quantileUs(metrics.latency, 0.5, last) / 1000);
  put('latency-p99-ms', quantileUs(metrics.latency, 0.99, last) / 1000);
  last.set(metrics.latency.counts);
}
