import { describe, expect, test } from 'vitest';
import { intervene } from '../advance.ts';
import { checkpoint, restore } from '../checkpoint.ts';
import { documentOf, finished, nodeOf, runTo, type Sketch, start, topologyOf } from '../harness.ts';
import { fingerprint, reportOf } from '../views/report.ts';
import { recordsOf, shop, tableOf } from './streamsFixture.ts';

const counts = 'CREATE TABLE counts AS SELECT customer, COUNT(*) AS n, SUM(amount) AS total FROM orders GROUP BY customer;';
const crash: Partial<Sketch> = { seconds: 20, faults: [{ atMs: 1000, action: 'member.crash', node: 'query', member: 0 }] };
const eos = { 'processing.guarantee': 'exactly_once_v2' };

/** The orders that a run has written, as the query saw them. */
const ordersOf = (run: ReturnType<typeof finished>) =>
  recordsOf(run, 'orders').map(({ key, value }) => ({ key, ...(JSON.parse(value!) as { id: number; customer: string; amount: number }) }));

describe('queries in a run', () => {
  test('[STRM-1] results of a query are records of its node, in the partitions that Kafka gives their keys, and stay readable', () => {
    const run = finished(shop('CREATE STREAM large AS SELECT ROWKEY, id, amount FROM orders WHERE amount > 50;'));
    const expected = ordersOf(run)
      .filter(({ amount }) => amount > 50)
      .map(({ key, id, amount }) => `${key} ${JSON.stringify({ ID: id, AMOUNT: amount })}`);
    const rows = recordsOf(run, 'result');
    expect(rows.map(({ key, value }) => `${key} ${value}`)).toEqual(expected);
    expect(rows.length).toBeGreaterThan(50);
    expect(nodeOf(run, 'query')).toMatchObject({ recordsIn: 200, recordsOut: rows.length });
  });

  test('[STRM-1] a filter behind a query reads its results as it reads anything', () => {
    const run = finished(
      shop(
        'CREATE STREAM doubled AS SELECT ROWKEY, id, amount * 2 AS twice FROM orders;',
        {},
        {
          nodes: {
            result: { kind: 'topic', to: ['filter'] },
            filter: { kind: 'filter', config: { condition: 'value.TWICE >= 150' }, to: ['kept'] },
            kept: { kind: 'topic' },
          },
        },
      ),
    );
    const kept = recordsOf(run, 'kept').map(({ value }) => (JSON.parse(value!) as { TWICE: number }).TWICE);
    expect(kept.length).toBe(ordersOf(run).filter(({ amount }) => amount >= 75).length);
    expect(Math.min(...kept)).toBeGreaterThanOrEqual(150);
  });

  test('[STRM-1] a chain of operators runs as a query does; a result goes to the topic of its branch alone', () => {
    const operators = 'stream orders\nbranch amount > 50 to large\nbranch amount <= 50 to small';
    const run = finished(
      documentOf({
        nodes: {
          shop: {
            kind: 'producer',
            config: { 'workload.records': 100, 'value.template': '{"amount": {{integer 1 100}}}' },
            to: ['orders'],
          },
          orders: { kind: 'topic', to: ['chain'] },
          chain: { kind: 'operators', config: { operators, 'commit.interval.ms': 100 }, to: ['large', 'small'] },
          large: { kind: 'topic', to: ['first'] },
          small: { kind: 'topic', to: ['second'] },
          first: { kind: 'sink' },
          second: { kind: 'sink' },
        },
      }),
    );
    const [large, small] = [recordsOf(run, 'large').length, recordsOf(run, 'small').length];
    expect([large + small, large > 20, small > 20]).toEqual([100, true, true]);
    const routes = reportOf(run).ledger.routes.filter(({ source }) => source === 'chain');
    expect(routes.map(({ sink, deliveredOnce, filtered, underWay }) => [sink, deliveredOnce, filtered, underWay])).toEqual([
      ['first', large, small, 0],
      ['second', small, large, 0],
    ]);
  });

  test('[STRM-2] internal topics are topics of the log, named after the application, with as many partitions as what they are made of', () => {
    const run = finished(shop(counts, { instances: 2 }));
    const own = run.ctx.topics.filter(({ owner }) => owner === 'query').map(({ name, partitionCount }) => [name, partitionCount]);
    const application = '_confluent-ksql-default_query_CTAS_COUNTS_query';
    expect(own).toEqual([
      [`${application}-Aggregate-GroupBy-repartition`, 2],
      [`${application}-Aggregate-Aggregate-Materialize-changelog`, 2],
    ]);
    const expected: Record<string, string> = {};
    for (const customer of ['c1', 'c2', 'c3', 'c4']) {
      const own = ordersOf(run).filter((order) => order.customer === customer);
      expected[customer] = JSON.stringify({ N: own.length, TOTAL: own.reduce((sum, { amount }) => sum + amount, 0) });
    }
    expect(tableOf(run)).toEqual(expected);
  });

  test('[STRM-3] all partitions of a task belong to one member, and tasks are spread evenly', () => {
    const run = finished(shop(counts, { instances: 2 }));
    const tasks = run.ctx.workers.map(({ streams }) => streams?.tasks.map(({ name }) => name) ?? []);
    expect(tasks.map((names) => names.length)).toEqual([2, 2]);
    expect(tasks.flat().sort()).toEqual(['0_0', '0_1', '1_0', '1_1']);
  });

  test('[STRM-4] a member that takes a task over restores its stores first: at least once, so nothing is missing and some may count twice', () => {
    const calm = tableOf(finished(shop(counts, { instances: 2 })));
    const run = finished(shop(counts, { instances: 2 }, crash));
    const [restored] = run.ctx.streams.nodes[2]!.restores;
    expect(restored).toMatchObject({ member: 1, isPartial: false });
    expect(restored!.records).toBeGreaterThan(0);
    const total = (table: Record<string, string>) =>
      Object.values(table).reduce((sum, row) => sum + (JSON.parse(row) as { N: number }).N, 0);
    expect(total(calm)).toBe(200);
    expect(total(tableOf(run))).toBeGreaterThanOrEqual(200);
    for (const [key, row] of Object.entries(tableOf(run)))
      expect((JSON.parse(row) as { N: number }).N).toBeGreaterThanOrEqual((JSON.parse(calm[key]!) as { N: number }).N);
  });

  test('[STRM-5] exactly once, a crash changes nothing of the result', () => {
    const calm = tableOf(finished(shop(counts, { instances: 2 })));
    const run = finished(shop(counts, { instances: 2, ...eos }, { ...crash, seconds: 40 }));
    expect(tableOf(run)).toEqual(calm);
    expect(run.ctx.streams.nodes[2]!.restoreCount).toBeGreaterThan(0);
  });

  test('[STRM-6] runs are equal wherever they were interrupted', () => {
    const document = shop(counts, { instances: 2, ...eos }, crash);
    const whole = finished(document);
    const halfway = checkpoint(runTo(start(document), 9_000));
    const resumed = runTo(restore(topologyOf(document), halfway), document.scenario.durationMs);
    expect(fingerprint(resumed)).toBe(fingerprint(whole));
    expect(tableOf(resumed)).toEqual(tableOf(whole));
    expect(reportOf(resumed)).toEqual(reportOf(whole));
  });
});

describe('tasks over time', () => {
  test('[STRM-2] repartitioned records are deleted when they are committed', () => {
    const run = finished(shop(counts, {}, { seconds: 100, nodes: { shop: slowShop } }));
    const { firstPartition } = run.ctx.topics.find(({ name }) => name.endsWith('-repartition'))!;
    const logs = run.ctx.partitions.slice(firstPartition, firstPartition + 2).map(({ log }) => log);
    expect(logs.some(({ logStartOffset }) => logStartOffset > 10)).toBe(true);
    expect(logs.every(({ logStartOffset, logEndOffset }) => logStartOffset < logEndOffset)).toBe(true);
  });

  test('[STRM-3] of two partitions a task takes the oldest record first, waiting for what is still to be fetched', () => {
    const joined =
      "CREATE STREAM l (k STRING KEY, id INT) WITH (KAFKA_TOPIC='orders', VALUE_FORMAT='JSON'); CREATE TABLE r (k STRING PRIMARY KEY, n INT) WITH (KAFKA_TOPIC='nameTopic', VALUE_FORMAT='JSON'); CREATE STREAM joined AS SELECT l.k, l.id, r.n FROM l LEFT JOIN r ON l.k = r.k;";
    const keyed = { 'key.shape': 'list', 'key.list': ['a'] };
    const without = (maxIdle: number) => {
      const run = finished(
        shop(
          joined,
          { 'max.task.idle.ms': maxIdle },
          {
            nodes: {
              names: {
                kind: 'producer',
                config: {
                  ...keyed,
                  'workload.rate': 1000,
                  'workload.records': 50,
                  'value.template': '{"n": {{sequence}}}',
                  'linger.ms': 40,
                },
                to: ['nameTopic'],
              },
              nameTopic: { kind: 'topic', to: ['query'] },
              shop: {
                kind: 'producer',
                config: {
                  ...keyed,
                  'workload.rate': 1000,
                  'workload.start.ms': 30,
                  'workload.records': 50,
                  'value.template': '{"id": {{sequence}}}',
                },
                to: ['orders'],
              },
              orders: { kind: 'topic', to: ['query'] },
            },
          },
        ),
      );
      return recordsOf(run, 'result').filter(({ value }) => value!.includes('null')).length;
    };
    expect([without(-1) > 0, without(100)]).toEqual([true, 0]);
  });

  test('[STRM-8] what does not fit its columns is skipped and told; an error that nobody handles ends the thread, which starts again', () => {
    const columns = '(id INT, customer INT, amount STRING)';
    const skipping = finished(
      shop(`CREATE STREAM o ${columns} WITH (KAFKA_TOPIC='orders', VALUE_FORMAT='JSON'); CREATE STREAM s AS SELECT * FROM o;`),
    );
    expect(skipping.ctx.streams.nodes[2]).toMatchObject({ messages: 200, late: 0, lastMessages: { length: 100 } });
    expect(reportOf(skipping).streams[0]!.lastMessages[0]!.text).toContain('deserialize');
    expect(nodeOf(skipping, 'query')).toMatchObject({ recordsIn: 200, recordsOut: 0 });
    const throwing = `SET 'ksql.timestamp.throw.on.invalid'='true'; CREATE STREAM o (customer STRING) WITH (KAFKA_TOPIC='orders', VALUE_FORMAT='JSON', TIMESTAMP='customer', TIMESTAMP_FORMAT='yyyy'); CREATE STREAM s AS SELECT * FROM o;`;
    const stopped = finished(shop(throwing, {}, { seconds: 20 }));
    const ends = stopped.ctx.timeline.entries.filter(({ code }) => code === 'member.failed');
    expect(ends.map(({ timeUs }) => Math.round(timeUs / 1e6))).toEqual([0, 15]);
    expect(ends[0]!.text).toContain('TimestampExtractor');
  });

  test('[STRM-8] pausing and seeking a stream processor is refused, since its tasks do that, and so are more partitions of what it reads', () => {
    const run = start(shop(counts));
    const { refusal } = intervene(runTo(run, 500), { action: 'consumer.pause', node: 'query' });
    expect(refusal).toContain('is a stream processor');
    expect(intervene(run, { action: 'partitions.add', node: 'orders', count: 1 }).refusal).toContain('invalid partitions');
  });
});

const slowShop = {
  kind: 'producer',
  config: {
    'workload.rate': 10,
    'key.shape': 'uniform',
    'key.count': 8,
    'value.template': '{"customer": "c{{integer 1 4}}", "amount": 1}',
  },
  to: ['orders'],
} as const;
