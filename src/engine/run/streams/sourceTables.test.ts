import { describe, expect, test } from 'vitest';
import type { Config } from '../../../pipeline/document.ts';
import { finished, type Sketch } from '../harness.ts';
import type { Run } from '../build.ts';
import { recordsOf, shop, tableOf } from './streamsFixture.ts';

const windowed = 'WINDOW TUMBLING (SIZE 10 SECONDS) GROUP BY customer';
const eos: Config = { 'processing.guarantee': 'exactly_once_v2', instances: 2, 'default.dsl.store': 'in_memory' };

/** How often a customer came, all in the beginning, and sums of the orders, made by two queries whose results are tables with windows. */
const windows: Sketch['nodes'] = {
  door: {
    kind: 'producer',
    config: { 'workload.rate': 200, 'workload.records': 40, 'value.template': '{"customer": "c{{integer 1 4}}"}' },
    to: ['visits'],
  },
  visits: { kind: 'topic', config: { partitions: 2 }, to: ['count'] },
  orders: { kind: 'topic', config: { partitions: 2 }, to: ['add'] },
  count: {
    kind: 'sql',
    config: { sql: `CREATE TABLE counts AS SELECT customer, COUNT(*) AS n FROM visits ${windowed};`, 'commit.interval.ms': 100 },
    to: ['counts'],
  },
  add: {
    kind: 'sql',
    config: { sql: `CREATE TABLE sums AS SELECT customer, SUM(amount) AS total FROM orders ${windowed};`, 'commit.interval.ms': 100 },
    to: ['sums'],
  },
  counts: { kind: 'topic', config: { partitions: 2 }, to: ['query'] },
  sums: { kind: 'topic', config: { partitions: 2 }, to: ['query'] },
};
const crash: Partial<Sketch> = {
  ...{ nodes: windows, seconds: 40 },
  faults: [{ atMs: 1100, action: 'member.crash', node: 'query', member: 0 }],
};
const joined = 'CREATE TABLE joined AS SELECT c.customer, c.n, s.total FROM counts c JOIN sums s ON c.customer = s.customer;';
/** Amounts that came once in ten seconds. */
const once = 'CREATE TABLE once AS SELECT amount, n FROM counts WHERE n < 2;';
const amounts: Sketch['nodes'] = {
  orders: { kind: 'topic', config: { partitions: 2 }, to: ['count'] },
  count: {
    kind: 'sql',
    config: {
      sql: 'CREATE TABLE counts AS SELECT amount, COUNT(*) AS n FROM orders WINDOW TUMBLING (SIZE 10 SECONDS) GROUP BY amount;',
      'commit.interval.ms': 100,
    },
    to: ['counts'],
  },
  counts: { kind: 'topic', config: { partitions: 2 }, to: ['query'] },
};

describe('tables whose topic is their changelog', () => {
  test('[STRM-16] after a crash they are read again from their topic, up to the committed offset, so that a join comes to the same', () => {
    const calm = tableOf(finished(shop(joined, { instances: 2 }, { nodes: windows })));
    const run = finished(shop(joined, eos, crash));
    const { topology, isSource } = run.ctx.programs[2]!.streams!.layout;
    expect(topology.stores.map(({ sourceTopic }) => sourceTopic)).toEqual(['counts', 'sums', undefined]);
    expect(isSource).toEqual([true, true, false]);
    const restores = run.ctx.streams.nodes[2]!.restores;
    expect(restores.map(({ member, store, records }) => ({ member, store, isFull: records > 5 }))).toMatchObject([
      { member: 1, store: 0, isFull: true },
      { member: 1, store: 1, isFull: true },
      { member: 1, store: 2 },
    ]);
    expect(Object.keys(calm)).toHaveLength(4);
    expect(tableOf(run)).toEqual(calm);
  });

  test('[STRM-16] copies follow them no further than what is committed: what lies behind it meets the rows before', () => {
    const calm = tableOf(finished(shop(once, { instances: 2 }, { nodes: amounts })));
    expect(Object.keys(calm).length).toBeGreaterThan(10);
    for (const atMs of [1100, 1600]) {
      const config = { ...eos, 'num.standby.replicas': 1, 'commit.interval.ms': 700 };
      const faults: Sketch['faults'] = [{ atMs, action: 'member.crash', node: 'query', member: 0 }];
      expect({ atMs, table: tableOf(finished(shop(once, config, { seconds: 40, nodes: amounts, faults }))) }).toEqual({
        atMs,
        table: calm,
      });
    }
  });

  test('[STRM-16] rows that are read again are the rows that were: with their partition and offset, and without what follows from them', () => {
    const run = finished(shop(joined, { ...eos, 'num.standby.replicas': 1 }, { nodes: windows, seconds: 10 }));
    const tasks = run.ctx.workers.flatMap(({ node, streams }) => (node === 2 ? streams!.tasks : []));
    for (const name of ['0_0', '0_1']) {
      const [running, standby] = ['running', 'standby'].map((phase) =>
        tasks.find((task) => task.name === name && task.phase === phase)!.state.stores.map((entries) => [...entries].sort()),
      );
      expect(running![0]!.length).toBeGreaterThan(0);
      expect(standby).toEqual(running);
    }
  });

  test('[STRM-4] tables without windows are put back from changelogs of their own before streams and tables meet them', () => {
    const declared = "CREATE TABLE customers (id STRING PRIMARY KEY, city STRING) WITH (KAFKA_TOPIC='customers', VALUE_FORMAT='JSON');";
    const template = { 'workload.rate': 200, 'workload.records': 40, 'key.shape': 'sequential', 'key.prefix': 'c', 'key.count': 4 };
    const people: Sketch['nodes'] = {
      people: { kind: 'producer', config: { ...template, 'value.template': '{"city": "t{{integer 1 9}}"}' }, to: ['customers'] },
      customers: { kind: 'topic', config: { partitions: 2 }, to: ['query'] },
    };
    const faults: Sketch['faults'] = [{ atMs: 1100, action: 'member.crash', node: 'query', member: 0 }];
    const both = (sql: string, nodes: Sketch['nodes']) => [
      finished(shop(`${declared} ${sql}`, { instances: 2 }, { nodes })),
      finished(shop(`${declared} ${sql}`, eos, { nodes, seconds: 40, faults })),
    ];

    const met = 'CREATE STREAM met AS SELECT o.customer, o.id, c.city FROM orders o LEFT JOIN customers c ON o.customer = c.id;';
    // All customers are there by then.
    const late = (run: Run) => recordsOf(run, 'result').flatMap(({ value, timestampMs }) => (timestampMs > 500 ? [value] : []));
    const [calm, crashed] = both(met, people).map((run) => late(run).sort());
    expect(calm!.length).toBeGreaterThan(140);
    expect(calm!.every((value) => value!.includes('"CITY":"t'))).toBe(true);
    expect(crashed).toEqual(calm);

    const tables = 'CREATE TABLE joined AS SELECT c.id, c.city, t.n FROM customers c JOIN totals t ON c.id = t.customer;';
    const count = 'CREATE TABLE totals AS SELECT customer, COUNT(*) AS n FROM orders GROUP BY customer;';
    const [calmTable, crashedTable] = both(tables, {
      ...people,
      orders: { kind: 'topic', config: { partitions: 2 }, to: ['count'] },
      count: { kind: 'sql', config: { sql: count, 'commit.interval.ms': 100 }, to: ['totals'] },
      totals: { kind: 'topic', config: { partitions: 2 }, to: ['query'] },
    }).map((run) => tableOf(run));
    expect(Object.keys(calmTable!)).toHaveLength(4);
    expect(crashedTable).toEqual(calmTable);
  });
});
