/** Entry of the storage worker: it owns the database of runs, so that neither puts nor checksums take time of the simulation's thread. */
import { expose, transfer } from 'comlink';
import { openIndexedDbSegmentStore } from './indexedDbSegmentStore.ts';
import { reopening } from './reopening.ts';

const store = reopening(openIndexedDbSegmentStore);

expose({
  ...store,
  get: async (...request: Parameters<typeof store.get>) => {
    const image = await store.get(...request);
    return transfer(image, [image]);
  },
});
