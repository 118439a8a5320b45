/**
 * Coordinators write to their partition of `__consumer_offsets`: one batch a write, appended by the leader as its own (UnifiedLog, AppendOrigin.COORDINATOR), true and answered when the
 * high watermark has it (CoordinatorRuntime, CoordinatorPartitionWriter).
 */
import { cacheWritten } from '../../broker/disk.ts';
import { diskWrittenUs } from '../../broker/network.ts';
import { partitionAppended } from '../../broker/produce.ts';
import { leads, replicaHighWatermark, replicaOf } from '../../broker/replicas.ts';
import { EventKind } from '../../kernel/eventKinds.ts';
import { schedule } from '../../kernel/eventSet.ts';
import { mix } from '../../kernel/trace.ts';
import { createColumns, growColumns } from '../../log/columns.ts';
import { markerBatchBytes } from '../../log/appendProducer.ts';
import { appendBatch, appendMarker, appendProducerBatch, type BatchToAppend, noProducer } from '../../log/partitionLog.ts';
import { BatchAttribute } from '../../log/recordBatch.ts';
import { batchHeaderBytes, noHeadersBytes, recordSizeBytes } from '../../log/recordSize.ts';
import type { GroupContext } from '../context.ts';
import type { GroupState } from '../groupState.ts';
import { decideOffsets } from '../transactionalOffsets.ts';
import {
  type OffsetsLog,
  firstCoordinatorKey,
  type OffsetsMarker,
  type WriteEffect,
  type WriteWaiter,
  type WrittenGroup,
} from './offsetsState.ts';
import { groupKey, type GroupNames, groupValue, offsetKey, offsetValueBytes } from './serialized.ts';

/** What became of a write at once. `pending`: it waits for its replicas, and its effect and answer come later. */
export type WriteOutcome =
  | { readonly state: 'committed'; readonly writtenUs: number }
  | { readonly state: 'pending' }
  | { readonly state: 'refused'; readonly error: 'NOT_COORDINATOR' };

/** The transaction offsets belong to (TxnOffsetCommit). */
export interface OffsetsProducer {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** Reused for every append: the log copies what it is given. */
const toAppend: BatchToAppend = {
  columns: createColumns(64),
  from: 0,
  count: 0,
  storedBytes: 0,
  baseTimestampMs: 0,
  maxTimestampMs: 0,
  ...noProducer,
};

/** The log a group is kept in; null where `__consumer_offsets` is not modelled. */
export function logOf(ctx: GroupContext, group: GroupState): OffsetsLog | null {
  return group.log < 0 ? null : ctx.offsets.logs[group.log];
}

/**
 * Writes offsets of a group, and makes them its committed ones when the log has them; those of a transaction only with its marker. `waiter`: who is told when that is
 * later than now.
 */
export function appendOffsets(
  ctx: GroupContext,
  group: GroupState,
  commit: { readonly partitions: readonly number[]; readonly offsets: readonly number[] },
  producer: OffsetsProducer | null = null,
  waiter: WriteWaiter | null = null,
): WriteOutcome {
  const { partitions, offsets } = commit;
  const effect: WriteEffect =
    producer === null ? { type: 'offsets', partitions, offsets, waiter } : { type: 'offsets', partitions: [], offsets: [], waiter };
  const log = logOf(ctx, group);
  if (log === null) return committedNow(ctx, group, effect, ctx.events.nowUs);
  beginBatch(ctx, partitions.length);
  for (let i = 0; i < partitions.length; i++) addRecord(ctx, offsetKeyId(ctx, group, partitions[i]), offsetValueBytes, offsets[i]);
  return append(ctx, group, log, producer, effect);
}

/**
 * The end of a transaction goes into the log of the offsets it holds: they count, and `waiter` hears of it, when the high watermark has it (GroupCoordinatorService.completeTransaction). A
 * coordinator that is one no more, or has not read its log yet, refuses.
 */
export function appendOffsetsMarker(ctx: GroupContext, group: GroupState, marker: OffsetsMarker, waiter: WriteWaiter): WriteOutcome {
  const log = logOf(ctx, group);
  const { nowUs } = ctx.events;
  const { coordinator: broker } = group;
  if (log !== null) {
    if (group.loading || coordinatorHighWatermark(ctx, log, broker) < 0) return { state: 'refused', error: 'NOT_COORDINATOR' };
    const { log: records } = ctx.partitions[log.index];
    if (appendMarker(records, { ...marker, coordinatorEpoch: 0, transactionVersion: 2 }, nowUs).outcome === 'appended') {
      const endOffset = records.logEndOffset;
      cacheWritten(ctx, broker, log.index, records.appendedBytes, markerBatchBytes);
      partitionAppended(ctx, log.index, broker);
      if (coordinatorHighWatermark(ctx, log, broker) < endOffset) {
        log.pending.push({
          group: group.index,
          endOffset,
          deadlineUs: Infinity,
          writtenUs: nowUs,
          broker,
          effect: { type: 'marker', marker, waiter },
        });
        return { state: 'pending' };
      }
    }
  }
  decideOffsets(ctx, group.index, marker);
  return { state: 'committed', writtenUs: nowUs };
}

/** Takes offsets away: a record without a value for each (OffsetMetadataManager.cleanupExpiredOffsets). `group`: the group itself as well. */
export function appendTombstones(
  ctx: GroupContext,
  group: GroupState,
  partitions: readonly number[],
  options: { readonly group: boolean },
): WriteOutcome {
  const log = logOf(ctx, group);
  if (log === null) return { state: 'committed', writtenUs: ctx.events.nowUs };
  beginBatch(ctx, partitions.length + 1);
  for (const partition of partitions) addRecord(ctx, offsetKeyId(ctx, group, partition), -1, 0);
  if (options.group) addRecord(ctx, groupKeyId(ctx, group), -1, 0);
  return append(ctx, group, log, null, { type: 'offsets', partitions, offsets: partitions.map(() => -1), waiter: null });
}

/** Writes what there is to know of a group at the end of a rebalance. */
export function appendGroup(ctx: GroupContext, group: GroupState, written: WrittenGroup, effect: WriteEffect): WriteOutcome {
  const log = logOf(ctx, group);
  if (log === null) return { state: 'committed', writtenUs: ctx.events.nowUs };
  const bytes = groupValue(written, Math.floor(ctx.events.nowUs / 1000), namesIn(ctx));
  const members = written.members.map(({ memberId }) => memberId).join(', ');
  const text = `generation ${written.generation}, ${written.protocol === '' ? 'no members' : `${written.protocol}: ${members}`}`;
  const number = ctx.offsets.values.push({ bytes, text, record: { kind: 'classic', group: written } }) - 1;
  beginBatch(ctx, 1);
  addRecord(ctx, groupKeyId(ctx, group), bytes.length, number);
  return append(ctx, group, log, null, effect);
}

/** Begins a batch of up to `count` records; what is added to it goes with the next `append`. */
export function beginBatch(ctx: GroupContext, count: number): void {
  toAppend.columns = growColumns(toAppend.columns, 0, count);
  toAppend.count = 0;
  toAppend.storedBytes = batchHeaderBytes;
  toAppend.baseTimestampMs = toAppend.maxTimestampMs = Math.floor(ctx.events.nowUs / 1000);
}

/** Adds a record. `size`: bytes of the value, -1 for none; `sequence`: the offset, or the number of a value. */
export function addRecord(ctx: GroupContext, key: number, size: number, sequence: number): void {
  if (sequence > 0xffffffff) throw new Error(`__consumer_offsets: offset ${sequence} does not fit a record of the run`);
  const { columns } = toAppend;
  const at = toAppend.count++;
  columns.timestampUs[at] = ctx.events.nowUs;
  columns.sentUs[at] = ctx.events.nowUs;
  columns.key[at] = key;
  columns.size[at] = size;
  columns.sequence[at] = sequence;
  columns.path[at] = -1;
  const keySize = ctx.offsets.keys[key - firstCoordinatorKey].bytes.length;
  toAppend.storedBytes += recordSizeBytes({ offsetDelta: at, timestampDeltaMs: 0, keySize, valueSize: size, headersSize: noHeadersBytes });
}

/** Appends what was added since `beginBatch`. */
export function append(
  ctx: GroupContext,
  group: GroupState,
  log: OffsetsLog,
  producer: OffsetsProducer | null,
  effect: WriteEffect,
): WriteOutcome {
  const { coordinator: broker } = group;
  const partition = ctx.partitions[log.index];
  if (partition.holder !== broker || !leads(partition, broker)) return { state: 'refused', error: 'NOT_COORDINATOR' };
  const { log: records } = partition;
  const { nowUs } = ctx.events;
  const segments = records.segments.length;
  toAppend.producerId = producer === null ? -1 : producer.producerId;
  toAppend.producerEpoch = producer === null ? -1 : producer.producerEpoch;
  toAppend.baseSequence = producer === null ? -1 : 0;
  toAppend.attributes = producer === null ? 0 : BatchAttribute.transactional;
  if (producer === null) appendBatch(records, toAppend, nowUs);
  else if (appendProducerBatch(records, toAppend, nowUs, coordinatorAppend).outcome === 'error')
    return { state: 'refused', error: 'NOT_COORDINATOR' };
  if (records.segments.length > segments) ctx.offsets.rolled = true;
  cacheWritten(ctx, broker, log.index, records.appendedBytes, toAppend.storedBytes);
  // The disk is busy with it, but nobody waits for that: a coordinator answers when the copies have it, wherever the page cache has got to.
  diskWrittenUs(ctx, broker, toAppend.storedBytes);
  const writtenUs = nowUs;
  const endOffset = records.logEndOffset;
  partitionAppended(ctx, log.index, broker);
  if (coordinatorHighWatermark(ctx, log, broker) >= endOffset) return committedNow(ctx, group, effect, writtenUs);
  const deadlineUs = nowUs + ctx.offsets.config.writeTimeoutUs;
  log.pending.push({ group: group.index, endOffset, deadlineUs, writtenUs, broker, effect });
  startWriteTimer(ctx, log);
  return { state: 'pending' };
}

/** Nothing to wait for: what the write means is true at once. */
function committedNow(ctx: GroupContext, group: GroupState, effect: WriteEffect, writtenUs: number): WriteOutcome {
  if (effect.type === 'offsets') applyOffsets(ctx, group, effect.partitions, effect.offsets);
  return { state: 'committed', writtenUs };
}

/** Offsets become the group's committed ones; -1 takes one away. */
export function applyOffsets(ctx: GroupContext, group: GroupState, partitions: readonly number[], offsets: readonly number[]): void {
  for (let i = 0; i < partitions.length; i++) {
    group.committed[partitions[i]] = offsets[i];
    mix(ctx.trace, ctx.events.nowUs, EventKind.CommitArrived, partitions[i], offsets[i]);
  }
}

const coordinatorAppend = { origin: 'coordinator', verifyTransactions: false, guard: 0 } as const;

/** High watermark of the log as its leader `broker` knows it; -1 when it does not lead. */
export function coordinatorHighWatermark(ctx: GroupContext, log: OffsetsLog, broker: number): number {
  const partition = ctx.partitions[log.index];
  if (partition.holder !== broker || !leads(partition, broker)) return -1;
  const replica = replicaOf(partition, broker);
  return replica === undefined ? partition.log.highWatermark : replicaHighWatermark(partition, replica);
}

/** One event for all writes that wait, set for the oldest and set again when it comes. */
export function startWriteTimer(ctx: GroupContext, log: OffsetsLog): void {
  const deadlineUs = log.pending.reduce((first, write) => Math.min(first, write.deadlineUs), Infinity);
  if (log.timerRuns || deadlineUs === Infinity) return;
  log.timerRuns = true;
  schedule(ctx.events, deadlineUs, EventKind.CoordinatorWriteExpired, ctx.offsets.logs.indexOf(log), 0);
}

function offsetKeyId(ctx: GroupContext, group: GroupState, index: number): number {
  const known = group.offsetKeys[index];
  if (known >= 0) return known;
  const { topic, partition } = ctx.partitions[index];
  const { name } = ctx.topics[topic];
  const key = {
    bytes: offsetKey(group.groupId, name, partition),
    text: `${group.groupId} · ${name}-${partition}`,
    group: group.index,
    partition: index,
  };
  return (group.offsetKeys[index] = firstCoordinatorKey + ctx.offsets.keys.push(key) - 1);
}

function groupKeyId(ctx: GroupContext, group: GroupState): number {
  if (group.groupKey >= 0) return group.groupKey;
  const key = { bytes: groupKey(group.groupId), text: group.groupId, group: group.index, partition: -1 };
  return (group.groupKey = firstCoordinatorKey + ctx.offsets.keys.push(key) - 1);
}

function namesIn(ctx: GroupContext): GroupNames {
  return {
    clientId: (client) => ctx.members[client].clientId,
    topic: (topic) => ctx.topics[topic].name,
    partition: (index) => {
      const { topic, partition } = ctx.partitions[index];
      return [ctx.topics[topic].name, partition];
    },
  };
}
