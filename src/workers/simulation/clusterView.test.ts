import { expect, test } from 'vitest';
import type { PipelineDocument } from '../../pipeline/document.ts';
import { PartitionField } from '../frameFields.ts';
import { createBench, shop } from './testBench.ts';

/** The shop with three copies of each partition on three brokers. */
function replicated(): PipelineDocument {
  const document = shop({ durationMs: 60_000 });
  const nodes = document.nodes.map((node) =>
    node.kind === 'topic' ? { ...node, config: { ...node.config, 'replication.factor': 3, 'min.insync.replicas': 2 } } : node,
  );
  return { ...document, nodes };
}

test('before a run is loaded there is no cluster to see', async () => {
  expect(await createBench().simulation.clusterView()).toBeNull();
});

test('[CLUV-7] a broker that is killed between two views is down in the second, and its leaders moved when it is fenced', async () => {
  const bench = createBench();
  await bench.load(replicated());
  await bench.simulation.runUntil(5e6);
  await bench.until('paused');
  const before = (await bench.simulation.clusterView())!;
  expect(before.brokers.map(({ condition }) => condition)).toEqual(['running', 'running', 'running']);
  expect(before).toMatchObject({ timeUs: 5e6, offline: 0, underReplicated: 0 });
  expect(before.partitions.filter(({ topicNode }) => topicNode !== '')).toHaveLength(5);
  // Those of __consumer_offsets that hold a group: one copy of each on every broker, too.
  const offsets = before.partitions.filter(({ topic }) => topic === '__consumer_offsets');
  const count = 5 + offsets.length;
  expect(before.partitions).toHaveLength(count);
  expect((await bench.simulation.intervene({ action: 'broker.kill', broker: 0 })).refusal).toBeNull();
  expect((await bench.simulation.intervene({ action: 'broker.kill', broker: 0 })).refusal).toBe('Broker 0 is down already.');
  await bench.simulation.runUntil(20e6);
  await bench.until('paused');
  const after = (await bench.simulation.clusterView())!;
  expect(after.brokers[0]).toMatchObject({ condition: 'down', leaders: 0, replicas: count, outOfSync: count });
  expect(after).toMatchObject({ offline: 0, underReplicated: count, underMinIsr: 0 });
  expect(after.partitions.every(({ leader }) => leader === 1 || leader === 2)).toBe(true);
});

test('a frame tells of each partition how many replicas are out of sync, and whether too few are in sync', async () => {
  const bench = createBench();
  const { layout } = await bench.load(replicated());
  await bench.simulation.runUntil(1e6);
  await bench.until('paused');
  for (const broker of [0, 1]) await bench.simulation.intervene({ action: 'broker.kill', broker });
  await bench.simulation.runUntil(20e6);
  await bench.until('paused');
  const buffers = bench.messages.flatMap((message) => (message.type === 'frame' ? [message.buffer] : []));
  const frame = new Float64Array(buffers.at(-1)!);
  for (const { offset } of layout!.partitions) {
    expect(frame[offset + PartitionField.leader]).toBe(2);
    expect(frame[offset + PartitionField.outOfSync]).toBe(2);
    expect(frame[offset + PartitionField.underMinIsr]).toBe(1);
  }
});
