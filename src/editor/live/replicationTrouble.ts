/** What is wrong with the replicas of a topic, from its partitions' live numbers. */
export interface ReplicatedPartition {
  readonly partition: number;
  /** -1 while nobody leads it. */
  readonly leader: number;
  readonly outOfSync: number;
  readonly underMinIsr: boolean;
}

export interface ReplicationTrouble {
  /** Partitions concerned by the worst that is wrong. */
  readonly count: number;
  readonly worst: 'offline' | 'under min ISR' | 'under-replicated';
  /** All that is wrong, as one sentence. */
  readonly sentence: string;
}

function partitionsWords(numbers: readonly number[]): string {
  const listed = numbers.slice(0, 8).join(', ');
  const rest = numbers.length > 8 ? ` and ${numbers.length - 8} more` : '';
  return `Partition${numbers.length === 1 ? '' : 's'} ${listed}${rest} ${numbers.length === 1 ? 'is' : 'are'}`;
}

/** null while every partition is led and all its replicas are in sync. */
export function replicationTrouble(partitions: readonly ReplicatedPartition[]): ReplicationTrouble | null {
  const where = (holds: (partition: ReplicatedPartition) => boolean) => partitions.filter(holds).map(({ partition }) => partition);
  const kinds = [
    {
      worst: 'offline',
      numbers: where(({ leader }) => leader < 0),
      words: 'offline: no writes and no reads until a replica that was in sync is back',
    },
    {
      worst: 'under min ISR',
      numbers: where(({ leader, underMinIsr }) => leader >= 0 && underMinIsr),
      words: 'under min.insync.replicas: writes with acks=all are refused and nothing new becomes readable',
    },
    {
      worst: 'under-replicated',
      numbers: where(({ leader, underMinIsr, outOfSync }) => leader >= 0 && !underMinIsr && outOfSync > 0),
      words: 'under-replicated: a replica is not in sync',
    },
  ] as const;
  const found = kinds.filter(({ numbers }) => numbers.length > 0);
  if (found.length === 0) return null;
  const sentence = found.map(({ numbers, words }) => `${partitionsWords(numbers)} ${words}.`).join(' ');
  return { count: found[0]!.numbers.length, worst: found[0]!.worst, sentence };
}
