/** Replicas of those of Kafka's own topics that have no logs here, so that a broker that is back has caught up with them as soon as it may be in sync at all. */
import { alterPartition } from '../cluster/alterPartition.ts';
import { contextOf, recordPartition } from '../cluster/controller.ts';
import type { BrokerContext } from './context.ts';
import { changeMetadata } from './metadata.ts';

/** A broker is unfenced: the leaders of internal partitions have all that run in their ISR again, also who came back while there was no leader. */
export function rejoinInternalPartitions(ctx: BrokerContext): void {
  const { internals, controller } = ctx.cluster;
  const changed: number[] = [];
  for (const { registration: index } of internals) {
    if (index < ctx.partitions.length) continue;
    const { replicas, isr, leader, leaderEpoch, partitionEpoch } = controller.partitions[index];
    const context = contextOf(controller, index);
    const back = replicas.filter((broker) => !isr.includes(broker) && context.isActive(broker));
    if (leader < 0 || back.length === 0) continue;
    const request = { broker: leader, leaderEpoch, partitionEpoch, isr: [...isr, ...back], recovering: false };
    const { error, partition } = alterPartition(controller.partitions[index], request, context);
    if (error === 'NONE' && recordPartition(controller, index, partition)) changed.push(index);
  }
  if (changed.length > 0) changeMetadata(ctx, changed);
}
