/** The partitions of a cluster as small cells under the brokers that hold them. */
import type { BrokerView, ClusterView, PartitionView, ReplicaView } from '../../workers/protocol.ts';

/** `offline`: nobody leads the partition, or the replica's broker does not run. */
export type CellState = 'leader' | 'follower' | 'out of sync' | 'offline';

export interface Cell {
  readonly partition: number;
  readonly state: CellState;
}

/** What one broker holds of one topic. */
export interface TopicShare {
  readonly topicNode: string;
  readonly topic: string;
  readonly cells: readonly Cell[];
}

export interface RackGroup {
  /** null where the cluster has no racks. */
  readonly rack: string | null;
  readonly brokers: readonly BrokerView[];
}

/** Cells on the screen beyond which topics are shown by their counts. */
export const mostCells = 1_500;

export function cellState({ leader }: PartitionView, { broker, brokerUp, inSync }: ReplicaView): CellState {
  if (leader === null || !brokerUp) return 'offline';
  if (leader === broker) return 'leader';
  return inSync ? 'follower' : 'out of sync';
}

/** Every broker's share of every topic in the order of the topics; `topicNode` narrows to one. */
export function sharesOf({ brokers, partitions }: ClusterView, topicNode: string | null): ReadonlyMap<number, readonly TopicShare[]> {
  const shares = new Map<number, (TopicShare & { readonly cells: Cell[] })[]>(brokers.map(({ id }) => [id, []]));
  for (const view of partitions) {
    if (topicNode !== null && view.topicNode !== topicNode) continue;
    for (const replica of view.replicas) {
      const rows = shares.get(replica.broker);
      if (rows === undefined) continue;
      const cell = { partition: view.partition, state: cellState(view, replica) };
      const last = rows.at(-1);
      if (last?.topicNode === view.topicNode) last.cells.push(cell);
      else rows.push({ topicNode: view.topicNode, topic: view.topic, cells: [cell] });
    }
  }
  return shares;
}

/** Whether there are so many replicas that topics are shown by their counts. */
export function isCrowded(shares: ReadonlyMap<number, readonly TopicShare[]>): boolean {
  let cells = 0;
  for (const rows of shares.values()) for (const row of rows) cells += row.cells.length;
  return cells > mostCells;
}

/** How many cells of a share are in each state. */
export function countStates(cells: readonly Cell[]): Readonly<Record<CellState, number>> {
  const counts = { leader: 0, follower: 0, 'out of sync': 0, offline: 0 };
  for (const { state } of cells) counts[state]++;
  return counts;
}

/** The brokers by rack, racks in the order in which they first come up. */
export function racksOfView({ brokers }: ClusterView): readonly RackGroup[] {
  const groups = new Map<string | null, BrokerView[]>();
  for (const broker of brokers) {
    const group = groups.get(broker.rack);
    if (group === undefined) groups.set(broker.rack, [broker]);
    else group.push(broker);
  }
  return [...groups].map(([rack, members]) => ({ rack, brokers: members }));
}
