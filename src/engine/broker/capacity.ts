/** What limits brokers beyond the queues of their machines: memory for their logs, quotas of clients, the remote tier. Plain data; null is switched off. */
import { createPageCache, type PageCache } from './pageCache.ts';
import { createQuotas, type QuotaState } from './quotas.ts';
import { createRemoteTier, type RemoteTierState } from './remoteTier.ts';

/** Microseconds and bytes; what is 0 is switched off, or takes no time. */
export interface CapacityConfig {
  /** `page.cache.bytes` */
  readonly pageCacheBytes: number;
  /** `disk.read.bytes.per.second`, in bytes per microsecond. */
  readonly diskReadBytesPerUs: number;
  /** `disk.seek.ms` */
  readonly diskSeekUs: number;
  /** `disk.capacity.bytes` */
  readonly diskCapacityBytes: number;
  /** `quota.producer.bytes.per.second` and `quota.consumer.bytes.per.second` */
  readonly producerBytesPerSecond: number;
  readonly consumerBytesPerSecond: number;
  /** `quota.window.num` and `quota.window.size.seconds` */
  readonly quotaSamples: number;
  readonly quotaSampleMs: number;
  /** `remote.log.manager.task.interval.ms` */
  readonly remoteIntervalUs: number;
  /** `remote.storage.latency.ms` */
  readonly remoteLatencyUs: number;
  /** `remote.storage.bytes.per.second`, in bytes per microsecond. */
  readonly remoteBytesPerUs: number;
}

/** Everything switched off. */
export const unlimitedCapacity: CapacityConfig = {
  pageCacheBytes: 0,
  diskReadBytesPerUs: 0,
  diskSeekUs: 0,
  diskCapacityBytes: 0,
  producerBytesPerSecond: 0,
  consumerBytesPerSecond: 0,
  quotaSamples: 11,
  quotaSampleMs: 1000,
  remoteIntervalUs: 30_000_000,
  remoteLatencyUs: 0,
  remoteBytesPerUs: 0,
};

export interface CapacityState {
  readonly config: CapacityConfig;
  /** By broker. */
  readonly pageCaches: readonly PageCache[] | null;
  readonly quotas: QuotaState | null;
  /** null while no topic has `remote.storage.enable`. */
  readonly remoteTier: RemoteTierState | null;
}

export function createCapacity(
  config: CapacityConfig,
  { brokers, partitions, tiered }: { readonly brokers: number; readonly partitions: number; readonly tiered: boolean },
): CapacityState {
  const { pageCacheBytes } = config;
  return {
    config,
    pageCaches: pageCacheBytes > 0 ? Array.from({ length: brokers }, () => createPageCache(pageCacheBytes, partitions)) : null,
    quotas: createQuotas(config),
    remoteTier: tiered ? createRemoteTier(brokers) : null,
  };
}
