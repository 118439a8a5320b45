/**
 * Offsets that a group's members commit in transactions (KIP-98, KIP-447): held back at the group's coordinator until the transaction's marker is written to
 * `__consumer_offsets` (OffsetMetadataManager.pendingTransactionalOffsets, replayEndTransactionMarker).
 */
import { EventKind } from '../kernel/eventKinds.ts';
import { mix } from '../kernel/trace.ts';
import type { GroupContext } from './context.ts';

/** Plain data. */
export interface TransactionalOffsets {
  /** By producer id; partitions and offsets in step. */
  readonly held: Map<number, HeldOffsets>;
  /** Epoch of the last marker of each producer id: what comes with a lower one belongs to a transaction that has ended. */
  readonly markers: Map<number, number>;
}

export interface HeldOffsets {
  readonly producerEpoch: number;
  readonly partitions: readonly number[];
  readonly offsets: readonly number[];
}

export function createTransactionalOffsets(): TransactionalOffsets {
  return { held: new Map(), markers: new Map() };
}

/** Whether a transaction of this producer and epoch already has offsets here: its partition of `__consumer_offsets` is part of the transaction then. */
export function hasHeldOffsets({ held }: TransactionalOffsets, producerId: number, producerEpoch: number): boolean {
  return held.get(producerId)?.producerEpoch === producerEpoch;
}

/** Holds the offsets of a TxnOffsetCommit back until its transaction is decided; false for a producer whose transaction has ended meanwhile. */
export function holdOffsets(
  { held, markers }: TransactionalOffsets,
  producer: { readonly producerId: number; readonly producerEpoch: number },
  offsets: { readonly partitions: readonly number[]; readonly offsets: readonly number[] },
): boolean {
  const { producerId, producerEpoch } = producer;
  if (producerEpoch < (markers.get(producerId) ?? -1)) return false;
  const before = held.get(producerId);
  const kept = before === undefined ? [] : before.partitions.flatMap((partition, i) => (offsets.partitions.includes(partition) ? [] : [i]));
  held.set(producerId, {
    producerEpoch,
    partitions: [...kept.map((i) => before!.partitions[i]!), ...offsets.partitions],
    offsets: [...kept.map((i) => before!.offsets[i]!), ...offsets.offsets],
  });
  return true;
}

/** The marker of a transaction is written to the group's partition of `__consumer_offsets`: what it held becomes the committed offsets, or is forgotten. */
export function decideOffsets(
  ctx: Pick<GroupContext, 'groups' | 'trace' | 'events'>,
  groupIndex: number,
  marker: { readonly producerId: number; readonly producerEpoch: number; readonly type: 'COMMIT' | 'ABORT' },
): void {
  const { transactional, committed } = ctx.groups[groupIndex]!;
  const { producerId, producerEpoch, type } = marker;
  const held = transactional.held.get(producerId);
  transactional.markers.set(producerId, Math.max(producerEpoch, transactional.markers.get(producerId) ?? -1));
  // A marker that was sent again says nothing about the transaction after its own, which has its epoch.
  if (held === undefined || held.producerEpoch >= producerEpoch) return;
  transactional.held.delete(producerId);
  if (type === 'ABORT') return;
  held.partitions.forEach((partition, i) => {
    committed[partition] = held.offsets[i]!;
    mix(ctx.trace, ctx.events.nowUs, EventKind.TransactionOffsetsArrived, partition, held.offsets[i]!);
  });
}

/** Whether any of the partitions has an offset that is not decided: an OffsetFetch is answered with UNSTABLE_OFFSET_COMMIT then (KIP-447, require_stable). */
export function isUnstable({ held }: TransactionalOffsets, partitions: readonly number[]): boolean {
  for (const offsets of held.values()) if (offsets.partitions.some((partition) => partitions.includes(partition))) return true;
  return false;
}
