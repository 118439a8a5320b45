/** Leaders ask the controller for other ISRs: one request of a broker is under way at a time, with everything that came up before it was sent (AlterPartitionManager). */
import { isrAnswered, laggingMembers, proposeChange } from '../cluster/isrChanges.ts';
import type { IsrChange } from '../cluster/leaderState.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { controllerEndpoint } from './clusterState.ts';
import type { BrokerContext } from './context.ts';
import { leaderViewOf, raisePartitionHighWatermark } from './highWatermarks.ts';
import { holdMessage, isReachable, linkDelayUs } from './links.ts';
import { replicaOf, type ReplicaState } from './replicas.ts';
import type { IsrRequest } from './replication.ts';

/** A broker begins to look for followers that have fallen behind, every half of `replica.lag.time.max.ms` (the task "isr-expiration"). */
export function startIsrChecks(ctx: BrokerContext, broker: number): void {
  const periodUs = Math.max(1, Math.round(ctx.cluster.config.replicaLagMaxUs / 2));
  schedule(ctx.events, ctx.events.nowUs + periodUs, EventKind.IsrCheck, broker, ctx.brokers[broker].incarnation);
}

/** EventKind.IsrCheck: followers that were last caught up too long ago are to leave the ISR. */
export function onIsrCheck(ctx: BrokerContext, broker: number, incarnation: number): void {
  if (ctx.brokers[broker].incarnation !== incarnation) return;
  for (let index = 0; index < ctx.partitions.length; index++) {
    const partition = ctx.partitions[index];
    const replica = partition.replicas.length === 0 ? undefined : replicaOf(partition, broker);
    if (replica === undefined || replica.leadership === null || replica.leadership.isr.length < 2) continue;
    const brokers = laggingMembers(replica.leadership, leaderViewOf(ctx, partition, replica));
    if (brokers.length > 0) proposeIsr(ctx, index, replica, { kind: 'shrink', brokers });
  }
  startIsrChecks(ctx, broker);
}

/** A leader asks for another ISR; no other change of this partition may be under way. */
export function proposeIsr(ctx: BrokerContext, index: number, leader: ReplicaState, change: IsrChange): void {
  const request = proposeChange(leader.leadership!, change);
  const requests = ctx.replication.isrRequests[leader.broker];
  requests.queued.push({ partition: index, change, request, error: 'NONE', registration: null });
  if (requests.underWay.length === 0) send(ctx, leader.broker);
}

function send(ctx: BrokerContext, broker: number): void {
  const requests = ctx.replication.isrRequests[broker];
  requests.underWay = requests.queued;
  requests.queued = [];
  scheduleMessage(ctx, broker, EventKind.AlterPartitionArrived);
}

/** A message between a broker and the controller, either way. */
export function scheduleMessage(ctx: BrokerContext, broker: number, kind: EventKind): void {
  const atUs = Math.round(ctx.events.nowUs + ctx.costs.networkLatencyUs + linkDelayUs(ctx, broker, controllerEndpoint));
  schedule(ctx.events, atUs, kind, broker, ctx.brokers[broker].incarnation);
}

/** EventKind.AlterPartitionAnswered: ISRs that are confirmed are in force. */
export function onAlterPartitionAnswered(ctx: BrokerContext, broker: number, incarnation: number): void {
  if (ctx.brokers[broker].incarnation !== incarnation) return;
  if (!isReachable(ctx, controllerEndpoint, broker)) {
    holdMessage(ctx, { from: controllerEndpoint, to: broker });
    return;
  }
  const requests = ctx.replication.isrRequests[broker];
  const answered = requests.underWay;
  requests.underWay = [];
  for (const item of answered) takeAnswer(ctx, broker, item);
  if (requests.queued.length > 0 && requests.underWay.length === 0) send(ctx, broker);
}

function takeAnswer(ctx: BrokerContext, broker: number, item: IsrRequest): void {
  const replica = replicaOf(ctx.partitions[item.partition], broker);
  if (replica === undefined || replica.leadership === null) return;
  switch (isrAnswered(replica.leadership, item.change, { error: item.error, partition: item.registration })) {
    case 'confirmed':
      replica.role.partitionEpoch = Math.max(replica.role.partitionEpoch, replica.leadership.partitionEpoch);
      raisePartitionHighWatermark(ctx, item.partition, broker);
      return;
    case 'retry':
      ctx.replication.isrRequests[broker].queued.push(item);
      return;
    default:
  }
}

/** The broker's process is gone. */
export function forgetIsrRequests(ctx: BrokerContext, broker: number): void {
  const requests = ctx.replication.isrRequests[broker];
  requests.queued = [];
  requests.underWay = [];
}
