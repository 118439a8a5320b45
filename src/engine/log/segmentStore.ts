/**
 * The port to where sealed blocks and checkpoints are kept: IndexedDB in the browser, files for the command line, memory in tests. A host uses it; the
 * engine itself is synchronous and never waits for it. One contract suite (`segmentStore.contract.ts`) runs on every store.
 */

import { imageHeader } from './blockImage.ts';

export interface BlockKey {
  readonly partition: number;
  readonly block: number;
}

/** A block to store: its image as `encodeBlock` gives it. The store stamps the checksum and owns the buffer from then on. */
export interface BlockEntry extends BlockKey {
  readonly image: ArrayBuffer;
}

export interface StoredBlockInfo extends BlockKey {
  readonly sizeBytes: number;
}

/** A stored block as the checkpoint that needs it says it is. */
export interface BlockExpectation extends BlockKey {
  readonly baseOffset: number;
  readonly recordCount: number;
  readonly batchCount: number;
}

/** What is wrong with a stored block: where it is and what was found, checksums included, in words. */
export interface BlockDamage extends BlockKey {
  readonly code: 'BLOCK_MISSING' | 'BLOCK_CORRUPT';
  readonly detail: string;
}

/** A checkpoint and what becomes true together with it. */
export interface CheckpointWrite {
  /** Plain data. */
  readonly data: unknown;
  /** All blocks the checkpoint needs; when the store lacks one, nothing is written. */
  readonly needs: readonly BlockKey[];
  /** Blocks the checkpoint no longer needs. */
  readonly deleted: readonly BlockKey[];
}

/** Every promise rejects with an error whose name is a `StoreErrorCode`. */
export interface SegmentStore {
  /** Stores all blocks or none. A block stored under a key before is replaced. */
  put(runKey: string, entries: readonly BlockEntry[]): Promise<void>;
  /** The image of a block, its checksum checked. */
  get(runKey: string, key: BlockKey): Promise<ArrayBuffer>;
  /** Reads blocks and says which are not there, not whole, or not the ones that are expected, in the order asked for. Changes nothing. */
  verify(runKey: string, expected: readonly BlockExpectation[]): Promise<BlockDamage[]>;
  /** Deletes blocks, all or none; keys that are not there are no error. */
  delete(runKey: string, keys: readonly BlockKey[]): Promise<void>;
  /** All blocks of a run by partition and number. */
  list(runKey: string): Promise<StoredBlockInfo[]>;
  /** Replaces the run's checkpoint and deletes blocks, all or nothing. */
  putCheckpoint(runKey: string, write: CheckpointWrite): Promise<void>;
  /** The run's checkpoint, its checksum checked; null when it has none. */
  getCheckpoint(runKey: string): Promise<unknown>;
  /** Forgets a run: blocks and checkpoint. */
  clear(runKey: string): Promise<void>;
  /** Blocks and their bytes of one run, or of all. */
  usage(runKey?: string): Promise<{ readonly blocks: number; readonly sizeBytes: number }>;
  /** Ends the use of the store; later calls reject with STORE_CLOSED. */
  close(): Promise<void>;
}

/**
 * QUOTA_EXCEEDED: no room, nothing of the call was written. STORE_CLOSED: closed, deleted or taken away. BLOCK_MISSING: no such block.
 * BLOCK_CORRUPT: its bytes are damaged. CHECKPOINT_CORRUPT: those of the checkpoint are, or its file is gone. CHECKPOINT_NEEDS_BLOCK: a checkpoint
 * names a block that is not stored. STORE_FAILED: anything else.
 */
export const storeErrorCodes = [
  'QUOTA_EXCEEDED',
  'STORE_CLOSED',
  'BLOCK_MISSING',
  'BLOCK_CORRUPT',
  'CHECKPOINT_CORRUPT',
  'CHECKPOINT_NEEDS_BLOCK',
  'STORE_FAILED',
] as const;

export type StoreErrorCode = (typeof storeErrorCodes)[number];

/** An error of a store. The code is the error's name, since that is what survives a message between threads. */
export function storeError(code: StoreErrorCode, detail: string): Error {
  const error = new Error(detail);
  error.name = code;
  return error;
}

/** The code of an error of a store; STORE_FAILED for anything else. */
export function storeErrorCode(error: unknown): StoreErrorCode {
  const name = error instanceof Error ? error.name : '';
  return (storeErrorCodes as readonly string[]).includes(name) ? (name as StoreErrorCode) : 'STORE_FAILED';
}

/** `7/12`: partition and block, for messages and maps. */
export function blockKeyText(key: BlockKey): string {
  return `${key.partition}/${key.block}`;
}

export function blockMissing(runKey: string, key: BlockKey): Error {
  return storeError('BLOCK_MISSING', `block ${blockKeyText(key)} of run ${runKey} is not in the store`);
}

export function checkpointNeedsBlock(runKey: string, key: BlockKey): Error {
  return storeError('CHECKPOINT_NEEDS_BLOCK', `the checkpoint of run ${runKey} needs block ${blockKeyText(key)}, which is not stored`);
}

export function checkpointCorrupt(runKey: string, detail: string): Error {
  return storeError('CHECKPOINT_CORRUPT', `the checkpoint of run ${runKey} is damaged: ${detail}`);
}

/** `verify` by means of what reads one block: an image that is whole, or an error of this store. */
export async function verifyEach(
  expected: readonly BlockExpectation[],
  read: (key: BlockKey) => Promise<ArrayBuffer>,
): Promise<BlockDamage[]> {
  const damaged: BlockDamage[] = [];
  for (const block of expected) {
    const { partition, block: number } = block;
    try {
      const other = otherBlock(await read(block), block);
      if (other !== null) damaged.push({ partition, block: number, code: 'BLOCK_CORRUPT', detail: other });
    } catch (error) {
      const code = storeErrorCode(error);
      if (code !== 'BLOCK_MISSING' && code !== 'BLOCK_CORRUPT') throw error;
      damaged.push({ partition, block: number, code, detail: (error as Error).message });
    }
  }
  return damaged;
}

/** Null when a whole image is the block that is expected; else what it is instead, in words. */
function otherBlock(image: ArrayBuffer, expected: BlockExpectation): string | null {
  const { baseOffset, recordCount, batchCount } = imageHeader(image);
  if (baseOffset === expected.baseOffset && recordCount === expected.recordCount && batchCount === expected.batchCount) return null;
  return (
    `block ${blockKeyText(expected)} has ${recordCount} records in ${batchCount} batches from offset ${baseOffset}, ` +
    `the checkpoint says ${expected.recordCount} in ${expected.batchCount} from ${expected.baseOffset}`
  );
}
