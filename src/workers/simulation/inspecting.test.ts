import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { decodeBatch, isBatchFault } from '../../engine/log/decodeBatch.ts';
import { createBench, shop, tightMemory } from './testBench.ts';

const orders = { topicNode: 't', partition: 1 };

async function finishedShop() {
  const bench = createBench({ limits: tightMemory });
  await bench.load(shop());
  await bench.simulation.setSpeed('max');
  await bench.simulation.play();
  await bench.until('finished');
  return bench;
}

test('[LOOK-1] segments, batches, indexes and bytes of a log are told while most of its blocks are in storage only', async () => {
  const { simulation } = await finishedShop();
  const view = (await simulation.segments(orders))!;
  expect([view.topic, view.partition]).toEqual(['orders', 1]);
  expect(view.segments.length).toBeGreaterThan(3);
  for (const { baseOffset, batches, offsetIndexEntries } of view.segments) {
    const page = (await simulation.batches({ ...orders, segmentBase: baseOffset, from: 0, limit: 5_000 }))!;
    expect(page.total).toBe(batches);
    expect(page.batches.length).toBe(Math.min(1_000, batches));
    const indexes = (await simulation.segmentIndexes({ ...orders, segmentBase: baseOffset }))!;
    expect(indexes.offsets.length).toBe(offsetIndexEntries);
    for (const batch of page.batches.slice(0, 2)) {
      const { bytes } = (await simulation.batchBytes({ ...orders, baseOffset: batch.baseOffset }))!;
      expect(bytes.length).toBe(batch.sizeBytes);
      expect(decodeBatch(bytes)).toMatchObject({ baseOffset: batch.baseOffset, recordsCount: batch.records });
    }
  }
});

test('[LOOK-2] a partition comes as an archive of its directory, whose batches decode and go from log start to log end', async () => {
  const { simulation } = await finishedShop();
  const view = (await simulation.segments(orders))!;
  const answer = (await simulation.partitionFiles(orders))!;
  expect(answer.name).toBe('orders-1.zip');
  const unzipped = unzipSync(new Uint8Array(await answer.archive.arrayBuffer()));
  expect(Object.keys(unzipped)).toEqual(answer.files.map(({ name }) => `orders-1/${name}`));
  expect(answer.files.map(({ bytes }) => bytes)).toEqual(Object.values(unzipped).map(({ length }) => length));
  let offset = view.logStartOffset;
  for (const { baseOffset } of view.segments) {
    const bytes = unzipped[`orders-1/${String(baseOffset).padStart(20, '0')}.log`]!;
    for (let at = 0; at < bytes.length;) {
      const batch = decodeBatch(bytes, at);
      if (isBatchFault(batch)) throw new Error(batch.detail);
      expect(batch.baseOffset).toBe(offset);
      offset += batch.lastOffsetDelta + 1;
      at += batch.sizeBytes;
    }
  }
  expect(offset).toBe(view.logEndOffset);
  expect(Object.keys(unzipped)).toEqual(expect.arrayContaining(['orders-1/leader-epoch-checkpoint', 'orders-1/partition.metadata']));
  expect(answer.notes.join(' ')).toContain('retention.ms=-1');
  // Asking again gives the same archive.
  const again = (await simulation.partitionFiles(orders))!;
  expect(new Uint8Array(await again.archive.arrayBuffer())).toEqual(new Uint8Array(await answer.archive.arrayBuffer()));
});

test('[LOOK-3] an archive made while the run plays is of the moment it was asked for, and the run goes on as without it', async () => {
  const document = shop({ retentionMs: 4_000 });
  const bench = createBench({ limits: tightMemory });
  const { simulation } = bench;
  await bench.load(document);
  await simulation.runUntil(8_000_000);
  await bench.until('paused');
  const wanted = (await simulation.partitionFiles(orders))!;
  await simulation.setSpeed('max');
  const asked = simulation.partitionFiles(orders);
  await simulation.play();
  expect((await asked)!.files).toEqual(wanted.files);
  const { fingerprint } = await bench.until('finished');
  const other = createBench();
  await other.load(document);
  await other.simulation.setSpeed('max');
  await other.simulation.play();
  expect(fingerprint).toBe((await other.until('finished')).fingerprint);
});

test('[LOOK-4] without a run, and for what there is not, the answer is nothing', async () => {
  const bench = createBench();
  expect(await bench.simulation.segments(orders)).toBe(null);
  await bench.load(shop());
  const nowhere = { topicNode: 't', partition: 9 };
  expect(await bench.simulation.segments(nowhere)).toBe(null);
  expect(await bench.simulation.partitionFiles(nowhere)).toBe(null);
  expect(await bench.simulation.batches({ ...orders, segmentBase: 77, from: 0, limit: 1 })).toBe(null);
  expect(await bench.simulation.batchBytes({ ...orders, baseOffset: 0 })).toBe(null);
});
