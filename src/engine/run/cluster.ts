/** The cluster a run begins with: brokers registered and unfenced, every partition placed as the controller of KRaft places it. */
import { type ClusterState, createClusterState } from '../broker/clusterState.ts';
import { addPartitions, type ControllerState, onBrokerHeartbeat, registerBroker, reservePartitions } from '../cluster/controller.ts';
import type { ElectionPolicy } from '../cluster/leaderElection.ts';
import { registerPartition } from '../cluster/partitionRegistration.ts';
import { placeReplicas } from '../cluster/replicaPlacement.ts';
import { coordinatorPartition } from '../group/coordinatorPartition.ts';
import { nextBelow } from '../kernel/random.ts';
import { clusterConfig, electionPolicy, isExactlyOnce, numberOf, textOf, type Settings } from './configs.ts';
import { shareStateTopic, usedStatePartitions } from './groups/shareGroups.ts';
import type { Topology } from './topology.ts';

/** Rack of a broker: the racks go round the brokers; null without racks. */
export function rackOf(cluster: Settings, broker: number): string | null {
  const racks = (cluster['broker.racks'] ?? []) as readonly string[];
  return racks.length === 0 ? null : racks[broker % racks.length];
}

/** Registers the brokers and places the topics in the order of the document, then Kafka's own topics as far as they are used. */
export function createCluster(topology: Topology, seed: number): ClusterState {
  const { cluster: settings } = topology;
  const cluster = createClusterState(seed, clusterConfig(settings));
  const { controller, random, config } = cluster;
  const draw = (bound: number): number => nextBelow(random, bound);
  for (let id = 0; id < numberOf(settings, 'brokers'); id++) registerRunning(controller, id, rackOf(settings, id), config.sessionTimeoutUs);
  for (const { settings: topic, name, partitionCount, partitionCountMax } of topology.topics) {
    const policy = electionPolicy(topic);
    const request = { count: partitionCount, replicationFactor: Math.max(1, numberOf(topic, 'replication.factor')), policy };
    const placed = addPartitions(controller, request, draw);
    if (placed.error !== 'NONE') throw new Error(`topic ${name}: ${placed.message}; validation lets no such document pass`);
    reservePartitions(controller, partitionCountMax - partitionCount, policy);
  }
  placeInternals(cluster, topology, draw);
  cluster.published.push(...controller.partitions);
  for (const broker of controller.brokers) broker.metadataOffset = controller.metadataOffset - 1;
  return cluster;
}

function registerRunning(controller: ControllerState, id: number, rack: string | null, sessionTimeoutUs: number): void {
  const { brokerEpoch } = registerBroker(controller, { id, rack, nowUs: 0, sessionTimeoutUs, lostLog: false });
  onBrokerHeartbeat(controller, { broker: id, brokerEpoch, metadataOffset: brokerEpoch, wantFence: false, wantShutDown: false, nowUs: 0 });
}

/** `__consumer_offsets` and `__share_group_state` as far as groups use them, all of `__transaction_state` once there is a transactional id: what leads them coordinates. */
function placeInternals(cluster: ClusterState, topology: Topology, draw: (bound: number) => number): void {
  const { cluster: settings, nodes, groupIds } = topology;
  const offsetsPartitions = numberOf(settings, 'offsets.topic.num.partitions');
  const used = [...new Set(groupIds.map((id) => coordinatorPartition(id, offsetsPartitions)))].sort((a, b) => a - b);
  if (used.length > 0) {
    const offsets = { partitions: offsetsPartitions, replicationFactor: numberOf(settings, 'offsets.topic.replication.factor') };
    addInternal(cluster, { name: '__consumer_offsets', ...offsets, minInsyncReplicas: 1, used }, draw);
  }
  const shared = usedStatePartitions(topology);
  if (shared.length > 0) {
    const partitions = numberOf(settings, 'share.coordinator.state.topic.num.partitions');
    const replicationFactor = numberOf(settings, 'share.coordinator.state.topic.replication.factor');
    const minInsyncReplicas = numberOf(settings, 'share.coordinator.state.topic.min.isr');
    addInternal(cluster, { name: shareStateTopic, partitions, replicationFactor, minInsyncReplicas, used: shared }, draw);
  }
  const isTransactional = nodes.some(
    ({ role, settings: own }) => isExactlyOnce(role, own) || (role === 'producer' && textOf(own, 'transactional.id') !== ''),
  );
  if (!isTransactional) return;
  const partitions = numberOf(settings, 'transaction.state.log.num.partitions');
  const all = Array.from({ length: partitions }, (_, partition) => partition);
  const replicationFactor = numberOf(settings, 'transaction.state.log.replication.factor');
  const minInsyncReplicas = numberOf(settings, 'transaction.state.log.min.isr');
  addInternal(cluster, { name: '__transaction_state', partitions, replicationFactor, minInsyncReplicas, used: all }, draw);
}

function addInternal(
  { controller, internals }: ClusterState,
  topic: {
    readonly name: string;
    readonly partitions: number;
    readonly replicationFactor: number;
    readonly minInsyncReplicas: number;
    readonly used: readonly number[];
  },
  draw: (bound: number) => number,
): void {
  // A cluster too small for Kafka's default of three could not create the topic; people then set the factor to what they have.
  const replicationFactor = Math.max(1, Math.min(topic.replicationFactor, controller.brokers.length));
  const placement = placeReplicas({ brokers: controller.brokers, partitions: topic.partitions, replicationFactor }, draw);
  if (placement.error !== 'NONE') throw new Error(`${topic.name}: ${placement.message}`);
  const policy: ElectionPolicy = { minInsyncReplicas: topic.minInsyncReplicas, uncleanElection: false, eligibleLeaderReplicas: false };
  for (const partition of topic.used) {
    internals.push({ key: `${topic.name}-${partition}`, registration: controller.partitions.length });
    controller.policies.push(policy);
    controller.partitions.push(registerPartition(placement.replicas[partition], () => true)!);
    controller.metadataOffset++;
  }
}
