/**
 * What the controller decides about a partition when brokers go and come, when a person asks for an election, and when leaders have drifted away from the preferred
 * replicas (ReplicationControlManager). Every function gives the partition after the decision: the same object when nothing changes.
 */
import { buildChange, type ChangeTarget, type Election } from './partitionChange.ts';
import { applyChange, type IsActive, noLeader, type PartitionRegistration, withoutReplicas } from './partitionRegistration.ts';

/** Settings of a topic and its cluster that decide about leaders. */
export interface ElectionPolicy {
  /** `min.insync.replicas` as configured. */
  readonly minInsyncReplicas: number;
  /** `unclean.leader.election.enable`. */
  readonly uncleanElection: boolean;
  /** KIP-966: `eligible.leader.replicas.version` 1. */
  readonly eligibleLeaderReplicas: boolean;
}

/** Policy of the partition's topic, and which brokers are active as the decision is made. */
export interface ElectionContext {
  readonly policy: ElectionPolicy;
  readonly isActive: IsActive;
}

/** Runs a target through the builder; the election is the topic's own unless one is given. */
export function decide(
  partition: PartitionRegistration,
  target: ChangeTarget,
  { policy, isActive, election }: ElectionContext & { readonly election?: Election },
): PartitionRegistration {
  const change = buildChange(partition, target, {
    election: election ?? (policy.uncleanElection ? 'unclean' : 'online'),
    minIsr: Math.min(policy.minInsyncReplicas, partition.replicas.length),
    eligibleLeaderReplicas: policy.eligibleLeaderReplicas,
    mayLead: isActive,
  });
  return applyChange(partition, change);
}

/** A broker was fenced, or begins its controlled shutdown: it leaves the ISR, and a partition it leads gets another leader or none (handleBrokerFenced). */
export function brokerLeft(partition: PartitionRegistration, broker: number, context: ElectionContext): PartitionRegistration {
  if (!partition.isr.includes(broker)) return partition;
  const isActive: IsActive = (other) => other !== broker && context.isActive(other);
  return decide(partition, { isr: withoutReplicas(partition.isr, [broker]) }, { ...context, isActive });
}

/** A broker was unfenced: a partition without a leader looks for one; all others stay as they are, their leaders take the broker back (handleBrokerUnfenced). */
export function brokerReturned(partition: PartitionRegistration, broker: number, context: ElectionContext): PartitionRegistration {
  if (partition.leader !== noLeader) return partition;
  return decide(partition, {}, { ...context, isActive: (other) => other === broker || context.isActive(other) });
}

/**
 * A broker registers again and cannot say that it was shut down cleanly: with KIP-966 it is no longer eligible to lead, for it may have lost the end of its log
 * (handleBrokerUncleanShutdown). Without the feature nothing changes.
 */
export function brokerLostLog(partition: PartitionRegistration, broker: number, context: ElectionContext): PartitionRegistration {
  if (!context.policy.eligibleLeaderReplicas) return partition;
  if (!partition.isr.includes(broker) && !partition.elr.includes(broker)) return partition;
  const isActive: IsActive = (other) => other !== broker && context.isActive(other);
  return decide(partition, { isr: withoutReplicas(partition.isr, [broker]), uncleanShutdown: [broker] }, { ...context, isActive });
}

export interface ElectionOutcome {
  readonly error: 'NONE' | 'ELECTION_NOT_NEEDED' | 'PREFERRED_LEADER_NOT_AVAILABLE' | 'ELIGIBLE_LEADERS_NOT_AVAILABLE';
  readonly partition: PartitionRegistration;
}

/** An election somebody asked for (kafka-leader-election; electLeader). An unclean one needs no leave of the topic. */
export function electLeader(partition: PartitionRegistration, type: 'preferred' | 'unclean', context: ElectionContext): ElectionOutcome {
  const needless = type === 'preferred' ? partition.leader === partition.replicas[0] : partition.leader !== noLeader;
  if (needless) return { error: 'ELECTION_NOT_NEEDED', partition };
  const after = decide(partition, {}, { ...context, election: type });
  if (after !== partition) return { error: 'NONE', partition: after };
  return { error: type === 'preferred' ? 'PREFERRED_LEADER_NOT_AVAILABLE' : 'ELIGIBLE_LEADERS_NOT_AVAILABLE', partition };
}

/**
 * Every `leader.imbalance.check.interval.seconds`: of the partitions not led by their preferred replica, at most `electionsMax` get it back where it is in sync and
 * active (maybeBalancePartitionLeaders; Kafka's bound is 1,000, and it goes on at once when it was reached). Gives index and new state of those that change.
 */
export function balanceLeaders(
  partitions: readonly PartitionRegistration[],
  options: { readonly electionsMax: number; readonly contextOf: (index: number) => ElectionContext },
): { readonly index: number; readonly partition: PartitionRegistration }[] {
  const elections: { index: number; partition: PartitionRegistration }[] = [];
  for (let index = 0; index < partitions.length && elections.length < options.electionsMax; index++) {
    const before = partitions[index];
    if (before.leader === before.replicas[0]) continue;
    const partition = decide(before, {}, { ...options.contextOf(index), election: 'preferred' });
    if (partition !== before) elections.push({ index, partition });
  }
  return elections;
}
