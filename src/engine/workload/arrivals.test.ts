import { describe, expect, test } from 'vitest';
import type { ConfigValue } from '../../pipeline/document.ts';
import { createStream, nextBelow } from '../kernel/random.ts';
import { workloadOf } from '../producer/harness.ts';
import { createWorkload, drawChunk } from './arrivals.ts';
import { aliasAt, createAliasTable } from './alias.ts';
import { parseListedKey } from './keyChoice.ts';
import { createKeyTable, keyText } from './keys.ts';
import { fillBelow } from './randomFill.ts';
import { burstProfile, constantProfile, countUntil, rampProfile, sineProfile, timeOfCount } from './rateProfile.ts';
import { zipfRankAt } from './zipf.ts';

interface Drawn {
  timesUs: number[];
  keys: (string | null)[];
  sizes: number[];
}

/** Records of a workload until `untilUs` (exclusive) or the end. */
function draw(settings: Record<string, ConfigValue>, untilUs = Infinity, limit = 2_000_000): Drawn {
  const table = createKeyTable();
  const workload = createWorkload({ seed: 7, name: 'source', settings: workloadOf(settings), keys: table });
  const drawn: Drawn = { timesUs: [], keys: [], sizes: [] };
  while (drawn.timesUs.length < limit) {
    drawChunk(workload, table, null);
    const { chunk } = workload;
    if (chunk.count === 0) return drawn;
    for (let i = 0; i < chunk.count; i++) {
      if (chunk.timeUs[i] >= untilUs) return drawn;
      drawn.timesUs.push(chunk.timeUs[i]);
      drawn.keys.push(chunk.key[i] < 0 ? null : keyText(table, chunk.key[i]));
      drawn.sizes.push(chunk.size[i]);
    }
  }
  return drawn;
}

const count = (settings: Record<string, ConfigValue>, untilUs: number) => draw(settings, untilUs).timesUs.length;

describe('arrivals', () => {
  test('[WRK-1] 1,200 records a second for 600 s are 720,000, without drift', () => {
    const { timesUs } = draw({ 'workload.rate': 1200, 'workload.start.ms': 1500 }, 601_500_000);
    expect(timesUs.length).toBe(720_000);
    timesUs.forEach((timeUs, n) => {
      if (timeUs !== 1_500_000 + Math.round((n * 1e6) / 1200)) throw new Error(`record ${n} at ${timeUs}`);
    });
  });

  test('[WRK-3] bursts: 5,000 a second for 60 s from the start, then 500', () => {
    const settings = { 'workload.shape': 'bursts', 'workload.rate': 500, 'workload.burst.rate': 5000, 'workload.burst.ms': 60_000 };
    const once = { ...settings, 'workload.burst.every.ms': 1e12 };
    expect(count(once, 60_000_000)).toBe(300_000);
    expect(count(once, 180_000_000)).toBe(360_000);
    const again = { ...settings, 'workload.burst.every.ms': 100_000 };
    expect(count(again, 100_000_000)).toBe(320_000);
    expect(count(again, 160_000_000)).toBe(620_000);
    const silent = { ...again, 'workload.rate': 0 };
    expect(count(silent, 160_000_000)).toBe(600_000);
    expect(draw(silent, 160_000_000).timesUs[300_000]).toBe(100_000_000);
  });

  test('[WRK-3] a ramp has the area of its trapezoid, and may end at nothing', () => {
    const ramp = { 'workload.shape': 'ramp', 'workload.rate': 1000, 'workload.ramp.rate': 3000, 'workload.ramp.ms': 10_000 };
    expect(count(ramp, 10_000_000)).toBe(20_000);
    expect(count(ramp, 20_000_000)).toBe(50_000);
    const down = { ...ramp, 'workload.ramp.rate': 0 };
    expect(draw(down).timesUs.length).toBe(5000);
    expect(count({ ...ramp, 'workload.rate': 0 }, 10_000_000)).toBe(15_000);
  });

  test('[WRK-3] a sine has its middle as mean, and is cut at 0', () => {
    const sine = { 'workload.shape': 'sine', 'workload.rate': 1000, 'workload.sine.amplitude': 800, 'workload.sine.period.ms': 20_000 };
    expect(Math.abs(count(sine, 20_000_000) - 20_000)).toBeLessThanOrEqual(1);
    expect(Math.abs(count(sine, 10_000_000) - (10_000 + (2 * 800 * 10) / Math.PI))).toBeLessThanOrEqual(1);
    const cut = { ...sine, 'workload.rate': 0, 'workload.sine.amplitude': 1000 };
    expect(count(cut, 20_000_000) - count(cut, 10_000_001)).toBe(0);
    expect(Math.abs(count(cut, 10_000_000) - (2 * 1000 * 10) / Math.PI)).toBeLessThanOrEqual(1);
  });

  test('[WRK-1] the inversion undoes the integral for every shape', () => {
    for (const profile of [constantProfile(3), rampProfile(10, 1, 5e6), burstProfile(2, 90, 1e6, 3e6), sineProfile(50, 70, 4e6)]) {
      const cursor = { cycle: 0, piece: 0 };
      for (let n = 0; n < 40; n++) {
        const timeUs = timeOfCount(profile, cursor, n * 1e6);
        expect(countUntil(profile, timeUs)).toBeCloseTo(n * 1e6, 2);
      }
    }
  });

  test('[WRK-2] Poisson arrivals follow the rate of the moment', () => {
    const poisson = draw({ 'workload.shape': 'poisson', 'workload.rate': 1000 }, 100_000_000).timesUs;
    expect(Math.abs(poisson.length - 100_000)).toBeLessThan(4 * Math.sqrt(100_000));
    const gaps = poisson.slice(1).map((timeUs, i) => timeUs - poisson[i]);
    const mean = gaps.reduce((a, b) => a + b, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    expect(Math.sqrt(variance) / mean).toBeGreaterThan(0.98);
    expect(Math.sqrt(variance) / mean).toBeLessThan(1.02);
    const bursts = { 'workload.shape': 'bursts', 'workload.arrivals': 'poisson', 'workload.rate': 100, 'workload.burst.rate': 10_000 };
    const inBurst = count(bursts, 10_000_000);
    expect(Math.abs(inBurst - 100_000)).toBeLessThan(4 * Math.sqrt(100_000));
    expect(Math.abs(count(bursts, 60_000_000) - inBurst - 5000)).toBeLessThan(4 * Math.sqrt(5000));
  });

  test('[WRK-4] groups arrive together and the rate counts records; the last one is cut at workload.records', () => {
    const { timesUs } = draw({ 'workload.rate': 1000, 'workload.group.size': 300, 'workload.records': 1000 });
    expect(timesUs.length).toBe(1000);
    expect(timesUs.slice(0, 300).every((timeUs) => timeUs === 0)).toBe(true);
    expect(timesUs[300]).toBe(300_000);
    expect(timesUs[999]).toBe(900_000);
  });

  test('a rate of 0 has no arrivals', () => {
    expect(draw({ 'workload.rate': 0 }).timesUs).toEqual([]);
    expect(draw({ 'workload.shape': 'poisson', 'workload.rate': 0 }).timesUs).toEqual([]);
  });

  test('[WRK-8] a replayed CSV keeps its times, keys and sizes', () => {
    const csv = 'at_ms,key,value,size\n5,b,hello,\n0.25,a,,\n7,,x,100\n';
    const drawn = draw({ 'workload.shape': 'replay', 'workload.csv': csv, 'workload.start.ms': 10 });
    expect(drawn.timesUs).toEqual([10_250, 15_000, 17_000]);
    expect(drawn.keys).toEqual(['a', 'b', null]);
    expect(drawn.sizes).toEqual([-1, 5, 100]);
    expect(() => draw({ 'workload.shape': 'replay', 'workload.csv': 'nothing' })).toThrow(/^workload\.csv, line 1/);
  });

  test('a workload without a needed config says which', () => {
    const settings = { ...workloadOf({}), 'workload.rate': '800' };
    expect(() => createWorkload({ seed: 1, name: 'x', settings, keys: createKeyTable() })).toThrow('workload.rate is "800"');
  });
});

describe('keys and sizes', () => {
  function shares(settings: Record<string, ConfigValue>, n: number): Map<string | null, number> {
    const found = new Map<string | null, number>();
    for (const key of draw(settings, Infinity, n).keys.slice(0, n)) found.set(key, (found.get(key) ?? 0) + 1 / n);
    return found;
  }

  test('[WRK-6] sequential keys go round; none are null', () => {
    const { keys } = draw({ 'key.shape': 'sequential', 'key.count': 3, 'key.prefix': 'k', 'workload.records': 7 });
    expect(keys).toEqual(['k1', 'k2', 'k3', 'k1', 'k2', 'k3', 'k1']);
    expect(new Set(draw({ 'key.shape': 'none', 'workload.records': 7 }).keys)).toEqual(new Set([null]));
  });

  test('[WRK-6] Zipf keys have their exact probabilities, by table and by rejection', () => {
    const found = shares({ 'key.shape': 'zipf', 'key.count': 50, 'key.zipf.exponent': 1.2 }, 200_000);
    let sum = 0;
    for (let i = 1; i <= 50; i++) sum += i ** -1.2;
    for (const i of [1, 2, 10, 50]) expect(Math.abs((found.get(`key-${i}`) ?? 0) - i ** -1.2 / sum)).toBeLessThan(0.004);
    const ranks = Int32Array.from({ length: 100_000 }, (_, n) => zipfRankAt({ count: 2 ** 21, exponent: 1, base: 3 }, n));
    let harmonic = 0;
    for (let i = 1; i <= 2 ** 21; i++) harmonic += 1 / i;
    for (const i of [1, 2, 5]) expect(Math.abs(ranks.filter((rank) => rank === i).length / 100_000 - 1 / i / harmonic)).toBeLessThan(0.004);
    expect(ranks.every((rank) => rank >= 1 && rank <= 2 ** 21)).toBe(true);
  });

  test('[WRK-6] the hot key has its share, listed keys their weights', () => {
    const hot = shares({ 'key.shape': 'hot', 'key.count': 11, 'key.hot.share': 0.7 }, 100_000);
    expect(Math.abs((hot.get('key-1') ?? 0) - 0.7)).toBeLessThan(0.01);
    expect(Math.abs((hot.get('key-7') ?? 0) - 0.03)).toBeLessThan(0.005);
    const list = shares({ 'key.shape': 'list', 'key.list': ['a', 'b*3', 'c*0'] }, 100_000);
    expect(Math.abs((list.get('b') ?? 0) - 0.6)).toBeLessThan(0.01);
    expect(Math.abs((list.get('c*0') ?? 0) - 0.2)).toBeLessThan(0.01);
    expect(parseListedKey('a*b*2.5')).toEqual({ text: 'a*b', weight: 2.5 });
    expect(shares({ 'key.shape': 'list' }, 10).get(null)).toBeCloseTo(1);
  });

  test('[WRK-6] an alias table gives every outcome its weight', () => {
    const weights = Float64Array.of(0, 1, 5, 0.5, 3.5);
    const table = createAliasTable(weights);
    const found = new Float64Array(5);
    for (let i = 0; i < 100_000; i++) found[aliasAt(table, 5, i)] += 1 / 100_000;
    weights.forEach((weight, i) => expect(Math.abs(found[i] - weight / 10)).toBeLessThan(0.01));
    expect(() => createAliasTable(Float64Array.of(0))).toThrow('at least one weight');
  });

  test('[WRK-5] filling draws what single draws would', () => {
    for (const bound of [1, 2, 1000, 2 ** 26 + 1, 2 ** 31 - 1]) {
      const target = new Int32Array(500);
      fillBelow(createStream(9, 'fill'), 0, bound, target, 500);
      const stream = createStream(9, 'fill');
      for (let i = 0; i < 500; i++) expect(target[i]).toBe(nextBelow(stream, bound));
    }
  });

  test('[WRK-7] sizes: constant, evenly around the mean, lognormal with mean and cv; a template counts when it is longer', () => {
    const of = (settings: Record<string, ConfigValue>) => draw({ ...settings, 'workload.records': 50_000 }).sizes;
    const mean = (sizes: number[]) => sizes.reduce((a, b) => a + b, 0) / sizes.length;
    expect(new Set(of({ 'value.size.bytes': 77 }))).toEqual(new Set([77]));
    const uniform = of({ 'value.size.distribution': 'uniform', 'value.size.bytes': 100, 'value.size.max.bytes': 150 });
    expect([Math.min(...uniform.slice(0, 10_000)), Math.max(...uniform.slice(0, 10_000))]).toEqual([50, 150]);
    expect(Math.abs(mean(uniform) - 100)).toBeLessThan(1);
    const lognormal = of({ 'value.size.distribution': 'lognormal', 'value.size.bytes': 1000, 'value.size.cv': 0.5 });
    expect(Math.abs(mean(lognormal) - 1000)).toBeLessThan(10);
    const table = createKeyTable();
    const workload = createWorkload({ seed: 1, name: 'x', settings: workloadOf({ 'value.size.bytes': 40 }), keys: table });
    drawChunk(workload, table, (sequence) => sequence * 10);
    expect([...workload.chunk.size.slice(0, 7)]).toEqual([40, 40, 40, 40, 40, 50, 60]);
  });
});

test('[WRK-11] a share of the records has no value, chosen by their numbers, and nothing else changes', () => {
  const settings = { 'workload.records': 20_000, 'key.count': 50, 'value.size.bytes': 40 };
  const all = draw(settings);
  const some = draw({ ...settings, 'value.null.share': 0.1 });
  const nulls = some.sizes.flatMap((size, i) => (size < 0 ? [i] : []));
  expect(nulls.length).toBeGreaterThan(1800);
  expect(nulls.length).toBeLessThan(2200);
  expect([some.keys, some.timesUs]).toEqual([all.keys, all.timesUs]);
  expect(new Set(some.sizes)).toEqual(new Set([-1, 40]));
  const more = draw({ ...settings, 'value.null.share': 0.2 });
  for (const i of nulls) expect(more.sizes[i]).toBe(-1);
  // Not the same records for one key: each of the 50 has both.
  expect(new Set(nulls.map((i) => some.keys[i])).size).toBe(50);
});
