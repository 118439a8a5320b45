/** Where a judge of a group's history stands: what each member knows, and what the group as a whole has seen. */
import type { CommittedOffset, GroupAnomaly, GroupAnomalyKind, GroupContract } from './groupHistory.ts';

/** What a member knows of a partition it owns. */
interface Place {
  /** Next offset poll() will hand out; -1 before the member knows. */
  position: number;
  /** Handed out and not done, ascending as they were handed out. */
  readonly open: Set<number>;
  /** Handed out last, and the last one before which all are done; -1 for none since the position was set. */
  polled: number;
  doneUpTo: number;
  start: number;
  /** Its own commits that were answered well reach up to here. */
  committedUpTo: number;
}

interface Member {
  generation: number;
  places: Map<string, Place>;
}

export interface Commit {
  readonly member: string;
  readonly generation: number;
  readonly offsets: readonly CommittedOffset[];
  readonly sentAt: number;
  /** Partitions that somebody else had been given before it was sent. */
  readonly stale: readonly string[];
  answeredAt: number;
  outcome: 'ok' | 'fail' | 'info';
}

/** What the group as a whole has seen of a partition. */
interface Shared {
  readonly polled: Set<number>;
  /** Offsets done, and those done by a member whose own commit of them had been answered well before. */
  readonly served: Set<number>;
  readonly servedCommitted: Set<number>;
  /** Lowest offset anybody began at. */
  begin: number;
  owner: string;
  ownerGeneration: number;
  readonly commits: Commit[];
}

export interface Walk {
  readonly contract: GroupContract;
  readonly members: Map<string, Member>;
  readonly shared: Map<string, Shared>;
  readonly commits: Map<number, Commit>;
  readonly found: GroupAnomaly[];
  at: number;
}

const keptMax = 32;

export function report(walk: Walk, kind: GroupAnomalyKind, partition: string, sentence: string): void {
  if (walk.found.length < keptMax) walk.found.push({ kind, partition, operation: walk.at, sentence });
}

export function memberOf(walk: Walk, name: string): Member {
  let member = walk.members.get(name);
  if (member === undefined) walk.members.set(name, (member = { generation: -1, places: new Map() }));
  return member;
}

export function sharedOf(walk: Walk, partition: string): Shared {
  let shared = walk.shared.get(partition);
  if (shared === undefined) {
    shared = {
      polled: new Set(),
      served: new Set(),
      servedCommitted: new Set(),
      begin: Infinity,
      owner: '',
      ownerGeneration: -1,
      commits: [],
    };
    walk.shared.set(partition, shared);
  }
  return shared;
}

/** Whether a member may be told this offset as the group's committed one: of commits that followed each other only the last counts. */
export function mayBeCommitted({ commits }: Shared, partition: string, offset: number): boolean {
  const offsetOf = (commit: Commit): number | undefined => commit.offsets.find((entry) => entry.partition === partition)?.offset;
  return commits.some(
    (commit) =>
      commit.outcome !== 'fail' &&
      offsetOf(commit) === offset &&
      !commits.some((later) => later.outcome === 'ok' && later.sentAt > commit.answeredAt),
  );
}

/** Offsets of [from, to) that hold a record for the group; the first one of them. */
export function firstRecord(walk: Walk, partition: string, from: number, to: number, not: ReadonlySet<number> | null): number {
  const records = walk.contract.records.get(partition) ?? [];
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (records[middle]! < from) low = middle + 1;
    else high = middle;
  }
  for (; low < records.length && records[low]! < to; low++) if (not === null || !not.has(records[low]!)) return records[low]!;
  return -1;
}

/** Offsets a member may commit: from behind what it is done with without a gap, up to the first thing it is not done with. */
export function committable(
  { open, position, polled: last, doneUpTo, start }: Place,
  delivery: GroupContract['delivery'],
): { from: number; to: number } {
  let firstOpen = Infinity;
  for (const offset of open) firstOpen = Math.min(firstOpen, offset);
  const from = firstOpen === Infinity ? Math.max(start, last + 1) : firstOpen <= doneUpTo ? start : Math.max(start, doneUpTo + 1);
  return { from, to: delivery === 'at-most-once' ? position : Math.min(firstOpen, position) };
}
