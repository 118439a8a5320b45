/** Lag: how far a group, or the members of one node, are behind the log, in records and in time. */
import { ownedPartition } from '../consumer/consumer.ts';
import { type PartitionLog, sentTimeAt } from '../log/partitionLog.ts';
import type { ProcessContext } from '../process/context.ts';
import type { SharePartition } from '../share/sharePartition.ts';
import type { ShareGroupState } from '../share/shareState.ts';

export interface PartitionLag {
  /** Next offset not yet served by its owner; where nobody owns it, where a new owner would start. */
  position: number;
  records: number;
  /** Age of the oldest record not yet served: how long ago it was sent. 0 without lag. */
  seconds: number;
}

/** Lag of one group on one partition. Reads what is settled; settle first for an exact number. */
export function partitionLag(ctx: ProcessContext, group: number, partition: number, owner: number): PartitionLag {
  const log = ctx.partitions[partition]!.log;
  const share = ctx.share.groups[group]?.partitions.get(partition);
  if (share) return shareLag(ctx, share, ctx.share.groups[group]!);
  const position = positionOf(ctx, group, partition, owner);
  const records = Math.max(0, log.highWatermark - Math.max(position, log.logStartOffset));
  if (records === 0) return { position, records: 0, seconds: 0 };
  const sentUs = sentTimeAt(log, Math.max(position, log.logStartOffset));
  return { position, records, seconds: Number.isNaN(sentUs) ? NaN : Math.max(0, ctx.events.nowUs - sentUs) / 1e6 };
}

/** The records of `partitionLag` alone, which cost less. */
export function recordsBehind(ctx: ProcessContext, group: number, partition: number, owner: number): number {
  const { log } = ctx.partitions[partition]!;
  const share = ctx.share.groups[group]?.partitions.get(partition);
  const position = share ? sharePosition(ctx, share, ctx.share.groups[group]!) + share.done : positionOf(ctx, group, partition, owner);
  return Math.max(0, log.highWatermark - Math.max(position, log.logStartOffset));
}

function sharePosition(ctx: ProcessContext, share: SharePartition, { reset }: ShareGroupState): number {
  const { log } = ctx.partitions[share.partition]!;
  return share.broker < 0 && reset.strategy === 'latest' ? log.highWatermark : Math.max(share.startOffset, log.logStartOffset);
}

/** Of a share group: offsets that are not done with (KIP-1226's share lag), as old as the first of them. */
function shareLag(ctx: ProcessContext, share: SharePartition, group: ShareGroupState): PartitionLag {
  const { log } = ctx.partitions[share.partition]!;
  const position = sharePosition(ctx, share, group);
  const records = Math.max(0, log.highWatermark - position - share.done);
  if (records === 0) return { position, records: 0, seconds: 0 };
  const sentUs = sentTimeAt(log, position);
  return { position, records, seconds: Number.isNaN(sentUs) ? NaN : Math.max(0, ctx.events.nowUs - sentUs) / 1e6 };
}

function positionOf(ctx: ProcessContext, group: number, partition: number, owner: number): number {
  if (owner >= 0) {
    const owned = ownedPartition(ctx.consumers[owner]!, partition);
    if (owned && owned.processed >= 0) return owned.processed;
  }
  const committed = ctx.groups[group]!.committed[partition]!;
  if (committed >= 0) return committed;
  // Nothing read and nothing committed: a reader that starts at the end has no lag, one that starts at the beginning has all of it.
  const member = ctx.consumers.find((consumer) => consumer.group === group);
  const log = ctx.partitions[partition]!.log;
  if (member?.config.autoOffsetReset === 'by_duration') return firstSentSince(log, ctx.events.nowUs - member.config.resetDurationUs);
  return member?.config.autoOffsetReset === 'earliest' ? log.logStartOffset : log.highWatermark;
}

/** Offset of the first record sent at or after a moment, by halving: what is resident makes no difference, and between samples it is an estimate. */
export function firstSentSince(log: PartitionLog, sinceUs: number): number {
  let low = log.logStartOffset;
  let high = log.highWatermark;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (sentTimeAt(log, middle) < sinceUs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Owner of each partition in a group: member index by global partition index, -1 without one. */
export function ownersOf(ctx: ProcessContext, group: number): Int32Array {
  const owners = new Int32Array(ctx.partitions.length).fill(-1);
  for (const consumer of ctx.consumers) {
    if (consumer.group !== group) continue;
    for (const owned of consumer.owned) owners[owned.index] = consumer.index;
  }
  return owners;
}

/** Records and seconds of one node: the sum, and the worst, over the partitions it reads. A shared group's partitions count for the node whose member owns them. */
export function nodeLag(ctx: ProcessContext, nodeIndex: number, owners: Int32Array): { records: number; seconds: number } {
  const node = ctx.nodes[nodeIndex]!;
  let records = 0;
  let seconds = 0;
  for (const topicIndex of node.inputs) {
    const topic = ctx.topics[topicIndex]!;
    for (let p = topic.firstPartition; p < topic.firstPartition + topic.partitionCount; p++) {
      const owner = owners[p]!;
      if (owner >= 0 && ctx.workers[owner]!.node !== nodeIndex) continue;
      const lag = partitionLag(ctx, node.group, p, owner);
      records += lag.records;
      if (lag.seconds > seconds) seconds = lag.seconds;
    }
  }
  return { records, seconds };
}
