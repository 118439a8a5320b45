/** What is known about keeping one run: what is under way to storage, and whether storage still takes anything. */
import { findBlock } from '../../engine/host.ts';
import type { Run } from '../../engine/index.ts';
import type { PipelineDocument } from '../../pipeline/document.ts';
import type { BlockName } from './storage.ts';

/** Bounds of keeping. Tests set them low. */
export interface KeepingLimits {
  /** Bytes handed to storage and not yet confirmed, beyond which the run waits. */
  readonly inFlightBytesMax: number;
  /** Sealed blocks kept in memory, stored ones included. */
  readonly residentBytesMax: number;
  /** Bytes of blocks in memory beyond which a run that cannot be stored stands still, before the browser ends the page for its memory. */
  readonly unstoredBytesMax: number;
  readonly checkpointSpacingMs: number;
  readonly evictionSpacingMs: number;
  /** Real time between two copies of the run to go back to. */
  readonly pastSpacingMs: number;
}

export const usualLimits: KeepingLimits = {
  inFlightBytesMax: 64 * 1024 * 1024,
  residentBytesMax: 256 * 1024 * 1024,
  unstoredBytesMax: 1024 * 1024 * 1024,
  checkpointSpacingMs: 3_000,
  evictionSpacingMs: 1_000,
  pastSpacingMs: 5_000,
};

export interface Keeper {
  readonly runKey: string;
  /** The document as it was loaded. */
  readonly document: PipelineDocument;
  readonly run: Run;
  inFlightBytes: number;
  /** The moment of the last checkpoint known to be durable: where a reload would go on. -1 while there is none. */
  savedUs: number;
  pending: Set<Promise<void>>;
  /** Deleted blocks the store still has; they go with the next checkpoint. */
  deleted: BlockName[];
  /** All blocks ever deleted from the store in this run, as `partition/block`: an earlier moment that needs one of them cannot be gone back to. */
  readonly removed: Set<string>;
  nextCheckpointMs: number;
  nextEvictionMs: number;
  saving: Promise<void> | null;
  /** A save asked for while another one was under way. */
  again: Promise<void> | null;
  /** Storage said no: nothing more is stored for this run until it is loaded again or set back to its start. */
  stopped: boolean;
}

/** For a run that is loaded, or set back to its start; `after` is the keeper of the same run at a later moment. */
export function createKeeper(kept: Pick<Keeper, 'runKey' | 'document' | 'run'>, after: Keeper | null = null): Keeper {
  return {
    ...kept,
    inFlightBytes: 0,
    savedUs: -1,
    pending: new Set(),
    deleted: after ? after.deleted.filter(({ partition, block }) => isGone(kept.run, partition, block)) : [],
    removed: after ? after.removed : new Set(),
    nextCheckpointMs: after ? after.nextCheckpointMs : 0,
    nextEvictionMs: 0,
    saving: null,
    again: null,
    stopped: after ? after.stopped : false,
  };
}

/** Whether the run had the block once, and no longer has it. */
function isGone(run: Run, partition: number, block: number): boolean {
  const { log } = run.ctx.partitions[partition]!;
  return block < log.nextBlock && findBlock(log, block) === null;
}
