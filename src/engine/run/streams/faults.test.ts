import { describe, expect, test } from 'vitest';
import type { Config, Fault } from '../../../pipeline/document.ts';
import { createStream, nextBelow } from '../../kernel/random.ts';
import { finished, type Sketch } from '../harness.ts';
import { reportOf } from '../views/report.ts';
import { shop, tableOf } from './streamsFixture.ts';

const counts = 'CREATE TABLE counts AS SELECT customer, COUNT(*) AS n FROM orders GROUP BY customer;';
const eos: Config = { 'processing.guarantee': 'exactly_once_v2', 'replication.factor': 3, instances: 2 };
const copied = { partitions: 2, 'replication.factor': 3, 'min.insync.replicas': 2 };

describe('stream processors and brokers', () => {
  test('[STRM-14] brokers that die and return change nothing of an exactly-once result', () => {
    for (let seed = 1; seed <= 4; seed++) {
      const random = createStream(seed, 'brokers');
      const faults: Fault[] = [];
      for (let i = 0; i < 3; i++) {
        const broker = nextBelow(random, 3);
        const atMs = 300 + i * 15_000 + nextBelow(random, 3000);
        faults.push(
          { atMs, action: 'broker.kill', broker },
          { atMs: atMs + 2000 + nextBelow(random, 4000), action: 'broker.restart', broker },
        );
        if (i === 1) {
          faults.push({ atMs: atMs + 100, action: 'member.crash', node: 'query', member: 1 });
          faults.push({ atMs: atMs + 5000, action: 'member.restart', node: 'query', member: 1 });
        }
      }
      const sketch: Partial<Sketch> = {
        ...{ seed, seconds: 150, faults: faults.sort((a, b) => a.atMs - b.atMs), cluster: { brokers: 3, 'network.latency.ms': 1 } },
        nodes: {
          shop: {
            kind: 'producer',
            config: {
              ...{ 'workload.rate': 5, 'workload.records': 200, 'key.shape': 'uniform', 'key.count': 8 },
              'value.template': '{"customer": "c{{integer 1 4}}"}',
            },
            to: ['orders'],
          },
          orders: { kind: 'topic', config: copied, to: ['query'] },
          result: { kind: 'topic', config: copied },
        },
      };
      const run = finished(shop(counts, eos, sketch));
      const calm = finished(shop(counts, {}, { ...sketch, faults: [] }));
      expect({ seed, table: tableOf(run) }).toEqual({ seed, table: tableOf(calm) });
      const [route] = reportOf(run).ledger.routes;
      expect({ seed, made: route!.made, underWay: route!.underWay }).toEqual({ seed, made: 200, underWay: 0 });
    }
  });
});
