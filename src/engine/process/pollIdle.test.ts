import { expect, test } from 'vitest';
import { documentOf, start } from '../run/harness.ts';
import { advance } from '../run/advance.ts';

/** When each record was sent and when its service began, in ms; services take no time. */
function served(idleMs: number): { sentMs: number; startMs: number }[] {
  const document = documentOf({
    nodes: {
      source: { kind: 'producer', config: { 'workload.rate': 8 }, to: ['topic'] },
      topic: { kind: 'topic', config: { partitions: 1 }, to: ['sink'] },
      sink: { kind: 'sink', config: { 'service.time.ms': 0, 'fetch.max.wait.ms': 0, 'poll.idle.ms': idleMs, 'commit.mode': 'auto' } },
    },
    cluster: { 'network.latency.ms': 0.5 },
  });
  const found: { sentMs: number; startMs: number }[] = [];
  const probe = {
    node: -1,
    record: (sentUs: number, startUs: number) => void found.push({ sentMs: sentUs / 1000, startMs: startUs / 1000 }),
  };
  advance(start(document, { probe }), { untilUs: 20e6, maxEvents: Infinity });
  return found;
}

test('[CON-16] with poll.idle.ms a loop that finds nothing looks again only after so long', () => {
  const found = served(99);
  expect(found.length).toBeGreaterThan(150);
  // A look takes a round trip of 1 ms, and after records were served the next one follows at once.
  found.slice(1).forEach(({ startMs }, i) => expect((startMs - found[i]!.startMs - 1) % 100).toBe(0));
  for (const { sentMs, startMs } of found) expect(startMs - sentMs).toBeLessThanOrEqual(101);
  expect(Math.max(...found.map(({ sentMs, startMs }) => startMs - sentMs))).toBeGreaterThan(75);
});

test('[CON-16] without it the next look follows at once', () => {
  for (const { sentMs, startMs } of served(0).slice(2)) expect(startMs - sentMs).toBeLessThan(3);
});
