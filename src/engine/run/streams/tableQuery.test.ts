import { describe, expect, test } from 'vitest';
import { finished } from '../harness.ts';
import { tableQuery } from '../views/tableQuery.ts';
import { shop, tableOf } from './streamsFixture.ts';

const counted = 'CREATE TABLE counts AS SELECT customer, COUNT(*) AS n FROM orders GROUP BY customer;';

describe('pull queries of a run', () => {
  test('[SQL-368] a run is asked by SQL: rows are those that tasks of all members keep', () => {
    const run = finished(shop(counted, { instances: 2 }));
    const ask = (text: string) => tableQuery(run, text)(run);
    const table = tableOf(run);
    const expected = Object.entries(table).map(([key, value]) => [key, String((JSON.parse(value) as { N: number }).N)]);
    expect(ask('SELECT * FROM counts;').schema).toBe('`CUSTOMER` STRING KEY, `N` BIGINT');
    expect([...ask('SELECT * FROM counts;').rows].sort()).toEqual(expected.sort());
    const [key, n] = expected[0]!;
    expect(ask(`SELECT n + 1 AS m FROM counts WHERE customer = '${key!}'`)).toEqual({
      ...{ schema: '`M` BIGINT', columns: ['M'], rows: [[String(Number(n) + 1)]] },
    });
    const failure = (text: string) => () => ask(text);
    expect(failure('SELECT * FROM orders;')).toThrow('ORDERS is a stream');
    expect(failure('SELECT * FROM counts EMIT CHANGES;')).toThrow('one pull query');
    expect(failure('SELECT * FROM missing;')).toThrow('MISSING does not exist.');
    expect(failure('SELECT * FROM counts GROUP BY n;')).toThrow("Pull queries don't support GROUP BY clauses.");
  });

  test('[SQL-368] there is no answer while a task that keeps rows is not running', () => {
    const run = finished(
      shop(counted, { instances: 1 }, { seconds: 2, faults: [{ atMs: 1000, action: 'member.crash', node: 'query', member: 0 }] }),
    );
    expect(() => tableQuery(run, 'SELECT * FROM counts')(run)).toThrow(
      'Unable to execute pull query. All nodes are dead or exceed max allowed lag.',
    );
  });
});
