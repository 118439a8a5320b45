/** What a log of `__consumer_offsets` says of one group: what a coordinator that takes it over goes on from (CoordinatorLoaderImpl, which reads to the log's end). */
import { type Block, BatchMarker, type PartitionLog } from '../../log/logState.ts';
import { batchEnd, batchLastOffset } from '../../log/search.ts';
import { BatchAttribute } from '../../log/recordBatch.ts';
import { firstCoordinatorKey, type OffsetsState } from './offsetsState.ts';

/** An offset that is in the log; -1 where it was taken away. */
export interface LoggedOffset {
  readonly partition: number;
  readonly offset: number;
  /** The high watermark from which on it is committed. */
  readonly endOffset: number;
}

interface Offsets {
  readonly partitions: readonly number[];
  readonly offsets: readonly number[];
}

export interface LoggedGroup {
  /** In the order of the log, those of committed transactions where their markers stand. */
  readonly offsets: LoggedOffset[];
  /** Numbers of the latest values of the group itself and of its members, by key, in the order in which the keys were first written; those that were taken away are not in it. */
  readonly values: Map<number, number>;
  /** Offsets of transactions that are open, by producer id. */
  readonly open: Map<number, Offsets[]>;
}

/** Number of a block that must be resident before the log can be read, or -1. */
export function missingForLoading(log: PartitionLog): number {
  for (const block of log.blocks) if (block.columns === null) return block.number;
  return -1;
}

/** Reads a log, all of which is resident. */
export function readGroup({ keys }: OffsetsState, log: PartitionLog, group: number): LoggedGroup {
  const found: LoggedGroup = { offsets: [], values: new Map(), open: new Map() };
  for (const block of log.blocks) for (let i = 0; i < block.batchCount; i++) readBatch(found, keys, block, i, group);
  return found;
}

function readBatch(found: LoggedGroup, keys: OffsetsState['keys'], block: Block, i: number, group: number): void {
  const batches = block.batches!;
  const { key, size, sequence } = block.columns!;
  const { producers } = batches;
  const endOffset = batchLastOffset(block, batches, i) + 1;
  const producerId = producers === null ? -1 : producers.producerId[i];
  const marker = producers === null ? BatchMarker.none : producers.marker[i];
  if (marker === BatchMarker.commit || marker === BatchMarker.abort) {
    if (marker === BatchMarker.commit) for (const write of found.open.get(producerId) ?? []) take(found, write, endOffset);
    found.open.delete(producerId);
    return;
  }
  const partitions: number[] = [];
  const offsets: number[] = [];
  const end = batchEnd(block, batches, i);
  for (let record = batches.firstRecord[i]; record < end; record++) {
    const about = keys[key[record] - firstCoordinatorKey];
    if (about.group !== group) continue;
    if (about.partition < 0) {
      if (size[record] < 0) found.values.delete(key[record]);
      else found.values.set(key[record], sequence[record]);
      continue;
    }
    partitions.push(about.partition);
    offsets.push(size[record] < 0 ? -1 : sequence[record]);
  }
  if (partitions.length === 0) return;
  const write = { partitions, offsets };
  if ((batches.attributes[i] & BatchAttribute.transactional) === 0) {
    take(found, write, endOffset);
    return;
  }
  const open = found.open.get(producerId);
  if (open === undefined) found.open.set(producerId, [write]);
  else open.push(write);
}

function take(found: LoggedGroup, { partitions, offsets }: Offsets, endOffset: number): void {
  for (let i = 0; i < partitions.length; i++) found.offsets.push({ partition: partitions[i], offset: offsets[i], endOffset });
}
