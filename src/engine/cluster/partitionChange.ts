/**
 * From what is wanted of a partition to the change that is written: reassignment completed, eligible leaders kept, a leader elected, epochs bumped. Ported from the
 * behaviour of the controller's PartitionChangeBuilder at metadata version 4.0, where an ISR shrink alone leaves the leader epoch as it is.
 */
import { javaHashOrder } from '../kernel/javaHash.ts';
import {
  type IsActive,
  noLeader,
  type PartitionChange,
  type PartitionRegistration,
  sameReplicas,
  withoutReplicas,
} from './partitionRegistration.ts';
import { completedReassignment } from './reassignment.ts';

/**
 * preferred: the first replica, if it is in sync, else keep the partition online. online: keep the partition online from the ISR. unclean: keep it online, from
 * outside of the ISR if need be.
 */
export type Election = 'preferred' | 'online' | 'unclean';

/** What the fields are to be; absent means as they are. */
export interface ChangeTarget {
  readonly isr?: readonly number[];
  readonly replicas?: readonly number[];
  readonly removing?: readonly number[];
  readonly adding?: readonly number[];
  readonly recovering?: boolean;
  /** Replicas that came back without having been shut down cleanly: they may have lost records, so they are not eligible to lead. */
  readonly uncleanShutdown?: readonly number[];
}

export interface ChangeRules {
  readonly election: Election;
  /** `min.insync.replicas`, at most the replication factor. */
  readonly minIsr: number;
  /** `eligible.leader.replicas.version` 1 (KIP-966). */
  readonly eligibleLeaderReplicas: boolean;
  readonly mayLead: IsActive;
}

/** The target with every field filled in. */
interface Draft {
  isr: readonly number[];
  replicas: readonly number[];
  removing: readonly number[];
  adding: readonly number[];
  elr: readonly number[];
}

/** The change that brings a partition to its target, or null when nothing changes. */
export function buildChange(partition: PartitionRegistration, target: ChangeTarget, rules: ChangeRules): PartitionChange | null {
  const draft: Draft = {
    isr: target.isr ?? partition.isr,
    replicas: target.replicas ?? partition.replicas,
    removing: target.removing ?? partition.removingReplicas,
    adding: target.adding ?? partition.addingReplicas,
    elr: partition.elr,
  };
  const completed = completedReassignment(draft, draft.isr);
  if (completed !== null) Object.assign(draft, completed, { removing: [], adding: [] });
  if (rules.eligibleLeaderReplicas)
    draft.elr = eligibleLeaders(partition, draft, { minIsr: rules.minIsr, lost: target.uncleanShutdown ?? [] });

  const change: { -readonly [K in keyof PartitionChange]: PartitionChange[K] } = {};
  const elected = elect(partition, draft, rules);
  if (elected.broker !== partition.leader) {
    if (draft.elr.includes(elected.broker)) {
      draft.isr = [elected.broker];
      draft.elr = withoutReplicas(draft.elr, draft.isr);
    }
    change.leader = elected.broker;
    if (elected.unclean) {
      change.isr = [elected.broker];
      if (!partition.recovering) change.recovering = true;
    }
  }
  // A replica that is taken away must not go on fetching, or leading, in the old epoch.
  if (change.leader === undefined && withoutReplicas(partition.replicas, draft.replicas).length > 0) change.leader = partition.leader;

  const elr = change.isr === undefined && rules.eligibleLeaderReplicas ? draft.elr : [];
  if (!sameReplicas(elr, partition.elr)) change.elr = elr;
  const mayBeEmpty = rules.eligibleLeaderReplicas;
  if (change.isr === undefined && (draft.isr.length > 0 || mayBeEmpty) && !sameReplicas(draft.isr, partition.isr)) change.isr = draft.isr;
  if (rules.eligibleLeaderReplicas) noteLastLeader(partition, change);

  if (draft.replicas.length > 0 && !sameReplicas(draft.replicas, partition.replicas)) change.replicas = draft.replicas;
  if (!sameReplicas(draft.removing, partition.removingReplicas)) change.removingReplicas = draft.removing;
  if (!sameReplicas(draft.adding, partition.addingReplicas)) change.addingReplicas = draft.adding;
  const { recovering = partition.recovering } = target;
  if (recovering !== partition.recovering) change.recovering = recovering;
  return Object.keys(change).length > 0 ? change : null;
}

/** Below the minimum ISR: who is or was eligible, or leaves the ISR now, without those in sync and those that may have lost records; in a HashSet's order. */
function eligibleLeaders(
  partition: PartitionRegistration,
  { isr, elr }: Draft,
  { minIsr, lost }: { readonly minIsr: number; readonly lost: readonly number[] },
): readonly number[] {
  if (isr.length >= minIsr) return [];
  const candidates = [...new Set([...elr, ...partition.isr])];
  const inOrder = javaHashOrder(candidates).map((place) => candidates[place]);
  return withoutReplicas(withoutReplicas(inOrder, isr), lost);
}

/** Kafka's electLeader: the present leader if it may, else the first replica in the order of assignment that may. The length of logs plays no part. */
function elect(partition: PartitionRegistration, draft: Draft, rules: ChangeRules): { readonly broker: number; readonly unclean: boolean } {
  const { isr, elr, replicas } = draft;
  const inSync = (broker: number) => isr.includes(broker) || (isr.length === 0 && elr.includes(broker));
  const valid = (broker: number) => inSync(broker) && rules.mayLead(broker);
  if (rules.election === 'preferred' && valid(replicas[0])) return { broker: replicas[0], unclean: false };
  if (valid(partition.leader)) return { broker: partition.leader, unclean: false };
  const first = replicas.find(valid);
  if (first !== undefined) return { broker: first, unclean: false };
  const last = lastKnownLeader(partition, draft, rules);
  if (last !== undefined) return { broker: last, unclean: true };
  const any = rules.election === 'unclean' ? replicas.find((broker) => rules.mayLead(broker)) : undefined;
  return any === undefined ? { broker: noLeader, unclean: false } : { broker: any, unclean: true };
}

/** With KIP-966, when neither ISR nor eligible leaders are left, the last leader may lead again. (Kafka 4.0 forgot to ask whether it is alive.) */
function lastKnownLeader({ lastKnownElr }: PartitionRegistration, { isr, elr }: Draft, rules: ChangeRules): number | undefined {
  if (!rules.eligibleLeaderReplicas || isr.length > 0 || elr.length > 0 || lastKnownElr.length !== 1) return undefined;
  return rules.mayLead(lastKnownElr[0]) ? lastKnownElr[0] : undefined;
}

/** The last leader is remembered from the moment the ISR is empty until there is a leader again. */
function noteLastLeader(partition: PartitionRegistration, change: { lastKnownElr?: readonly number[] } & PartitionChange): void {
  const { lastKnownElr } = partition;
  const leader = change.leader ?? partition.leader;
  if (change.isr?.length === 0 && (lastKnownElr.length !== 1 || lastKnownElr[0] !== partition.leader)) {
    change.lastKnownElr = [partition.leader];
  } else if (leader !== noLeader && lastKnownElr.length > 0) {
    change.lastKnownElr = [];
  }
}
