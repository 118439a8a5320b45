import { describe, expect, test } from 'vitest';
import type { Config, Fault, PipelineDocument } from '../../../pipeline/document.ts';
import { createStream, nextBelow } from '../../kernel/random.ts';
import type { Run } from '../build.ts';
import { checkpoint, restore } from '../checkpoint.ts';
import { finished, runTo, start, topologyOf, type Sketch } from '../harness.ts';
import { reportOf } from '../views/report.ts';
import { storeEntriesOf } from '../views/streamsView.ts';
import { recordsOf, shop } from './streamsFixture.ts';

const chain = ['stream orders', 'map {customer, id}', 'leftJoin globalTable customers on customer', 'to result'].join('\n');
const eos: Config = { 'processing.guarantee': 'exactly_once_v2', instances: 2 };

/** Orders over two partitions; customers, of whom each is told ten times in the first 0.2 s, over three. */
function design(config: Config = {}, sketch: Partial<Sketch> = {}): PipelineDocument {
  const workload = { 'workload.rate': 200, 'workload.records': 40, 'key.shape': 'sequential', 'key.prefix': 'c', 'key.count': 4 };
  const timing = { 'commit.interval.ms': 200, 'session.timeout.ms': 6000, 'heartbeat.interval.ms': 1000 };
  return shop(
    '',
    {},
    {
      seconds: 10,
      ...sketch,
      nodes: {
        people: { kind: 'producer', config: { ...workload, 'value.template': '{"city": "t{{sequence}}"}' }, to: ['customers'] },
        customers: { kind: 'topic', config: { partitions: 3 }, to: ['query'] },
        query: { kind: 'operators', config: { operators: chain, ...timing, ...config }, to: ['result'] },
        ...sketch.nodes,
      },
    },
  );
}

/** What became of orders of a time when all customers were known. */
const late = (run: Run): string[] =>
  recordsOf(run, 'result')
    .flatMap(({ value, timestampMs }) => (timestampMs > 500 && value !== null ? [value] : []))
    .sort();
const globalRestores = ({ ctx }: Run) => ctx.streams.nodes.flatMap((node) => node?.restores.filter(({ task }) => task === 'global') ?? []);

describe('global tables', () => {
  test('[STRM-17] a stream meets the whole table, whatever its partitions and however many instances there are', () => {
    const runs = [1, 2].map((instances) => finished(design({ instances })));
    const [one, two] = runs.map(late);
    expect(one!.length).toBeGreaterThan(140);
    // Four customers come by turns, so the last four of 40 records are their last ones.
    expect(one!.every((value) => /"CITY":"t3[6-9]"/.test(value))).toBe(true);
    expect(two).toEqual(one);
    const { ctx } = runs[1]!;
    const threads = ctx.workers.flatMap(({ streams }) => streams ?? []);
    expect(threads.map(({ globals }) => globals!.state.stores[0]!.size)).toEqual([4, 4]);
    // Tasks hold none of it themselves.
    expect(threads.flatMap(({ tasks }) => tasks.map(({ state }) => state.stores[0]!.size))).toEqual([0, 0]);
    expect(storeEntriesOf(runs[1]!, { node: 'query', store: 'customers-STATE-STORE-0000000003', limit: 9 })?.total).toBe(4);
  });

  test('[STRM-17] an instance that starts again reads all of it before it takes part', () => {
    const calm = late(finished(design()));
    const faults: Sketch['faults'] = [
      { atMs: 1100, action: 'member.crash', node: 'query', member: 0 },
      { atMs: 1400, action: 'member.restart', node: 'query', member: 0 },
    ];
    const run = finished(design(eos, { seconds: 40, faults }));
    const [first, second, again, ...rest] = globalRestores(run);
    // At the start little is there yet.
    expect([first, second]).toMatchObject([
      { member: 0, records: 1 },
      { member: 1, records: 1 },
    ]);
    expect(again).toMatchObject({ member: 0, store: 0, records: 40, isPartial: false });
    expect(again!.startUs).toBeGreaterThan(1_400_000);
    expect(rest).toEqual([]);
    expect(late(run)).toEqual(calm);
  });

  test('[STRM-17] members that go and come, also while they read, change nothing; reading takes the time of the way to the brokers', () => {
    const cluster = { 'network.latency.ms': 20, 'request.handler.ms': 1, 'network.bytes.per.second': 50_000 };
    const { length } = late(finished(design({ instances: 3 }, { seconds: 60, cluster })));
    for (let seed = 1; seed <= 3; seed++) {
      const random = createStream(seed, 'crashes');
      const faults: Fault[] = [];
      for (let i = 0; i < 6; i++) {
        const member = nextBelow(random, 3);
        const atMs = 10 + nextBelow(random, 4000);
        const action = (['member.crash', 'member.stop'] as const)[nextBelow(random, 2)]!;
        const restart = { atMs: atMs + 50 + nextBelow(random, 3000), action: 'member.restart', node: 'query', member } as const;
        faults.push({ atMs, action, node: 'query', member }, restart, { ...restart, action, atMs: restart.atMs + 60 });
      }
      for (let member = 0; member < 3; member++) faults.push({ atMs: 12_000, action: 'member.restart', node: 'query', member });
      faults.sort((a, b) => a.atMs - b.atMs);
      const run = finished(design({ ...eos, instances: 3 }, { seconds: 60, cluster, faults }));
      const values = late(run);
      expect({ seed, length: values.length, distinct: new Set(values).size }).toEqual({ seed, length, distinct: length });
      expect(values.every((value) => /"CITY":"t\d+"/.test(value))).toBe(true);
      const restores = globalRestores(run);
      expect(restores.every(({ startUs, endUs }) => endUs > startUs + 40_000)).toBe(true);
      expect(restores.slice(-3).map(({ records }) => records)).toEqual([40, 40, 40]);
    }
  });

  test('[STRM-17] records that are no rows are told in the processing log', () => {
    const declared = "CREATE TABLE customers (id STRING PRIMARY KEY, city INT) WITH (KAFKA_TOPIC='customers', VALUE_FORMAT='JSON');";
    const nodes: Sketch['nodes'] = {
      orders: { kind: 'topic', config: { partitions: 2 }, to: ['query', 'copy'] },
      copy: { kind: 'sql', config: { sql: `${declared} CREATE STREAM copied AS SELECT * FROM orders;` }, to: ['copied'] },
      copied: { kind: 'topic', config: { partitions: 2 } },
    };
    const { streams } = reportOf(finished(design({}, { nodes })));
    const { messages, lastMessages } = streams.find(({ node }) => node === 'query')!;
    expect(messages).toBe(40);
    expect(lastMessages.every(({ task, topic, text }) => task === 'global' && topic === 'customers' && text.includes('deserialize'))).toBe(
      true,
    );
  });

  test('[STRM-17] its topic is none of the group’s: nothing of it is committed, dealt out or waited for, and nothing is missing in the ledger', () => {
    const run = finished(design(eos));
    const { ctx } = run;
    const { firstPartition, partitionCount } = ctx.topics.find(({ name }) => name === 'customers')!;
    const { group } = ctx.nodes.find(({ id }) => id === 'query')!;
    expect([...ctx.groups[group].committed].slice(firstPartition, firstPartition + partitionCount)).toEqual([-1, -1, -1]);
    const { ledger } = reportOf(run);
    expect(ledger.routes.map(({ source, sink, underWay }) => ({ source, sink, underWay }))).toEqual([
      { source: 'shop', sink: 'query', underWay: 0 },
    ]);
    for (const { produced, markers, processed, expiredUnread, skippedByReset, steppedOver, lost, underWay } of ledger.paths)
      expect(processed + expiredUnread + skippedByReset + steppedOver + lost + underWay).toBe(produced + markers);
  });

  test('[STRM-17] a run goes on from a checkpoint with its global tables', () => {
    const document = design({ ...eos, 'commit.interval.ms': 100 });
    const whole = finished(document);
    for (const atMs of [30, 1000]) {
      const halfway = checkpoint(runTo(start(document), atMs));
      const resumed = runTo(restore(topologyOf(document), halfway), document.scenario.durationMs);
      expect(reportOf(resumed)).toEqual(reportOf(whole));
      expect(late(resumed)).toEqual(late(whole));
    }
  });
});
