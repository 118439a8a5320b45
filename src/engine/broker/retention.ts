import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { mix } from '../kernel/trace.ts';
import { applyRetention, retentionStart } from '../log/partitionLog.ts';
import { removeExpiredProducers } from '../log/producerStates.ts';
import type { BrokerContext } from './context.ts';
import { applyTierRetention } from './remoteTier.ts';

/** `producer.id.expiration.ms`. Kafka looks for expired producers every ten minutes; here it is done along with retention. */
const producerExpirationMs = 86_400_000;

/** Where a partition's log will begin after a check now. */
export function startAfterCheck({ brokers, partitions, events }: BrokerContext, index: number): number {
  const { log, tier, holder } = partitions[index]!;
  const isDue = holder >= 0 && brokers[holder]!.alive && tier === null && !log.config.cleanupPolicy.compact;
  return isDue ? retentionStart(log, events.nowUs) : log.logStartOffset;
}

/**
 * EventKind.RetentionCheck: every `log.retention.check.interval.ms` each partition's old segments are deleted where its broker is up (LogManager.cleanupLogs). Calls
 * `deleted` for each partition that lost records.
 */
export function onRetentionCheck(ctx: BrokerContext, intervalUs: number, deleted: (partition: number, records: number) => void): void {
  const nowUs = ctx.events.nowUs;
  for (let index = 0; index < ctx.partitions.length; index++) {
    const partition = ctx.partitions[index]!;
    // A broker that is down deletes nothing.
    if (partition.holder < 0 || !ctx.brokers[partition.holder]!.alive) continue;
    const { producers } = partition.log;
    if (producers !== null) removeExpiredProducers(producers, Math.floor(nowUs / 1000), producerExpirationMs);
    // Compacted logs are the cleaner's.
    if (partition.log.config.cleanupPolicy.compact) continue;
    if (partition.tier !== null) {
      applyTierRetention(ctx, partition);
      continue;
    }
    const records = applyRetention(partition.log, nowUs);
    if (records === 0) continue;
    partition.expiredRecords += records;
    mix(ctx.trace, nowUs, EventKind.RetentionCheck, index, partition.log.logStartOffset);
    deleted(index, records);
  }
  schedule(ctx.events, nowUs + intervalUs, EventKind.RetentionCheck, 0, 0);
}
