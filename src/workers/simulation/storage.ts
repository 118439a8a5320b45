/** What the simulation needs of storage, wherever it is. Every promise rejects with a `StorageFailure` that says in words what is wrong. */
import type { Checkpoint } from '../../engine/index.ts';
import type { BlockDamage, BlockExpectation } from '../../engine/log/segmentStore.ts';
import type { PipelineDocument } from '../../pipeline/document.ts';

export interface StoredBlock {
  readonly partition: number;
  readonly block: number;
  readonly image: ArrayBuffer;
}

/** A run as it is kept: the document it belongs to, its state without sealed blocks, and the faults people caused. */
export interface StoredRun {
  readonly document: PipelineDocument;
  readonly checkpoint: Checkpoint;
  readonly savedAtUs: number;
}

export interface BlockName {
  readonly partition: number;
  readonly block: number;
}

export interface RunStorage {
  /** Durable once resolved, all or none. Buffers are handed over. */
  putBlocks(runKey: string, blocks: readonly StoredBlock[]): Promise<void>;
  getBlock(runKey: string, partition: number, block: number): Promise<ArrayBuffer>;
  /** Which of these blocks are not there, not whole, or other ones. */
  verifyBlocks(runKey: string, expected: readonly BlockExpectation[]): Promise<BlockDamage[]>;
  /** Writes the checkpoint and deletes blocks it no longer names, together. */
  putRun(runKey: string, run: StoredRun, deleted: readonly BlockName[]): Promise<void>;
  getRun(runKey: string): Promise<StoredRun | null>;
  clear(runKey: string): Promise<void>;
  usageBytes(): Promise<number>;
}

/** Why storage does not work now. */
export interface StorageFailure {
  readonly reason: 'quota' | 'unavailable' | 'corrupt';
  readonly detail: string;
}
