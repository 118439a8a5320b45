import { describe, expect, test } from 'vitest';
import { createMemorySegmentStore, type MemoryRun } from './memorySegmentStore.ts';
import { blockKeyText, storeErrorCode } from './segmentStore.ts';
import type { StorePlace } from './segmentStoreContract.ts';
import { storeContract, testImage } from './segmentStoreContract.ts';

/** Damages what lies in the store's memory. */
function memoryPlace(): StorePlace {
  const runs = new Map<string, MemoryRun>();
  return {
    survivesClosing: false,
    open: async () => createMemorySegmentStore({ runs }),
    async damage(runKey, key, how) {
      const { blocks } = runs.get(runKey)!;
      const stored = blocks.get(blockKeyText(key))!;
      if (how === 'remove') blocks.delete(blockKeyText(key));
      else if (how === 'truncate') stored.image = stored.image.slice(0, stored.image.byteLength >> 1);
      else new Uint8Array(stored.image)[stored.image.byteLength >> 1] ^= 4;
    },
    async damageCheckpoint(runKey) {
      (runs.get(runKey)!.checkpoint as { words: Uint32Array }).words[2] ^= 4;
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
