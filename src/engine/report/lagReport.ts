/** How far behind a group is, where that goes, and why: plain JSON. Nothing in it is guessed; what could not be measured is null. */

/**
 * Why records wait. Nobody can read: `offline`, `unreachable`, `open-transaction`, `below-min-isr`. Nobody does: `no-coordinator`, `no-member`, `silent-member`, `rebalance`, `no-owner`. The
 * reader is held up: `paused`, `outage`, `no-memory`, `long-poll`. It does what it can: `retries`, `rate-limit`, `hot-key`, `hot-partition`, `pool-order`, `too-few-partitions`, `slow-service`, `catching-up`. It waits for records:
 * `quota`, `fetch-bound`, `fetch-min-bytes`, `sleeping`, `not-due`, `between-polls`. What it works off is old: `earliest`, `after-absence`, `after-outage`, `after-pause`, `after-seek`. Of share groups: `share-locks`, `share-window`.
 */
export type LagCauseKind =
  | 'offline'
  | 'unreachable'
  | 'open-transaction'
  | 'below-min-isr'
  | 'no-coordinator'
  | 'no-member'
  | 'silent-member'
  | 'rebalance'
  | 'no-owner'
  | 'paused'
  | 'outage'
  | 'no-memory'
  | 'long-poll'
  | 'retries'
  | 'rate-limit'
  | 'hot-key'
  | 'hot-partition'
  | 'pool-order'
  | 'too-few-partitions'
  | 'slow-service'
  | 'catching-up'
  | 'quota'
  | 'fetch-bound'
  | 'fetch-min-bytes'
  | 'sleeping'
  | 'not-due'
  | 'between-polls'
  | 'earliest'
  | 'after-absence'
  | 'after-outage'
  | 'after-pause'
  | 'after-seek'
  | 'share-locks'
  | 'share-window';

/** One number that proves a cause, with its unit; empty for a plain count. */
export interface LagFigure {
  readonly name: string;
  readonly value: number;
  readonly unit: '' | 'records' | 'records/s' | 's' | 'ms' | '%' | 'bytes/s';
}

export interface LagPlace {
  readonly topicNode: string;
  readonly topic: string;
  readonly partition: number;
}

export interface LagCause {
  readonly kind: LagCauseKind;
  /** Node and number of the member it is about; null where it is about none, or more than one. */
  readonly node: string | null;
  readonly member: number | null;
  /** Those with most records first. */
  readonly partitions: readonly LagPlace[];
  /** Records it explains, and their share of all that wait, 0 to 1. Causes may hold at once, so shares need not add up to 1. */
  readonly records: number;
  readonly share: number;
  /** Whole sentences. */
  readonly sentence: string;
  readonly remedy: string;
  readonly figures: readonly LagFigure[];
}

export interface LagFigures {
  readonly records: number;
  /** Age of the oldest record not served. */
  readonly seconds: number;
  /** Records a second the lag grows (positive) or shrinks by, what arrives and what is served, over the report's window; null before there is one. */
  readonly trendPerSecond: number | null;
  readonly arrivalPerSecond: number | null;
  readonly servicePerSecond: number | null;
  /** Records ÷ the rate at which the lag shrinks; null where it does not, or nothing is known of its trend. */
  readonly drainSeconds: number | null;
  /** `nothing`: none of them has waited for a second. `never`: it does not shrink at this rate. */
  readonly drains: 'nothing' | 'yes' | 'never' | 'unknown';
  /** Records of the partition with most of them ÷ an even share; of one partition, its own ÷ an even share. 1 is even; 0 where nothing is to be drained. */
  readonly skew: number;
}

export interface PartitionLagReport extends LagFigures, LagPlace {
  /** Records in the log behind the high watermark, which nobody can read, while too few replicas are in sync to move it. */
  readonly unreadable: number;
  /** Places in the report's `causes`. */
  readonly causes: readonly number[];
}

export interface NodeLagReport extends LagFigures {
  readonly node: string;
  readonly causes: readonly number[];
}

export interface LagReport extends LagFigures {
  /** Over how much virtual time the rates were measured; 0 before there is any. */
  readonly windowSeconds: number;
  /** What explains most records first. */
  readonly causes: readonly LagCause[];
  /** Records that wait for a second or more (or cannot be read) without a cause in the state, and a sentence with the figures; null when there are none. */
  readonly unexplained: number;
  readonly noCause: string | null;
  readonly nodes: readonly NodeLagReport[];
  readonly partitions: readonly PartitionLagReport[];
}
