import { describe, expect, test } from 'vitest';
import { storableCheckpoint } from '../../engine/index.ts';
import { blockImage, takeSealed } from '../../engine/host.ts';
import { createMemorySegmentStore, type MemoryRun } from '../../engine/log/memorySegmentStore.ts';
import type { Fault } from '../../pipeline/document.ts';
import { runStorage } from '../storage/connect.ts';
import { createBench, printAt, shop, straightTo, tightMemory } from './testBench.ts';

const second = 1_000_000;
const savedUs = 12 * second;

type How = 'flip' | 'truncate' | 'remove' | 'other';

/** A run that was stored at 12 s and left, in a store whose contents can be damaged. */
async function storedRun(options: { readonly faults?: readonly Fault[] } = {}) {
  const runs = new Map<string, MemoryRun>();
  const store = createMemorySegmentStore({ runs });
  const storage = runStorage(store);
  const bench = createBench({ storage });
  await bench.load(shop(options));
  await bench.simulation.runUntil(savedUs);
  await bench.until('paused');
  await bench.simulation.save();
  const report = await bench.simulation.report();
  const all = await bench.simulation.readRecords({ topicNode: 't', partition: 1, offset: 0, limit: 500 });
  return {
    store,
    storage,
    report,
    all: all.records,
    status: bench.status(),
    damage(block: string, how: How = 'flip') {
      const { blocks } = runs.get('run')!;
      const stored = blocks.get(block)!;
      if (how === 'remove') blocks.delete(block);
      else if (how === 'truncate') stored.image = stored.image.slice(0, stored.image.byteLength - 5);
      else if (how === 'other') stored.image = blocks.get('0/1')!.image;
      else new Uint8Array(stored.image)[stored.image.byteLength - 9]! ^= 8;
    },
    async contents() {
      return JSON.stringify([await store.list('run'), await store.getCheckpoint('run')]);
    },
  };
}

/** Offset of the first record of block 2 of the partition that the tests damage. */
async function cutOf(stored: Awaited<ReturnType<typeof storedRun>>): Promise<number> {
  const checkpoint = (await stored.store.getCheckpoint('run')) as {
    checkpoint: ReturnType<typeof storableCheckpoint>;
  };
  return checkpoint.checkpoint.state.partitions[1]!.log.blocks[2]!.baseOffset;
}

describe('a stored run with a damaged block', () => {
  for (const [how, found] of [
    ['flip', /block 1\/2 of run run: the block has checksum \d+, its bytes give \d+/],
    ['truncate', /block 1\/2 .* says it has \d+ bytes, there are \d+/],
    ['remove', /block 1\/2 .* is not in the store/],
    ['other', /block 1\/2 has \d+ records in \d+ batches from offset \d+, the checkpoint says \d+ in \d+ from \d+/],
  ] as const) {
    test(`[REC-1] [REC-2] ${how}: it is found when the run is opened, and the log is cut before it for whoever reads`, async () => {
      const stored = await storedRun();
      const cutOffset = await cutOf(stored);
      stored.damage('1/2', how);
      const before = await stored.contents();
      const bench = createBench({ storage: stored.storage });
      expect(await bench.load(shop(), { resume: true })).toMatchObject({ ok: true, resumed: true, timeUs: savedUs, notResumed: null });
      const { damage, failure, phase, fingerprint, storage } = bench.status();
      expect(damage).toMatchObject([{ topicNode: 't', topic: 'orders', partition: 1, damagedBlocks: 1, cutOffset }]);
      expect(damage[0]!.found).toMatch(found);
      expect(failure).toContain(`offsets 0 to ${cutOffset - 1} can be read`);
      expect({ phase, fingerprint, state: storage.state }).toEqual({
        phase: 'failed',
        fingerprint: stored.status.fingerprint,
        state: 'damaged',
      });
      // The report is the stored run's; the damaged log is read up to the cut, the others to their ends.
      expect(await bench.simulation.report()).toEqual(stored.report);
      const cut = await bench.simulation.readRecords({ topicNode: 't', partition: 1, offset: 0, limit: 500 });
      expect(cut.highWatermark).toBe(cutOffset);
      expect(cut.records).toEqual(stored.all.filter(({ offset }) => offset < cutOffset));
      const [, , other] = stored.report.topics[0]!.partitions;
      const last = await bench.simulation.readRecords({ topicNode: 't', partition: 2, offset: other!.highWatermark - 1, limit: 5 });
      expect(last.records.map(({ offset }) => offset)).toEqual([other!.highWatermark - 1]);
      expect((await bench.simulation.segments({ topicNode: 't', partition: 1 }))!.logEndOffset).toBe(cutOffset);
      // It does not go on, and nothing is written.
      await bench.simulation.play();
      await bench.simulation.step();
      await bench.simulation.runUntil(20 * second);
      expect((await bench.simulation.intervene({ action: 'member.add', node: 'a' })).refusal).toContain('damaged');
      await bench.simulation.save();
      expect(bench.status()).toMatchObject({ timeUs: savedUs, phase: 'failed' });
      expect(await stored.contents()).toBe(before);
    });
  }

  test('[REC-3] rebuilt it is the same run, is whole in the store, and goes on', async () => {
    const stored = await storedRun();
    stored.damage('1/2');
    stored.damage('3/0', 'remove');
    const bench = createBench({ storage: stored.storage, limits: tightMemory });
    await bench.load(shop(), { resume: true });
    expect(bench.status().damage.map(({ topic, partition }) => `${topic}-${partition}`)).toEqual(['orders-1', 'priced-0']);
    await bench.simulation.rebuild();
    await bench.when(() => bench.status().rebuild !== 'under-way', 'the run is rebuilt');
    await bench.simulation.save();
    expect(bench.status()).toMatchObject({
      rebuild: 'same',
      phase: 'paused',
      timeUs: savedUs,
      events: stored.status.events,
      fingerprint: stored.status.fingerprint,
      damage: [],
      failure: null,
    });
    const anew = createBench({ storage: stored.storage, limits: tightMemory });
    expect(await anew.load(shop(), { resume: true })).toMatchObject({ resumed: true, timeUs: savedUs });
    expect(anew.status().damage).toEqual([]);
    await anew.simulation.runUntil(20 * second);
    expect((await anew.until('finished')).fingerprint).toBe(printAt(shop(), 20 * second));
  });

  test('[REC-3] rebuilt with what people did in it', async () => {
    const runs = new Map<string, MemoryRun>();
    const storage = runStorage(createMemorySegmentStore({ runs }));
    const first = createBench({ storage });
    await first.load(shop());
    await first.simulation.runUntil(4 * second);
    await first.until('paused');
    const { fault } = await first.simulation.intervene({ action: 'member.add', node: 'a' });
    await first.simulation.setSpeed('max');
    await first.simulation.play();
    await first.when(() => first.status().timeUs > 9 * second, '9 s');
    await first.simulation.pause();
    await first.simulation.save();
    new Uint8Array(runs.get('run')!.blocks.get('0/1')!.image)[80]! ^= 1;
    const anew = createBench({ storage });
    const document = shop({ faults: [fault!] });
    expect((await anew.load(document, { resume: true })).resumed).toBe(true);
    expect(anew.status().damage).toHaveLength(1);
    await anew.simulation.rebuild();
    await anew.when(() => anew.status().rebuild !== 'under-way', 'the run is rebuilt');
    const { rebuild, timeUs, events } = anew.status();
    expect({ rebuild, timeUs, events }).toEqual({ rebuild: 'same', timeUs: first.status().timeUs, events: first.status().events });
    await anew.simulation.runUntil(20 * second);
    expect((await anew.until('finished')).fingerprint).toBe(printAt(document, 20 * second));
  });

  test('[REC-3] the stored checkpoint stays until the run is where it was, whatever happens meanwhile', async () => {
    const stored = await storedRun();
    stored.damage('1/2');
    const checkpoint = JSON.stringify(await stored.store.getCheckpoint('run'));
    const bench = createBench({ storage: stored.storage, limits: { checkpointSpacingMs: 1 } });
    await bench.load(shop(), { resume: true });
    await bench.simulation.rebuild();
    await bench.when(() => bench.status().timeUs > second, '1 s');
    await bench.simulation.pause();
    await bench.simulation.save();
    expect(bench.status()).toMatchObject({ phase: 'paused', rebuild: 'under-way' });
    expect(bench.status().timeUs).toBeLessThan(savedUs);
    expect(JSON.stringify(await stored.store.getCheckpoint('run'))).toBe(checkpoint);
    expect((await bench.simulation.intervene({ action: 'member.add', node: 'a' })).refusal).toContain('being rebuilt');
    // The page is closed here; the next one finds the run where it was.
    const anew = createBench({ storage: stored.storage });
    expect(await anew.load(shop(), { resume: true })).toMatchObject({ resumed: true, timeUs: savedUs });
    await bench.simulation.play();
    await bench.when(() => bench.status().rebuild !== 'under-way', 'the run is rebuilt');
    expect(bench.status()).toMatchObject({ rebuild: 'same', timeUs: savedUs, fingerprint: stored.status.fingerprint });
  });

  test('[REC-3] a run that was another program’s is told to be different', async () => {
    const storage = runStorage(createMemorySegmentStore());
    const run = straightTo({ ...shop(), scenario: { ...shop().scenario, seed: 8 } }, 5 * second);
    const blocks = run.ctx.partitions.flatMap(({ log }, partition) =>
      takeSealed(log).map((block) => ({ partition, block, image: blockImage(log, block) })),
    );
    const damaged = blocks[0]!.image.slice(0, 100);
    await storage.putBlocks('run', [{ ...blocks[0]!, image: damaged }, ...blocks.slice(1)]);
    await storage.putRun('run', { document: shop(), checkpoint: storableCheckpoint(run), savedAtUs: 5 * second }, []);
    const bench = createBench({ storage });
    expect((await bench.load(shop(), { resume: true })).resumed).toBe(true);
    await bench.simulation.rebuild();
    await bench.when(() => bench.status().rebuild !== 'under-way', 'the run is rebuilt');
    await bench.until('paused');
    expect(bench.status()).toMatchObject({ rebuild: 'different', timeUs: 5 * second, fingerprint: printAt(shop(), 5 * second) });
  });

  test('[REC-4] damage that a running run meets stops it; it is rebuilt from there', async () => {
    const runs = new Map<string, MemoryRun>();
    const bench = createBench({ storage: runStorage(createMemorySegmentStore({ runs })), limits: { ...tightMemory, pastSpacingMs: 40 } });
    await bench.load(shop());
    await bench.simulation.runUntil(8 * second);
    await bench.until('paused');
    await bench.simulation.save();
    const { blocks } = runs.get('run')!;
    for (const [name, { image }] of blocks) if (name.startsWith('3/')) new Uint8Array(image)[image.byteLength - 9]! ^= 1;
    await bench.simulation.readRecords({ topicNode: 'u', partition: 0, offset: 0, limit: 5 }).then(
      () => expect.fail('damaged records were given out'),
      (error: Error) => expect(error.message).toContain('checksum'),
    );
    await bench.until('failed');
    const { damage, timeUs, fingerprint } = bench.status();
    expect(damage.map(({ topic, partition }) => `${topic}-${partition}`)).toEqual(['priced-0']);
    await bench.simulation.readRecords({ topicNode: 'u', partition: 0, offset: 0, limit: 5 });
    await bench.simulation.rebuild();
    await bench.when(() => bench.status().rebuild !== 'under-way', 'the run is rebuilt');
    expect(bench.status()).toMatchObject({ rebuild: 'same', timeUs, fingerprint });
    await bench.simulation.runUntil(20 * second);
    expect((await bench.until('finished')).fingerprint).toBe(printAt(shop(), 20 * second));
  });

  test('[REC-1] the check says how far it is', async () => {
    const stored = await storedRun();
    const bench = createBench({ storage: stored.storage, tickMs: 300 });
    await bench.load(shop(), { resume: true });
    const shares = bench.messages.flatMap((message) =>
      message.type === 'status' && message.status.phase === 'loading' && message.status.progress !== null ? [message.status.progress] : [],
    );
    expect(shares[0]).toBe(0);
    expect(shares.length).toBeGreaterThan(1);
    expect(shares).toEqual([...shares].sort((one, other) => one - other));
    expect(bench.status().progress).toBeNull();
  });
});

describe('a stored run that cannot be had', () => {
  test('[REC-5] storage that does not answer: the run is in memory, and what is stored is left as it is', async () => {
    const stored = await storedRun();
    const before = await stored.contents();
    let answers = false;
    const refuse = () => Promise.reject(Object.assign(new Error('busy'), { reason: 'unavailable', detail: 'the database is busy' }));
    const storage = { ...stored.storage, getRun: (key: string) => (answers ? stored.storage.getRun(key) : refuse()) };
    const bench = createBench({ storage });
    expect(await bench.load(shop(), { resume: true })).toMatchObject({ resumed: false, timeUs: 0, notResumed: 'the database is busy' });
    await bench.simulation.runUntil(2 * second);
    await bench.until('paused');
    await bench.simulation.save();
    expect(bench.status().storage).toMatchObject({ state: 'unavailable' });
    expect(await stored.contents()).toBe(before);
    answers = true;
    expect(await createBench({ storage }).load(shop(), { resume: true })).toMatchObject({ resumed: true, timeUs: savedUs });
  });

  test('[REC-5] a damaged checkpoint is said, and the run starts from 0', async () => {
    const runs = new Map<string, MemoryRun>();
    const storage = runStorage(createMemorySegmentStore({ runs }));
    const first = createBench({ storage });
    await first.load(shop());
    await first.simulation.runUntil(2 * second);
    await first.until('paused');
    await first.simulation.save();
    (runs.get('run')!.checkpoint as { checkpoint: { state: { events: { nowUs: number } } } }).checkpoint.state.events.nowUs += 1;
    const answer = await createBench({ storage }).load(shop(), { resume: true });
    expect(answer).toMatchObject({ resumed: false, timeUs: 0 });
    expect(answer.notResumed).toMatch(/checkpoint of run run is damaged: it has checksum \d+, its contents give \d+/);
  });
});
