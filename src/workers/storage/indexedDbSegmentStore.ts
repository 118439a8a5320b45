/**
 * Blocks and checkpoints in IndexedDB. Blocks are ArrayBuffers of a few MB; small puts are gathered into transactions of about 16 MB while
 * another one is under way, with relaxed durability, each block's manifest entry in the same transaction. A checkpoint waits for the disk.
 */
import type { DBSchema, IDBPDatabase } from 'idb';
import { openDB } from 'idb';
import { checkImage, stampImage } from '../../engine/log/blockImage.ts';
import { plainChecksum } from '../../engine/log/plainChecksum.ts';
import type { BlockEntry, BlockKey, CheckpointWrite, SegmentStore } from '../../engine/log/segmentStore.ts';
import {
  blockKeyText,
  blockMissing,
  checkpointCorrupt,
  checkpointNeedsBlock,
  storeError,
  storeErrorCodes,
  verifyEach,
} from '../../engine/log/segmentStore.ts';

type RowKey = [runKey: string, partition: number, block: number];

interface RunsSchema extends DBSchema {
  blocks: { key: RowKey; value: ArrayBuffer };
  /** Size in bytes of each block: what is listed and counted without touching the blocks. */
  manifest: { key: RowKey; value: number };
  checkpoints: {
    key: string;
    value: { readonly data: unknown; /** Absent where an earlier release wrote it. */ readonly checksum?: number };
  };
}

interface Put {
  readonly runKey: string;
  readonly entries: readonly BlockEntry[];
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

interface Store {
  readonly db: IDBPDatabase<RunsSchema>;
  /** Why the store can't be used any more; empty while it can. */
  gone: string;
  gathered: Put[];
  gatheredBytes: number;
  transactions: number;
}

const transactionBytes = 16 * 1024 * 1024;

/** Opens (and if need be makes) the database. Rejects with STORE_FAILED where the browser allows none. */
export async function openIndexedDbSegmentStore(name = 'logjam-runs'): Promise<SegmentStore> {
  const holder: { store: Store | null } = { store: null };
  const end = (why: string): void => {
    if (holder.store !== null && holder.store.gone === '') holder.store.gone = why;
  };
  const db = await openDB<RunsSchema>(name, 1, {
    upgrade(database) {
      database.createObjectStore('blocks');
      database.createObjectStore('manifest');
      database.createObjectStore('checkpoints');
    },
    blocking() {
      // Somebody deletes or upgrades the database; holding on would block them for as long as this page lives.
      end('the database of runs was deleted or changed by another page');
      holder.store?.db.close();
    },
    terminated() {
      end('the browser closed the database of runs');
    },
  }).catch((error: unknown) => {
    throw storeError('STORE_FAILED', `the browser gives no database: ${error instanceof Error ? error.message : String(error)}`);
  });
  const store: Store = { db, gone: '', gathered: [], gatheredBytes: 0, transactions: 0 };
  holder.store = store;
  return {
    put: (runKey, entries) => gather(store, runKey, entries),
    get: (runKey, key) => attempt(store, () => getBlock(store, runKey, key)),
    verify: (runKey, expected) => attempt(store, () => verifyEach(expected, (key) => getBlock(store, runKey, key))),
    delete: (runKey, keys) => attempt(store, () => deleteBlocks(store, runKey, keys)),
    list: (runKey) => attempt(store, () => listBlocks(store, runKey)),
    putCheckpoint: (runKey, write) => attempt(store, () => putCheckpoint(store, runKey, write)),
    getCheckpoint: (runKey) => attempt(store, () => getCheckpoint(store, runKey)),
    clear: (runKey) => attempt(store, () => clearRun(store, runKey)),
    usage: (runKey) => attempt(store, () => usageOf(store, runKey)),
    async close() {
      flush(store);
      end('the store was closed');
      db.close();
    },
  };
}

/** Every row of a run: its keys begin with the run's key, and an array is above every number and string. */
function rowsOf(runKey: string): IDBKeyRange {
  return IDBKeyRange.bound([runKey], [runKey, []]);
}

/** Runs one operation after what was gathered before it, with errors in the store's words. */
async function attempt<T>(store: Store, work: () => Promise<T>): Promise<T> {
  if (store.gone !== '') throw storeError('STORE_CLOSED', store.gone);
  flush(store);
  try {
    return await work();
  } catch (error) {
    throw translated(store, error);
  }
}

function gather(store: Store, runKey: string, entries: readonly BlockEntry[]): Promise<void> {
  if (store.gone !== '') return Promise.reject(storeError('STORE_CLOSED', store.gone));
  return new Promise((done, failed) => {
    for (const { image } of entries) {
      stampImage(image);
      store.gatheredBytes += image.byteLength;
    }
    store.gathered.push({ runKey, entries, done, failed });
    if (store.transactions === 0 || store.gatheredBytes >= transactionBytes) flush(store);
  });
}

/** Begins a transaction with all that is gathered. Transactions over the same stores are carried out in the order they begin. */
function flush(store: Store): void {
  const puts = store.gathered;
  if (puts.length === 0) return;
  store.gathered = [];
  store.gatheredBytes = 0;
  store.transactions++;
  void settle(store, puts).finally(() => {
    store.transactions--;
    if (store.transactions === 0) flush(store);
  });
}

/** A transaction that fails for several calls is tried for each alone: one too large must not take the others with it. */
async function settle(store: Store, puts: readonly Put[]): Promise<void> {
  try {
    await write(store, puts);
    for (const put of puts) put.done();
  } catch (error) {
    if (puts.length === 1) puts[0].failed(translated(store, error));
    else for (const put of puts) await settle(store, [put]);
  }
}

async function write(store: Store, puts: readonly Put[]): Promise<void> {
  const transaction = store.db.transaction(['blocks', 'manifest'], 'readwrite', { durability: 'relaxed' });
  const blocks = transaction.objectStore('blocks');
  const manifest = transaction.objectStore('manifest');
  for (const { runKey, entries } of puts) {
    for (const { partition, block, image } of entries) {
      const key: RowKey = [runKey, partition, block];
      blocks.put(image, key).catch(leftToTransaction);
      manifest.put(image.byteLength, key).catch(leftToTransaction);
    }
  }
  await transaction.done;
}

async function getBlock(store: Store, runKey: string, key: BlockKey): Promise<ArrayBuffer> {
  const image = await store.db.get('blocks', [runKey, key.partition, key.block]).catch((error: unknown) => {
    throw isUnreadable(error) ? blockCorrupt(runKey, key, `the browser cannot read it: ${error.message}`) : error;
  });
  if (image === undefined) throw blockMissing(runKey, key);
  const fault = checkImage(image);
  if (fault !== null) throw blockCorrupt(runKey, key, fault.detail);
  return image;
}

function blockCorrupt(runKey: string, key: BlockKey, detail: string): Error {
  return storeError('BLOCK_CORRUPT', `block ${blockKeyText(key)} of run ${runKey}: ${detail}`);
}

/** Browsers keep large values in files of their own and say one of these when such a file is gone or damaged. */
function isUnreadable(error: unknown): error is DOMException {
  return error instanceof DOMException && ['NotReadableError', 'DataError', 'UnknownError'].includes(error.name);
}

async function getCheckpoint(store: Store, runKey: string): Promise<unknown> {
  const stored = await store.db.get('checkpoints', runKey).catch((error: unknown) => {
    throw isUnreadable(error) ? checkpointCorrupt(runKey, `the browser cannot read it: ${error.message}`) : error;
  });
  if (stored === undefined) return null;
  const { data, checksum } = stored;
  const found = plainChecksum(data);
  if (checksum !== undefined && found !== checksum)
    throw checkpointCorrupt(runKey, `it has checksum ${checksum}, its contents give ${found}`);
  return data;
}

async function deleteBlocks(store: Store, runKey: string, keys: readonly BlockKey[]): Promise<void> {
  const transaction = store.db.transaction(['blocks', 'manifest'], 'readwrite', { durability: 'relaxed' });
  for (const { partition, block } of keys) {
    transaction.objectStore('blocks').delete([runKey, partition, block]).catch(leftToTransaction);
    transaction.objectStore('manifest').delete([runKey, partition, block]).catch(leftToTransaction);
  }
  await transaction.done;
}

async function listBlocks(store: Store, runKey: string): Promise<{ partition: number; block: number; sizeBytes: number }[]> {
  const manifest = store.db.transaction('manifest').store;
  const [keys, sizes] = await Promise.all([manifest.getAllKeys(rowsOf(runKey)), manifest.getAll(rowsOf(runKey))]);
  return keys.map(([, partition, block], i) => ({ partition, block, sizeBytes: sizes[i] }));
}

async function putCheckpoint(store: Store, runKey: string, { data, needs, deleted }: CheckpointWrite): Promise<void> {
  const checksum = plainChecksum(data);
  const transaction = store.db.transaction(['blocks', 'manifest', 'checkpoints'], 'readwrite', { durability: 'strict' });
  transaction.done.catch(leftToTransaction);
  const manifest = transaction.objectStore('manifest');
  const stored = new Set((await manifest.getAllKeys(rowsOf(runKey))).map(([, partition, block]) => blockKeyText({ partition, block })));
  const missing = needs.find((key) => !stored.has(blockKeyText(key)));
  if (missing !== undefined) {
    transaction.abort();
    throw checkpointNeedsBlock(runKey, missing);
  }
  transaction.objectStore('checkpoints').put({ data, checksum }, runKey).catch(leftToTransaction);
  for (const { partition, block } of deleted) {
    transaction.objectStore('blocks').delete([runKey, partition, block]).catch(leftToTransaction);
    manifest.delete([runKey, partition, block]).catch(leftToTransaction);
  }
  await transaction.done;
}

async function clearRun(store: Store, runKey: string): Promise<void> {
  const transaction = store.db.transaction(['blocks', 'manifest', 'checkpoints'], 'readwrite', { durability: 'relaxed' });
  transaction.objectStore('blocks').delete(rowsOf(runKey)).catch(leftToTransaction);
  transaction.objectStore('manifest').delete(rowsOf(runKey)).catch(leftToTransaction);
  transaction.objectStore('checkpoints').delete(runKey).catch(leftToTransaction);
  await transaction.done;
}

async function usageOf(store: Store, runKey: string | undefined): Promise<{ blocks: number; sizeBytes: number }> {
  const sizes = await store.db.getAll('manifest', runKey === undefined ? undefined : rowsOf(runKey));
  return { blocks: sizes.length, sizeBytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** A request's own rejection says no more than its transaction's, which is awaited. */
function leftToTransaction(): void {}

/** The database's errors in the store's words. An abort that gives no reason is what a connection closed under a transaction leaves. */
function translated(store: Store, error: unknown): Error {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  const message = error instanceof Error || error instanceof DOMException ? error.message : String(error);
  if ((storeErrorCodes as readonly string[]).includes(name)) return error as Error;
  if (name === 'QuotaExceededError') return storeError('QUOTA_EXCEEDED', `the browser gives no more room to store the run: ${message}`);
  if (store.gone !== '') return storeError('STORE_CLOSED', store.gone);
  if (name === 'InvalidStateError' || name === 'AbortError')
    return storeError('STORE_CLOSED', `the database of runs is closed: ${message}`);
  return storeError('STORE_FAILED', `the database of runs cannot be used: ${message}`);
}
