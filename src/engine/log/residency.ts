/**
 * What the host does with blocks between slices of a run: stores sealed ones write-behind, evicts stored ones when memory is short, brings
 * evicted ones back. Nothing here changes what the log answers, only whether it can answer at once.
 */
import { decodeBlock, encodeBlock } from './blockImage.ts';
import { blockResidentBytes, copyOfBatches } from './block.ts';
import { copyRecords, createColumns } from './columns.ts';
import type { Block, PartitionLog } from './logState.ts';
import { recycleBatches, recycleColumns } from './spareColumns.ts';

/** A block by its number, or null when the log has none (never had, or deleted). */
export function findBlock(log: PartitionLog, number: number): Block | null {
  const blocks = log.blocks;
  if (blocks.length === 0) return null;
  // Numbers are consecutive, and only the oldest are removed, except where a cleaning or a truncation has put new blocks in the place of others.
  const place = blocks[number - blocks[0].number] as Block | undefined;
  return place?.number === number ? place : searchBlock(blocks, number);
}

function searchBlock(blocks: readonly Block[], number: number): Block | null {
  return blocks.find((block) => block.number === number) ?? null;
}

/** Takes the sealed blocks out of the outbox, oldest first; each is to be stored, then confirmed or given back. */
export function takeSealed(log: PartitionLog): number[] {
  const taken = log.outbox;
  if (taken.length === 0) return [];
  log.outbox = [];
  for (const number of taken) findBlock(log, number)!.state = 'writing';
  return taken;
}

/** The stored form of a resident block, without its checksum (`stampImage` adds it, in the storage worker). Throws when it is not resident. */
export function blockImage(log: PartitionLog, number: number): ArrayBuffer {
  const block = findBlock(log, number);
  if (block === null || block.columns === null) throw new Error(`log: block ${number} is not resident, it cannot be encoded`);
  return encodeBlock(block);
}

/** The store has the block: it may be evicted from now on. A block that was deleted meanwhile stays in the queue of deletions. */
export function confirmStored(log: PartitionLog, number: number): void {
  const block = findBlock(log, number);
  if (block !== null && block.state === 'writing') block.state = 'stored';
}

/** Storing failed: the block is first in the outbox again. */
export function returnUnstored(log: PartitionLog, number: number): void {
  const block = findBlock(log, number);
  if (block === null || block.state !== 'writing') return;
  block.state = 'sealed';
  log.outbox.unshift(number);
}

/**
 * Counts every resident sealed block as not stored: all are to be stored again, oldest first. For a log that was set back to an earlier moment (the
 * store may have lost or overwritten its blocks since), and for one whose store is no more.
 */
export function storeAgain(log: PartitionLog): void {
  log.outbox = [];
  log.deletions = [];
  for (const block of log.blocks) {
    if (block.state === 'open' || block.columns === null) continue;
    block.state = 'sealed';
    log.outbox.push(block.number);
  }
}

/** Numbers of all blocks that are not in memory: only the store has them. */
export function evictedBlocks(log: PartitionLog): number[] {
  return log.blocks.filter((block) => block.state === 'stored' && block.columns === null).map((block) => block.number);
}

/** Takes the numbers of deleted blocks that the store has. Delete them only with a checkpoint that no longer names them. */
export function takeDeletions(log: PartitionLog): number[] {
  const taken = log.deletions;
  if (taken.length > 0) log.deletions = [];
  return taken;
}

/** Numbers of all blocks of a log, or of a checkpoint of it, that count as stored. */
export function storedBlocks(log: PartitionLog): number[] {
  return log.blocks.filter((block) => block.state === 'stored').map((block) => block.number);
}

/** Bytes of all resident columns of a log. */
export function residentBytes(log: PartitionLog): number {
  let bytes = 0;
  for (const block of log.blocks) bytes += blockResidentBytes(block);
  return bytes;
}

/** Drops a stored block's columns. Returns the bytes freed: 0 when it is not stored or not resident. */
export function evictBlock(log: PartitionLog, number: number): number {
  const block = findBlock(log, number);
  if (block === null || block.state !== 'stored') return 0;
  const bytes = blockResidentBytes(block);
  if (block.columns !== null && !block.shared) recycleColumns(block.columns);
  if (block.batches !== null && !block.shared) recycleBatches(block.batches);
  block.columns = null;
  block.batches = null;
  block.offsets = null;
  return bytes;
}

/**
 * Evicts stored blocks until all logs together hold at most `budgetBytes`, or nothing can be evicted: what its own log has used least
 * recently goes first, the oldest block first among equals. Returns the bytes resident then. Not to be called between `provideBlock` and the event
 * that waited for it.
 */
export function evictToBudget(logs: readonly PartitionLog[], budgetBytes: number): number {
  let total = 0;
  for (const log of logs) total += residentBytes(log);
  if (total <= budgetBytes) return total;
  const candidates: { log: PartitionLog; number: number; age: number }[] = [];
  for (const log of logs) {
    for (const block of log.blocks) {
      if (block.state === 'stored' && block.columns !== null)
        candidates.push({ log, number: block.number, age: log.useTick - block.lastUse });
    }
  }
  candidates.sort((x, y) => y.age - x.age || x.number - y.number);
  for (const candidate of candidates) {
    if (total <= budgetBytes) break;
    total -= evictBlock(candidate.log, candidate.number);
  }
  return total;
}

/** Makes a stored block resident again. Throws `BlockCorrupt`'s message when the bytes are not this block; a block deleted meanwhile is ignored. */
export function provideBlock(log: PartitionLog, number: number, image: ArrayBuffer): void {
  const block = findBlock(log, number);
  if (block === null || block.columns !== null) return;
  const decoded = decodeBlock(image);
  if ('error' in decoded) throw new Error(`log: block ${number} cannot be loaded: ${decoded.detail}`);
  if (decoded.baseOffset !== block.baseOffset || decoded.recordCount !== block.recordCount) {
    throw new Error(
      `log: block ${number} should hold ${block.recordCount} records from ${block.baseOffset}; the stored one holds ${decoded.recordCount} from ${decoded.baseOffset}`,
    );
  }
  block.columns = decoded.columns;
  block.batches = decoded.batches;
  block.offsets = decoded.offsets;
  block.lastUse = ++log.useTick;
}

/**
 * The log as a checkpoint stores it: only the open block keeps its columns, cut to what they hold; all others count as stored. The host stores
 * what `takeSealed` gave before or with the checkpoint. Shares small parts with the original, so it is to be cloned or sent at once.
 */
export function checkpointOf(log: PartitionLog): PartitionLog {
  const blocks = log.blocks.map((block) =>
    block.state === 'open' ? trimmed(block) : { ...block, state: 'stored' as const, columns: null, batches: null, offsets: null },
  );
  const tail = log.tail === null ? null : blocks[blocks.length - 1];
  return { ...log, blocks, tail, outbox: [], deletions: [] };
}

function trimmed(block: Block): Block {
  const columns = createColumns(block.recordCount);
  copyRecords(block.columns!, 0, columns, 0, block.recordCount);
  return { ...block, columns, batches: copyOfBatches(block.batches!, block.batchCount, block.batchCount) };
}

/** The log with an open block of its own, for a run that goes on from a copy that shares it. */
export function withOwnTail(log: PartitionLog): PartitionLog {
  if (log.tail === null) return log;
  const tail = { ...trimmed(log.tail), shared: false };
  return { ...log, blocks: [...log.blocks.slice(0, -1), tail], tail };
}

/**
 * The columns of sealed blocks, which never change: a copy of the state in memory may share them (`clonePlain`'s `keep`). With `tails` those of open
 * blocks too: what they hold never changes either, appends go behind it, so whoever goes on from such a copy must not append to it (`withOwnTail`).
 */
export function immutableParts(log: PartitionLog, into: Set<object>, { tails = false } = {}): void {
  for (const block of log.blocks) {
    if (block.state === 'open' && !tails) continue;
    block.shared = true;
    if (block.columns !== null) into.add(block.columns);
    if (block.batches !== null) into.add(block.batches);
    if (block.offsets !== null) into.add(block.offsets);
    if (block.sentSamplesUs !== null) into.add(block.sentSamplesUs);
    if (block.sentSampleOffsets !== null) into.add(block.sentSampleOffsets);
    into.add(block.segmentAtOpen);
    if (block.producersAtOpen !== null) into.add(block.producersAtOpen);
  }
}
