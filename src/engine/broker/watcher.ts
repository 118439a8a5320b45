import type { FetchedRecords } from '../log/partitionLog.ts';
import type { ProduceError, ProducerBatch, ProduceRequest } from './produceRequest.ts';

/** Why a member reads on at an offset: its group's committed one, `auto.offset.reset`, a new leader whose log parts from what was read (KIP-320), or its application's seek. */
export type PositionCause = 'committed' | 'reset' | 'truncated' | 'seek';

/** What one poll handed out of one fetch answer: records `from` (inclusive) to `to` (exclusive) of `fetched`. */
export interface PolledSlice {
  readonly fetched: FetchedRecords;
  readonly from: number;
  readonly to: number;
}

/**
 * Told of what clients do and learn, as it happens (WAT-1). Observes only: it is no part of the state, a run with one goes through the very events of a run without, and an ordinary
 * run has none. The objects it is given are the engine's own and are used again: what is to be kept is copied at once. Records of sources are taken ahead of time and
 * may be taken back, so they are told of with their batch, whose columns say when each was sent. Producers, members, groups and partitions are indices of the run's state; partitions are global.
 */
export interface RunWatcher {
  /** A produce request leaves its client. Batches with `attempts` 0 are on the wire for the first time. */
  requestSent?(request: ProduceRequest): void;
  /** A broker has written or refused batch `place` of a request, or found it written before: `errors[place]`, and `baseOffsets[place]` with `epoch` of the leader. */
  batchAppended?(request: ProduceRequest, place: number, leaderEpoch: number): void;
  /** A producer has heard the last of a batch: NONE with its first offset (the producer does not learn it with acks=0), or the error its records failed with. */
  batchSettled?(producer: number, batch: ProducerBatch, error: ProduceError, baseOffset: number): void;
  /** A producer's process is gone with everything that was not answered. */
  producerAbandoned?(producer: number): void;
  transactionBegun?(producer: number): void;
  /** A producer has heard how its transaction ended; `unknown`: it asked for a commit and was then fenced or failed. One that never asked for a commit is an abort. */
  transactionEnded?(producer: number, result: 'commit' | 'abort' | 'unknown'): void;
  /** The leader has appended the marker that ends a transaction. */
  markerAppended?(marker: {
    readonly partition: number;
    readonly broker: number;
    readonly producerId: number;
    readonly type: 'COMMIT' | 'ABORT';
    readonly offset: number;
  }): void;
  /** Readers and acks=all may go up to `offset`, exclusive, at this leader. */
  highWatermarkRaised?(partition: number, broker: number, offset: number): void;
  /** A fetch answer with records (or with a step over offsets without any) has reached a member. */
  recordsFetched?(member: number, fetched: FetchedRecords): void;
  /** poll() has handed these records to the application. */
  polled?(member: number, slices: readonly PolledSlice[]): void;
  /** The application begins with the records of its last poll. */
  serviceBegun?(member: number): void;
  /** A thread of the member's pool begins with record `index` of a fetch answer. */
  recordBegun?(member: number, fetched: FetchedRecords, index: number, thread: number): void;
  /** `count` records from index `from` of a fetch answer are done; the i-th ended at `endUs[endFrom + i]`. */
  serviceEnded?(
    member: number,
    done: { readonly fetched: FetchedRecords; readonly from: number; readonly count: number },
    endUs: Float64Array,
    endFrom: number,
  ): void;
  /** A processor's member sends what it made of record `index` of a fetch answer to a topic. */
  outputSent?(member: number, fetched: FetchedRecords, index: number, topic: number): void;
  /** A member asks its coordinator to commit these offsets. What is sent again is not told again. */
  commitSent?(member: number, partitions: readonly number[], offsets: readonly number[]): void;
  /** A processor's member asks the coordinator to hold these offsets until its producer's transaction ends. */
  transactionOffsetsSent?(member: number, partitions: readonly number[], offsets: readonly number[]): void;
  /**
   * The coordinator has answered a commit, whose `offsets` is the very array it was sent with; NONE when they are the group's now. After NOT_COORDINATOR or COORDINATOR_NOT_AVAILABLE they may stand
   * in its log all the same. Not told of a refusal after which the client sends the commit again with the epoch it has learned.
   */
  commitAnswered?(member: number, offsets: readonly number[], error: string): void;
  /** No answer to a commit's request will come, whether it was written or not. Its client may send it again. */
  commitLost?(member: number, offsets: readonly number[]): void;
  /** A member's client now reads these partitions, in order of their index. */
  assigned?(member: number, generation: number, partitions: readonly number[]): void;
  /** The leader has given records of a partition to a member of a share group, to be fetched now. */
  recordsAcquired?(member: number, fetched: FetchedRecords): void;
  /** What a share group has accepted from `first` to `last`, both included, is written: it is done with. */
  recordsAccepted?(group: number, partition: number, first: number, last: number): void;
  positionSet?(member: number, partition: number, offset: number, cause: PositionCause): void;
  memberStarted?(member: number): void;
  /** Its process is gone: closed, crashed, or failed with an exception. Nothing it held survives. */
  memberEnded?(member: number, how: 'closed' | 'crashed'): void;
}
