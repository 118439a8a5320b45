/** Records of `__consumer_offsets` for people and for files: their keys and values are the coordinators', not a source's. */
import { firstCoordinatorKey } from '../../group/offsets/offsetsState.ts';
import { offsetValue } from '../../group/offsets/serialized.ts';
import type { RecordColumns } from '../../log/columns.ts';
import type { ResolveRecord } from '../../log/encodeBatch.ts';
import type { EngineContext } from '../state.ts';

/** Whether a partition is one of Kafka's own. */
export function isInternal({ topics, partitions }: EngineContext, partition: number): boolean {
  return topics[partitions[partition]!.topic]!.internal === true;
}

/** Key and value in words: `orders · payments-3` and the offset; null is a tombstone. */
export function coordinatorTexts(
  { offsets }: EngineContext,
  columns: RecordColumns,
  index: number,
): { readonly key: string; readonly value: string | null } {
  const key = offsets.keys[columns.key[index]! - firstCoordinatorKey]!;
  const sequence = columns.sequence[index]!;
  if (columns.size[index]! < 0) return { key: key.text, value: null };
  return { key: key.text, value: key.partition < 0 ? offsets.values[sequence]!.text : String(sequence) };
}

/** Their bytes, as Kafka's serde writes them. */
export function coordinatorResolver({ offsets }: EngineContext): ResolveRecord {
  return (columns, index) => {
    const key = offsets.keys[columns.key[index]! - firstCoordinatorKey]!;
    const sequence = columns.sequence[index]!;
    const commitMs = Math.floor(columns.timestampUs[index]! / 1000);
    const value = key.partition < 0 ? () => offsets.values[sequence]!.bytes : () => offsetValue(sequence, -1, commitMs);
    return { key: key.bytes, value: columns.size[index]! < 0 ? null : value(), headers: [] };
  };
}
