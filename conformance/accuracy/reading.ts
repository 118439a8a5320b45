/**
 * From a case's words to a set-up. Cases say in a model (Kendall's notation) and a title what arrives, how it is served and by whom; reading
 * both means that a case with other numbers needs no new code. What is not understood is said, never guessed.
 */
import type { ConfigValue } from '../../src/pipeline/document.ts';

/** A queueing case as the data file has it. */
export interface QueueingCase {
  readonly id: string;
  readonly group?: string;
  readonly model: string;
  readonly title: string;
  readonly expected: Readonly<Record<string, unknown>>;
  readonly tolerance: { readonly type: 'relative' | 'absolute'; readonly value: number; readonly on?: string } | string;
  readonly min_records?: number | string;
}

/** Service time of one stage as configs, with its mean. */
export interface Stage {
  readonly configs: Readonly<Record<string, ConfigValue>>;
  readonly meanMs: number;
  /** Part of the records the stage passes on; 1 unless it filters. */
  readonly keeps: number;
}

export interface SetUp {
  /** Records a second that reach one queue, together for all partitions. */
  readonly rate: number;
  readonly arrivals: 'poisson' | 'constant';
  /** Records that arrive together. */
  readonly groupSize: number;
  /** Arrivals are every k-th of a Poisson stream: Erlang-k distances. */
  readonly erlangArrivals: number;
  readonly partitions: number;
  readonly consumers: number;
  readonly stages: readonly Stage[];
  /** Consumers take the next record from one queue, whatever the partition: a share group. */
  readonly shares: boolean;
  /** Most records of one poll that are served together; 0 for one by one. */
  readonly bulk: number;
}

export const number = String.raw`(\d[\d,]*(?:\.\d+)?|\.\d+)`;
const exponentialWord = String.raw`exp(?:onential)?`;

export function find(text: string, pattern: string): number[] | null {
  const match = new RegExp(pattern, 'i').exec(text);
  return match === null ? null : match.slice(1).map((part) => Number(part.replaceAll(',', '')));
}

/** Services of a model, letter by letter: M, D, E_k, H, LN, U, G. */
function readStages(model: string, title: string): Stage[] | null {
  const several = new RegExp(`${exponentialWord} service ((?:[\\d.]+, ?)+[\\d.]+) ms`, 'i').exec(title);
  if (several !== null) return several[1]!.split(',').map((part) => exponential(Number(part)));
  const split = find(
    title,
    `stage A \\(${exponentialWord} ${number} ms\\).*keeps ${number} ?%.*stage B \\(${exponentialWord} ${number} ms\\)`,
  );
  if (split !== null) return [{ ...exponential(split[0]!), keeps: split[1]! / 100 }, exponential(split[2]!)];
  const one = readMixture(title) ?? readSpread(model, title) ?? readPlain(model, title);
  return one === null ? null : [one];
}

const stage = (distribution: string, meanMs: number, more: Readonly<Record<string, ConfigValue>> = {}): Stage => ({
  configs: { 'service.time.distribution': distribution, 'service.time.ms': meanMs, ...more },
  meanMs,
  keeps: 1,
});

const exponential = (meanMs: number): Stage => stage('exponential', meanMs);

/** Two classes of records: both exact (two-point), or both exponential (hyperexponential of the same mean and variance). */
function readMixture(title: string): Stage | null {
  const exact = find(title, `${number}% [^%]*?exactly ${number} ms[^%]*?${number}% [^%]*?exactly ${number} ms`);
  if (exact !== null) {
    const [share, low, , high] = exact as [number, number, number, number];
    const probability = 1 - share / 100;
    const configs = {
      'service.time.low.ms': low,
      'service.time.high.ms': high,
      'service.time.high.probability': Number(probability.toFixed(12)),
    };
    return stage('two-point', low * (share / 100) + high * probability, configs);
  }
  const random = find(
    title,
    `${number}% [^%]*?${exponentialWord}(?: mean)? ${number} ms[^%]*?${number}% [^%]*?${exponentialWord}(?: mean)? ${number} ms`,
  );
  if (random === null) return null;
  const [share, first, , second] = random as [number, number, number, number];
  const p = share / 100;
  const meanMs = p * first + (1 - p) * second;
  // The waiting time of M/G/1 follows from mean and second moment alone (Pollaczek-Khinchine).
  const squareMs = 2 * (p * first * first + (1 - p) * second * second);
  return stage('hyperexponential', meanMs, { 'service.time.cv': Math.sqrt(squareMs / (meanMs * meanMs) - 1) });
}

function readSpread(model: string, title: string): Stage | null {
  const text = `${model} ${title}`;
  const uniform = find(title, `uniform[^\\d]*${number} ?(?:,|to|and|-|–|\\.\\.) ?${number}\\]? ?ms`);
  if (uniform !== null) {
    const [min, max] = uniform as [number, number];
    return stage('uniform', (min + max) / 2, { 'service.time.min.ms': min, 'service.time.max.ms': max });
  }
  const meanMs = readMean(title);
  if (meanMs === null) return null;
  const shape = find(title, `erlang[- (]*(?:k ?= ?)?${number}`) ?? find(model, `/E_?\\[?${number}`);
  if (shape !== null && /\/E|erlang[^/]*service|service[^/]*erlang|\(erlang/i.test(text))
    return stage('erlang', meanMs, { 'service.time.shape': shape[0]! });
  const cv = readVariation(title);
  if (/log-?normal/i.test(text) && cv !== null) return stage('lognormal', meanMs, { 'service.time.cv': cv });
  if (/hyper-?exponential|\/H_?2/i.test(text) && cv !== null) return stage('hyperexponential', meanMs, { 'service.time.cv': cv });
  return null;
}

/** Coefficient of variation, given itself or squared. */
function readVariation(title: string): number | null {
  const squared = find(title, `(?:scv|cv\\^?2|cv²|c_?s\\^?2|c²)[^\\d]*${number}`);
  if (squared !== null) return Math.sqrt(squared[0]!);
  const plain = find(title, `(?:cv|coefficient of variation)[^\\d]*${number}`);
  return plain === null ? null : plain[0]!;
}

/** The mean of the service: the time said to be one, or the last one that is no distance between arrivals. */
export function readMean(title: string): number | null {
  const said =
    find(title, `(?:service|${exponentialWord})[^,;:]{0,24}?mean ${number} ms`) ??
    find(title, `mean(?: service)?(?: time)? ${number} ms`) ??
    find(title.replace(/every [\d.]+ ms/gi, ''), `${number} ms`);
  return said === null ? null : said[0]!;
}

function readPlain(model: string, title: string): Stage | null {
  const meanMs = readMean(title);
  if (meanMs === null) return null;
  const service = /\/\s*([A-Z])/i.exec(model.replace(/^.*? x /i, ''))?.[1]?.toUpperCase();
  if (service === 'M') return exponential(meanMs);
  return service === 'D' ? stage('constant', meanMs) : null;
}

export function readRate(title: string): number | null {
  const bursts = find(title, `bursts of ${number} records?.*?${number} bursts\\/s`);
  if (bursts !== null) return bursts[0]! * bursts[1]!;
  const every = find(title, `(?:one|a) records? every ${number} ms`);
  if (every !== null) return 1000 / every[0]!;
  const rate = find(title, `${number} ?(?:rec(?:ords?)?)?\\/s`);
  return rate === null ? null : rate[0]!;
}

/** How many share one queue: as the words say, else as the model does. */
const readWorkers = (model: string, title: string): number | null =>
  (find(title, `${number} (?:workers?|members?|consumers?|servers?)`) ?? find(model, `^[^/]+/[^/]+/${number}`))?.[0] ?? null;

/** Reads a case; a text says what was not understood. A title may refer to another of `cases` by its id; what it does not say itself is then taken from there. */
export function readSetUp(entry: Pick<QueueingCase, 'model' | 'title' | 'expected'>, cases: readonly QueueingCase[] = []): SetUp | string {
  const { model, expected } = entry;
  const named = /\bQ\d+\b/.exec(entry.title)?.[0];
  const other = cases.find((candidate) => candidate.id === named);
  const title = other === undefined ? entry.title : `${entry.title}; ${other.title}`;
  const bare = model.replace(/^(\d+) x /i, '');
  const arrival = /^(M|D|E)/.exec(bare)?.[1] ?? (/tandem|jackson split/i.test(model) ? 'M' : null);
  const shares = /share group|KIP-932|work[- ]sharing/i.test(entry.title);
  const several = /\/M\/[2-9]|\/M\/\d\d|Erlang C/i.test(model);
  if (arrival === null || /vacation|breakdown|\/inf|\/K\b|feedback|fork|Erlang B/i.test(model) || (several && !shares))
    return `model ${model} has no set-up here`;
  const rate = readRate(title);
  if (rate === null) return 'no rate found in its title';
  const stages = readStages(bare, entry.title) ?? readStages(bare, title);
  if (stages === null) return 'no service time found in its title';
  const groupSize = find(bare, `^M\\^\\[${number}\\]`)?.[0] ?? 1;
  const erlangArrivals =
    arrival === 'E' ? (find(bare, `^E_?\\[?${number}`)?.[0] ?? find(title, `erlang[- (]*(?:k ?= ?)?${number}`)?.[0]) : 1;
  if (erlangArrivals === undefined) return 'no number of Erlang stages found';
  const bulk = /\^\[1, ?\w+\]/.test(bare) ? find(title, `up to ${number} records?`)?.[0] : 0;
  if (bulk === undefined) return 'no largest batch found in its title';
  const setUp: SetUp = {
    rate,
    arrivals: arrival === 'D' ? 'constant' : 'poisson',
    groupSize,
    erlangArrivals,
    // One queue is one partition, unless the case itself says otherwise: over several the order is not that of arrival.
    partitions: find(shares ? entry.title : title, `${number} partitions?`)?.[0] ?? 1,
    consumers:
      (shares ? readWorkers(bare, entry.title) : null) ??
      find(title, `${number} (?:idle )?consumers?`)?.[0] ??
      find(model, `^${number} x `)?.[0] ??
      1,
    stages,
    shares,
    bulk,
  };
  const misread = disagreement(setUp, expected);
  return misread ?? setUp;
}

/** A utilisation given by the case tells whether rate, service and consumers were read right. */
function disagreement(setUp: SetUp, expected: Readonly<Record<string, unknown>>): string | null {
  const given = expected['utilisation'] ?? expected['per_partition_utilisation'];
  if (typeof given !== 'number' || setUp.bulk > 0) return null;
  const servers = setUp.shares ? setUp.consumers : Math.min(setUp.partitions, setUp.consumers);
  const read = (setUp.rate / 1000) * (setUp.stages[0]!.meanMs / servers);
  return Math.abs(read - given) <= 1e-6 * given ? null : `read as utilisation ${read}, but it says ${given}`;
}
