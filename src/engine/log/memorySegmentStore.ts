import { clonePlain } from '../kernel/plainClone.ts';
import { checkImage, stampImage } from './blockImage.ts';
import { plainChecksum } from './plainChecksum.ts';
import type { BlockKey, SegmentStore } from './segmentStore.ts';
import { blockKeyText, blockMissing, checkpointCorrupt, checkpointNeedsBlock, storeError, verifyEach } from './segmentStore.ts';

/** One run as it lies in memory; blocks by `blockKeyText`. */
export interface MemoryRun {
  readonly blocks: Map<string, BlockKey & { image: ArrayBuffer }>;
  checkpoint: unknown;
  checksum: number;
}

/** A store in memory, with a bound so that running out of room can be tried. `runs` is what it keeps, for whoever wants to damage it. */
export function createMemorySegmentStore(
  options: { readonly quotaBytes?: number; readonly runs?: Map<string, MemoryRun> } = {},
): SegmentStore {
  const runs = options.runs ?? new Map<string, MemoryRun>();
  let closed = false;

  const open = (runKey: string): MemoryRun => {
    if (closed) throw storeError('STORE_CLOSED', 'the store in memory was closed');
    const run = runs.get(runKey) ?? { blocks: new Map(), checkpoint: null, checksum: plainChecksum(null) };
    runs.set(runKey, run);
    return run;
  };
  const sizeOf = (run: MemoryRun): number => {
    let bytes = 0;
    for (const { image } of run.blocks.values()) bytes += image.byteLength;
    return bytes;
  };
  const read = (runKey: string, key: BlockKey): ArrayBuffer => {
    const stored = open(runKey).blocks.get(blockKeyText(key));
    if (stored === undefined) throw blockMissing(runKey, key);
    const fault = checkImage(stored.image);
    if (fault !== null) throw storeError('BLOCK_CORRUPT', `block ${blockKeyText(key)} of run ${runKey}: ${fault.detail}`);
    return stored.image;
  };

  return {
    async put(runKey, entries) {
      const { blocks } = open(runKey);
      let bytes = 0;
      for (const run of runs.values()) bytes += sizeOf(run);
      for (const entry of entries) bytes += entry.image.byteLength - (blocks.get(blockKeyText(entry))?.image.byteLength ?? 0);
      if (bytes > (options.quotaBytes ?? Infinity))
        throw storeError('QUOTA_EXCEEDED', `${bytes} bytes are more than the store's ${options.quotaBytes}`);
      for (const { partition, block, image } of entries) {
        stampImage(image);
        blocks.set(blockKeyText({ partition, block }), { partition, block, image });
      }
    },
    async get(runKey, key) {
      return read(runKey, key).slice(0);
    },
    verify: (runKey, expected) => verifyEach(expected, async (key) => read(runKey, key)),
    async delete(runKey, keys) {
      for (const key of keys) open(runKey).blocks.delete(blockKeyText(key));
    },
    async list(runKey) {
      const infos = [...open(runKey).blocks.values()].map(({ partition, block, image }) => ({
        partition,
        block,
        sizeBytes: image.byteLength,
      }));
      return infos.sort((x, y) => x.partition - y.partition || x.block - y.block);
    },
    async putCheckpoint(runKey, write) {
      const run = open(runKey);
      for (const key of write.needs) if (!run.blocks.has(blockKeyText(key))) throw checkpointNeedsBlock(runKey, key);
      run.checkpoint = clonePlain(write.data);
      run.checksum = plainChecksum(run.checkpoint);
      for (const key of write.deleted) run.blocks.delete(blockKeyText(key));
    },
    async getCheckpoint(runKey) {
      const { checkpoint, checksum } = open(runKey);
      const found = plainChecksum(checkpoint);
      if (found !== checksum) throw checkpointCorrupt(runKey, `it has checksum ${checksum}, its contents give ${found}`);
      return clonePlain(checkpoint);
    },
    async clear(runKey) {
      open(runKey);
      runs.delete(runKey);
    },
    async usage(runKey) {
      const counted = runKey === undefined ? [...runs.values()] : [open(runKey)];
      return {
        blocks: counted.reduce((sum, run) => sum + run.blocks.size, 0),
        sizeBytes: counted.reduce((sum, run) => sum + sizeOf(run), 0),
      };
    },
    async close() {
      closed = true;
    },
  };
}
