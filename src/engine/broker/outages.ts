/** How long partitions were without a leader or without all their copies, and how often their leader changed: sums kept as the controller decides. Plain data. */
import { noLeader, type PartitionRegistration } from '../cluster/partitionRegistration.ts';

export interface PartitionOutages {
  /** Leaders elected since the partition was made, its first one not counted, unclean ones among them. */
  elections: number;
  uncleanElections: number;
  /** Time up to `sinceUs`, microseconds. */
  offlineUs: number;
  underReplicatedUs: number;
  /** When the registration in force was made. */
  sinceUs: number;
}

export const createOutages = (): PartitionOutages => ({
  elections: 0,
  uncleanElections: 0,
  offlineUs: 0,
  underReplicatedUs: 0,
  sinceUs: 0,
});

/** Whether a replica that is to be there is not in sync. Those that are being added do not count before they are (KIP-455). */
export function isUnderReplicated({ replicas, addingReplicas, isr }: PartitionRegistration): boolean {
  return replicas.some((broker) => !isr.includes(broker) && !addingReplicas.includes(broker));
}

/** Sums up to now, with `inForce` since `outages.sinceUs`. */
export function outagesAt(
  outages: PartitionOutages,
  inForce: PartitionRegistration,
  nowUs: number,
): { readonly offlineUs: number; readonly underReplicatedUs: number } {
  const passedUs = nowUs - outages.sinceUs;
  return {
    offlineUs: outages.offlineUs + (inForce.leader === noLeader && inForce.replicas.length > 0 ? passedUs : 0),
    underReplicatedUs: outages.underReplicatedUs + (isUnderReplicated(inForce) ? passedUs : 0),
  };
}

/** A registration takes the place of another. */
export function noteOutages(outages: PartitionOutages, before: PartitionRegistration, after: PartitionRegistration, nowUs: number): void {
  Object.assign(outages, outagesAt(outages, before, nowUs), { sinceUs: nowUs });
  if (after.leader === before.leader || after.leader === noLeader || before.replicas.length === 0) return;
  outages.elections++;
  if (after.recovering && !before.recovering) outages.uncleanElections++;
}
