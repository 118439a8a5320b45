/** How much of a broker's disk its logs take, and when it is full. */
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { sizeBefore } from '../log/partitionLog.ts';
import { positionAt } from '../log/search.ts';
import type { BrokerContext, PartitionState } from './context.ts';
import { sharedEndOffset } from './replicas.ts';

/** Bytes of a partition's log on one broker's disk: without what only the remote tier holds. */
export function bytesHeld(partition: PartitionState, broker: number): number {
  const { log, replicas, holder, tier } = partition;
  const local = tier === null ? log.sizeBytes : log.sizeBytes - sizeBefore(log, tier.localStartOffset);
  if (holder === broker) return local;
  const replica = replicas.find((candidate) => candidate.broker === broker);
  if (replica === undefined) return 0;
  const beyond = log.appendedBytes - positionAt(log, Math.max(log.logStartOffset, sharedEndOffset(partition, replica)));
  return Math.max(0, local - beyond) + (replica.tail?.sizeBytes ?? 0);
}

/**
 * Looks whether `disk.capacity.bytes` is reached once as much has been written as was free when it was looked at last: before that it cannot be. The write that fills the disk takes the
 * broker's logs offline, as after the fault of that name.
 */
export function checkDiskSpace(ctx: BrokerContext, index: number): void {
  const broker = ctx.brokers[index];
  const { diskCapacityBytes } = ctx.capacity.config;
  let held = 0;
  for (const partition of ctx.partitions) held += bytesHeld(partition, index);
  if (held >= diskCapacityBytes && !broker.diskFull) {
    broker.diskFull = true;
    schedule(ctx.events, ctx.events.nowUs, EventKind.DiskFailure, index, broker.incarnation);
  }
  broker.diskCheckBytes = broker.diskBytesWritten + Math.max(diskCapacityBytes - held, diskCapacityBytes / 1000);
}
