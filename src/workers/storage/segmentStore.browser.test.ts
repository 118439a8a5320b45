import { wrap } from 'comlink';
import { deleteDB, openDB } from 'idb';
import { describe, expect, test } from 'vitest';
import type { BlockEntry, SegmentStore } from '../../engine/log/segmentStore.ts';
import { storeErrorCode } from '../../engine/log/segmentStore.ts';
import type { StorePlace } from '../../engine/log/segmentStoreContract.ts';
import { storeContract, testImage } from '../../engine/log/segmentStoreContract.ts';
import { startStorageWorker } from './connect.ts';
import { openIndexedDbSegmentStore } from './indexedDbSegmentStore.ts';

let databases = 0;

/** Each place is a database of its own. */
function indexedDbPlace(): StorePlace & { readonly name: string } {
  const name = `logjam-test-${++databases}`;
  return {
    name,
    survivesClosing: true,
    open: () => openIndexedDbSegmentStore(name),
    async damage(runKey, { partition, block }, how) {
      const db = await openDB(name);
      const key = [runKey, partition, block];
      const image = (await db.get('blocks', key)) as ArrayBuffer;
      new Uint8Array(image)[image.byteLength >> 1] ^= 4;
      if (how === 'remove') await db.delete('blocks', key);
      else await db.put('blocks', how === 'truncate' ? image.slice(0, image.byteLength >> 1) : image, key);
      db.close();
    },
    async damageCheckpoint(runKey) {
      const db = await openDB(name);
      const stored = (await db.get('checkpoints', runKey)) as { data: { words: Uint32Array } };
      stored.data.words[2] ^= 4;
      await db.put('checkpoints', stored, runKey);
      db.close();
    },
  };
}

const entry = (block: number, count = 10) => ({ partition: 0, block, image: testImage(count) });

describe('IndexedDB store', () => {
  test.each(storeContract)('[LOG-20] $title', (check) => check.run(indexedDbPlace()));

  test('[LOG-20] a database deleted under the store lets go at once and is told', async () => {
    const place = indexedDbPlace();
    const store = await place.open();
    await store.put('run', [entry(0)]);
    await deleteDB(place.name);
    expect(await store.put('run', [entry(1)]).catch(storeErrorCode)).toBe('STORE_CLOSED');
    expect(await store.getCheckpoint('run').catch(storeErrorCode)).toBe('STORE_CLOSED');
    const again = await place.open();
    expect(await again.list('run')).toEqual([]);
    const needs = [{ partition: 0, block: 0 }];
    expect(await again.putCheckpoint('run', { data: 1, needs, deleted: [] }).catch(storeErrorCode)).toBe('CHECKPOINT_NEEDS_BLOCK');
    await again.close();
  });

  test('[LOG-20] a transaction cut off by deleting the database stores nothing of its call', async () => {
    const place = indexedDbPlace();
    const store = await place.open();
    const puts = Array.from({ length: 30 }, (_, i) => store.put('run', [entry(i, 5000)]).then(() => 'stored', storeErrorCode));
    await deleteDB(place.name);
    for (const result of await Promise.all(puts)) expect(['stored', 'STORE_CLOSED']).toContain(result);
    expect(await store.put('run', [entry(99)]).catch(storeErrorCode)).toBe('STORE_CLOSED');
  });

  test('[LOG-20] without room nothing of a call is stored, and what was stored can be read', async () => {
    const store = await inSmallBucket(1024 * 1024, () => openIndexedDbSegmentStore('logjam-test-small'));
    await store.put('run', [entry(0)]);
    expect(await store.put('run', [entry(1), noise(2), noise(3)]).catch(storeErrorCode)).toBe('QUOTA_EXCEEDED');
    expect((await store.list('run')).map(({ block }) => block)).toEqual([0]);
    expect((await store.get('run', { partition: 0, block: 0 })).byteLength).toBe(testImage(10).byteLength);
    // Gathered with one that is too large, others are tried alone; what each call was told is what is there.
    const puts = [entry(4), entry(5), noise(6)].map((one) => store.put('run', [one]).then(() => 'stored', storeErrorCode));
    const told = await Promise.all(puts);
    expect(told[2]).toBe('QUOTA_EXCEEDED');
    const kept = [4, 5].filter((_, i) => told[i] === 'stored');
    expect((await store.list('run')).map(({ block }) => block)).toEqual([0, ...kept]);
    await store.close();
  });
});

/** A block of 4 MB that no compression makes smaller. */
function noise(block: number): BlockEntry {
  const image = new ArrayBuffer(4 * 1024 * 1024);
  const bytes = new Uint8Array(image);
  for (let at = 0; at < bytes.length; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
  bytes.set(new Uint8Array(testImage(10)));
  return { partition: 0, block, image };
}

/** Opens a database within a storage bucket of a few bytes (Chromium's way to have a small quota). */
async function inSmallBucket(quota: number, open: () => Promise<SegmentStore>): Promise<SegmentStore> {
  interface Buckets {
    open(name: string, options: { quota: number }): Promise<{ readonly indexedDB: IDBFactory }>;
  }
  const { storageBuckets } = navigator as unknown as { storageBuckets: Buckets };
  const bucket = await storageBuckets.open('small', { quota });
  const usual = Object.getOwnPropertyDescriptor(globalThis, 'indexedDB')!;
  Object.defineProperty(globalThis, 'indexedDB', { configurable: true, value: bucket.indexedDB });
  try {
    return await open();
  } finally {
    Object.defineProperty(globalThis, 'indexedDB', usual);
  }
}

describe('storage worker', () => {
  test('[LOG-20] it stores what is transferred to it and gives it back; errors keep their codes', async () => {
    const store: SegmentStore = startStorageWorker();
    await store.clear('worker run');
    const one = entry(3, 200);
    await store.put('worker run', [one]);
    expect(one.image.byteLength).toBe(0);
    const needs = [{ partition: 0, block: 3 }];
    await store.putCheckpoint('worker run', { data: { words: Uint32Array.of(7) }, needs, deleted: [] });
    expect(await store.getCheckpoint('worker run')).toEqual({ words: Uint32Array.of(7) });
    expect((await store.get('worker run', needs[0])).byteLength).toBe(testImage(200).byteLength);
    expect(await store.get('worker run', { partition: 0, block: 4 }).catch(storeErrorCode)).toBe('BLOCK_MISSING');
    await store.clear('worker run');
    expect(await store.usage('worker run')).toEqual({ blocks: 0, sizeBytes: 0 });
    await store.close();
  });

  test('[REC-7] a worker that is ended while it writes leaves the last whole checkpoint', async () => {
    const runKey = 'ended run';
    // Each time at another point of a write.
    for (const afterMs of [0, 1, 2, 4, 8, 16, 32]) {
      const worker = new Worker(new URL('./storageWorker.ts', import.meta.url), { type: 'module' });
      const store = wrap<SegmentStore>(worker);
      await store.clear(runKey);
      let told = 0;
      const writing = (async () => {
        for (let n = 1; ; n++) {
          await store.put(runKey, [entry(n, 50)]);
          const needs = [{ partition: 0, block: n }];
          const deleted = n > 1 ? [{ partition: 0, block: n - 1 }] : [];
          await store.putCheckpoint(runKey, { data: { n, words: new Uint32Array(500_000).fill(n) }, needs, deleted });
          told = n;
        }
      })();
      void writing.catch(() => undefined);
      while (told < 2) await new Promise((resolve) => setTimeout(resolve, 1));
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      worker.terminate();
      const again = startStorageWorker();
      const { n, words } = (await again.getCheckpoint(runKey)) as { n: number; words: Uint32Array };
      expect([told, told + 1]).toContain(n);
      expect(words.every((word) => word === n)).toBe(true);
      expect(await again.verify(runKey, [{ partition: 0, block: n, baseOffset: 0, recordCount: 50, batchCount: 1 }])).toEqual([]);
      await again.clear(runKey);
      await again.close();
    }
  });
});
