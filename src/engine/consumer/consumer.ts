/**
 * The consumer client of one member: which partitions it owns, from where it fetches, what it has fetched and not yet handed to a poll
 * (Kafka's SubscriptionState, Fetcher and FetchBuffer). Plain data.
 */
import type { ReadingStart } from '../ledger/state.ts';
import { createStream, type RandomStream } from '../kernel/random.ts';
import type { FetchedRecords } from '../log/partitionLog.ts';
import type { ConsumerRecovery } from './recovery.ts';

export interface ConsumerConfig {
  maxPollRecords: number;
  fetchMinBytes: number;
  fetchMaxWaitUs: number;
  fetchMaxBytes: number;
  maxPartitionFetchBytes: number;
  readonly prefetch: boolean;
  /** How long the application sleeps after a poll that brought nothing; 0: it polls again at once. */
  readonly idleUs: number;
  readonly autoOffsetReset: 'earliest' | 'latest' | 'none' | 'by_duration';
  /** How far back `by_duration` begins. */
  readonly resetDurationUs: number;
  readonly commitMode: 'auto' | 'after-processing' | 'before-processing' | 'in-transaction';
  readonly autoCommitIntervalUs: number;
  readonly isolation: 'read_uncommitted' | 'read_committed';
  readonly requestTimeoutUs: number;
  readonly retryBackoffUs: number;
  readonly retryBackoffMaxUs: number;
  readonly reconnectBackoffUs: number;
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
  /** Offsets [steppedFrom, steppedTo) held nothing to hand out, and what is before them is not served yet; `steppedTo` -1 where there are none. */
  steppedFrom: number;
  steppedTo: number;
  /** Session slot and place within it; -1 while it has none. */
  session: number;
  place: number;
  /** Leader epoch of the record fetched last, -1 where nothing can be compared (KIP-320). */
  lastEpoch: number;
  /** Its leader refused, and metadata is awaited. */
  refused: boolean;
  /** When the answer comes that says whether its position is still in the leader's log; 0 while none is awaited. */
  validateUs: number;
  /** Replica it reads from instead of the leader, as the leader said, and until when; -1 for none (KIP-392). */
  preferred: number;
  preferredUntilUs: number;
  /** KafkaConsumer.pause: nothing is fetched, and what was fetched is kept back. Gone with the partition, so not there when it is given again. */
  paused: boolean;
  /** KafkaConsumer.seek that the application calls before its next poll; null for none. */
  seek: PendingSeek | null;
  /** How often its position was set, by a commit, a reset or a truncation: what was read before no longer leads up to it. */
  timesSet: number;
  /** Why reading began where it did; null without a ledger. */
  start: ReadingStart | null;
}

export interface PendingSeek {
  readonly timeUs: number;
  readonly to: 'earliest' | 'latest' | 'offset';
  /** With `offset`. */
  readonly offset: number;
}

export interface ConsumerState {
  readonly index: number;
  readonly group: number;
  config: ConsumerConfig;
  /** Topics that it begins at the earliest offset, whatever `auto.offset.reset` says: Kafka Streams' own, and tables. */
  readonly earliestTopics: readonly number[];
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
  /** When the first of its preferred replicas is to be asked of the leader again; Infinity without any. */
  leaseUs: number;
  /** Answers of paused partitions, as in `queue`: poll does not hand them out, and they are there when reading is resumed. */
  held: FetchedRecords[];
  heldCursors: number[];
  /** How many owned partitions are paused, and whether one has a `seek`. */
  pausedPartitions: number;
  hasSeeks: boolean;
  /** The application has no room and has paused all it owns: nothing is fetched, and what is on its way stays in the buffer (KafkaConsumer.pause). */
  backPressure: boolean;
  /** Whether an owned partition has offsets it stepped over and not yet taken account of. */
  hasStepped: boolean;
  nextAutoCommitUs: number;
  /** Partitions without a position are being asked for: how often that came to nothing so far; -1 while there are none. */
  resolveAttempts: number;
  /** Offset resets, and records jumped over by them. */
  resets: number;
  /** `auto.offset.reset=none` met an offset outside the log: the consumer has thrown and stays down. */
  failed: boolean;
  /** Version of the cluster's metadata it knows. */
  metadataVersion: number;
  /** What it waits for since something was refused or lost; null while all is well. */
  recovery: ConsumerRecovery | null;
  retryGeneration: number;
  /** Jitter of its backoffs. */
  readonly retryStream: RandomStream;
  /** Positions that were put back because the leader's log parts from what was read; whoever tells of them empties the list. */
  truncations: { readonly partition: number; readonly from: number; readonly to: number }[];
}

export function createConsumer(
  index: number,
  group: number,
  config: ConsumerConfig,
  seed = 0,
  earliestTopics: readonly number[] = [],
): ConsumerState {
  return {
    index,
    group,
    config,
    earliestTopics,
    assignmentVersion: -1,
    owned: [],
    sessions: [],
    queue: [],
    queueCursors: [],
    bufferedRecords: 0,
    leaseUs: Infinity,
    held: [],
    heldCursors: [],
    pausedPartitions: 0,
    hasSeeks: false,
    backPressure: false,
    hasStepped: false,
    nextAutoCommitUs: 0,
    resolveAttempts: -1,
    resets: 0,
    failed: false,
    metadataVersion: 0,
    recovery: null,
    retryGeneration: 0,
    retryStream: createStream(seed, `consumer/${index}/retry`),
    truncations: [],
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
