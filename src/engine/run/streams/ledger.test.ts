import { describe, expect, test } from 'vitest';
import type { Config, Fault } from '../../../pipeline/document.ts';
import { createStream, nextBelow } from '../../kernel/random.ts';
import type { Run } from '../build.ts';
import { advanceMatrix, matrixOf, startMatrix } from '../guarantees/guaranteeMatrix.ts';
import { finished, type Sketch } from '../harness.ts';
import { reportOf } from '../views/report.ts';
import { shop, tableOf } from './streamsFixture.ts';

const counts = 'CREATE TABLE counts AS SELECT customer, COUNT(*) AS n FROM orders GROUP BY customer;';
const crash: Partial<Sketch> = { seconds: 40, faults: [{ atMs: 1000, action: 'member.crash', node: 'query', member: 0 }] };
const eos: Config = { 'processing.guarantee': 'exactly_once_v2' };
const reader: Sketch['nodes'] = {
  result: { kind: 'topic', config: { partitions: 2 }, to: ['sink'] },
  sink: { kind: 'sink', config: { 'isolation.level': 'read_committed' } },
};

const routesOf = (run: Run) => Object.fromEntries(reportOf(run).ledger.routes.map((route) => [`${route.source} > ${route.sink}`, route]));

describe('a stream processor in the ledger', () => {
  test('[STRM-13] a record has arrived when it is processed, and results are records of the node; with transactions, when these are committed', () => {
    const calm = routesOf(finished(shop(counts, { instances: 2 }, { nodes: reader })));
    expect(Object.keys(calm)).toEqual(['shop > query', 'query > sink']);
    expect(calm['shop > query']).toMatchObject({ made: 200, deliveredOnce: 200, duplicated: 0, underWay: 0 });
    expect(calm['query > sink']).toMatchObject({ made: 200, deliveredOnce: 200, duplicated: 0, underWay: 0 });
    const upset = routesOf(finished(shop(counts, { instances: 2, ...eos }, { ...crash, nodes: reader })));
    expect(upset['shop > query']).toMatchObject({ made: 200, deliveredOnce: 200, duplicated: 0, underWay: 0 });
    const { made, deliveredOnce, aborted, underWay } = upset['query > sink']!;
    expect({ deliveredOnce, underWay, rest: made - aborted }).toEqual({ deliveredOnce: 200, underWay: 0, rest: 200 });
    expect(aborted).toBeGreaterThan(0);
  });

  test('[STRM-13] at least once, what is processed again counts twice', () => {
    const routes = routesOf(finished(shop(counts, { instances: 2 }, { ...crash, nodes: reader })));
    expect(routes['shop > query']).toMatchObject({ made: 200, underWay: 0 });
    expect(routes['shop > query']!.duplicated).toBeGreaterThan(0);
    expect(routes['query > sink']).toMatchObject({ duplicated: 0, underWay: 0 });
  });

  test('[STRM-15] the guarantee matrix compares what came to the stream processor, with transactions what was committed there', () => {
    const { work } = startMatrix(shop(counts, { instances: 2 }, { ...crash, nodes: reader }), { seeds: [1] });
    while (!advanceMatrix(work!, 100_000));
    const rows = matrixOf(work!).rows.map(({ node, guarantee, expected, duplicated, lost }) => ({
      node,
      guarantee,
      expected,
      duplicated,
      lost,
    }));
    expect(rows.map(({ node }) => node)).toEqual(['query', 'query', 'query', 'query']);
    expect(rows.at(-1)).toEqual({ node: 'query', guarantee: 'exactly-once', expected: 200, duplicated: 0, lost: 0 });
    expect(rows[1]!.duplicated).toBeGreaterThan(0);
  });

  test('[STRM-14] whatever members go and come: exactly once the result is that of an undisturbed run, and nothing is missing in the ledger', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = createStream(seed, 'crashes');
      const faults: Fault[] = [];
      for (let i = 0; i < 6; i++) {
        const member = nextBelow(random, 3);
        const atMs = 200 + nextBelow(random, 6000);
        const action = (['member.crash', 'member.stop', 'member.crash'] as const)[nextBelow(random, 3)]!;
        faults.push(
          { atMs, action, node: 'query', member },
          { atMs: atMs + 50 + nextBelow(random, 3000), action: 'member.restart', node: 'query', member },
        );
      }
      for (let member = 0; member < 3; member++) faults.push({ atMs: 12_000, action: 'member.restart', node: 'query', member });
      const config = { instances: 3, 'num.standby.replicas': seed % 2, 'default.dsl.store': seed % 3 === 0 ? 'in_memory' : 'rocksDB' };
      const sketch: Partial<Sketch> = { seed, seconds: 60, faults: faults.sort((a, b) => a.atMs - b.atMs), nodes: reader };
      const calm = tableOf(finished(shop(counts, {}, { seed })));
      const run = finished(shop(counts, { ...config, ...eos }, sketch));
      expect({ seed, table: tableOf(run) }).toEqual({ seed, table: calm });
      for (const [way, route] of Object.entries(routesOf(run)))
        expect({ seed, way, underWay: route.underWay }).toEqual({ seed, way, underWay: 0 });
      const [path] = reportOf(run).ledger.paths;
      const { produced, markers, processed, expiredUnread, skippedByReset, steppedOver, lost, underWay } = path!;
      expect({ seed, sum: processed + expiredUnread + skippedByReset + steppedOver + lost + underWay }).toEqual({
        seed,
        sum: produced + markers,
      });
      const atLeast = tableOf(finished(shop(counts, config, sketch)));
      for (const [key, row] of Object.entries(calm))
        expect((JSON.parse(atLeast[key]!) as { N: number }).N).toBeGreaterThanOrEqual((JSON.parse(row) as { N: number }).N);
    }
  });
});
