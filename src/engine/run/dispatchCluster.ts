/** Who handles the events of the cluster. */
import { onControllerElected, onImbalanceCheck } from '../broker/controllerEvents.ts';
import { onBrokerHeartbeat, onBrokerSessionEnd, onBrokerStarted, onDiskFailure } from '../broker/lives.ts';
import { onAlterPartitionArrived } from '../broker/alterPartitions.ts';
import { onAlterPartitionAnswered, onIsrCheck } from '../broker/isr.ts';
import { onMetadataArrived } from '../broker/metadata.ts';
import { onProduceExpired } from '../broker/parkedProduces.ts';
import { onReplicaFetchArrived, onReplicaFetchExpired } from '../broker/replicaAnswers.ts';
import { onReplicaFetchAnswered } from '../broker/replicaFetcher.ts';
import { onGroupLoaded, refreshGroups } from '../group/coordinator.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { coordinatorsChanged } from './groups/coordinators.ts';
import type { EngineContext } from './state.ts';
import { clusterChanged } from './transactions.ts';
import { takeTruncations } from './groups/truncations.ts';

/** Events of replicas, brokers' lives, the controller and the metadata; transactions hear of what changed. */
export function dispatchCluster(ctx: EngineContext): number {
  const block = dispatchBrokers(ctx);
  if (block < 0) {
    clusterChanged(ctx);
    coordinatorsChanged(ctx);
  }
  return block;
}

function dispatchBrokers(ctx: EngineContext): number {
  const { kind, a, b } = ctx.events;
  switch (kind as EventKind) {
    case EventKind.MetadataArrived:
      return metadataArrived(ctx, a, b);
    case EventKind.GroupLoaded:
      return onGroupLoaded(ctx, a, b);
    case EventKind.ReplicaFetchArrived:
      return onReplicaFetchArrived(ctx, a, b);
    case EventKind.ReplicaFetchExpired:
      return onReplicaFetchExpired(ctx, a, b);
    case EventKind.ReplicaFetchAnswered:
      onReplicaFetchAnswered(ctx, a, b);
      takeTruncations(ctx);
      return -1;
    case EventKind.ProduceExpired:
      onProduceExpired(ctx, a, b);
      return -1;
    case EventKind.IsrCheck:
      onIsrCheck(ctx, a, b);
      return -1;
    case EventKind.AlterPartitionArrived:
      onAlterPartitionArrived(ctx, a, b);
      return -1;
    case EventKind.AlterPartitionAnswered:
      onAlterPartitionAnswered(ctx, a, b);
      return -1;
    case EventKind.BrokerSessionEnd:
      onBrokerSessionEnd(ctx, a, b);
      return -1;
    case EventKind.BrokerStarted:
      onBrokerStarted(ctx, a, b);
      return -1;
    case EventKind.BrokerHeartbeat:
      onBrokerHeartbeat(ctx, a, b);
      return -1;
    case EventKind.ImbalanceCheck:
      onImbalanceCheck(ctx);
      return -1;
    case EventKind.ControllerElected:
      onControllerElected(ctx, a, b);
      return -1;
    case EventKind.DiskFailure:
      onDiskFailure(ctx, a, b);
      return -1;
    default:
      throw new Error(`event kind ${kind} has no handler`);
  }
}

/** A broker takes up the metadata. What has left a partition's log with a new leader leaves the groups' progress too. */
function metadataArrived(ctx: EngineContext, broker: number, incarnation: number): number {
  const block = onMetadataArrived(ctx, broker, incarnation);
  if (block < 0) refreshGroups(ctx, broker);
  takeTruncations(ctx);
  return block;
}
