/** The controller's side of AlterPartition: leaders' requests for other ISRs are decided, and what has changed becomes known. */
import { onAlterPartition } from '../cluster/controller.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { mix } from '../kernel/trace.ts';
import { controllerEndpoint } from './clusterState.ts';
import type { BrokerContext } from './context.ts';
import { scheduleMessage } from './isr.ts';
import { holdMessage, isReachable } from './links.ts';
import { changeMetadata } from './metadata.ts';

/** EventKind.AlterPartitionArrived: the controller decides. Without an active one the request waits for the next. */
export function onAlterPartitionArrived(ctx: BrokerContext, broker: number, incarnation: number): void {
  const { brokers, cluster, replication } = ctx;
  if (brokers[broker].incarnation !== incarnation) return;
  if (!isReachable(ctx, broker, controllerEndpoint)) {
    holdMessage(ctx, { from: broker, to: controllerEndpoint });
    return;
  }
  if (!cluster.quorum.active) {
    cluster.quorum.waiting.push({ kind: EventKind.AlterPartitionArrived, a: broker, b: incarnation });
    return;
  }
  const changed: number[] = [];
  for (const item of replication.isrRequests[broker].underWay) {
    const outcome = onAlterPartition(cluster.controller, item.partition, item.request);
    item.error = outcome.error;
    item.registration = cluster.controller.partitions[item.partition];
    if (outcome.changed) changed.push(item.partition);
    mix(ctx.trace, ctx.events.nowUs, EventKind.AlterPartitionArrived, item.partition, item.registration.partitionEpoch);
  }
  if (changed.length > 0) changeMetadata(ctx, changed);
  scheduleMessage(ctx, broker, EventKind.AlterPartitionAnswered);
}
