import { describe, expect, test } from 'vitest';
import type { Config } from '../../../pipeline/document.ts';
import { finished, type Sketch } from '../harness.ts';
import { recordsOf, shop, tableOf } from './streamsFixture.ts';

const crash: Partial<Sketch> = { seconds: 40, faults: [{ atMs: 1000, action: 'member.crash', node: 'query', member: 0 }] };
const eos: Config = { 'processing.guarantee': 'exactly_once_v2', instances: 2 };

/** Customers, of whom each changes now and then, beside the orders. */
const withCustomers: Sketch['nodes'] = {
  people: {
    kind: 'producer',
    config: {
      ...{ 'workload.rate': 20, 'workload.records': 40, 'key.shape': 'sequential', 'key.prefix': 'c', 'key.count': 4 },
      'value.template': '{"city": "t{{integer 1 5}}", "nr": {{sequence}}}',
    },
    to: ['customers'],
  },
  customers: { kind: 'topic', config: { partitions: 2 }, to: ['query'] },
};
const customers =
  "CREATE TABLE customers (id STRING PRIMARY KEY, city STRING, nr INT) WITH (KAFKA_TOPIC='customers', VALUE_FORMAT='JSON');";
const cities = "CREATE TABLE cities (id STRING PRIMARY KEY, name STRING) WITH (KAFKA_TOPIC='cities', VALUE_FORMAT='JSON');";

const json = <T>(text: string): T => JSON.parse(text) as T;

describe('stores in a run', () => {
  test('[STRM-7] a stream is joined with a table after it was repartitioned; with a crash every order comes out once, exactly once', () => {
    const sql = `${customers} CREATE STREAM joined AS SELECT o.customer, o.id, c.city FROM orders o LEFT JOIN customers c ON o.customer = c.id;`;
    const calm = recordsOf(finished(shop(sql, { instances: 2 }, { nodes: withCustomers })), 'result');
    const ids = (rows: typeof calm) => rows.map(({ value }) => json<{ O_ID: number }>(value!).O_ID).sort((a, b) => a - b);
    const all = Array.from({ length: 200 }, (_, i) => i);
    expect(ids(calm)).toEqual(all);
    expect(calm.some(({ value }) => /"CITY":"t\d"/.test(value!))).toBe(true);
    expect(ids(recordsOf(finished(shop(sql, eos, { ...crash, nodes: withCustomers })), 'result'))).toEqual(all);
  });

  test('[STRM-7] two tables are joined on their key, one of them the result of another query', () => {
    const tables = `${customers} CREATE TABLE totals AS SELECT customer, COUNT(*) AS n FROM orders GROUP BY customer;`;
    const run = finished(
      shop(
        `CREATE TABLE joined AS SELECT c.id, c.city, t.n FROM customers c JOIN totals t ON c.id = t.customer;`,
        { instances: 2 },
        {
          nodes: {
            ...withCustomers,
            orders: { kind: 'topic', config: { partitions: 2 }, to: ['count'] },
            count: { kind: 'sql', config: { sql: tables, 'commit.interval.ms': 200 }, to: ['totals'] },
            totals: { kind: 'topic', config: { partitions: 2 }, to: ['query'] },
          },
        },
      ),
    );
    const [people, totals] = [tableOf(run, 'customers'), tableOf(run, 'totals')];
    const expected = Object.keys(people).map((id) => [
      id,
      JSON.stringify({ CITY: json<{ city: string }>(people[id]!).city, N: json<{ N: number }>(totals[id]!).N }),
    ]);
    expect(tableOf(run)).toEqual(Object.fromEntries(expected));
  });

  test('[STRM-7] windows are counted the same with a crash, exactly once and with grace enough', () => {
    const sql =
      'CREATE TABLE counts AS SELECT customer, COUNT(*) AS n FROM orders WINDOW TUMBLING (SIZE 500 MILLISECONDS, GRACE PERIOD 1 MINUTE) GROUP BY customer;';
    const calm = tableOf(finished(shop(sql, { instances: 2 })));
    expect(Object.keys(calm)).toHaveLength(16);
    expect(Object.values(calm).reduce((sum, row) => sum + json<{ N: number }>(row).N, 0)).toBe(200);
    expect(tableOf(finished(shop(sql, eos, crash)))).toEqual(calm);
  });

  test('[STRM-8] records too late for their window are counted, and told in the processing log', () => {
    const sql =
      'CREATE TABLE counts AS SELECT customer, COUNT(*) AS n FROM orders WINDOW TUMBLING (SIZE 500 MILLISECONDS, GRACE PERIOD 0 SECONDS) GROUP BY customer;';
    const run = finished(shop(sql, eos, crash));
    const { late, lastMessages } = run.ctx.streams.nodes[2]!;
    const counted = Object.values(tableOf(run)).reduce((sum, row) => sum + json<{ N: number }>(row).N, 0);
    expect(late).toBeGreaterThan(0);
    expect(counted).toBeLessThan(200);
    expect(lastMessages.at(-1)!.text).toContain('expired window');
  });

  test('[STRM-7] tables are joined on a foreign key: subscriptions and answers go to the partitions of either side', () => {
    const sql = `${customers} ${cities} CREATE TABLE joined AS SELECT c.id, c.nr, t.name FROM customers c JOIN cities t ON c.city = t.id;`;
    const nodes: Sketch['nodes'] = {
      ...withCustomers,
      towns: {
        kind: 'producer',
        config: {
          ...{ 'workload.rate': 10, 'workload.records': 15, 'key.shape': 'sequential', 'key.prefix': 't', 'key.count': 5 },
          'value.template': '{"name": "town {{key}} {{sequence}}"}',
        },
        to: ['cities'],
      },
      cities: { kind: 'topic', config: { partitions: 3 }, to: ['query'] },
      orders: { kind: 'topic' },
    };
    const run = finished(shop(sql, { instances: 2 }, { nodes }));
    const [people, towns] = [tableOf(run, 'customers'), tableOf(run, 'cities')];
    const expected = Object.entries(people).map(([id, row]) => {
      const { city, nr } = json<{ city: string; nr: number }>(row);
      return [id, JSON.stringify({ NR: nr, NAME: json<{ name: string }>(towns[city]!).name })];
    });
    expect(tableOf(run)).toEqual(Object.fromEntries(expected));
    expect(tableOf(finished(shop(sql, eos, { ...crash, nodes })))).toEqual(Object.fromEntries(expected));
  });
});
