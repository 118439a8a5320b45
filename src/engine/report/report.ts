/** What a run says when asked: the headless report, and what the editor's panels show. Plain JSON. Durations and sizes carry their unit in the name. */
import type { LagReport } from './lagReport.ts';
import type { LedgerCause, LedgerRoute, LedgerSend } from './ledgerReport.ts';
import type { StreamsReport } from './streamsView.ts';

export type Fidelity = 'exact' | 'calibrated' | 'assumed';

export interface LatencySummary {
  readonly samples: number;
  readonly meanMs: number;
  /** Half width of the 95 % confidence interval of the mean, by batch means; null with too few samples. */
  readonly meanMsHalfWidth: number | null;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface PartitionReport {
  readonly partition: number;
  readonly leader: number;
  readonly logStartOffset: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logEndOffset: number;
  readonly records: number;
  readonly bytes: number;
  readonly segments: number;
}

export interface TopicReport {
  readonly node: string;
  readonly name: string;
  readonly records: number;
  readonly bytes: number;
  /** Records that retention deleted. */
  readonly expired: number;
  /** Records that compaction took out. */
  readonly compacted: number;
  /** Records that leaders had and their successors had not: written, perhaps acknowledged, and gone. */
  readonly lost: number;
  /** Those of them that their producers had been told were written. */
  readonly lostAcknowledged: number;
  /** Leaders elected after the start, unclean elections among them. */
  readonly elections: number;
  readonly uncleanElections: number;
  /** Time without a leader, and with fewer in-sync replicas than there should be; the sums over all partitions. */
  readonly offlineMs: number;
  readonly underReplicatedMs: number;
  /** Partitions with fewer in-sync replicas than there should be, now. */
  readonly underReplicated: number;
  /** On the brokers' disks, all copies together, and in the remote tier. */
  readonly diskBytes: number;
  readonly remoteBytes: number;
  readonly partitions: readonly PartitionReport[];
}

export interface GroupMemberReport {
  readonly node: string;
  /** Number within its node. */
  readonly member: number;
  readonly memberId: string;
  readonly state: string;
  readonly partitions: readonly { readonly topic: string; readonly partition: number }[];
  readonly processed: number;
  readonly busy: number;
}

/** What a share group has made of a partition, at its leader. */
export interface SharePartitionReport {
  /** First offset that is not done with (SPSO), and first offset nobody has acquired yet (SPEO). */
  readonly startOffset: number;
  readonly endOffset: number;
  /** Records that members have locked, that can be delivered again, that are done with though one before them is not. */
  readonly acquired: number;
  readonly available: number;
  readonly done: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Archived because they were delivered as often as they may be. */
  readonly archivedByLimit: number;
  /** Deliveries, and those of records that had been delivered before; locks that ran out; records whose acknowledgement was refused. */
  readonly deliveries: number;
  readonly redeliveries: number;
  readonly locksTimedOut: number;
  /** Records whose lock was renewed before it ran out, each time counted. */
  readonly locksRenewed: number;
  readonly acknowledgementsRefused: number;
  /** Changes written to `__share_group_state`. */
  readonly stateWrites: number;
}

export interface GroupPartitionReport {
  readonly topic: string;
  readonly partition: number;
  readonly committed: number | null;
  readonly position: number | null;
  readonly lagRecords: number;
  readonly lagSeconds: number;
  /** Of a share group; null for others. */
  readonly share: SharePartitionReport | null;
}

export interface GroupReport {
  readonly groupId: string;
  readonly state: string;
  readonly generation: number;
  readonly rebalances: number;
  /** Broker that leads its partition of __consumer_offsets, -1 while nobody does. */
  readonly coordinator: number;
  readonly lagRecords: number;
  readonly lagSeconds: number;
  /** Trend, time to drain, skew and causes. */
  readonly lag: LagReport;
  readonly members: readonly GroupMemberReport[];
  readonly partitions: readonly GroupPartitionReport[];
}

export interface TransactionsReport {
  readonly transactionalId: string;
  /** As the producer knows. */
  readonly committed: number;
  readonly aborted: number;
  /** Transactions of this id that its coordinator aborted because they were open for too long. */
  readonly timedOut: number;
  /** What the application is at: it sends while a transaction is `open`; `over` when its workload is, `failed` when it cannot go on. */
  readonly state: 'idle' | 'initializing' | 'open' | 'flushing' | 'ending' | 'over' | 'failed';
  /** Kafka's name for why the present transaction is aborted, or the application stopped; empty otherwise. */
  readonly error: string;
}

export interface TableReport {
  /** Records written, those written again included. */
  readonly writes: number;
  /** Rows that are there. */
  readonly rows: number;
  /** Rows whose last write is older at the source than one before it. */
  readonly wrongRows: number;
}

export interface NodeReport {
  readonly node: string;
  readonly kind: string;
  readonly name: string;
  readonly recordsIn: number;
  readonly recordsOut: number;
  readonly failed: number;
  /** Attempts repeated, in place or by a retry topic. */
  readonly retried: number;
  /** Waits before attempts in place, all together. */
  readonly backoffMs: number;
  readonly deadLettered: number;
  /** Of those that failed or were dead-lettered: refused by a full pool. */
  readonly rejected: number;
  /** Known from the table of ids, and not done again. */
  readonly deduplicated: number;
  /** Rows of a sink that upserts; null for every other node. */
  readonly table: TableReport | null;
  readonly expiredUnread: number;
  readonly ratePerSecondMean: number;
  /** Part of the members' time spent serving; null for producers and topics. */
  readonly utilisation: number | null;
  /** From send() of the record this node read to the end of its service; null for producers and topics. */
  readonly latency: LatencySummary | null;
  /** From the source's send() to the end of service here. */
  readonly endToEnd: LatencySummary | null;
  readonly lagRecordsMax: number;
  readonly lagSecondsMax: number;
  /** Sum of the throttle times its clients were given because of a quota. */
  readonly throttledMs: number;
  /** Of a producer with a transactional.id; null for every other node. */
  readonly transactions: TransactionsReport | null;
}

export interface ObjectiveReport {
  readonly id: string;
  readonly name: string;
  readonly node: string;
  readonly metric: string;
  readonly statistic: string;
  readonly comparison: string;
  readonly limit: number;
  /** null when the run gave no such number (no samples). That is not a pass. */
  readonly value: number | null;
  readonly pass: boolean;
  /** Whole sentence. */
  readonly sentence: string;
}

export interface LedgerReport {
  /** Per producing node: what became of what it sent. */
  readonly sends: readonly LedgerSend[];
  /** Per source and sink it reaches: what became of every record. Empty in a run without its ledger. */
  readonly routes: readonly LedgerRoute[];
  /** What happened, by the time it began. */
  readonly causes: readonly LedgerCause[];
  /** Up to which record of each source which deliveries were is no longer known one by one, for want of memory; 0 while all are. */
  readonly forgottenUpTo: number;
  /**
   * Per consuming node: what became of every record of the topics it reads. What was produced and the markers are as many as were processed, expired, skipped,
   * stepped over, lost and are under way together.
   */
  readonly paths: readonly {
    readonly node: string;
    /** Records written to its topics. */
    readonly produced: number;
    /** Transaction markers beside them: they take an offset, but are nobody's records. */
    readonly markers: number;
    readonly processed: number;
    readonly processedAgain: number;
    readonly filtered: number;
    readonly failed: number;
    readonly deadLettered: number;
    readonly deduplicated: number;
    readonly expiredUnread: number;
    readonly skippedByReset: number;
    /** Offsets that hold no record for this reader: compacted away, aborted transactions, transaction markers. */
    readonly steppedOver: number;
    /**
     * Cut off with a leader before they were read, acknowledged or not (`lostAcknowledged` of the topic has those whose producers had been told otherwise), or committed by a
     * member that had not processed them. Without a ledger the latter count as skipped.
     */
    readonly lost: number;
    /** Of a share group: rejected, or delivered as often as its brokers allow, and given up. */
    readonly archived: number;
    readonly underWay: number;
  }[];
}

/** What the logs take now, and what holding just that for a month costs at the cluster's prices. */
export interface StorageReport {
  /** On the disks of all brokers. */
  readonly diskBytes: number;
  readonly remoteBytes: number;
  readonly diskUsdPerMonth: number;
  readonly remoteUsdPerMonth: number;
}

export interface Report {
  readonly name: string;
  readonly seed: number;
  readonly virtualTimeMs: number;
  readonly events: number;
  /** `finished`: the scenario's duration was reached; `bounded`: a limit ended it first, named in `boundReached`. */
  readonly outcome: 'running' | 'finished' | 'bounded';
  readonly boundReached: string | null;
  readonly fingerprint: string;
  readonly topics: readonly TopicReport[];
  readonly groups: readonly GroupReport[];
  readonly nodes: readonly NodeReport[];
  /** Of the stream processors among them. */
  readonly streams: readonly StreamsReport[];
  readonly ledger: LedgerReport;
  readonly storage: StorageReport;
  readonly objectives: readonly ObjectiveReport[];
  readonly fidelity: readonly { readonly figure: string; readonly tag: Fidelity; readonly source: string }[];
}
