import { expect, test } from 'vitest';
import { readExperiment } from './experiments.ts';

const figuresOf = (model: string, title: string, records: number): Record<string, number> => {
  const experiment = readExperiment({ model, title }, records);
  if (experiment === null) throw new Error(`${model} is not read`);
  return { ...experiment.figures(5) };
};
/** Part by which a figure is off. */
const off = (found: number | undefined, right: number): number => Math.abs(found! / right - 1);

test('a record read by two groups is done when both have served it', () => {
  // rho = 0.5: ((12 - rho) / 8) / (mu - lambda) = 1.4375 / 0.5 ms.
  const found = figuresOf('fork-join', 'Two consumer groups read the same topic (500 rec/s), each exp 1 ms', 20_000);
  expect(off(found['mean_done_ms'], 2.875)).toBeLessThan(0.06);
  expect(off(found['each_group_sojourn_ms'], 2)).toBeLessThan(0.06);
  expect(off(found['broker_egress_multiple'], 2)).toBeLessThan(0.02);
});

test('[PRO-4] batches open with a record and close linger.ms later', () => {
  const found = figuresOf('linger batching', 'One partition, Poisson 1,000 rec/s, linger.ms=2, batch.size effectively infinite', 20_000);
  expect(off(found['mean_records_per_batch'], 3)).toBeLessThan(0.03);
  expect(off(found['requests_per_s'], 1000 / 3)).toBeLessThan(0.03);
  expect(off(found['mean_linger_delay_ms'], (2 + 2) / 3)).toBeLessThan(0.03);
});

test('a backlog is gone after its length by the spare rate', () => {
  const found = figuresOf(
    'backlog drain (random walk)',
    'Start with 500 records of lag; 500 rec/s Poisson keep coming, exp 1 ms service',
    0,
  );
  expect(off(found['mean_drain_s'], 1)).toBeLessThan(0.05);
  expect(off(found['sd_drain_s'], Math.sqrt((500 * 1500) / 500 ** 3))).toBeLessThan(0.4);
});

test('a cleaned topic holds as many records as there were keys', () => {
  const found = figuresOf('occupancy', 'Distinct keys after 2,000 records over 1,000 equally likely keys', 0);
  expect(off(found['expected_distinct'], 1000 * (1 - 0.999 ** 2000))).toBeLessThan(0.01);
});

test('[SRV-15] a pool that refuses is the queue with so many places', () => {
  // a = 0.5, K = 3: p_n = (1 - a) a^n / (1 - a^4); L = sum of n p_n.
  const found = figuresOf('M/M/1/K', 'Bounded buffer of 3 records in system (drop on full, max.block.ms=0): 500 rec/s, exp 1 ms', 30_000);
  expect(off(found['drop_probability'], 1 / 15)).toBeLessThan(0.06);
  expect(off(found['throughput_per_s'], (500 * 14) / 15)).toBeLessThan(0.03);
  expect(off(found['mean_in_system'], 11 / 15)).toBeLessThan(0.05);
  expect(off(found['mean_sojourn_accepted_ms'], 11 / 7)).toBeLessThan(0.05);
  expect(off(found['utilisation'], 7 / 15)).toBeLessThan(0.03);
});

test('other cases are none of these', () => {
  expect(readExperiment({ model: 'M/M/1', title: '500 rec/s, exp 1 ms' }, 10)).toBeNull();
});
