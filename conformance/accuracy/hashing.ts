/** Exact cases of keys, partitions and batches: the hash and its shares, the weights of the adaptive partitioner, the sticky one's batches. */
import { advance, compile, createRun, type Run } from '../../src/engine/index.ts';
import { pow } from '../../src/engine/kernel/mathematics.ts';
import { createStream } from '../../src/engine/kernel/random.ts';
import { createFetchedRecords, readBatches } from '../../src/engine/log/partitionLog.ts';
import { noHeadersBytes, recordSizeBytes } from '../../src/engine/log/recordSize.ts';
import { foldLoadStats, pickWeighted } from '../../src/engine/producer/partitioner.ts';
import { drawPartitionNumber } from '../../src/engine/producer/source.ts';
import { internKey } from '../../src/engine/workload/keys.ts';
import { murmur2, partitionForKey } from '../../src/engine/workload/murmur2.ts';
import { encodeUtf8 } from '../../src/engine/workload/utf8.ts';
import type { CaseReport } from '../suite.ts';
import { pipelineOf } from './idealDocument.ts';

export interface HashCase {
  readonly id: string;
  readonly title: string;
  readonly expected: Readonly<Record<string, unknown>>;
  readonly min_events?: number;
}

type Row = Readonly<Record<string, number>>;

/** Standard deviations a share may be off, as the cases say. */
const deviations = 3.29;
const within = (found: number, share: number, draws: number): boolean =>
  Math.abs(found - share) <= deviations * Math.sqrt((share * (1 - share)) / draws);

/** Hash and partition of each key; columns p3, p12, … name the number of partitions. */
function vectors({ expected }: HashCase): unknown {
  const rows = expected['vectors'] as readonly Readonly<Record<string, number | string>>[];
  return {
    vectors: rows.map((row) => {
      const hex = String(row['key_hex']);
      const bytes = Uint8Array.from({ length: hex.length / 2 }, (_, i) => parseInt(hex.slice(i * 2, i * 2 + 2), 16));
      const values = Object.keys(row).map((name) => {
        const partitions = /^p(\d+)$/.exec(name)?.[1];
        if (partitions !== undefined) return [name, partitionForKey(bytes, Number(partitions))];
        return name === 'murmur2' ? [name, murmur2(bytes)] : [name, row[name]];
      });
      return Object.fromEntries(values) as unknown;
    }),
  };
}

/** Shares of the partitions as the weights of the keys make them. */
function sharesOf(keys: { prefix: string; count: number; exponent: number }, partitions: number): { shares: number[]; top: number } {
  const shares = new Array<number>(partitions).fill(0);
  let sum = 0;
  for (let i = 1; i <= keys.count; i++) {
    const weight = pow(i, -keys.exponent);
    sum += weight;
    shares[partitionForKey(encodeUtf8(`${keys.prefix}${i}`), partitions)]! += weight;
  }
  return { shares: shares.map((share) => share / sum), top: 1 / sum };
}

function produced(options: { keys: { prefix: string; count: number; exponent: number }; partitions: number; records: number }): Run {
  const { keys, partitions, records } = options;
  const document = pipelineOf({
    producer: {
      'workload.rate': 1e6,
      'workload.records': records,
      'linger.ms': 5,
      'key.shape': 'zipf',
      'key.prefix': keys.prefix,
      'key.count': keys.count,
      'key.zipf.exponent': keys.exponent,
    },
    partitions,
    stages: [{ configs: { 'service.time.ms': 0 }, keeps: 1 }],
    durationMs: records / 1000 + 1000,
    faults: [{ atMs: 0, action: 'member.stop', node: 'stage-0', member: 0 }],
  });
  const { topology, findings } = compile(document);
  if (topology === null) throw new Error(findings.map(({ message }) => message).join(' '));
  const run = createRun(topology);
  advance(run, { untilUs: document.scenario.durationMs * 1000, maxEvents: Infinity });
  return run;
}

/** Part of all records in a run's log that carry a key. */
function countKey(run: Run, text: string): number {
  const key = internKey(run.state.keys, text);
  const read = createFetchedRecords(-1);
  let count = 0;
  for (const { log } of run.state.partitions) {
    for (let offset = 0; offset < log.logEndOffset; offset = read.nextOffset) {
      readBatches(log, { offset, limit: log.logEndOffset, maxBytes: Infinity, maxRecords: Infinity, atLeastOne: true }, read);
      for (let i = 0; i < read.count; i++) if (read.columns.key[i] === key) count++;
    }
  }
  return count;
}

/** A row of the table: what the weights say must be its numbers, and what a run writes must be near them. */
function hotRow(row: Row, keys: { prefix: string; count: number }, records: number): unknown {
  const zipf = { ...keys, exponent: row['s']! };
  const partitions = row['partitions']!;
  const { shares, top } = sharesOf(zipf, partitions);
  const run = produced({ keys: zipf, partitions, records });
  const written = run.state.partitions.map(({ log }) => log.logEndOffset / records);
  const [hottest, coldest] = [shares.indexOf(Math.max(...shares)), shares.indexOf(Math.min(...shares))];
  const round = (value: number): number => Number(value.toFixed(9));
  const near = (found: number, share: number): number => (within(found, share, records) ? round(share) : found);
  const found: Record<string, number> = {
    s: zipf.exponent,
    partitions,
    top_key_share: near(countKey(run, `${keys.prefix}1`) / records, top),
    hottest_partition: written.indexOf(Math.max(...written)),
    hottest_share: near(written[hottest]!, shares[hottest]!),
    coldest_share: near(written[coldest]!, shares[coldest]!),
  };
  const name = Object.keys(row).find((column) => column.startsWith('max_total_rate'))!;
  const perPartition = Number(/does_(\d+)_per_s/.exec(name)![1]);
  const rate = perPartition / shares[hottest]!;
  // The table has seven digits of it.
  found[name] = Math.abs(rate - row[name]!) <= 5e-7 * rate ? row[name]! : rate;
  return found;
}

function hotKeys(entry: HashCase): unknown {
  const read = /(\d+) keys '(.*?)1'\.\./.exec(entry.title);
  if (read === null) return null;
  const keys = { count: Number(read[1]), prefix: read[2]! };
  const rows = entry.expected['table'] as readonly Row[];
  return { table: rows.map((row) => hotRow(row, keys, entry.min_events ?? 1_000_000)) };
}

/** Weights by queue sizes; how often each partition is drawn must fit them. */
function adaptiveWeights({ expected }: HashCase): unknown {
  const draws = 200_000;
  const stream = createStream(1, 'adaptive partitioner');
  const frequenciesFit = (weights: readonly number[], pick: (random: number) => number): boolean => {
    const counts = weights.map(() => 0);
    for (let i = 0; i < draws; i++) counts[pick(drawPartitionNumber(stream))]!++;
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return counts.every((count, i) => within(count / draws, weights[i]! / sum, draws));
  };
  const weightsOf = (name: string): unknown => {
    const queues = name === 'all_equal' ? [2, 2, 2, 2] : name.split('_').slice(1).map(Number);
    const sums = Int32Array.from(queues);
    if (!foldLoadStats(sums, sums.length)) {
      const fits = frequenciesFit(
        queues.map(() => 1),
        (random) => random % queues.length,
      );
      return fits ? 'uniform' : 'not uniform';
    }
    const weights = [...sums].map((sum, i) => sum - (sums[i - 1] ?? 0));
    return frequenciesFit(weights, (random) => pickWeighted(sums, sums.length, random))
      ? weights
      : `not in proportion to ${weights.join(' ')}`;
  };
  return Object.fromEntries(Object.keys(expected).map((name) => [name, weightsOf(name)]));
}

const kilobyte = 1024;

/** Batches of records without keys at a steady rate: their sizes, and what goes to a partition before the next one is chosen, in KB. */
function stickyBatches({ title, expected }: HashCase): unknown {
  const read = /linger\.ms=(\d+), batch\.size=(\d+) KB, steady (\d+) KB\/s/.exec(title);
  if (read === null) return null;
  const [lingerMs, batchKilobytes, rate] = read.slice(1).map(Number) as [number, number, number];
  const recordBytes = 96;
  let valueSize = recordBytes;
  const bytesOf = (size: number): number =>
    recordSizeBytes({ offsetDelta: 64, timestampDeltaMs: 64, keySize: -1, valueSize: size, headersSize: noHeadersBytes });
  while (bytesOf(valueSize) > recordBytes) valueSize--;
  const document = pipelineOf({
    producer: {
      'workload.rate': (rate * kilobyte) / recordBytes,
      'value.size.bytes': valueSize,
      'linger.ms': lingerMs,
      'batch.size': batchKilobytes * kilobyte,
    },
    partitions: 100,
    stages: [{ configs: { 'service.time.ms': 0 }, keeps: 1 }],
    durationMs: 200_000,
  });
  const sent: { partition: number; kilobytes: number }[] = [];
  const run = createRun(compile(document).topology!, {
    watcher: {
      requestSent: ({ batches }) =>
        void sent.push(...batches.map(({ partition, sizeBytes }) => ({ partition, kilobytes: Math.round(sizeBytes / kilobyte) }))),
    },
  });
  advance(run, { untilUs: 200e6, maxEvents: Infinity });
  const sizes = [...new Set(sent.map(({ kilobytes }) => kilobytes))];
  const stays: number[] = [];
  sent.forEach(({ partition, kilobytes }, i) => {
    if (i > 0 && sent[i - 1]!.partition === partition) stays[stays.length - 1]! += kilobytes;
    else stays.push(kilobytes);
  });
  stays.pop();
  const stay = Math.min(...stays);
  // By chance the next partition may be the same one.
  const isSteady = sizes.length === 1 && stays.length > 50 && stays.every((kilobytes) => kilobytes % stay === 0);
  const isBetween = stay >= batchKilobytes && stay <= 2 * batchKilobytes ? ' (between 1x and 2x batch.size)' : '';
  return {
    ...expected,
    after_fix: isSteady
      ? `${sizes[0]} KB batches only; partition switched after ${stay} KB${isBetween}`
      : `batches of ${sizes.join(', ')} KB; switched after ${[...new Set(stays)].join(', ')} KB`,
  };
}

/** Runs one case; gives whether it is one of these. */
export function checkHashCase(entry: HashCase, report: CaseReport): boolean {
  const { title, expected } = entry;
  let found: unknown = null;
  if ('vectors' in expected) found = vectors(entry);
  else if (/hot keys/i.test(title) && 'table' in expected) found = hotKeys(entry);
  else if (/adaptive partitioner weights/i.test(title)) found = adaptiveWeights(entry);
  else if (/sticky/i.test(title)) found = stickyBatches(entry);
  if (found === null) return false;
  report.check(`${entry.id} ${title}`, found, expected);
  return true;
}
