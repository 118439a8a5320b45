/**
 * The active controller: all brokers and partitions, and what one event does to all of them (QuorumController, ReplicationControlManager). State is plain
 * data, changed in place; every function gives the indexes of the partitions that have changed, for the brokers to hear of.
 */
import {
  type BrokerControl,
  type BrokerHeartbeat,
  controlOf,
  createRegistration,
  hasSession,
  isActiveBroker,
  longestSilent,
  lowestActiveOffset,
  nextControl,
  type RegisteredBroker,
} from './brokerRegistry.ts';
import { alterPartition, type AlterPartitionError, type AlterPartitionRequest } from './alterPartition.ts';
import { balanceLeaders, brokerLeft, brokerLostLog, brokerReturned, type ElectionContext, type ElectionPolicy } from './leaderElection.ts';
import { type PartitionRegistration, registerPartition, reservedPartition } from './partitionRegistration.ts';
import { type DrawBelow, placeReplicas } from './replicaPlacement.ts';

export interface ControllerState {
  /** In the order of their ids. */
  brokers: RegisteredBroker[];
  partitions: PartitionRegistration[];
  /** In step with `partitions`. */
  policies: ElectionPolicy[];
  /** Offset of the next metadata record. */
  metadataOffset: number;
}

/** Kafka's ReplicationControlManager.MAX_ELECTIONS_PER_IMBALANCE. */
const electionsMax = 1000;

export function createController(): ControllerState {
  return { brokers: [], partitions: [], policies: [], metadataOffset: 0 };
}

export function brokerOf(state: ControllerState, id: number): RegisteredBroker | undefined {
  return state.brokers.find((broker) => broker.id === id);
}

/** What decisions about a partition ask for. */
export function contextOf(state: ControllerState, partition: number): ElectionContext {
  return { policy: state.policies[partition], isActive: (id) => isActiveBroker(brokerOf(state, id)) };
}

/** Puts a partition's new state into the metadata. Gives whether it is one. */
export function recordPartition(state: ControllerState, index: number, partition: PartitionRegistration): boolean {
  if (state.partitions[index] === partition) return false;
  state.partitions[index] = partition;
  state.metadataOffset++;
  return true;
}

/** Makes one decision about every partition. */
function decideAll(
  state: ControllerState,
  decision: (partition: PartitionRegistration, context: ElectionContext) => PartitionRegistration,
): number[] {
  const changed: number[] = [];
  for (let index = 0; index < state.partitions.length; index++) {
    const after = decision(state.partitions[index], contextOf(state, index));
    if (recordPartition(state, index, after)) changed.push(index);
  }
  return changed;
}

/**
 * A broker's new life. While the one before has its session it is refused, so a broker that was killed and is back at once waits for the end of the session. It is
 * fenced until a heartbeat shows that it has read the metadata up to here. `lostLog`: it cannot say that it was shut down cleanly.
 */
export function registerBroker(
  state: ControllerState,
  request: {
    readonly id: number;
    readonly rack: string | null;
    readonly nowUs: number;
    readonly sessionTimeoutUs: number;
    readonly lostLog: boolean;
  },
): { readonly error: 'NONE' | 'DUPLICATE_BROKER_REGISTRATION'; readonly brokerEpoch: number; readonly changed: readonly number[] } {
  const { id, rack, nowUs } = request;
  const before = brokerOf(state, id);
  if (before !== undefined && hasSession(before, request)) return { error: 'DUPLICATE_BROKER_REGISTRATION', brokerEpoch: -1, changed: [] };
  const changed =
    before !== undefined && request.lostLog ? decideAll(state, (partition, context) => brokerLostLog(partition, id, context)) : [];
  const brokerEpoch = state.metadataOffset++;
  const others = state.brokers.filter((broker) => broker.id !== id);
  state.brokers = [...others, createRegistration({ id, rack, brokerEpoch, nowUs })].sort((a, b) => a.id - b.id);
  return { error: 'NONE', brokerEpoch, changed };
}

/** A heartbeat: may unfence or fence its sender, or let it stop (ReplicationControlManager.processBrokerHeartbeat). */
export function onBrokerHeartbeat(
  state: ControllerState,
  heartbeat: BrokerHeartbeat,
): { readonly error: 'NONE' | 'STALE_BROKER_EPOCH'; readonly control: BrokerControl; readonly changed: readonly number[] } {
  const { broker: id, nowUs, metadataOffset } = heartbeat;
  const broker = brokerOf(state, id);
  if (broker === undefined || broker.brokerEpoch !== heartbeat.brokerEpoch)
    return { error: 'STALE_BROKER_EPOCH', control: 'FENCED', changed: [] };
  const before = controlOf(broker);
  const leads = state.partitions.some(({ leader }) => leader === id);
  const control = nextControl(broker, heartbeat, { leads, lowestActiveOffset: lowestActiveOffset(state.brokers) });
  broker.lastContactUs = nowUs;
  broker.metadataOffset = metadataOffset;
  const changed = control === before ? [] : takeControl(state, broker, control);
  if (broker.fenced) broker.controlledShutdownOffset = -1;
  return { error: 'NONE', control, changed };
}

function takeControl(state: ControllerState, broker: RegisteredBroker, control: BrokerControl): number[] {
  const { id } = broker;
  switch (control) {
    case 'UNFENCED':
      state.metadataOffset++;
      broker.fenced = false;
      return decideAll(state, (partition, context) => brokerReturned(partition, id, context));
    case 'CONTROLLED_SHUTDOWN': {
      state.metadataOffset++;
      broker.inControlledShutdown = true;
      const changed = decideAll(state, (partition, context) => brokerLeft(partition, id, context));
      broker.controlledShutdownOffset = state.metadataOffset - 1;
      return changed;
    }
    default:
      return fence(state, broker);
  }
}

function fence(state: ControllerState, broker: RegisteredBroker): number[] {
  if (broker.fenced) return [];
  const changed = decideAll(state, (partition, context) => brokerLeft(partition, broker.id, context));
  state.metadataOffset++;
  broker.fenced = true;
  broker.controlledShutdownOffset = -1;
  return changed;
}

/** When the next session is over unless its broker is heard of; Infinity when no broker is unfenced. Looking is due one microsecond later. */
export function nextSessionEndUs({ brokers }: ControllerState, sessionTimeoutUs: number): number {
  const silent = longestSilent(brokers);
  return silent === undefined ? Infinity : silent.lastContactUs + sessionTimeoutUs;
}

/** Fences the one broker that was not heard of for longest, if its session is over; the next one is due at once (maybeFenceOneStaleBroker). -1: nobody. */
export function fenceStaleBroker(
  state: ControllerState,
  now: { readonly nowUs: number; readonly sessionTimeoutUs: number },
): { readonly broker: number; readonly changed: readonly number[] } {
  const silent = longestSilent(state.brokers);
  if (silent === undefined || hasSession(silent, now)) return { broker: -1, changed: [] };
  return { broker: silent.id, changed: fence(state, silent) };
}

/** Adds partitions: a new topic's behind all others, or more of one in the places kept for them from `at` on (createTopics, createPartitions). All or none. */
export function addPartitions(
  state: ControllerState,
  request: { readonly count: number; readonly replicationFactor: number; readonly policy: ElectionPolicy; readonly at?: number },
  draw: DrawBelow,
): { readonly error: 'NONE' } | { readonly error: 'INVALID_REPLICATION_FACTOR'; readonly message: string } {
  const { count: partitions, replicationFactor, policy } = request;
  const placement = placeReplicas({ brokers: state.brokers, partitions, replicationFactor }, draw);
  if (placement.error !== 'NONE') return placement;
  const isActive = (id: number) => isActiveBroker(brokerOf(state, id));
  const added = placement.replicas.map((replicas) => registerPartition(replicas, isActive)).filter((partition) => partition !== null);
  if (added.length < partitions) {
    const message = `Unable to replicate the partition ${replicationFactor} time(s): All brokers are currently fenced or in controlled shutdown.`;
    return { error: 'INVALID_REPLICATION_FACTOR', message };
  }
  const { at = state.partitions.length } = request;
  added.forEach((partition, i) => {
    state.policies[at + i] = policy;
    recordPartition(state, at + i, partition);
  });
  return { error: 'NONE' };
}

/** Keeps places for partitions that may be added later; they have no replicas and no leader. */
export function reservePartitions(state: ControllerState, count: number, policy: ElectionPolicy): void {
  for (let i = 0; i < count; i++) {
    state.policies.push(policy);
    state.partitions.push(reservedPartition);
  }
}

/** A leader's request for another ISR of one partition. */
export function onAlterPartition(
  state: ControllerState,
  index: number,
  request: AlterPartitionRequest,
): { readonly error: AlterPartitionError; readonly changed: boolean } {
  const { error, partition } = alterPartition(state.partitions[index], request, contextOf(state, index));
  return { error, changed: recordPartition(state, index, partition) };
}

/** `leader.imbalance.check.interval.seconds` is over. `more`: the bound was reached, the next round is due at once. */
export function onImbalanceCheck(state: ControllerState): { readonly changed: readonly number[]; readonly more: boolean } {
  const elected = balanceLeaders(state.partitions, { electionsMax, contextOf: (index) => contextOf(state, index) });
  for (const { index, partition } of elected) recordPartition(state, index, partition);
  return { changed: elected.map(({ index }) => index), more: elected.length >= electionsMax };
}
