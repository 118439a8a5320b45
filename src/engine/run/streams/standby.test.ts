import { describe, expect, test } from 'vitest';
import { finished, runTo, type Sketch, start } from '../harness.ts';
import { streamsViewOf } from '../views/streamsView.ts';
import { shop, tableOf } from './streamsFixture.ts';

const counts = 'CREATE TABLE counts AS SELECT customer, COUNT(*) AS n FROM orders GROUP BY customer;';
const crash: Partial<Sketch> = { seconds: 40, faults: [{ atMs: 1000, action: 'member.crash', node: 'query', member: 0 }] };
const eos = { 'processing.guarantee': 'exactly_once_v2' };

describe('copies of stores', () => {
  test('[STRM-11] follow their changelogs on other members, and take over with what is left to read', () => {
    const document = shop(counts, { instances: 2, 'num.standby.replicas': 1, ...eos }, crash);
    const early = streamsViewOf(runTo(start(document), 900), 'query')!;
    expect(early.threads.flatMap(({ tasks }) => tasks.filter(({ state }) => state === 'standby').map(({ task }) => task)).sort()).toEqual([
      '1_0',
      '1_1',
    ]);
    const run = finished(document);
    const calm = tableOf(finished(shop(counts, { instances: 2 })));
    expect(tableOf(run)).toEqual(calm);
    const restores = run.ctx.streams.nodes[2]!.restores.filter(({ member }) => member === 1);
    expect(restores.every(({ isPartial }) => isPartial)).toBe(true);
  });

  test('[STRM-11] read their changelogs no longer once they run: what comes later would set their stores back', () => {
    const faults: Sketch['faults'] = [{ atMs: 6000, action: 'member.crash', node: 'query', member: 0 }];
    const config = { instances: 2, 'num.standby.replicas': 1, 'default.dsl.store': 'in_memory', ...eos };
    const run = start(shop(counts, config, { seconds: 40, faults }));
    runTo(run, 20_000);
    const tasks = run.ctx.workers.flatMap(({ alive, streams }) => (alive ? (streams?.tasks ?? []) : []));
    expect(tasks.map(({ name, phase }) => `${name} ${phase}`).sort()).toEqual(['0_0 running', '0_1 running', '1_0 running', '1_1 running']);
    expect(tasks.flatMap(({ changelogs }) => changelogs.map(({ read }) => read))).toEqual([-1, -1]);
    expect(run.ctx.streams.nodes[2]!.restores).toEqual([]);
    expect(run.ctx.streams.reads.items.filter((read) => read !== null)).toEqual([]);
  });

  test('[STRM-12] a member that comes anew warms up before tasks with much state move to it', () => {
    const byKey = 'CREATE TABLE counts AS SELECT rowkey, COUNT(*) AS n FROM orders GROUP BY rowkey;';
    const config = { instances: 1, 'acceptable.recovery.lag': 10, 'probing.rebalance.interval.ms': 60_000, 'max.warmup.replicas': 1 };
    const faults: Sketch['faults'] = [{ atMs: 3000, action: 'member.add', node: 'query' }];
    const run = start(shop(byKey, config, { seconds: 130, faults }));
    const now = () => streamsViewOf(run, 'query')!.threads.map(({ tasks }) => tasks.map(({ task, state }) => `${task} ${state}`));
    runTo(run, 30_000);
    expect(now()).toEqual([['0_0 running', '0_1 running'], ['0_1 standby']]);
    runTo(run, 130_000);
    expect(now()).toEqual([['0_0 running'], ['0_1 running']]);
    expect(run.ctx.streams.nodes[2]!.restores).toEqual([]);
    expect(tableOf(run)).toEqual(tableOf(finished(shop(byKey))));
  });

  test('[STRM-4] a member that was closed cleanly goes on from its disk; in memory all is restored', () => {
    const faults: Sketch['faults'] = [
      { atMs: 1000, action: 'member.stop', node: 'query', member: 0 },
      { atMs: 1500, action: 'member.restart', node: 'query', member: 0 },
    ];
    const restoresWith = (store: string) => {
      const run = finished(shop(counts, { 'default.dsl.store': store }, { seconds: 20, faults }));
      return run.ctx.streams.nodes[2]!.restores.reduce((sum, { records }) => sum + records, 0);
    };
    expect(restoresWith('rocksDB')).toBe(0);
    expect(restoresWith('in_memory')).toBeGreaterThan(50);
  });
});
