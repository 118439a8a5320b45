/**
 * The consumer client of one member: which partitions it owns, from where it fetches, what it has fetched and not yet handed to a poll
 * (Kafka's SubscriptionState, Fetcher and FetchBuffer). Plain data.
 */
import type { FetchedRecords } from '../log/partitionLog.ts';

export interface ConsumerConfig {
  maxPollRecords: number;
  fetchMinBytes: number;
  fetchMaxWaitUs: number;
  fetchMaxBytes: number;
  maxPartitionFetchBytes: number;
  readonly prefetch: boolean;
  readonly autoOffsetReset: 'earliest' | 'latest' | 'none';
  readonly commitMode: 'auto' | 'after-processing' | 'before-processing';
  readonly autoCommitIntervalUs: number;
}

export interface OwnedPartition {
  /** Global partition index. */
  readonly index: number;
  /** Offset of the next fetch; -1 until the position is known. */
  fetchOffset: number;
  /** Next offset poll() will hand out: Kafka's position. */
  position: number;
  /** Next offset whose service has not ended. */
  processed: number;
  /** Records fetched and not handed out. */
  buffered: number;
  /** Session slot and place within it; -1 while it has none. */
  session: number;
  place: number;
}

export interface ConsumerState {
  readonly index: number;
  readonly group: number;
  config: ConsumerConfig;
  /** `assignmentVersion` of the group member that the fields below follow. */
  assignmentVersion: number;
  /** In order of their index. */
  owned: OwnedPartition[];
  /** Open fetch sessions, one per broker it reads from; -1 in `sessionOf` where there is none. */
  sessions: number[];
  /** Answers not yet handed out, oldest first, with the number of records already handed out of each. */
  queue: FetchedRecords[];
  queueCursors: number[];
  /** Records waiting in `queue`. */
  bufferedRecords: number;
  nextAutoCommitUs: number;
  /** Offset resets, and records jumped over by them. */
  resets: number;
  /** `auto.offset.reset=none` met an offset outside the log: the consumer has thrown and stays down. */
  failed: boolean;
}

export function createConsumer(index: number, group: number, config: ConsumerConfig): ConsumerState {
  return {
    index,
    group,
    config,
    assignmentVersion: -1,
    owned: [],
    sessions: [],
    queue: [],
    queueCursors: [],
    bufferedRecords: 0,
    nextAutoCommitUs: 0,
    resets: 0,
    failed: false,
  };
}

/** What a consumer knows of a partition it owns. They are in order of their index: few are walked through, many are halved. */
export function ownedPartition({ owned }: ConsumerState, index: number): OwnedPartition | undefined {
  let low = 0;
  let high = owned.length;
  while (high - low > 8) {
    const middle = (low + high) >> 1;
    if (owned[middle]!.index <= index) low = middle;
    else high = middle;
  }
  for (let i = low; i < high; i++) if (owned[i]!.index === index) return owned[i];
  return undefined;
}
