import { expect, test } from 'vitest';
import type { FollowAnswer } from '../protocol.ts';
import { createBench, printAt, shop } from './testBench.ts';

const second = 1_000_000;

function journeyIn(answer: FollowAnswer) {
  if (answer.kind !== 'followed') throw new Error(`it was ${JSON.stringify(answer)}`);
  return answer.journey;
}

test('[FOL-2] a record picked in the log is followed beside the run, which stays as it is, from a copy of its past or from the start', async () => {
  const document = shop();
  const bench = createBench({ limits: { pastSpacingMs: 1 } });
  const { simulation } = bench;
  await bench.load(document);
  await simulation.runUntil(14 * second);
  await bench.until('paused');
  const page = await simulation.readRecords({ topicNode: 't', partition: 1, offset: 100, limit: 1 });
  const { sequence, offset } = page.records[0]!;
  const journey = journeyIn(await simulation.follow({ topicNode: 't', partition: 1, offset: 100 }));
  expect(journey).toMatchObject({ source: 'p', sequence, complete: true });
  expect(journey.copies[0]).toMatchObject({ topicNode: 't', partition: 1, offset });
  expect(journey.deliveries.map(({ node }) => node).sort()).toEqual(['a', 'b', 's']);
  const { copies, deliveries } = journeyIn(await simulation.follow({ source: 'p', sequence }));
  expect({ copies, deliveries }).toEqual({ copies: journey.copies, deliveries: journey.deliveries });
  expect(bench.status()).toMatchObject({ timeUs: 14 * second, fingerprint: printAt(document, 14 * second) });
  await simulation.runUntil(15 * second);
  await bench.until('paused');
  expect(bench.status().fingerprint).toBe(printAt(document, 15 * second));
});

test('[FOL-2] what people did in the run happens in the one that is made again', async () => {
  const bench = createBench();
  const { simulation } = bench;
  await bench.load(shop());
  await simulation.runUntil(7 * second);
  await bench.until('paused');
  await simulation.intervene({ action: 'outage.start', node: 'a' });
  await simulation.runUntil(10 * second);
  await bench.until('paused');
  const { highWatermark } = await simulation.readRecords({ topicNode: 't', partition: 1, offset: 0, limit: 1 });
  const journey = journeyIn(await simulation.follow({ topicNode: 't', partition: 1, offset: Math.floor(0.85 * highWatermark) }));
  expect(journey).toMatchObject({ complete: false, untilUs: 10 * second });
  expect(journey.deliveries.find(({ node }) => node === 'a')?.outcome ?? 'under-way').toBe('under-way');
  expect(journey.deliveries.find(({ node }) => node === 'b')).toMatchObject({ outcome: 'served' });
});

test('[FOL-2] it can be stopped, tells how far it is, and says why it cannot follow', async () => {
  const bench = createBench({ tickMs: 5 });
  const { simulation } = bench;
  expect(await simulation.follow({ source: 'p', sequence: 0 })).toMatchObject({ kind: 'refused' });
  await bench.load(shop());
  await simulation.runUntil(10 * second);
  await bench.until('paused');
  expect(await simulation.followProgress()).toBeNull();
  const asked = simulation.follow({ source: 'p', sequence: 1_000 });
  await new Promise((resolve) => setTimeout(resolve));
  expect(await simulation.followProgress()).toBeLessThan(1);
  await simulation.stopFollowing();
  expect(await asked).toEqual({ kind: 'stopped' });
  expect(await simulation.followProgress()).toBeNull();
  expect(await simulation.follow({ topicNode: 't', partition: 0, offset: 1e6 })).toMatchObject({ kind: 'refused' });
  expect(await simulation.follow({ source: 'p', sequence: 1e6 })).toEqual({
    kind: 'refused',
    reason: 'The record has not left its producer yet.',
  });
});
