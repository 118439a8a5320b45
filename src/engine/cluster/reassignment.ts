/** Moving a partition to other brokers: first with all replicas, old and new, then without the old ones (KIP-455; PartitionReassignmentReplicas, -Revert). */
import { type PartitionRegistration, withoutReplicas } from './partitionRegistration.ts';

export interface ReassignmentReplicas {
  readonly replicas: readonly number[];
  readonly removing: readonly number[];
  readonly adding: readonly number[];
}

/** The first stage: the wanted replicas in their order, behind them those that are to go. */
export function planReassignment(current: readonly number[], wanted: readonly number[]): ReassignmentReplicas {
  const ascending = (a: number, b: number) => a - b;
  const removing = withoutReplicas(current, wanted).sort(ascending);
  const adding = withoutReplicas(wanted, current).sort(ascending);
  return { replicas: [...wanted, ...removing], removing, adding };
}

/** Replicas and ISR once all replicas that stay are in sync; null while they are not, or when nothing is being reassigned. */
export function completedReassignment(
  { replicas, removing, adding }: ReassignmentReplicas,
  isr: readonly number[],
): { readonly replicas: readonly number[]; readonly isr: readonly number[] } | null {
  if (removing.length === 0 && adding.length === 0) return null;
  const staying = withoutReplicas(replicas, removing);
  const inSync = withoutReplicas(isr, removing);
  if (staying.length === 0 || inSync.length === 0) return null;
  return staying.every((broker) => inSync.includes(broker)) ? { replicas: staying, isr: inSync } : null;
}

/** Replicas and ISR after giving a reassignment up. Unclean: no replica of before is in sync, so the first one is taken for it. */
export function revertedReassignment({ replicas, addingReplicas, isr }: PartitionRegistration): {
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  readonly unclean: boolean;
} {
  const original = withoutReplicas(replicas, addingReplicas);
  const inSync = withoutReplicas(isr, addingReplicas);
  return inSync.length > 0
    ? { replicas: original, isr: inSync, unclean: false }
    : { replicas: original, isr: [original[0]], unclean: true };
}
