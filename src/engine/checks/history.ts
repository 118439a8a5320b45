/** Name of a record that is unique within its partition: what a client put in and what another one finds. */
export type RecordName = string | number;

/** One record sent to or read from a partition. */
export interface Entry {
  /** Topic and partition: `orders-0`. */
  readonly partition: string;
  readonly record: RecordName;
  /** Offset that the answer named; -1 where no answer came. */
  readonly offset: number;
}

/**
 * How an operation ended for its client: `ok` is known to have happened, `fail` is known not to have (an aborted transaction, a refusal), and of
 * `info` nobody knows (a time-out, a crash).
 */
export type Outcome = 'ok' | 'fail' | 'info';

/** Sends and reads that take effect together or not at all: one transaction, one request to produce, one poll. */
export interface RecordsOperation {
  readonly kind: 'records';
  /** The client that did it, in whose eyes operations follow each other. */
  readonly process: RecordName;
  readonly outcome: Outcome;
  /** In the order in which they were handed to the producer. */
  readonly sends: readonly Entry[];
  /** In the order in which the consumer gave them out. */
  readonly reads: readonly Entry[];
  /** Partitions that a rebalance took or gave between the client's last operation and the end of this one. */
  readonly rebalanced?: readonly string[];
}

/**
 * A client changes what it reads. `assign` and `subscribe` replace its partitions, those it keeps are read on from where it stood; `seek` moves
 * the position in the partitions named (to the earliest, the latest, a time or an offset).
 */
export interface PositionOperation {
  readonly kind: 'assign' | 'subscribe' | 'seek';
  readonly process: RecordName;
  readonly outcome: Outcome;
  readonly partitions: readonly string[];
}

/** What one client did and what it learned of it. */
export type Operation = RecordsOperation | PositionOperation;

/** Operations of all clients in the order in which they ended; those of one process in its own order. */
export type History = readonly Operation[];
