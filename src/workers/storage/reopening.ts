import type { SegmentStore } from '../../engine/log/segmentStore.ts';
import { storeErrorCode } from '../../engine/log/segmentStore.ts';

/**
 * A store that is opened with its first use, and again after it was taken away: the call that finds it gone is refused, the next
 * one opens it anew. What a run had stored is lost then, which its next checkpoint finds out (CHECKPOINT_NEEDS_BLOCK).
 */
export function reopening(open: () => Promise<SegmentStore>): SegmentStore {
  let current: Promise<SegmentStore> | null = null;
  const use = async <T>(work: (store: SegmentStore) => Promise<T>): Promise<T> => {
    const used = (current ??= open());
    try {
      return await work(await used);
    } catch (error) {
      const code = storeErrorCode(error);
      if ((code === 'STORE_CLOSED' || code === 'STORE_FAILED') && current === used) current = null;
      throw error;
    }
  };
  return {
    put: (runKey, entries) => use((store) => store.put(runKey, entries)),
    get: (runKey, key) => use((store) => store.get(runKey, key)),
    verify: (runKey, expected) => use((store) => store.verify(runKey, expected)),
    delete: (runKey, keys) => use((store) => store.delete(runKey, keys)),
    list: (runKey) => use((store) => store.list(runKey)),
    putCheckpoint: (runKey, write) => use((store) => store.putCheckpoint(runKey, write)),
    getCheckpoint: (runKey) => use((store) => store.getCheckpoint(runKey)),
    clear: (runKey) => use((store) => store.clear(runKey)),
    usage: (runKey) => use((store) => store.usage(runKey)),
    close: () => use((store) => store.close()),
  };
}
