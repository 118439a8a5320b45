import { describe, expect, test } from 'vitest';
import { createMemorySegmentStore } from './memorySegmentStore.ts';
import type { SegmentStore } from './segmentStore.ts';
import { storeErrorCode } from './segmentStore.ts';
import type { StorePlace } from './segmentStoreContract.ts';
import { storeContract, testImage } from './segmentStoreContract.ts';

/** Damages by keeping a hand on the buffers that were put. */
function memoryPlace(): StorePlace {
  const images = new Map<string, ArrayBuffer>();
  return {
    survivesClosing: false,
    async open() {
      const store: SegmentStore = createMemorySegmentStore();
      const put: SegmentStore['put'] = (runKey, entries) => {
        for (const { partition, block, image } of entries) images.set(`${runKey} ${partition} ${block}`, image);
        return store.put(runKey, entries);
      };
      return { ...store, put };
    },
    async damage(runKey, key) {
      const bytes = new Uint8Array(images.get(`${runKey} ${key.partition} ${key.block}`)!);
      bytes[bytes.length >> 1] ^= 4;
    },
  };
}

describe('memory store', () => {
  test.each(storeContract)('[LOG-20] $title', (check) => check.run(memoryPlace()));

  test('[LOG-20] without room nothing of a call is stored', async () => {
    const size = testImage(10).byteLength;
    const store = createMemorySegmentStore({ quotaBytes: 2 * size });
    await store.put('run', [{ partition: 0, block: 0, image: testImage(10) }]);
    const two = [1, 2].map((block) => ({ partition: 0, block, image: testImage(10) }));
    expect(storeErrorCode(await store.put('run', two).catch((error: unknown) => error))).toBe('QUOTA_EXCEEDED');
    expect((await store.list('run')).length).toBe(1);
  });
});
