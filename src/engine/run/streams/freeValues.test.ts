import { expect, test } from 'vitest';
import { runTo, start } from '../harness.ts';
import { sweep } from './freeValues.ts';
import { recordsOf, shop, tableOf } from './streamsFixture.ts';

test('[STRM-1] what no log holds any more is given up, and what one holds stays', () => {
  const short = { 'retention.ms': 1000, 'segment.ms': 500 };
  const run = start(
    shop(
      'CREATE TABLE counts AS SELECT customer, COUNT(*) AS n FROM orders GROUP BY customer;',
      { 'linger.ms': 0 },
      {
        seconds: 60,
        cluster: { 'log.retention.check.interval.ms': 1000 },
        nodes: {
          shop: {
            kind: 'producer',
            config: { 'workload.rate': 200, 'key.shape': 'uniform', 'key.count': 8, 'value.template': '{"customer": "c{{integer 1 4}}"}' },
            to: ['orders'],
          },
          result: { kind: 'topic', config: { partitions: 2, ...short } },
        },
      },
    ),
  );
  runTo(run, 59_000);
  const { results, internal } = run.ctx.streams.nodes[2]!;
  const table = tableOf(run);
  const before = recordsOf(run, 'result');
  const kept = () => [results, internal].map(({ chunks }) => chunks.filter((chunk) => chunk !== null).length);
  const [allResults, allInternal] = kept();
  sweep(run.ctx);
  const [someResults, someInternal] = kept();
  expect(someResults).toBeLessThan(allResults! / 2);
  expect(someInternal).toBeLessThanOrEqual(allInternal!);
  expect(recordsOf(run, 'result')).toEqual(before);
  expect(tableOf(run)).toEqual(table);
  runTo(run, 60_000);
});
