import { expect, test } from 'vitest';
import { partitionForKey } from '../../src/engine/workload/murmur2.ts';
import { encodeUtf8 } from '../../src/engine/workload/utf8.ts';
import { fairKeys } from './idealDocument.ts';
import { readSetUp, type QueueingCase, type SetUp } from './reading.ts';
import { replicateUntil } from './replications.ts';
import { courseOf } from './samples.ts';

const read = (model: string, title: string, cases: readonly QueueingCase[] = []) =>
  readSetUp({ model, title, expected: {} }, cases) as SetUp;
const service = (setUp: SetUp) =>
  setUp.stages.map(({ configs, meanMs }) => [configs['service.time.distribution'], Number(meanMs.toFixed(9))]);

test.each([
  ['M/M/1', 'Poisson producer 640 rec/s -> 1 partition -> 1 consumer, exponential service mean 1.25 ms', 640, 'exponential', 1.25],
  ['M/D/1', 'Poisson 500 rec/s, constant 1.5 ms per record', 500, 'constant', 1.5],
  ['M/G/1 (uniform)', '700 rec/s, service uniform on [0.5,1.5] ms', 700, 'uniform', 1],
  ['M/G/1 (two-point)', '95% of records take exactly 0.5 ms, 5% take exactly 10.5 ms; 800 rec/s', 800, 'two-point', 1],
  ['M/G/1 (H2)', '800 rec/s; 80% of records exp mean 0.5 ms, 20% exp mean 3 ms', 800, 'hyperexponential', 1],
  ['M/G/1 (lognormal)', '600 rec/s, lognormal service mean 1 ms, cv 1.5', 600, 'lognormal', 1],
  ['M/E4/1', '600 rec/s Poisson, Erlang-4 service mean 1 ms', 600, 'erlang', 1],
  ['D/M/1', 'Constant-rate producer (one record every 2 ms), exponential service mean 1 ms', 500, 'exponential', 1],
])('%s: %s', (model, title, rate, distribution, meanMs) => {
  const setUp = read(model, title);
  expect([setUp.rate, ...service(setUp)]).toEqual([rate, [distribution, meanMs]]);
});

test('arrivals in groups, at Erlang distances, and services of many', () => {
  expect(read('M^[5]/M/1', 'Producer sends fixed bursts of 5 records, 120 bursts/s Poisson, exp 1 ms each')).toMatchObject({
    rate: 600,
    groupSize: 5,
  });
  expect(read('E3/M/1', 'Erlang-3 arrivals, 700 rec/s, exp 1 ms')).toMatchObject({ rate: 700, erlangArrivals: 3, arrivals: 'poisson' });
  const bulk = read('M/M^[1,b]/1 bulk service', 'Consumer takes up to 20 records per poll and spends exp mean 10 ms per poll; 900 rec/s');
  expect(bulk).toMatchObject({ rate: 900, bulk: 20 });
  expect(read('tandem Jackson', 'Two topics in series, exp service 1.0, 0.5 ms, Poisson 700 rec/s').stages).toHaveLength(2);
});

test('what a title leaves to another case is taken from there; what is not understood is said', () => {
  const other = {
    id: 'Q01',
    model: 'M/M/1',
    title: 'Poisson producer 800 rec/s, 1 partition -> 1 consumer, exponential service mean 1 ms',
    expected: {},
  };
  const cases = [{ ...other, tolerance: '' }];
  expect(read('M/M/1', '1 partition, 4 consumers in the group: as Q01', cases)).toMatchObject({ rate: 800, partitions: 1, consumers: 4 });
  expect(readSetUp({ model: 'M/M/inf', title: '800 rec/s', expected: {} })).toMatch(/no set-up/);
  expect(readSetUp({ ...other, expected: { utilisation: 0.7 } })).toMatch(/says 0.7/);
});

test('fair keys give every partition the same share', () => {
  const partitionOf = (key: string) => partitionForKey(encodeUtf8(key), 6);
  const counts = new Map<number, number>();
  for (const key of fairKeys(6, false)['key.list'] as string[]) counts.set(partitionOf(key), (counts.get(partitionOf(key)) ?? 0) + 1);
  expect([...counts.values()]).toEqual(new Array(6).fill(8));
  const prefix = fairKeys(6, true)['key.prefix'] as string;
  expect(new Set([1, 2, 3, 4, 5, 6].map((i) => partitionOf(`${prefix}${i}`))).size).toBe(6);
});

test('the number in the system follows from when records come and go', () => {
  const course = courseOf(Float64Array.of(0, 10, 20), Float64Array.of(15, 30, 40), { fromUs: 0, toUs: 50 });
  // One until 10, two until 15, one until 20, two until 30, one until 40, none until 50.
  expect(course.mean).toBe((10 + 10 + 5 + 20 + 10) / 50);
  expect(course.max).toBe(2);
  expect([...course.shares.slice(0, 3)]).toEqual([0.2, 0.5, 0.3]);
});

test('a small M/M/1 comes out within its interval', () => {
  const names = ['mean_sojourn_ms', 'utilisation'];
  const { estimates } = replicateUntil(read('M/M/1', '500 rec/s, exp 1 ms'), {
    names,
    seed: 7,
    records: 20_000,
    least: 6,
    most: 6,
    isEnough: () => true,
  });
  const [sojourn, utilisation] = estimates;
  expect(Math.abs(sojourn!.mean - 2)).toBeLessThan(sojourn!.halfWidth);
  expect(Math.abs(utilisation!.mean - 0.5)).toBeLessThan(utilisation!.halfWidth);
});

test('one queue for several workers is a share group, with as many members as its words or its model say', () => {
  const load = {
    id: 'Q77',
    model: '4 x M/M/1',
    title: '1600 rec/s Poisson, 4 partitions, 4 consumers, exp 1 ms',
    expected: {},
    tolerance: '',
  };
  const two = read('M/M/2 (Erlang C)', 'Same load as Q77 but a share group (KIP-932) / any work-sharing queue with 2 workers', [load]);
  expect([two.shares, two.consumers, two.rate, two.partitions]).toEqual([true, 2, 1600, 1]);
  expect(read('M/M/8', '6000 rec/s, share group, exp 1 ms')).toMatchObject({ shares: true, consumers: 8, partitions: 1 });
  expect(readSetUp({ model: 'M/M/4 (Erlang C)', title: '3200 rec/s, exp 1 ms', expected: {} })).toMatch(/no set-up/);
});
