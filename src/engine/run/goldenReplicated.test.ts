import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { advance } from './advance.ts';
import { describeNext } from './views/describe.ts';
import { start } from './harness.ts';
import { documentWith, placement } from './replicationFixtures.ts';

const file = new URL('./golden/replicated.txt', import.meta.url);

/** Three records with acks=all, and the death of the leader between the second and the third. */
const setting = {
  producers: { shop: { acks: 'all', 'workload.rate': 0.5, 'workload.records': 3 } },
  topic: { 'min.insync.replicas': 2 },
  cluster: {
    'network.latency.ms': 0.5,
    'replica.fetch.wait.max.ms': 5_000,
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 1_000,
  },
  seconds: 12,
};

/** Every event up to the end, one line each. `UPDATE_GOLDEN=1 npx vitest run src/engine/run/goldenReplicated.test.ts` writes the file anew. */
test('[RUN-1] three replicated records and the death of their leader go through the very same events as ever', () => {
  const [leader] = placement(setting) as [number];
  const document = documentWith(setting, [
    { atMs: 2_500, action: 'broker.kill', broker: leader },
    { atMs: 8_000, action: 'broker.restart', broker: leader },
  ]);
  const run = start(document);
  const untilUs = document.scenario.durationMs * 1000;
  const lines: string[] = [];
  for (;;) {
    const line = describeNext(run);
    if (advance(run, { untilUs, maxEvents: 1 }).kind === 'reached') break;
    lines.push(line!);
  }
  const text = `${lines.join('\n')}\n\n${run.state.timeline.entries.map((entry) => entry.text).join('\n')}\n`;
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
  expect(text.split('\n')).toEqual(readFileSync(file, 'utf8').split('\n'));
});
