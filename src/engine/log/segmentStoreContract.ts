/**
 * What every store must do, as a list of checks that know no test framework, so that it runs on memory and files under Node and on
 * IndexedDB in a browser. Each check gets stores that share one place, and throws when something is wrong.
 */
import { encodeBlock } from './blockImage.ts';
import { appendNumbered, testLog } from './logFixtures.ts';
import type { BlockEntry, BlockExpectation, BlockKey, SegmentStore, StoreErrorCode } from './segmentStore.ts';
import { storeErrorCode } from './segmentStore.ts';

export type Damage = 'flip' | 'truncate' | 'remove';

/** One place for stores. `open` may be called again after `close`: what was stored is there still, unless the place forgets (memory). */
export interface StorePlace {
  open(): Promise<SegmentStore>;
  /** Flips one bit in the middle of a stored block, cuts its second half off, or takes it away behind the store's back. */
  damage(runKey: string, key: BlockKey, how: Damage): Promise<void>;
  /** Changes one bit of the run's stored checkpoint. */
  damageCheckpoint(runKey: string): Promise<void>;
  readonly survivesClosing: boolean;
}

export interface ContractCheck {
  readonly title: string;
  run(place: StorePlace): Promise<void>;
}

/** The image of a block that holds `count` numbered records. */
export function testImage(count: number): ArrayBuffer {
  const log = testLog();
  appendNumbered(log, [count]);
  return encodeBlock(log.blocks[0]);
}

function entry(partition: number, block: number, count = 10): BlockEntry {
  return { partition, block, image: testImage(count) };
}

/** What `entry` stores, as a checkpoint would say. */
function expected(partition: number, block: number, count = 10): BlockExpectation {
  return { partition, block, baseOffset: 0, recordCount: count, batchCount: 1 };
}

function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what);
}

function assertEqual(actual: unknown, expected: unknown, what: string): void {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  assert(found === wanted, `${what}: expected ${wanted}, got ${found}`);
}

async function assertRejects(promise: Promise<unknown>, code: StoreErrorCode): Promise<void> {
  try {
    await promise;
  } catch (error) {
    assertEqual(storeErrorCode(error), code, `code of "${String(error)}"`);
    assert(error instanceof Error && error.message.length > 10, 'the error says nothing');
    return;
  }
  throw new Error(`expected ${code}, nothing was refused`);
}

const run = 'run:α/1..';

export const storeContract: readonly ContractCheck[] = [
  {
    title: 'a block comes back as it was put, replaced when put again',
    async run(place) {
      const store = await place.open();
      await store.put(run, [entry(0, 0, 10), entry(0, 1, 1), entry(12, 0, 300)]);
      const image = new Uint8Array(await store.get(run, { partition: 12, block: 0 }));
      const expected = new Uint8Array(testImage(300));
      assert(image.length === expected.length && image.every((byte, i) => i < 12 || byte === expected[i]), 'the bytes differ');
      await store.put(run, [entry(0, 1, 50)]);
      assertEqual((await store.get(run, { partition: 0, block: 1 })).byteLength, testImage(50).byteLength, 'size after replacing');
      await assertRejects(store.get(run, { partition: 0, block: 2 }), 'BLOCK_MISSING');
      await assertRejects(store.get('other', { partition: 0, block: 0 }), 'BLOCK_MISSING');
      await store.close();
    },
  },
  {
    title: 'the list is ordered by partition and block and agrees with the usage',
    async run(place) {
      const store = await place.open();
      await store.put(run, [entry(10, 0), entry(9, 11), entry(9, 2, 40)]);
      await store.put('other', [entry(0, 0)]);
      const sizes = [40, 10, 10].map((count) => testImage(count).byteLength);
      const list = [
        { partition: 9, block: 2, sizeBytes: sizes[0] },
        { partition: 9, block: 11, sizeBytes: sizes[1] },
        { partition: 10, block: 0, sizeBytes: sizes[2] },
      ];
      assertEqual(
        (await store.list(run)).map(({ partition, block, sizeBytes }) => ({ partition, block, sizeBytes })),
        list,
        'list',
      );
      assertEqual(await store.usage(run), { blocks: 3, sizeBytes: sizes[0] + sizes[1] + sizes[2] }, 'usage of the run');
      assertEqual((await store.usage()).blocks, 4, 'blocks in all');
      await store.delete(run, [
        { partition: 9, block: 11 },
        { partition: 77, block: 0 },
      ]);
      assertEqual(
        (await store.list(run)).map(({ block }) => block),
        [2, 0],
        'list after deleting',
      );
      await assertRejects(store.get(run, { partition: 9, block: 11 }), 'BLOCK_MISSING');
      await store.close();
    },
  },
  {
    title: 'a damaged block is never given out: one with a flipped bit, half of one, one that is gone',
    async run(place) {
      const store = await place.open();
      await store.put(run, [entry(3, 4), entry(3, 5), entry(3, 6), entry(3, 7)]);
      await place.damage(run, { partition: 3, block: 4 }, 'flip');
      await place.damage(run, { partition: 3, block: 5 }, 'truncate');
      await place.damage(run, { partition: 3, block: 6 }, 'remove');
      await assertRejects(store.get(run, { partition: 3, block: 4 }), 'BLOCK_CORRUPT');
      await assertRejects(store.get(run, { partition: 3, block: 5 }), 'BLOCK_CORRUPT');
      await assertRejects(store.get(run, { partition: 3, block: 6 }), 'BLOCK_MISSING');
      await store.get(run, { partition: 3, block: 7 });
      await store.put(run, [entry(3, 4), entry(3, 6)]);
      await store.get(run, { partition: 3, block: 4 });
      await store.get(run, { partition: 3, block: 6 });
      await store.close();
    },
  },
  {
    title: 'verifying names each block that is damaged, gone or another one, with what was found, and changes nothing',
    async run(place) {
      const store = await place.open();
      await store.put(run, [entry(0, 0), entry(0, 1), entry(1, 0, 20), entry(1, 1, 20), entry(2, 0)]);
      const all = [expected(0, 0), expected(0, 1), expected(1, 0, 20), expected(1, 1, 20), expected(2, 0)];
      assertEqual(await store.verify(run, all), [], 'damage of a whole run');
      await place.damage(run, { partition: 0, block: 1 }, 'flip');
      await place.damage(run, { partition: 1, block: 0 }, 'truncate');
      await place.damage(run, { partition: 1, block: 1 }, 'remove');
      const asked = [...all.slice(0, 4), { ...all[4], recordCount: 11 }, expected(2, 9)];
      const found = await store.verify(run, asked);
      assertEqual(
        found.map(({ partition, block, code }) => [partition, block, code]),
        [
          [0, 1, 'BLOCK_CORRUPT'],
          [1, 0, 'BLOCK_CORRUPT'],
          [1, 1, 'BLOCK_MISSING'],
          [2, 0, 'BLOCK_CORRUPT'],
          [2, 9, 'BLOCK_MISSING'],
        ],
        'damage',
      );
      assert(/has checksum \d+, its bytes give \d+/.test(found[0].detail), `no checksums in "${found[0].detail}"`);
      assert(/says it has \d+ bytes, there are \d+/.test(found[1].detail), `no sizes in "${found[1].detail}"`);
      assert(/10 records in 1 batches from offset 0, the checkpoint says 11/.test(found[3].detail), `what is in "${found[3].detail}"?`);
      assertEqual(await store.verify(run, asked), found, 'damage looked for again');
      await store.close();
    },
  },
  {
    title: 'a damaged checkpoint is never given out, and another one may take its place',
    async run(place) {
      const store = await place.open();
      await store.putCheckpoint(run, { data: { at: 1, words: Uint32Array.of(1, 2, 3, 4) }, needs: [], deleted: [] });
      await place.damageCheckpoint(run);
      await assertRejects(store.getCheckpoint(run), 'CHECKPOINT_CORRUPT');
      await store.putCheckpoint(run, { data: { at: 2 }, needs: [], deleted: [] });
      assertEqual(await store.getCheckpoint(run), { at: 2 }, 'checkpoint');
      await store.close();
    },
  },
  {
    title: 'a checkpoint comes back as plain data, with typed arrays and maps',
    async run(place) {
      const store = await place.open();
      assertEqual(await store.getCheckpoint(run), null, 'checkpoint of a new run');
      const data = {
        nowUs: 5,
        words: Uint32Array.of(1, 4294967295),
        map: new Map([['k', { list: [1, null] }]]),
        times: Float64Array.of(0.5),
      };
      await store.putCheckpoint(run, { data, needs: [], deleted: [] });
      data.nowUs = 6;
      data.words[0] = 9;
      const back = (await store.getCheckpoint(run)) as typeof data;
      assertEqual(
        [back.nowUs, [...back.words], [...back.map], [...back.times]],
        [5, [1, 4294967295], [['k', { list: [1, null] }]], [0.5]],
        'checkpoint',
      );
      assertEqual(await store.getCheckpoint('other'), null, 'checkpoint of another run');
      await store.close();
    },
  },
  {
    title: 'a checkpoint never names a block that is not stored: neither it nor its deletions are written',
    async run(place) {
      const store = await place.open();
      await store.put(run, [entry(0, 0), entry(0, 1)]);
      await store.putCheckpoint(run, { data: 'first', needs: [{ partition: 0, block: 0 }], deleted: [] });
      const write = {
        data: 'second',
        needs: [
          { partition: 0, block: 1 },
          { partition: 0, block: 2 },
        ],
        deleted: [{ partition: 0, block: 0 }],
      };
      await assertRejects(store.putCheckpoint(run, write), 'CHECKPOINT_NEEDS_BLOCK');
      assertEqual(await store.getCheckpoint(run), 'first', 'checkpoint after the refusal');
      assertEqual((await store.list(run)).length, 2, 'blocks after the refusal');
      const put = store.put(run, [entry(0, 2)]);
      const checkpoint = store.putCheckpoint(run, write);
      await Promise.all([put, checkpoint]);
      assertEqual(await store.getCheckpoint(run), 'second', 'checkpoint');
      assertEqual(
        (await store.list(run)).map(({ block }) => block),
        [1, 2],
        'blocks with the second checkpoint',
      );
      await store.close();
    },
  },
  {
    title: 'clearing a run forgets it and leaves the others',
    async run(place) {
      const store = await place.open();
      await store.put(run, [entry(0, 0), entry(1, 0)]);
      await store.put(`${run}2`, [entry(0, 0)]);
      await store.putCheckpoint(run, { data: 1, needs: [], deleted: [] });
      await store.clear(run);
      assertEqual(await store.list(run), [], 'blocks');
      assertEqual(await store.getCheckpoint(run), null, 'checkpoint');
      assertEqual((await store.list(`${run}2`)).length, 1, 'blocks of the other run');
      await store.close();
    },
  },
  {
    title: 'many calls at once are all carried out, in order for each key',
    async run(place) {
      const store = await place.open();
      await Promise.all(Array.from({ length: 40 }, (_, i) => store.put(run, [entry(i % 4, i >> 3, 1 + i)])));
      assertEqual((await store.list(run)).length, 20, 'blocks');
      assertEqual(
        (await store.get(run, { partition: 3, block: 4 })).byteLength,
        testImage(40).byteLength,
        'the later of two puts under one key',
      );
      await store.close();
    },
  },
  {
    title: 'a closed store says so, and what was stored is there when it is opened again',
    async run(place) {
      const store = await place.open();
      await store.put(run, [entry(0, 7)]);
      await store.putCheckpoint(run, { data: { at: 1 }, needs: [{ partition: 0, block: 7 }], deleted: [] });
      await store.close();
      await assertRejects(store.put(run, [entry(0, 8)]), 'STORE_CLOSED');
      await assertRejects(store.get(run, { partition: 0, block: 7 }), 'STORE_CLOSED');
      await assertRejects(store.getCheckpoint(run), 'STORE_CLOSED');
      if (!place.survivesClosing) return;
      const again = await place.open();
      assertEqual(
        (await again.list(run)).map(({ block }) => block),
        [7],
        'blocks after opening again',
      );
      assertEqual(await again.getCheckpoint(run), { at: 1 }, 'checkpoint after opening again');
      await again.get(run, { partition: 0, block: 7 });
      await again.close();
    },
  },
];
