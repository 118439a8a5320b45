import { expect, test } from 'vitest';
import { createRun } from '../build.ts';
import { follow, followOn, journeyOf, recordAtOffset } from '../follow/followRecord.ts';
import { finished, topologyOf } from '../harness.ts';
import { shop } from './streamsFixture.ts';

test('[FOL-1] a record is followed to the stream processor, and a result from there on', () => {
  const document = shop(
    'CREATE TABLE counts AS SELECT customer, COUNT(*) AS n FROM orders GROUP BY customer;',
    { instances: 2 },
    {
      cluster: { 'network.latency.ms': 1 },
      nodes: { result: { kind: 'topic', config: { partitions: 2 }, to: ['sink'] }, sink: { kind: 'sink' } },
    },
  );
  const run = finished(document);
  const journeyFrom = (topic: string) => {
    const { firstPartition } = run.ctx.topics.find(({ name }) => name === topic)!;
    const found = recordAtOffset(run, firstPartition, 20);
    if (found === null || 'missing' in found) throw new Error('not there');
    const following = follow(found.record, 4_000_000, (watcher) => createRun(topologyOf(document), { watcher }));
    while (followOn(following, 500).kind !== 'over');
    return journeyOf(following)!;
  };
  const order = journeyFrom('orders');
  expect(order).toMatchObject({ source: 'shop', complete: true });
  expect(order.deliveries.map(({ node, outcome }) => [node, outcome])).toEqual([['query', 'served']]);
  const result = journeyFrom('result');
  expect(result).toMatchObject({ source: 'query', complete: true });
  expect(result.deliveries.map(({ node }) => node)).toEqual(['sink']);
});
