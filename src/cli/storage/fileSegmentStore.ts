/**
 * Blocks and checkpoints in files, one folder a run. The run's manifest names every file that counts and is replaced by renaming, so each
 * call takes effect wholly or not at all; files that no manifest names are left-overs of a call that did not finish, and are ignored.
 */
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { checkImage, stampImage } from '../../engine/log/blockImage.ts';
import { crc32c } from '../../engine/log/crc32c.ts';
import type { BlockKey, SegmentStore } from '../../engine/log/segmentStore.ts';
import {
  blockKeyText,
  blockMissing,
  checkpointCorrupt,
  checkpointNeedsBlock,
  storeError,
  verifyEach,
} from '../../engine/log/segmentStore.ts';

const manifestName = 'manifest.json';
const manifestVersion = 1;

interface Manifest {
  version: number;
  /** Number of the last file written: names are never used twice. */
  lastFile: number;
  blocks: (BlockKey & { file: string; sizeBytes: number })[];
  checkpoint: string | null;
  /** CRC-32C of the checkpoint's file; absent without one, and where an earlier release wrote it. */
  checkpointChecksum?: number;
}

interface FileStore {
  readonly root: string;
  closed: boolean;
  readonly manifests: Map<string, Manifest>;
  /** Calls of one run are carried out one after the other. */
  readonly queues: Map<string, Promise<unknown>>;
}

/** Opens (and if need be makes) the store under `root`. */
export async function openFileSegmentStore(root: string): Promise<SegmentStore> {
  await mkdir(root, { recursive: true }).catch(refuse);
  const store: FileStore = { root, closed: false, manifests: new Map(), queues: new Map() };
  const queued = <T>(runKey: string, work: (manifest: Manifest) => Promise<T>): Promise<T> => enqueue(store, runKey, work);
  return {
    put: (runKey, entries) =>
      queued(runKey, async (manifest) => {
        const blocks = new Map(manifest.blocks.map((block) => [blockKeyText(block), block]));
        let lastFile = manifest.lastFile;
        for (const { partition, block, image } of entries) {
          stampImage(image);
          const file = `${partition}-${block}-${++lastFile}.block`;
          await writeDurably(join(folderOf(store, runKey), file), new Uint8Array(image));
          blocks.set(blockKeyText({ partition, block }), { partition, block, file, sizeBytes: image.byteLength });
        }
        await commit(store, runKey, { ...manifest, lastFile, blocks: [...blocks.values()] });
      }),
    get: (runKey, key) => queued(runKey, (manifest) => readBlock(store, runKey, manifest, key)),
    verify: (runKey, expected) => queued(runKey, (manifest) => verifyEach(expected, (key) => readBlock(store, runKey, manifest, key))),
    delete: (runKey, keys) => queued(runKey, (manifest) => commit(store, runKey, { ...manifest, blocks: without(manifest, keys) })),
    list: (runKey) =>
      queued(runKey, async ({ blocks }) => {
        const infos = blocks.map(({ partition, block, sizeBytes }) => ({ partition, block, sizeBytes }));
        return infos.sort((x, y) => x.partition - y.partition || x.block - y.block);
      }),
    putCheckpoint: (runKey, write) =>
      queued(runKey, async (manifest) => {
        const stored = new Set(manifest.blocks.map(blockKeyText));
        for (const key of write.needs) if (!stored.has(blockKeyText(key))) throw checkpointNeedsBlock(runKey, key);
        const lastFile = manifest.lastFile + 1;
        const checkpoint = `${lastFile}.checkpoint`;
        const bytes = serialize(write.data);
        await writeDurably(join(folderOf(store, runKey), checkpoint), bytes);
        const blocks = without(manifest, write.deleted);
        await commit(store, runKey, { ...manifest, lastFile, checkpoint, checkpointChecksum: crc32c(bytes), blocks });
      }),
    getCheckpoint: (runKey) => queued(runKey, (manifest) => readCheckpoint(store, runKey, manifest)),
    clear: (runKey) =>
      queued(runKey, async () => {
        store.manifests.delete(runKey);
        await rm(folderOf(store, runKey), { recursive: true, force: true });
      }),
    usage: (runKey) => usageOf(store, queued, runKey),
    async close() {
      store.closed = true;
      await Promise.allSettled(store.queues.values());
    },
  };
}

async function usageOf(
  store: FileStore,
  queued: <T>(runKey: string, work: (manifest: Manifest) => Promise<T>) => Promise<T>,
  runKey: string | undefined,
): Promise<{ blocks: number; sizeBytes: number }> {
  const runs = runKey === undefined ? (await readdir(store.root).catch(refuse)).map(decodeURIComponent) : [runKey];
  const total = { blocks: 0, sizeBytes: 0 };
  for (const run of runs) {
    await queued(run, async (manifest) => {
      total.blocks += manifest.blocks.length;
      for (const block of manifest.blocks) total.sizeBytes += block.sizeBytes;
    });
  }
  return total;
}

function enqueue<T>(store: FileStore, runKey: string, work: (manifest: Manifest) => Promise<T>): Promise<T> {
  if (store.closed) return Promise.reject(storeError('STORE_CLOSED', `the store in ${store.root} was closed`));
  const before = store.queues.get(runKey) ?? Promise.resolve();
  const result = before.then(async () => work(await loadManifest(store, runKey)).catch(refuse));
  store.queues.set(
    runKey,
    result.catch(() => undefined),
  );
  return result;
}

async function loadManifest(store: FileStore, runKey: string): Promise<Manifest> {
  const known = store.manifests.get(runKey);
  if (known !== undefined) return known;
  const path = join(folderOf(store, runKey), manifestName);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? null : refuse(error)));
  const manifest = text === null ? { version: manifestVersion, lastFile: 0, blocks: [], checkpoint: null } : parseManifest(path, text);
  store.manifests.set(runKey, manifest);
  return manifest;
}

function parseManifest(path: string, text: string): Manifest {
  let manifest: Partial<Manifest> | null = null;
  try {
    manifest = JSON.parse(text) as Partial<Manifest> | null;
  } catch {
    manifest = null;
  }
  if (manifest?.version !== manifestVersion || !Array.isArray(manifest.blocks)) {
    throw storeError('STORE_FAILED', `${path} is not a manifest of version ${manifestVersion}; delete its folder to start the run anew`);
  }
  return manifest as Manifest;
}

/** Makes a new manifest the one that counts, then removes the files that only the old one named. */
async function commit(store: FileStore, runKey: string, next: Manifest): Promise<void> {
  const folder = folderOf(store, runKey);
  const previous = store.manifests.get(runKey)!;
  const path = join(folder, manifestName);
  await writeDurably(`${path}.new`, new TextEncoder().encode(JSON.stringify(next)));
  await rename(`${path}.new`, path);
  await syncFolder(folder);
  store.manifests.set(runKey, next);
  const kept = new Set(next.blocks.map((block) => block.file));
  for (const { file } of previous.blocks) if (!kept.has(file)) await rm(join(folder, file), { force: true });
  if (previous.checkpoint !== null && previous.checkpoint !== next.checkpoint) await rm(join(folder, previous.checkpoint), { force: true });
}

async function readBlock(store: FileStore, runKey: string, manifest: Manifest, key: BlockKey): Promise<ArrayBuffer> {
  const entry = manifest.blocks.find((block) => block.partition === key.partition && block.block === key.block);
  if (entry === undefined) throw blockMissing(runKey, key);
  const path = join(folderOf(store, runKey), entry.file);
  const name = `block ${blockKeyText(key)} of run ${runKey}, file ${path}`;
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw storeError('BLOCK_MISSING', `${name}: the file is not there`);
    throw error;
  });
  const image = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const fault = checkImage(image);
  if (fault !== null) throw storeError('BLOCK_CORRUPT', `${name}: ${fault.detail}`);
  return image;
}

async function readCheckpoint(store: FileStore, runKey: string, { checkpoint, checkpointChecksum }: Manifest): Promise<unknown> {
  if (checkpoint === null) return null;
  const path = join(folderOf(store, runKey), checkpoint);
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw checkpointCorrupt(runKey, `its file ${path} is not there`);
    throw error;
  });
  const found = crc32c(bytes);
  if (checkpointChecksum !== undefined && found !== checkpointChecksum) {
    throw checkpointCorrupt(runKey, `file ${path} should have checksum ${checkpointChecksum}, its ${bytes.length} bytes give ${found}`);
  }
  return deserialize(bytes);
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const write = async (): Promise<void> => {
    const file = await open(path, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  };
  try {
    await write();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    // The run's folder is made with its first file; the store's own folder is not, since it is gone only when somebody took it away.
    await stat(join(path, '..', '..'));
    await mkdir(join(path, '..'));
    await write();
  }
}

/** Makes a renaming durable; where folders cannot be opened (Windows) the system does it by itself. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

function without(manifest: Manifest, keys: readonly BlockKey[]): Manifest['blocks'] {
  const gone = new Set(keys.map(blockKeyText));
  return gone.size === 0 ? manifest.blocks : manifest.blocks.filter((block) => !gone.has(blockKeyText(block)));
}

/** A run's folder; dots are escaped as well, so that no key can name a folder outside. */
function folderOf(store: FileStore, runKey: string): string {
  return join(store.root, encodeURIComponent(runKey).replaceAll('.', '%2E').replaceAll('*', '%2A'));
}

/** Errors of the file system in the store's words. */
function refuse(error: NodeJS.ErrnoException): never {
  if (error.code === undefined) throw error;
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') throw storeError('QUOTA_EXCEEDED', `no room to store the run: ${error.message}`);
  if (error.code === 'ENOENT') throw storeError('STORE_CLOSED', `a file or folder of the store is gone: ${error.message}`);
  throw storeError('STORE_FAILED', `the store's files cannot be used: ${error.message}`);
}
