/**
 * Tiered storage (RemoteLogManager, KIP-405): the leader copies closed segments to a remote tier, the brokers' disks keep the local part, readers of what is only remote pay its latency
 * and bandwidth.
 */
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { mix } from '../kernel/trace.ts';
import {
  applyLocalRetention,
  applyRemoteRetention,
  lastStableOffsetOf,
  remoteRetentionStart,
  type SegmentCopy,
  segmentToCopy,
} from '../log/partitionLog.ts';
import type { BrokerContext, PartitionState } from './context.ts';
import { diskReadUs } from './disk.ts';
import { leads } from './replicas.ts';

/** What a partition with `remote.storage.enable` has there. */
export interface PartitionTier {
  /** Segments before this offset are in the remote tier (UnifiedLog.highestOffsetInRemoteStorage and one). */
  copiedUpTo: number;
  /** The brokers' disks hold the log from here on. */
  localStartOffset: number;
  /** In force: those of the whole log where they are -2. */
  readonly localRetentionMs: number;
  readonly localRetentionBytes: number;
}

export interface RemoteTierState {
  /** By broker: the segment it copies, null when it copies none. */
  readonly copies: (CopyUnderWay | null)[];
  /** By broker: when its way to the remote tier is free again. */
  readonly freeUs: Float64Array;
  readonly bytesCopied: Float64Array;
  readonly bytesRead: Float64Array;
}

interface CopyUnderWay {
  readonly partition: number;
  readonly segment: SegmentCopy;
  /** The broker's life in which it was begun. */
  readonly incarnation: number;
}

export function createRemoteTier(brokers: number): RemoteTierState {
  return {
    copies: new Array<CopyUnderWay | null>(brokers).fill(null),
    freeUs: new Float64Array(brokers),
    bytesCopied: new Float64Array(brokers),
    bytesRead: new Float64Array(brokers),
  };
}

/** -2, Kafka's default, stands for the total retention. */
export function createPartitionTier(
  local: { readonly retentionMs: number; readonly retentionBytes: number },
  total: { readonly retentionMs: number; readonly retentionBytes: number },
): PartitionTier {
  return {
    copiedUpTo: 0,
    localStartOffset: 0,
    localRetentionMs: local.retentionMs === -2 ? total.retentionMs : local.retentionMs,
    localRetentionBytes: local.retentionBytes === -2 ? total.retentionBytes : local.retentionBytes,
  };
}

/** What a round is for, as events carry it. */
const look = 0;
const copied = 1;

/** Schedules the first round of each broker; nothing without a remote tier. */
export function startRemoteTier(ctx: BrokerContext): void {
  if (ctx.capacity.remoteTier === null) return;
  for (const { index } of ctx.brokers) schedule(ctx.events, ctx.capacity.config.remoteIntervalUs, EventKind.RemoteTierRound, index, look);
}

/**
 * EventKind.RemoteTierRound: every `remote.log.manager.task.interval.ms` a broker deletes what is too old from the remote tier, for the partitions it leads, and begins to copy closed
 * segments, one after the other. Calls `deleted` for each partition that lost records.
 */
export function onRemoteTierRound(
  ctx: BrokerContext,
  broker: number,
  what: number,
  deleted: (partition: number, records: number) => void,
): void {
  const { nowUs } = ctx.events;
  if (what === look) {
    schedule(ctx.events, nowUs + ctx.capacity.config.remoteIntervalUs, EventKind.RemoteTierRound, broker, look);
    deleteRemote(ctx, broker, deleted);
  } else endCopy(ctx, broker);
  if (ctx.capacity.remoteTier!.copies[broker] === null) beginCopy(ctx, broker);
}

/** Partitions with a remote tier whose log is the broker's, which leads them. */
function ownTiered(ctx: BrokerContext, broker: number): number[] {
  const own: number[] = [];
  if (!ctx.brokers[broker].alive) return own;
  for (let index = 0; index < ctx.partitions.length; index++) {
    const partition = ctx.partitions[index];
    if (partition.tier !== null && partition.holder === broker && leads(partition, broker)) own.push(index);
  }
  return own;
}

function deleteRemote(ctx: BrokerContext, broker: number, deleted: (partition: number, records: number) => void): void {
  for (const index of ownTiered(ctx, broker)) {
    const partition = ctx.partitions[index];
    const { log } = partition;
    const records = applyRemoteRetention(log, ctx.events.nowUs, partition.tier!.copiedUpTo);
    if (records === 0) continue;
    partition.tier!.localStartOffset = Math.max(partition.tier!.localStartOffset, log.logStartOffset);
    partition.expiredRecords += records;
    mix(ctx.trace, ctx.events.nowUs, EventKind.RemoteTierRound, index, log.logStartOffset);
    deleted(index, records);
  }
}

/** Where a partition's log will begin after that round. */
export function startAfterRemoteRound(ctx: BrokerContext, { broker, what }: { broker: number; what: number }, index: number): number {
  const partition = ctx.partitions[index];
  const { log, tier, holder } = partition;
  const isDue = what === look && tier !== null && holder === broker && ctx.brokers[broker].alive && leads(partition, broker);
  return isDue ? remoteRetentionStart(log, ctx.events.nowUs, tier.copiedUpTo) : log.logStartOffset;
}

/** The first segment of any partition that can be copied goes: read from the log, sent, there after the tier's latency. */
function beginCopy(ctx: BrokerContext, broker: number): void {
  const { copies, freeUs } = ctx.capacity.remoteTier!;
  for (const index of ownTiered(ctx, broker)) {
    const partition = ctx.partitions[index];
    const { log } = partition;
    const tier = partition.tier!;
    // An unclean election may have cut off what had been copied.
    tier.copiedUpTo = Math.min(Math.max(tier.copiedUpTo, log.segments[0].baseOffset), log.logEndOffset);
    const segment = segmentToCopy(log, tier.copiedUpTo, lastStableOffsetOf(log));
    if (segment === null) continue;
    const { startPosition, sizeBytes } = segment;
    const readUs = diskReadUs(ctx, broker, { partition: index, from: startPosition, to: startPosition + sizeBytes });
    copies[broker] = { partition: index, segment, incarnation: ctx.brokers[broker].incarnation };
    freeUs[broker] = Math.max(readUs, freeUs[broker]) + transferUs(ctx, sizeBytes);
    // A tier that costs nothing takes no time, but stays an event of its own.
    schedule(ctx.events, Math.round(freeUs[broker] + ctx.capacity.config.remoteLatencyUs), EventKind.RemoteTierRound, broker, copied);
    return;
  }
}

function endCopy(ctx: BrokerContext, broker: number): void {
  const { copies, bytesCopied } = ctx.capacity.remoteTier!;
  const copy = copies[broker];
  copies[broker] = null;
  if (copy === null) return;
  const { partition: index, segment, incarnation } = copy;
  const partition = ctx.partitions[index];
  const tier = partition.tier!;
  // A leader that died, or leads no longer, leaves an unfinished copy behind; the next one begins anew.
  if (ctx.brokers[broker].incarnation !== incarnation || partition.holder !== broker || !leads(partition, broker)) return;
  if (tier.copiedUpTo > segment.baseOffset || segment.endOffset > partition.log.logEndOffset) return;
  tier.copiedUpTo = segment.endOffset;
  bytesCopied[broker] += segment.sizeBytes;
  mix(ctx.trace, ctx.events.nowUs, EventKind.RemoteTierRound, index, segment.endOffset);
}

function transferUs(ctx: BrokerContext, sizeBytes: number): number {
  const { remoteBytesPerUs } = ctx.capacity.config;
  return remoteBytesPerUs > 0 ? sizeBytes / remoteBytesPerUs : 0;
}

/** When bytes that are only in the remote tier are at a broker that asks for them now (DelayedRemoteFetch): transfers queue, waiting for the first byte does not. */
export function remoteReadUs(ctx: BrokerContext, broker: number, sizeBytes: number): number {
  const { freeUs, bytesRead } = ctx.capacity.remoteTier!;
  const readyUs = Math.max(ctx.events.nowUs + ctx.capacity.config.remoteLatencyUs, freeUs[broker]);
  freeUs[broker] = readyUs + transferUs(ctx, sizeBytes);
  bytesRead[broker] += sizeBytes;
  return freeUs[broker];
}

/** The check of retention, for a partition with a remote tier: what is copied leaves the brokers' disks. No record is lost by it. */
export function applyTierRetention({ events }: BrokerContext, { log, tier }: PartitionState): void {
  tier!.localStartOffset = applyLocalRetention(log, events.nowUs, tier!);
}
