/** What every assignor takes and gives: plain data, no ids but names. */

export interface TopicPartition {
  readonly topic: string;
  /** Number within the topic. */
  readonly partition: number;
}

export interface AssignorTopic {
  readonly name: string;
  /** Number of partitions; a topic without any is left out of the assignment. */
  readonly partitions: number;
  /** Racks of each partition's replicas, by partition number; absent where the cluster has no racks. */
  readonly racks?: readonly (readonly string[])[];
}

/** One member's subscription as the group leader sees it. */
export interface AssignorMember {
  readonly id: string;
  /** `group.instance.id`; absent or empty for a dynamic member. */
  readonly instanceId?: string;
  /** `client.rack`; absent or empty where the member has none. */
  readonly rack?: string;
  readonly topics: readonly string[];
  /** What the member says it owns (sticky: what it was given last). */
  readonly owned: readonly TopicPartition[];
  /** Generation in which `owned` was given; null for a member without one. */
  readonly generation: number | null;
  /** Generation of the subscription itself where it differs from the one kept beside `owned`; as `generation` when absent. */
  readonly subscriptionGeneration?: number | null;
}

/** Partitions by member, in the order of the members given; each list is ordered by topic name and partition. */
export type Assignment = TopicPartition[][];

export type Assignor = (topics: readonly AssignorTopic[], members: readonly AssignorMember[]) => Assignment;

/** Generation of a member that has none (Kafka's DEFAULT_GENERATION). */
export const noGeneration = -1;

/** Order of Java's `String.compareTo`: by UTF-16 code units, so "c10" comes before "c2". */
export function compareStrings(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
