/** What logs take on the brokers' disks and in the remote tier, and what that costs. */
import type { PartitionState } from '../broker/context.ts';
import { bytesHeld } from '../broker/diskSpace.ts';
import { sizeBefore } from '../log/partitionLog.ts';
import type { StorageReport } from '../report/report.ts';
import type { Run } from './build.ts';
import { numberOf } from './configs.ts';

/** Bytes of a partition in the remote tier. */
export function remoteBytesOf({ log, tier }: PartitionState): number {
  return tier === null ? 0 : sizeBefore(log, tier.copiedUpTo);
}

/** Bytes of a partition on the disks of all brokers. */
export function diskBytesOf(partition: PartitionState): number {
  const { replicas, holder } = partition;
  if (replicas.length === 0) return bytesHeld(partition, holder);
  let bytes = 0;
  for (const { broker } of replicas) bytes += bytesHeld(partition, broker);
  return bytes;
}

const gigabyte = 1e9;

/** All topics together, as they stand now: what holding just that for a month costs. */
export function storageReport({ ctx, topology }: Run): StorageReport {
  let diskBytes = 0;
  let remoteBytes = 0;
  for (const partition of ctx.partitions) {
    diskBytes += diskBytesOf(partition);
    remoteBytes += remoteBytesOf(partition);
  }
  const diskPrice = numberOf(topology.cluster, 'disk.price.per.gb.month');
  const remotePrice = numberOf(topology.cluster, 'remote.storage.price.per.gb.month');
  return {
    diskBytes,
    remoteBytes,
    diskUsdPerMonth: (diskBytes / gigabyte) * diskPrice,
    remoteUsdPerMonth: (remoteBytes / gigabyte) * remotePrice,
  };
}
