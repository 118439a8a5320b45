/**
 * Fluid cases: everything constant, so lag is a polygon and every corner is known. Each runs record by record like any other pipeline.
 */
import { advance, compile, createRun, reportOf } from '../../src/engine/index.ts';
import type { ConfigValue, Fault } from '../../src/pipeline/document.ts';
import type { CaseReport } from '../suite.ts';
import { fairKeys, pipelineOf } from './idealDocument.ts';
import { collectInto, createSamples, type Samples } from './samples.ts';

export interface FluidCase {
  readonly id: string;
  readonly title: string;
  readonly formula?: string;
  readonly expected: Readonly<Record<string, unknown>>;
  readonly tolerance: string;
}

type Configs = Readonly<Record<string, ConfigValue>>;

interface FluidSetUp {
  /** What it is, where a case is run in more than one way. */
  readonly way: string;
  readonly producer: Configs;
  readonly partitions: number;
  readonly consumer: Configs;
  readonly faults: readonly Fault[];
  readonly records: number;
  /** Rebalances up to here belong to the start of the group. */
  readonly settledMs: number;
  /** When whatever disturbs the queue is over. */
  readonly disturbedUntilMs: number;
}

const number = String.raw`([\d,.]*\d)`;
function find(text: string, pattern: string): number[] | null {
  const match = new RegExp(pattern, 'i').exec(text);
  return match === null ? null : match.slice(1).map((part) => Number(part.replaceAll(',', '')));
}

const capacityOf = (perSecond: number): Configs => ({ 'service.time.distribution': 'constant', 'service.time.ms': 1000 / perSecond });
const steady = (rate: number): Configs => ({ 'workload.shape': 'constant', 'workload.rate': rate });

function overload({ title, expected }: FluidCase): FluidSetUp[] | null {
  const rates = find(title, `overload: ${number} rec/s in, .*capacity ${number} rec/s`);
  if (rates === null) return null;
  const seconds = Math.max(...Object.keys(expected).map((name) => find(name, `at_${number}_s$`)?.[0] ?? 0));
  const records = Math.ceil(rates[0]! * seconds) + 1;
  const base = { way: '', partitions: 1, faults: [], settledMs: 0, disturbedUntilMs: 0 };
  return [{ ...base, producer: { ...steady(rates[0]!), 'workload.records': records }, consumer: capacityOf(rates[1]!), records }];
}

function burst({ title, expected }: FluidCase): FluidSetUp[] | null {
  const rates = find(title, `burst: ${number} rec/s for ${number} s then ${number} rec/s; capacity ${number} rec/s`);
  if (rates === null) return null;
  const [high, seconds, low, capacity] = rates as [number, number, number, number];
  const zeroAt = Number(expected['lag_zero_at_s'] ?? seconds * 10);
  const records = Math.round(high * seconds + low * (zeroAt * 1.2 - seconds));
  const producer: Configs = {
    'workload.shape': 'bursts',
    'workload.rate': low,
    'workload.burst.rate': high,
    'workload.burst.ms': seconds * 1000,
    'workload.burst.every.ms': 1e12,
    'workload.records': records,
  };
  const base = { way: '', partitions: 1, faults: [], settledMs: 0, disturbedUntilMs: seconds * 1000 };
  return [{ ...base, producer, consumer: capacityOf(capacity), records }];
}

/**
 * A consumer away for longer than max.poll.interval.ms. What that means in Kafka depends on how it is away, so the case runs in two ways. Shut down in
 * order: close() commits what is done and leaves the group, the start 10 minutes later joins an empty one. Or the system behind it does not answer: the
 * poll loop stands still, which Kafka takes for a dead member after max.poll.interval.ms (and reads its unfinished poll again), unless that is
 * set longer than the outage, as whoever expects such outages must.
 */
function outage({ title }: FluidCase): FluidSetUp[] | null {
  const read = find(title, `consumer outage ${number} min at ${number} rec/s, capacity ${number} rec/s`);
  if (read === null) return null;
  const [minutes, rate, capacity] = read as [number, number, number];
  const startMs = 60_000;
  const endMs = startMs + minutes * 60_000;
  const drainMs = (minutes * 60_000 * rate) / (capacity - rate);
  const records = Math.round(((endMs + drainMs * 1.05) / 1000) * rate);
  const base = {
    producer: { ...steady(rate), 'workload.records': records },
    partitions: 1,
    records,
    settledMs: startMs - 1,
    disturbedUntilMs: endMs,
  };
  return [
    {
      ...base,
      way: 'stopped and started',
      consumer: capacityOf(capacity),
      faults: [
        { atMs: startMs, action: 'member.stop', node: 'stage-0', member: 0 },
        { atMs: endMs, action: 'member.restart', node: 'stage-0', member: 0 },
      ],
    },
    {
      ...base,
      way: 'target away, max.poll.interval.ms above the outage',
      consumer: { ...capacityOf(capacity), 'max.poll.interval.ms': (endMs - startMs) * 2 },
      faults: [
        { atMs: startMs, action: 'outage.start', node: 'stage-0' },
        { atMs: endMs, action: 'outage.end', node: 'stage-0' },
      ],
    },
  ];
}

/** A static member that comes back within its session: stopped (which sends no LeaveGroup for a static member, KIP-345) and started again. */
function staticBounce({ title, formula = '' }: FluidCase): FluidSetUp[] | null {
  const away = find(title, `static membership:.* for ${number} s`);
  const flow = find(formula, `${number}\\*${number}\\*${number}; spare ${number}-${number}`);
  if (away === null || flow === null) return null;
  const [partitions, perPartition, , capacity] = flow as [number, number, number, number];
  const rate = partitions * perPartition;
  const startMs = 30_000;
  const endMs = startMs + away[0]! * 1000;
  const records = Math.round(((endMs / 1000) * rate * capacity) / (capacity - rate));
  return [
    {
      way: '',
      // In turn, so that every partition has exactly its share.
      producer: { ...steady(rate), 'workload.records': records, ...fairKeys(partitions, true) },
      partitions,
      consumer: { ...capacityOf(capacity), 'group.instance.id': 'worker', 'session.timeout.ms': 45_000 },
      faults: [
        { atMs: startMs, action: 'member.stop', node: 'stage-0', member: 0 },
        { atMs: endMs, action: 'member.restart', node: 'stage-0', member: 0 },
      ],
      records,
      settledMs: startMs - 1,
      disturbedUntilMs: endMs,
    },
  ];
}

interface Ran {
  readonly samples: Samples;
  readonly rebalances: number;
}

function runFluid(setUp: FluidSetUp): Ran {
  const document = pipelineOf({
    producer: setUp.producer,
    partitions: setUp.partitions,
    stages: [{ configs: setUp.consumer, keeps: 1 }],
    durationMs: 1e9,
    faults: setUp.faults,
  });
  const { topology, findings } = compile(document);
  if (topology === null) throw new Error(findings.map((finding) => finding.message).join(' '));
  const samples = createSamples(setUp.records + 10_000);
  const run = createRun(topology, { probe: collectInto(topology.nodes.map(({ node }) => (node.id === 'stage-0' ? samples : null))) });
  advance(run, { untilUs: setUp.settledMs * 1000, maxEvents: Infinity });
  const before = reportOf(run).groups[0]!.rebalances;
  let untilUs = setUp.disturbedUntilMs * 1000;
  for (let step = 0; step < 10_000 && samples.count < setUp.records; step++)
    advance(run, { untilUs: (untilUs += 10e6), maxEvents: Infinity });
  advance(run, { untilUs: untilUs + 60e6, maxEvents: Infinity });
  if (samples.count !== setUp.records) throw new Error(`${samples.count} records were served, ${setUp.records} sent`);
  return { samples, rebalances: reportOf(run).groups[0]!.rebalances - before };
}

/** Time of the first moment from `fromUs` on at which nothing is left, and what was left over time until then. */
function drained(samples: Samples, fromUs: number): { zeroUs: number; integralUs: number; peak: number; peakUs: number } {
  const sent = samples.sentUs.slice(0, samples.count).sort();
  const ends = samples.endUs.slice(0, samples.count).sort();
  let up = 0;
  let down = 0;
  let integralUs = 0;
  let lastUs = 0;
  let peak = 0;
  let peakUs = 0;
  while (down < ends.length) {
    const nextUs = Math.min(up < sent.length ? sent[up]! : Infinity, ends[down]!);
    integralUs += (up - down) * (nextUs - lastUs);
    lastUs = nextUs;
    while (up < sent.length && sent[up]! <= nextUs) up++;
    while (down < ends.length && ends[down]! <= nextUs) down++;
    if (up - down > peak) {
      peak = up - down;
      peakUs = nextUs;
    }
    if (up === down && nextUs > fromUs) break;
  }
  return { zeroUs: lastUs, integralUs, peak, peakUs };
}

/** Lag at a moment: sent and not yet served. */
function lagAt({ sentUs, endUs, count }: Samples, timeUs: number): number {
  let lag = 0;
  for (let i = 0; i < count; i++) lag += (sentUs[i]! <= timeUs ? 1 : 0) - (endUs[i]! <= timeUs ? 1 : 0);
  return lag;
}

function valueOf(name: string, setUp: FluidSetUp, { samples, rebalances }: Ran): number | null {
  const moment = find(name, `at_${number}_s$`);
  if (name.startsWith('lag_at_') && moment) return lagAt(samples, moment[0]! * 1e6);
  if (name.startsWith('queueing_delay_of_record_produced_at_') && moment) {
    let newest = 0;
    for (let i = 0; i < samples.count; i++)
      if (samples.sentUs[i]! <= moment[0]! * 1e6 && samples.sentUs[i]! >= samples.sentUs[newest]!) newest = i;
    return (samples.startUs[newest]! - samples.sentUs[newest]!) / 1e6;
  }
  const disturbedUntilUs = setUp.disturbedUntilMs * 1000;
  const { zeroUs, integralUs, peak, peakUs } = drained(samples, disturbedUntilUs);
  switch (name) {
    case 'peak_lag':
    case 'lag_peak':
      return peak;
    case 'peak_at_s':
      return peakUs / 1e6;
    case 'lag_zero_at_s':
      return zeroUs / 1e6;
    case 'catch_up_s':
    case 'drain_s':
      return (zeroUs - disturbedUntilUs) / 1e6;
    case 'worst_record_delay_s':
    case 'oldest_record_delay_s': {
      let worst = 0;
      for (let i = 0; i < samples.count; i++) worst = Math.max(worst, samples.startUs[i]! - samples.sentUs[i]!);
      return worst / 1e6;
    }
    case 'integral_lag_record_s':
      return integralUs / 1e6;
    case 'rebalances':
      return rebalances;
    default:
      return null;
  }
}

function allowedOf(tolerance: string, name: string, expected: number): number {
  const percent = find(tolerance, `^${number} ?%`);
  if (percent) return (Math.abs(expected) * percent[0]!) / 100;
  const word = name.startsWith('lag') ? 'lag' : 'delay';
  const absolute = find(tolerance, `${word} \\+-${number}`);
  return absolute ? absolute[0]! : 0;
}

/** Runs a fluid case in every way it can be read; one that is not understood is skipped. */
export function checkFluidCase(entry: FluidCase, report: CaseReport): void {
  const setUps = overload(entry) ?? burst(entry) ?? outage(entry) ?? staticBounce(entry);
  if (setUps === null)
    return report.skip(`${entry.id} ${entry.title}`, 'comes with the issue "Groups, guarantees and the ledger" or a later one');
  for (const setUp of setUps) {
    const way = setUp.way === '' ? entry.id : `${entry.id} (${setUp.way})`;
    const started = performance.now();
    const ran = runFluid(setUp);
    console.log(`${way} ${entry.title}: ${setUp.records} records, ${((performance.now() - started) / 1000).toFixed(1)} s`);
    for (const [name, wanted] of Object.entries(entry.expected)) {
      const value = valueOf(name, setUp, ran);
      if (value === null) {
        report.skip(`${way} ${name}`, 'no figure of that name is measured yet');
        continue;
      }
      const expected = Number(wanted);
      const allowed = allowedOf(entry.tolerance, name, expected);
      const isClose = Math.abs(value - expected) <= allowed + 1e-9;
      const line = `${name}: ${value}, expected ${expected} ± ${allowed}`;
      console.log(`  ${isClose ? 'ok  ' : 'FAIL'} ${line}`);
      report.add({ passed: isClose ? 1 : 0, failures: isClose ? [] : [`${way} ${line}`] });
    }
  }
}
