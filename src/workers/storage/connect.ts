/** The simulation's way to storage: blocks and checkpoints go to the storage worker by transfer and message. */
import { transfer, wrap } from 'comlink';
import { storedBlocks } from '../../engine/log/residency.ts';
import type { BlockKey, SegmentStore } from '../../engine/log/segmentStore.ts';
import { storeErrorCode } from '../../engine/log/segmentStore.ts';
import type { RunStorage, StorageFailure, StoredRun } from '../simulation/storage.ts';
import { openIndexedDbSegmentStore } from './indexedDbSegmentStore.ts';
import { reopening } from './reopening.ts';

/** Storage in a worker of its own; in this thread where a worker cannot have workers. The database is opened with the first call. */
export function connectStorage(): RunStorage {
  return runStorage(typeof Worker === 'undefined' ? detached(reopening(openIndexedDbSegmentStore)) : startStorageWorker());
}

/** A store that lives in a new storage worker. */
export function startStorageWorker(): SegmentStore {
  const worker = new Worker(new URL('./storageWorker.ts', import.meta.url), { type: 'module', name: 'logjam-storage' });
  const remote = wrap<SegmentStore>(worker);
  return {
    put: (runKey, entries) =>
      remote.put(
        runKey,
        transfer(
          [...entries],
          entries.map((entry) => entry.image),
        ),
      ),
    get: (runKey, key) => remote.get(runKey, key),
    verify: (runKey, expected) => remote.verify(runKey, expected),
    delete: (runKey, keys) => remote.delete(runKey, keys),
    list: (runKey) => remote.list(runKey),
    putCheckpoint: (runKey, write) => remote.putCheckpoint(runKey, transfer(write, tailBuffers(write.data))),
    getCheckpoint: (runKey) => remote.getCheckpoint(runKey),
    clear: (runKey) => remote.clear(runKey),
    usage: (runKey) => remote.usage(runKey),
    close: async () => {
      await remote.close();
      worker.terminate();
    },
  };
}

/** Memory of the open blocks in a checkpoint of a run, which were copied for it and can be handed over. */
function tailBuffers(data: unknown): ArrayBuffer[] {
  const partitions = (data as Partial<StoredRun> | null)?.checkpoint?.state?.partitions ?? [];
  const buffers = partitions.flatMap(({ log: { tail } }) =>
    [tail?.columns, tail?.batches].flatMap((columns) =>
      Object.values(columns ?? {}).flatMap((column) => (ArrayBuffer.isView(column) ? [column.buffer as ArrayBuffer] : [])),
    ),
  );
  return [...new Set(buffers)];
}

/** A store in the caller's own thread takes its copy of a checkpoint at once, as sending it to another thread would. */
function detached(store: SegmentStore): SegmentStore {
  return { ...store, putCheckpoint: (runKey, write) => store.putCheckpoint(runKey, structuredClone(write)) };
}

/** What the simulation asks for, in terms of a store. */
export function runStorage(store: SegmentStore): RunStorage {
  return {
    putBlocks: (runKey, blocks) => saying(store.put(runKey, blocks)),
    getBlock: (runKey, partition, block) => saying(store.get(runKey, { partition, block })),
    verifyBlocks: (runKey, expected) => saying(store.verify(runKey, expected)),
    putRun: (runKey, run, deleted) => saying(store.putCheckpoint(runKey, { data: run, needs: blocksNeeded(run), deleted })),
    getRun: (runKey) => saying(store.getCheckpoint(runKey)) as Promise<StoredRun | null>,
    clear: (runKey) => saying(store.clear(runKey)),
    usageBytes: () => saying(store.usage().then(({ sizeBytes }) => sizeBytes)),
  };
}

/** All blocks that a checkpoint counts as stored. */
function blocksNeeded(run: StoredRun): BlockKey[] {
  return run.checkpoint.state.partitions.flatMap(({ log }, partition) => storedBlocks(log).map((block) => ({ partition, block })));
}

/** Rejects with a reason and a sentence instead of an error. */
async function saying<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    throw failureOf(error);
  }
}

function failureOf(error: unknown): Error & StorageFailure {
  const detail = error instanceof Error ? error.message : String(error);
  return Object.assign(new Error(detail), { reason: reasonOf(error), detail });
}

function reasonOf(error: unknown): StorageFailure['reason'] {
  switch (storeErrorCode(error)) {
    case 'QUOTA_EXCEEDED':
      return 'quota';
    case 'BLOCK_CORRUPT':
    case 'BLOCK_MISSING':
    case 'CHECKPOINT_CORRUPT':
      return 'corrupt';
    default:
      return 'unavailable';
  }
}
