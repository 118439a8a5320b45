import { describe, expect, test } from 'vitest';
import type { Config } from '../../../pipeline/document.ts';
import { finished, type Sketch } from '../harness.ts';
import { recordsOf, shop, tableOf } from './streamsFixture.ts';

const crash: Partial<Sketch> = { seconds: 40, faults: [{ atMs: 1000, action: 'member.crash', node: 'query', member: 0 }] };
const eos: Config = { 'processing.guarantee': 'exactly_once_v2', instances: 2 };

/** Payments of the orders, a little later than these. */
const payments: Sketch['nodes'] = {
  bank: {
    kind: 'producer',
    config: {
      ...{ 'workload.rate': 100, 'workload.records': 200, 'workload.start.ms': 20, 'key.shape': 'uniform', 'key.count': 8 },
      'value.template': '{"orderid": {{sequence}}, "paid": {{integer 1 100}}}',
    },
    to: ['payments'],
  },
  payments: { kind: 'topic', config: { partitions: 2 }, to: ['query'] },
};

describe('stores of every kind come back as they were', () => {
  test.each([
    [
      'hopping windows',
      'CREATE TABLE r AS SELECT customer, SUM(amount) AS total FROM orders WINDOW HOPPING (SIZE 1 SECOND, ADVANCE BY 500 MILLISECONDS, GRACE PERIOD 1 HOUR) GROUP BY customer;',
    ],
    [
      'sessions',
      'CREATE TABLE r AS SELECT customer, COUNT(*) AS n FROM orders WINDOW SESSION (30 MILLISECONDS, GRACE PERIOD 1 HOUR) GROUP BY customer;',
    ],
    [
      'lists and maps',
      'CREATE TABLE r AS SELECT customer, COUNT_DISTINCT(amount) AS n, LATEST_BY_OFFSET(customer) AS c, MAX(amount) AS m FROM orders GROUP BY customer;',
    ],
    [
      'two columns as the key',
      "CREATE TABLE r WITH (FORMAT='JSON') AS SELECT customer, amount, COUNT(*) AS n FROM orders GROUP BY customer, amount;",
    ],
    ['keys that are numbers', 'CREATE TABLE r AS SELECT amount, COUNT(*) AS n FROM orders GROUP BY amount;'],
  ])('[STRM-14] %s', (_name, sql) => {
    const calm = tableOf(finished(shop(sql, { instances: 2 })));
    expect(Object.keys(calm).length).toBeGreaterThan(3);
    expect(tableOf(finished(shop(sql, eos, crash)))).toEqual(calm);
  });

  test('[STRM-14] buffers of a join of streams', () => {
    const sql =
      'CREATE STREAM r AS SELECT o.id, o.amount, p.paid FROM orders o JOIN payments p WITHIN 1 HOUR GRACE PERIOD 1 HOUR ON o.id = p.orderid;';
    const rows = (run: ReturnType<typeof finished>) =>
      recordsOf(run, 'result')
        .map(({ key, value }) => `${key} ${value}`)
        .sort();
    const calm = rows(finished(shop(sql, { instances: 2 }, { nodes: payments })));
    expect(calm).toHaveLength(200);
    expect(rows(finished(shop(sql, eos, { ...crash, nodes: payments })))).toEqual(calm);
  });
});
