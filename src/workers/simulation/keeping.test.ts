import { describe, expect, test } from 'vitest';
import { createMemorySegmentStore } from '../../engine/log/memorySegmentStore.ts';
import type { Fault, PipelineDocument } from '../../pipeline/document.ts';
import { runStorage } from '../storage/connect.ts';
import { createBench, createTroubledStore, printAt, shop, tightMemory } from './testBench.ts';

const second = 1_000_000;

describe('a page opened anew', () => {
  for (const [name, limits] of [
    ['with all blocks in memory', {}],
    ['with blocks evicted', tightMemory],
  ] as const) {
    test(`goes on where the run was, ${name}`, async () => {
      const storage = runStorage(createMemorySegmentStore());
      const document = shop({ retentionMs: 4_000 });
      let reached = 0;
      for (const seconds of [3, 9, 14]) {
        const bench = createBench({ storage, limits });
        const answer = await bench.load(document, { resume: true });
        expect(answer.resumed).toBe(seconds !== 3);
        expect(answer.timeUs).toBe(reached);
        await bench.simulation.setSpeed('max');
        await bench.simulation.play();
        await bench.when(() => bench.status().timeUs > seconds * second, `${seconds} s`);
        await bench.simulation.pause();
        await bench.simulation.save();
        reached = bench.status().timeUs;
      }
      const last = createBench({ storage, limits });
      await last.load(document, { resume: true });
      await last.simulation.runUntil(20 * second);
      expect((await last.until('finished')).fingerprint).toBe(printAt(document, 20 * second));
    });
  }

  test('goes on from a checkpoint written while the run was on, without what came after', async () => {
    const storage = runStorage(createMemorySegmentStore());
    const first = createBench({ storage, limits: { checkpointSpacingMs: 200 } });
    await first.load(shop());
    await first.simulation.setSpeed('max');
    await first.simulation.play();
    await first.when(() => first.status().timeUs > 8 * second, '8 s');
    // The page is gone without a word.
    const second_ = createBench({ storage });
    const answer = await second_.load(shop(), { resume: true });
    expect(answer.resumed).toBe(true);
    expect(answer.timeUs).toBeGreaterThan(0);
    await second_.simulation.runUntil(20 * second);
    expect((await second_.until('finished')).fingerprint).toBe(printAt(shop(), 20 * second));
    await first.simulation.pause();
  });

  test('plans what was recorded after the last checkpoint, and starts anew when the design is another', async () => {
    const storage = runStorage(createMemorySegmentStore());
    const first = createBench({ storage });
    await first.load(shop());
    await first.simulation.runUntil(5 * second);
    await first.until('paused');
    await first.simulation.save();
    const faults: Fault[] = [{ atMs: 6_000.001, action: 'member.add', node: 'a' }];
    const resumed = createBench({ storage });
    expect(await resumed.load(shop({ faults }), { resume: true })).toMatchObject({ resumed: true, timeUs: 5 * second });
    await resumed.simulation.runUntil(20 * second);
    expect((await resumed.until('finished')).fingerprint).toBe(printAt(shop({ faults }), 20 * second));
    const other = createBench({ storage });
    expect(await other.load(shop({ durationMs: 30_000 }), { resume: true })).toMatchObject({ resumed: false, timeUs: 0, notResumed: null });
  });

  test('another document of the same browser is kept as it stands when it is left', async () => {
    const storage = runStorage(createMemorySegmentStore());
    const bench = createBench({ storage });
    await bench.load(shop(), { runKey: 'one' });
    await bench.simulation.setSpeed('max');
    await bench.simulation.play();
    await bench.when(() => bench.status().timeUs > 6 * second, '6 s');
    await bench.load(shop({ durationMs: 1_000 }), { runKey: 'two' });
    const answer = await bench.load(shop(), { runKey: 'one', resume: true });
    expect(answer.resumed).toBe(true);
    expect(answer.timeUs).toBeGreaterThan(6 * second);
  });
});

describe('two tabs with one document', () => {
  test('the one that follows leaves the stored run alone, and goes on with it when it takes over', async () => {
    const store = createMemorySegmentStore();
    const storage = runStorage(store);
    const writer = createBench({ storage });
    await writer.load(shop());
    await writer.simulation.runUntil(6 * second);
    await writer.until('paused');
    await writer.simulation.save();
    const stored = await store.list('run');
    const follower = createBench({ storage });
    expect(await follower.load(shop(), { resume: true, keep: false })).toMatchObject({ ok: true, resumed: false, timeUs: 0 });
    await follower.simulation.runUntil(3 * second);
    await follower.until('paused');
    await follower.simulation.reset();
    await follower.simulation.save();
    expect(follower.status().storage.state).toBe('readonly');
    expect(await store.list('run')).toEqual(stored);
    await writer.simulation.letGo();
    expect(await follower.load(shop(), { resume: true })).toMatchObject({ resumed: true, timeUs: 6 * second });
    await writer.simulation.runUntil(12 * second);
    await writer.until('paused');
    expect(writer.status().storage.state).toBe('readonly');
    await follower.simulation.runUntil(12 * second);
    expect((await follower.until('paused')).fingerprint).toBe(writer.status().fingerprint);
  });
});

describe('going back', () => {
  test('past blocks that retention has deleted from the store since', async () => {
    const document = shop({ retentionMs: 3_000 });
    const bench = createBench({ limits: { ...tightMemory, pastSpacingMs: 40 } });
    await bench.load(document);
    for (const seconds of [18, 6, 19, 2, 16, 9, 20]) {
      await bench.simulation.runUntil(seconds * second);
      const status = await bench.until('paused', 'finished', 'failed');
      expect(status).toMatchObject({ failure: null, timeUs: seconds * second, fingerprint: printAt(document, seconds * second) });
      await bench.simulation.save();
    }
  });

  test('and closing the page there: the run goes on from there', async () => {
    const storage = runStorage(createMemorySegmentStore());
    const document = shop({ retentionMs: 3_000 });
    const bench = createBench({ storage, limits: { ...tightMemory, pastSpacingMs: 40 } });
    await bench.load(document);
    await bench.simulation.runUntil(15 * second);
    await bench.until('paused');
    await bench.simulation.runUntil(7 * second);
    await bench.until('paused');
    await bench.simulation.intervene({ action: 'slow', node: 's', factor: 2 });
    await bench.simulation.save();
    const recorded: Fault[] = [{ atMs: 7_000.001, action: 'slow', node: 's', factor: 2 }];
    const anew = createBench({ storage, limits: tightMemory });
    expect(await anew.load(shop({ retentionMs: 3_000, faults: recorded }), { resume: true })).toMatchObject({ resumed: true });
    await anew.simulation.runUntil(20 * second);
    expect((await anew.until('finished')).fingerprint).toBe(printAt(shop({ retentionMs: 3_000, faults: recorded }), 20 * second));
  });
});

describe('a store in trouble', () => {
  test('without room the log gives way, the run goes on and says so', async () => {
    const { store, storage } = createTroubledStore({ quotaBytes: 40_000 });
    const bench = createBench({ storage });
    await bench.load(shop());
    await bench.simulation.runUntil(20 * second);
    const status = await bench.until('finished');
    expect(status.fingerprint).toBe(printAt(shop(), 20 * second));
    expect(status.storage.state).toBe('quota');
    expect(status.storage.detail).toContain('no more room');
    expect(await store.usage('run')).toEqual({ blocks: 0, sizeBytes: 0 });
    const page = await bench.simulation.readRecords({ topicNode: 't', partition: 0, offset: 0, limit: 3 });
    expect(page.records.map((record) => record.offset)).toEqual([0, 1, 2]);
  });

  test('a database that is gone is told of, the run goes on', async () => {
    const { store, storage } = createTroubledStore();
    const bench = createBench({ storage });
    await bench.load(shop());
    await bench.simulation.setSpeed('max');
    await bench.simulation.play();
    await bench.when(() => bench.status().timeUs > 2 * second, '2 s');
    await store.close();
    const status = await bench.until('finished');
    expect(status.fingerprint).toBe(printAt(shop(), 20 * second));
    expect(status.storage).toMatchObject({ state: 'unavailable' });
    expect(status.storage.detail).toContain('closed');
  });

  test('reset tries storage again', async () => {
    const { storage, store } = createTroubledStore({ quotaBytes: 150_000 });
    const bench = createBench({ storage });
    await bench.load(shop());
    await bench.simulation.runUntil(20 * second);
    expect((await bench.until('finished')).storage.state).toBe('quota');
    await bench.simulation.reset();
    expect(bench.status().storage.state).toBe('stored');
    await bench.simulation.runUntil(second);
    await bench.until('paused');
    await bench.simulation.save();
    expect(await store.getCheckpoint('run')).not.toBeNull();
  });

  test('a log that cannot be stored does not fill the memory: the run stands still and says why', async () => {
    const bench = createBench({ storage: null, limits: { unstoredBytesMax: 100_000, evictionSpacingMs: 1 } });
    await bench.load(shop());
    expect(bench.status().storage.state).toBe('unavailable');
    await bench.simulation.runUntil(20 * second);
    const status = await bench.until('failed');
    expect(status.failure).toContain('cannot be stored');
    expect(status.timeUs).toBeGreaterThan(0);
  });

  test('[REC-2] blocks that are damaged leave a run that stands still and says what is damaged, and reset recovers', async () => {
    const { storage, damage } = createTroubledStore();
    const bench = createBench({ storage, limits: tightMemory });
    await bench.load(shop());
    await bench.simulation.runUntil(8 * second);
    await bench.until('paused');
    await bench.simulation.save();
    damage();
    const anew = createBench({ storage, limits: tightMemory });
    await anew.load(shop(), { resume: true });
    await anew.simulation.runUntil(20 * second);
    const status = await anew.until('failed');
    expect(status.failure).toMatch(
      /orders-0 \(\d of \d blocks; nothing of it can be read; block 0\/0 .* checksum \d+, its bytes give \d+\)/,
    );
    expect(status).toMatchObject({ timeUs: 8 * second, storage: { state: 'damaged' } });
    await anew.simulation.reset();
    await anew.simulation.runUntil(20 * second);
    expect((await anew.until('finished')).fingerprint).toBe(printAt(shop(), 20 * second));
  });

  test('a stored run that cannot be read is told of, and the run starts from 0', async () => {
    const { store, storage } = createTroubledStore();
    await store.putCheckpoint('run', { data: { checkpoint: 'nonsense', document: 7 }, needs: [], deleted: [] });
    const bench = createBench({ storage });
    const answer = await bench.load(shop(), { resume: true });
    expect(answer).toMatchObject({ ok: true, resumed: false, timeUs: 0 });
    expect(await store.getCheckpoint('run')).toBeNull();
  });
});

describe('while a block is being read back', () => {
  async function waiting() {
    const troubled = createTroubledStore();
    const bench = createBench({ storage: troubled.storage, limits: tightMemory });
    await bench.load(shop());
    await bench.simulation.runUntil(8 * second);
    await bench.until('paused');
    await bench.simulation.save();
    troubled.hold();
    await bench.simulation.setSpeed('max');
    await bench.simulation.play();
    await bench.when(() => {
      void bench.simulation.setSpeed('max');
      return bench.status().phase === 'waiting-for-storage';
    }, 'a block is missing');
    return { bench, ...troubled };
  }

  test('a pause stays a pause, and play goes on', async () => {
    const { bench, letGo } = await waiting();
    await bench.simulation.pause();
    letGo();
    await bench.simulation.save();
    await bench.simulation.readRecords({ topicNode: 't', partition: 0, offset: 0, limit: 1 });
    expect(bench.status().phase).toBe('paused');
    await bench.simulation.play();
    expect((await bench.until('finished')).fingerprint).toBe(printAt(shop(), 20 * second));
  });

  test('pause and play, step and an intervention are answered', async () => {
    const { bench, letGo } = await waiting();
    await bench.simulation.step();
    await bench.simulation.pause();
    await bench.simulation.play();
    const { fault } = await bench.simulation.intervene({ action: 'member.add', node: 'a' });
    letGo();
    expect((await bench.until('finished')).fingerprint).toBe(printAt(shop({ faults: [fault!] }), 20 * second));
  });

  test('another document can be loaded and played; what the first one waits for does not concern it', async () => {
    const { bench, letGo, damage } = await waiting();
    const other = shop({ durationMs: 500 });
    await bench.load(other, { runKey: 'other' });
    await bench.simulation.play();
    expect(await bench.until('finished')).toMatchObject({ fingerprint: printAt(other, 500_000) });
    damage();
    letGo();
    await bench.simulation.save();
    expect(bench.status()).toMatchObject({ phase: 'finished', failure: null });
  });
});

describe('a log that is compacted', () => {
  /** Both topics compacted every second, and a reader that is away long enough to come back to what was cleaned. */
  function compacted(): PipelineDocument {
    const faults: Fault[] = [
      { atMs: 1_000, action: 'member.stop', node: 'b', member: 0 },
      { atMs: 11_000, action: 'member.restart', node: 'b', member: 0 },
    ];
    const document = shop({ faults });
    const compaction = { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': 0.1 };
    const nodes = document.nodes.map((node) => (node.kind === 'topic' ? { ...node, config: { ...node.config, ...compaction } } : node));
    return { ...document, nodes, cluster: { config: { ...document.cluster.config, 'log.cleaner.backoff.ms': 1_000 } } };
  }

  test('[LOG-64] goes forwards and backwards with next to nothing in memory, its blocks in the store', async () => {
    const document = compacted();
    const bench = createBench({ limits: { ...tightMemory, pastSpacingMs: 40 } });
    await bench.load(document);
    for (const seconds of [14, 5, 20]) {
      await bench.simulation.runUntil(seconds * second);
      const status = await bench.until('paused', 'finished', 'failed');
      expect(status).toMatchObject({ failure: null, timeUs: seconds * second, fingerprint: printAt(document, seconds * second) });
      await bench.simulation.save();
    }
    const report = await bench.simulation.report();
    for (const topic of report.topics) expect(topic.compacted).toBeGreaterThan(500);
  });

  test('[LOG-64] goes on in a page opened anew, from what the store has of it', async () => {
    const document = compacted();
    const storage = runStorage(createMemorySegmentStore());
    let reached = 0;
    for (const seconds of [5, 13]) {
      const bench = createBench({ storage, limits: tightMemory });
      expect((await bench.load(document, { resume: true })).timeUs).toBe(reached);
      await bench.simulation.runUntil(seconds * second);
      expect(await bench.until('paused', 'failed')).toMatchObject({ failure: null });
      await bench.simulation.save();
      reached = bench.status().timeUs;
    }
    const last = createBench({ storage, limits: tightMemory });
    await last.load(document, { resume: true });
    await last.simulation.runUntil(20 * second);
    expect((await last.until('finished', 'failed')).fingerprint).toBe(printAt(document, 20 * second));
  });
});
