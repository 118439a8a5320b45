import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { advance } from './advance.ts';
import { describeNext } from './views/describe.ts';
import { documentOf, start } from './harness.ts';
import { fingerprint } from './views/report.ts';

const file = new URL('./golden/tiny.txt', import.meta.url);

/** Two records through source → topic → filter → topic → sink, with real costs, a member added, and its crash. */
const tiny = documentOf({
  nodes: {
    shop: {
      kind: 'producer',
      config: { 'workload.rate': 2, 'workload.records': 3, 'linger.ms': 5, 'key.shape': 'sequential' },
      to: ['orders'],
    },
    orders: { kind: 'topic', config: { partitions: 2 }, to: ['check'] },
    check: { kind: 'filter', config: { 'service.time.ms': 2, 'linger.ms': 5 }, to: ['checked'] },
    checked: { kind: 'topic', to: ['view'] },
    view: { kind: 'sink', config: { 'service.time.ms': 10, 'session.timeout.ms': 6000, 'heartbeat.interval.ms': 2000 } },
  },
  cluster: { brokers: 2, 'network.latency.ms': 0.5, 'request.handler.ms': 0.1, 'num.io.threads': 1 },
  faults: [
    { atMs: 700, action: 'member.add', node: 'check' },
    { atMs: 1400, action: 'member.crash', node: 'view', member: 0 },
  ],
  seconds: 2,
});

/** Every event up to the end, one line each. `UPDATE_GOLDEN=1 npx vitest run src/engine/run/golden.test.ts` writes the file anew. */
test('[RUN-1] the tiny pipeline goes through the very same events as ever', () => {
  const run = start(tiny);
  const untilUs = tiny.scenario.durationMs * 1000;
  const lines: string[] = [];
  for (;;) {
    const line = describeNext(run);
    if (advance(run, { untilUs, maxEvents: 1 }).kind === 'reached') break;
    lines.push(line!);
  }
  const plain = start(tiny);
  advance(plain, { untilUs, maxEvents: Infinity });
  expect(fingerprint(run)).toBe(fingerprint(plain));
  const text = `${lines.join('\n')}\nfingerprint ${fingerprint(run)}\n`;
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(new URL('.', file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text.split('\n')).toEqual(readFileSync(file, 'utf8').split('\n'));
});
