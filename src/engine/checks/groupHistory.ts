/** What the members of one consumer group did and learned, in the order in which it happened. Partitions are named as in `history.ts`. */
export type GroupOperation =
  /** A member takes up an assignment: what it names it already had is kept as it is, what it does not name is given up. */
  | { readonly kind: 'assigned'; readonly member: string; readonly generation: number; readonly partitions: readonly string[] }
  /** It goes on reading at an offset: the group's committed one, or where `auto.offset.reset`, a new leader's log or its application (`seek`) puts it. */
  | {
      readonly kind: 'positioned';
      readonly member: string;
      readonly partition: string;
      readonly offset: number;
      readonly cause: 'committed' | 'reset' | 'truncated' | 'seek';
    }
  /** poll() handed out the records at these offsets, none where there was only something to step over; `next` is its position now. */
  | {
      readonly kind: 'polled';
      readonly member: string;
      readonly partition: string;
      readonly offsets: readonly number[];
      readonly next: number;
    }
  /** The application is done with these. */
  | { readonly kind: 'served'; readonly member: string; readonly partition: string; readonly offsets: readonly number[] }
  | { readonly kind: 'commit'; readonly member: string; readonly id: number; readonly offsets: readonly CommittedOffset[] }
  /** The last answer to a commit; `info` when it was refused after an earlier try of it may have been written. */
  | { readonly kind: 'committed'; readonly id: number; readonly outcome: 'ok' | 'fail' | 'info' }
  /** Its process is gone. */
  | { readonly kind: 'ended'; readonly member: string };

export interface CommittedOffset {
  readonly partition: string;
  /** Next offset to read. */
  readonly offset: number;
}

export type GroupHistory = readonly GroupOperation[];

/** What was asked of a group. */
export interface GroupContract {
  /** When its members commit: what they are done with, or what they were handed. */
  readonly delivery: 'at-least-once' | 'at-most-once';
  /** Members were left alone until all had been read. */
  readonly drained: boolean;
  /** Where new groups begin, and what begins where nothing is committed. */
  readonly reset: 'earliest' | 'latest' | 'none';
  /** Nothing a consumer was shown leaves its log again: elections were clean, and retention and compaction took nothing. */
  readonly kept: boolean;
  /** Members work in transactions: after an aborted one they go back to where the group stands, to the very beginning while nothing is committed. */
  readonly rewinds?: boolean;
  /** Offsets of each partition that hold a record the group may be shown, ascending. */
  readonly records: ReadonlyMap<string, readonly number[]>;
}

/** What no group may do; see CHR-17 to CHR-24. */
export const groupAnomalyKinds = [
  'two-owners',
  'unowned-poll',
  'off-position',
  'wrong-position',
  'commit-ahead',
  'commit-behind',
  'stale-commit',
  'missed',
  'served-again',
  'no-owner',
] as const;

export type GroupAnomalyKind = (typeof groupAnomalyKinds)[number];

export interface GroupAnomaly {
  readonly kind: GroupAnomalyKind;
  readonly partition: string;
  /** Index in the group's history of the operation that shows it; its length for what is wrong at the end. */
  readonly operation: number;
  readonly sentence: string;
}
