/** What a follower's fetcher for one leader keeps. Plain data; what it does stands in `replicaFetcher.ts` and `replicaAnswers.ts`. */

/** What the leader's answer says of one partition. */
export type FetchResult =
  'nothing' | 'records' | 'diverging' | 'OFFSET_OUT_OF_RANGE' | 'NOT_LEADER_OR_FOLLOWER' | 'FENCED_LEADER_EPOCH' | 'UNKNOWN_LEADER_EPOCH';

/** One partition of the request in flight, and its answer. Used again for the next request. */
export interface AskedPartition {
  /** Global partition index. */
  partition: number;
  fetchOffset: number;
  /** Leader epoch the follower knows. */
  leaderEpoch: number;
  result: FetchResult;
  /** Records: where they end. Diverging: where the leader's epoch ends. */
  endOffset: number;
  /** Records: their bytes, and where they begin in the partition's log; -1 in a tail. */
  bytes: number;
  position: number;
  /** Diverging: the leader's epoch. */
  epoch: number;
  /** The leader's high watermark and log start as it read. */
  highWatermark: number;
  logStartOffset: number;
}

/** A follower's fetcher for one leader: at most one request in flight for all it follows there (ReplicaFetcherThread with `num.replica.fetchers` 1). */
export interface ReplicaFetcher {
  readonly follower: number;
  readonly leader: number;
  /** `starting`: sends at an event of this moment. `pausing`: until a backoff of its partitions is over. */
  state: 'idle' | 'starting' | 'travelling' | 'waiting' | 'answering' | 'pausing';
  /** Number of the request in flight, or of the pause. */
  requestId: number;
  /** Life of both brokers as the request was sent; an answer across a death does not come. */
  followerIncarnation: number;
  leaderIncarnation: number;
  /** When the waiting request expires; one timer is kept running. */
  deadlineUs: number;
  timerRuns: boolean;
  /** Global indexes of the partitions it follows there. */
  readonly partitions: number[];
  /** The request: the first `askedCount` of `asked`. */
  readonly asked: AskedPartition[];
  askedCount: number;
  /** Position in `partitions` where the next answer begins to look. */
  rotation: number;
  /** Bytes of the answer's records. */
  bytes: number;
}

export function createFetcher(follower: number, leader: number): ReplicaFetcher {
  return {
    follower,
    leader,
    state: 'idle',
    requestId: -1,
    followerIncarnation: -1,
    leaderIncarnation: -1,
    deadlineUs: 0,
    timerRuns: false,
    partitions: [],
    asked: [],
    askedCount: 0,
    rotation: 0,
    bytes: 0,
  };
}

/** Place `index` of a request, made when it is first needed. */
export function askedAt(fetcher: ReplicaFetcher, index: number): AskedPartition {
  while (fetcher.asked.length <= index) {
    fetcher.asked.push({
      partition: -1,
      fetchOffset: 0,
      leaderEpoch: -1,
      result: 'nothing',
      endOffset: 0,
      bytes: 0,
      position: -1,
      epoch: -1,
      highWatermark: 0,
      logStartOffset: 0,
    });
  }
  return fetcher.asked[index];
}
