import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { mix } from '../kernel/trace.ts';
import { applyRetention } from '../log/partitionLog.ts';
import type { BrokerContext } from './context.ts';

/**
 * EventKind.RetentionCheck: every `log.retention.check.interval.ms` each partition's old segments are deleted (LogManager.cleanupLogs). Calls
 * `deleted` for each partition that lost records.
 */
export function onRetentionCheck(ctx: BrokerContext, intervalUs: number, deleted: (partition: number, records: number) => void): void {
  const nowUs = ctx.events.nowUs;
  for (let index = 0; index < ctx.partitions.length; index++) {
    const partition = ctx.partitions[index]!;
    const records = applyRetention(partition.log, nowUs);
    if (records === 0) continue;
    partition.expiredRecords += records;
    mix(ctx.trace, nowUs, EventKind.RetentionCheck, index, partition.log.logStartOffset);
    deleted(index, records);
  }
  schedule(ctx.events, nowUs + intervalUs, EventKind.RetentionCheck, 0, 0);
}
