/** What the controller answers when a leader asks for another ISR (AlterPartition, KIP-497), and when a person asks for other replicas (KIP-455). */
import { decide, type ElectionContext } from './leaderElection.ts';
import { type PartitionRegistration, sameReplicas } from './partitionRegistration.ts';
import { planReassignment, revertedReassignment } from './reassignment.ts';

/** A leader's request, with the epochs as the leader knows them. */
export interface AlterPartitionRequest {
  readonly broker: number;
  readonly leaderEpoch: number;
  readonly partitionEpoch: number;
  readonly isr: readonly number[];
  /** False from a leader that has taken up its office: an unclean election is then over. */
  readonly recovering: boolean;
}

export type AlterPartitionError =
  | 'NONE'
  | 'NOT_CONTROLLER'
  | 'FENCED_LEADER_EPOCH'
  | 'INVALID_REQUEST'
  | 'INVALID_UPDATE_VERSION'
  | 'INELIGIBLE_REPLICA'
  | 'NEW_LEADER_ELECTED';

export interface AlterPartitionOutcome {
  readonly error: AlterPartitionError;
  readonly partition: PartitionRegistration;
}

/**
 * Takes the ISR or says why not. NEW_LEADER_ELECTED is the one error with a change: the new ISR completed a reassignment that took the asking leader away.
 * `isActive` may also refuse a broker that was restarted since the leader last heard of it (Kafka compares broker epochs).
 */
export function alterPartition(
  partition: PartitionRegistration,
  request: AlterPartitionRequest,
  context: ElectionContext,
): AlterPartitionOutcome {
  const error = refusalOf(partition, request, context);
  if (error !== 'NONE') return { error, partition };
  const after = decide(partition, { isr: request.isr, recovering: request.recovering }, context);
  const leaderWritten = after.leaderEpoch !== partition.leaderEpoch;
  return { error: leaderWritten && after.leader !== request.broker ? 'NEW_LEADER_ELECTED' : 'NONE', partition: after };
}

/** ReplicationControlManager.validateAlterPartitionData, in its order. */
function refusalOf(partition: PartitionRegistration, request: AlterPartitionRequest, { isActive }: ElectionContext): AlterPartitionError {
  const { broker, isr, leaderEpoch, partitionEpoch, recovering } = request;
  // The leader knows more than this controller does: another one must have taken over.
  if (leaderEpoch > partition.leaderEpoch || partitionEpoch > partition.partitionEpoch) return 'NOT_CONTROLLER';
  if (leaderEpoch < partition.leaderEpoch) return 'FENCED_LEADER_EPOCH';
  if (broker !== partition.leader) return 'INVALID_REQUEST';
  if (partitionEpoch < partition.partitionEpoch) return 'INVALID_UPDATE_VERSION';
  const isSet = new Set(isr).size === isr.length && isr.every((member) => partition.replicas.includes(member));
  if (!isSet || !isr.includes(partition.leader)) return 'INVALID_REQUEST';
  if (recovering && (isr.length > 1 || !partition.recovering)) return 'INVALID_REQUEST';
  return isr.every(isActive) ? 'NONE' : 'INELIGIBLE_REPLICA';
}

export interface ReassignmentOutcome {
  readonly error: 'NONE' | 'INVALID_REPLICA_ASSIGNMENT' | 'NO_REASSIGNMENT_IN_PROGRESS';
  readonly message?: string;
  readonly partition: PartitionRegistration;
}

/**
 * Begins a reassignment; one that only reorders, or whose new replicas are in sync already, is completed at once. The replicas must be registered brokers, each once
 * (validateManualPartitionAssignment, changePartitionReassignment).
 */
export function reassignReplicas(
  partition: PartitionRegistration,
  wanted: readonly number[],
  context: ElectionContext & { readonly isRegistered: (broker: number) => boolean },
): ReassignmentOutcome {
  const message = assignmentRefusal(wanted, context.isRegistered);
  if (message !== null) return { error: 'INVALID_REPLICA_ASSIGNMENT', message, partition };
  const { replicas, removing, adding } = planReassignment(partition.replicas, wanted);
  const target = {
    ...(sameReplicas(replicas, partition.replicas) ? {} : { replicas }),
    ...(removing.length > 0 ? { removing } : {}),
    ...(adding.length > 0 ? { adding } : {}),
  };
  return { error: 'NONE', partition: decide(partition, target, { ...context, election: 'online' }) };
}

function assignmentRefusal(wanted: readonly number[], isRegistered: (broker: number) => boolean): string | null {
  if (wanted.length === 0) return 'The manual partition assignment includes an empty replica list.';
  const sorted = [...wanted].sort((a, b) => a - b);
  for (let i = 0; i < sorted.length; i++) {
    if (!isRegistered(sorted[i])) return `The manual partition assignment includes broker ${sorted[i]}, but no such broker is registered.`;
    if (sorted[i] === sorted[i - 1]) return `The manual partition assignment includes the broker ${sorted[i]} more than once.`;
  }
  return null;
}

/** Gives a reassignment up. When none of the former replicas is in sync that needs the topic's leave for unclean elections (cancelPartitionReassignment). */
export function cancelReassignment(partition: PartitionRegistration, context: ElectionContext): ReassignmentOutcome {
  if (partition.addingReplicas.length === 0 && partition.removingReplicas.length === 0)
    return { error: 'NO_REASSIGNMENT_IN_PROGRESS', partition };
  const { replicas, isr, unclean } = revertedReassignment(partition);
  if (unclean && !context.policy.uncleanElection) {
    const message = 'Unable to revert partition assignment because it would require an unclean leader election.';
    return { error: 'INVALID_REPLICA_ASSIGNMENT', message, partition };
  }
  return { error: 'NONE', partition: decide(partition, { isr, replicas, removing: [], adding: [] }, context) };
}
