/**
 * What the editor and the simulation worker say to each other. Types only. Commands go over comlink; what is live goes as one transferable
 * Float64Array frame, at most one per animation frame, two buffers going back and forth.
 */
import type { RunEvent } from '../engine/report/runEvent.ts';
import type { ClusterView } from '../engine/report/clusterView.ts';
import type { GroupView } from '../engine/report/groupView.ts';
import type { StoreEntriesView, StreamsView } from '../engine/report/streamsView.ts';
import type { GuaranteeMatrix } from '../engine/report/guaranteeMatrix.ts';
import type { RecordJourney } from '../engine/report/recordJourney.ts';
import type { RecordPage } from '../engine/report/recordPage.ts';
import type { LedgerReport, Report } from '../engine/report/report.ts';
import type { BatchBytes, BatchPage, PartitionLogView, SegmentFile, SegmentIndexes } from '../engine/report/segmentView.ts';
import type { Fault, Objective, PipelineDocument } from '../pipeline/document.ts';
import type { Finding } from '../pipeline/finding.ts';

export type RunPhase = 'empty' | 'loading' | 'paused' | 'running' | 'waiting-for-storage' | 'finished' | 'failed';

/** A speed factor of virtual over real time (0.1 to 1000), or as fast as the machine can. */
export type Speed = number | 'max';

export interface LoadRequest {
  /** Key of the run in storage: one run is kept per document. */
  readonly runKey: string;
  readonly document: PipelineDocument;
  /** Go on from the stored checkpoint when it belongs to this document's run. */
  readonly resume: boolean;
  /** False in a tab that only follows another one, which keeps the run: nothing of storage is read or written then. */
  readonly keep: boolean;
}

export interface LoadAnswer {
  /** False: the document cannot run; `findings` say why and the former run, if any, is untouched. */
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  readonly layout: FrameLayout | null;
  /** Virtual time the run stands at (after a resume: where it was). */
  readonly timeUs: number;
  readonly resumed: boolean;
  /** Why a stored run could not be read, so that this one starts from 0; null when there was none, or it was another design's. */
  readonly notResumed: string | null;
}

/** Where each live number stands in a frame. Field order within a block is given by the constants of `frameFields.ts`. */
export interface FrameLayout {
  readonly length: number;
  readonly nodes: readonly { readonly id: string; readonly offset: number }[];
  readonly edges: readonly { readonly id: string; readonly offset: number }[];
  readonly partitions: readonly { readonly node: string; readonly partition: number; readonly offset: number }[];
  /** One block per group and partition it reads. */
  readonly groupPartitions: readonly {
    readonly group: string;
    readonly node: string;
    readonly topicNode: string;
    readonly partition: number;
    readonly offset: number;
  }[];
  /** One block per consuming node and member number that has existed; grows when members are added, then a new layout is sent. */
  readonly members: readonly { readonly node: string; readonly member: number; readonly offset: number }[];
}

export type { BrokerCondition, BrokerView, ClusterView, PartitionView, ReplicaView } from '../engine/report/clusterView.ts';
export type {
  GroupCellState,
  GroupMemberView,
  GroupPartitionView,
  GroupShareView,
  GroupView,
  RebalanceView,
  ShareRangeState,
  ShareRangeView,
} from '../engine/report/groupView.ts';
export type { LagCause, LagCauseKind, LagFigure, LagFigures, LagPlace, LagReport } from '../engine/report/lagReport.ts';
export type { LedgerCause, LedgerRoute, LedgerSend } from '../engine/report/ledgerReport.ts';
export type { LedgerReport } from '../engine/report/report.ts';
export type { RunEvent } from '../engine/report/runEvent.ts';
export type { StoreEntriesView, StreamsView } from '../engine/report/streamsView.ts';
export type { GuaranteeMatrix, GuaranteeRow } from '../engine/report/guaranteeMatrix.ts';
export type { JourneyCopy, JourneyDelivery, JourneyStage, RecordJourney, StageKind } from '../engine/report/recordJourney.ts';
export type { RecordPage, RecordView } from '../engine/report/recordPage.ts';
export type {
  BatchBytes,
  BatchPage,
  BatchSummary,
  ByteField,
  FieldKind,
  PartitionLogView,
  SegmentIndexes,
  SegmentView,
} from '../engine/report/segmentView.ts';

/** Samples of one quantity over virtual time; `timesUs` is shared by all series of one answer. */
export interface SeriesAnswer {
  readonly timesUs: Float64Array;
  readonly series: readonly {
    readonly node: string;
    readonly quantity: 'rate-in' | 'rate-out' | 'lag-records' | 'lag-seconds' | 'latency-p50-ms' | 'latency-p99-ms';
    readonly values: Float64Array;
  }[];
}

export interface StatusUpdate {
  readonly phase: RunPhase;
  readonly timeUs: number;
  readonly speed: Speed;
  /** Virtual seconds per real second over the last second. */
  readonly speedReached: number;
  /** 0 to 1 while a `runUntil` or `max` run has an end, or a stored run is verified before it is shown; null otherwise. */
  readonly progress: number | null;
  readonly events: number;
  readonly fingerprint: string;
  /** Where the log and the run are kept: `stored`, still `writing`, or why not (quota, database gone, another tab writes). */
  readonly storage: {
    readonly state: 'stored' | 'writing' | 'unavailable' | 'quota' | 'readonly' | 'damaged';
    readonly detail: string;
    readonly bytes: number;
    /** Up to where the run would go on after a reload; -1 while nothing of it is stored. */
    readonly savedUs: number;
  };
  readonly failure: string | null;
  /** Partitions whose stored log is damaged: while there are any, the run stands still and its records are read up to the damage. */
  readonly damage: readonly DamagedPartition[];
  /** A damaged run computed again: under way, or what came of it. `different`: another fingerprint, so the stored run was another program's. */
  readonly rebuild: 'none' | 'under-way' | 'same' | 'different';
}

export interface DamagedPartition {
  /** Empty for a log that is no topic's of the design. */
  readonly topicNode: string;
  readonly topic: string;
  readonly partition: number;
  readonly damagedBlocks: number;
  readonly blocks: number;
  readonly logStartOffset: number;
  /** Offset before which everything can be read. */
  readonly cutOffset: number;
  readonly logEndOffset: number;
  /** Which block is damaged first, and what was found there, checksums included. */
  readonly found: string;
}

export interface PartitionRequest {
  readonly topicNode: string;
  readonly partition: number;
}

/** A partition as Kafka's directory. */
export interface PartitionArchive {
  /** `orders-0.zip` */
  readonly name: string;
  readonly archive: Blob;
  readonly files: readonly SegmentFile[];
  /** What whoever uses the files must know, as sentences. */
  readonly notes: readonly string[];
}

/** Looking into a partition's log. Each answers null when there is no such thing, or no more: retention and compaction go on meanwhile. */
export interface LogCommands {
  segments(request: PartitionRequest): Promise<PartitionLogView | null>;
  /** Batches of a segment by their number in it, at most 1,000. */
  batches(
    request: PartitionRequest & { readonly segmentBase: number; readonly from: number; readonly limit: number },
  ): Promise<BatchPage | null>;
  segmentIndexes(request: PartitionRequest & { readonly segmentBase: number }): Promise<SegmentIndexes | null>;
  batchBytes(request: PartitionRequest & { readonly baseOffset: number }): Promise<BatchBytes | null>;
  /** All files, as the partition stands when it is asked for. */
  partitionFiles(request: PartitionRequest): Promise<PartitionArchive | null>;
}

/** A record by where it stands in a log, or by who made it and its number there. */
export type FollowRequest = (PartitionRequest & { readonly offset: number }) | { readonly source: string; readonly sequence: number };

export type FollowAnswer =
  | {
      readonly kind: 'followed';
      readonly journey: RecordJourney;
      /** Why it was not followed to the end; a sentence. */ readonly note: string | null;
    }
  | { readonly kind: 'refused'; readonly reason: string }
  /** Somebody stopped it, asked for another record, or the run was replaced. */
  | { readonly kind: 'stopped' };

/** Following one record. The run on the screen goes on meanwhile and knows nothing of it. */
export interface FollowCommands {
  /** Answers when the record is done everywhere, or with its way up to where the run stands now. */
  follow(request: FollowRequest): Promise<FollowAnswer>;
  /** 0 to 1; null while nothing is followed. */
  followProgress(): Promise<number | null>;
  stopFollowing(): Promise<void>;
}

export interface SimulationCommands extends LogCommands, FollowCommands {
  load(request: LoadRequest): Promise<LoadAnswer>;
  play(): Promise<void>;
  pause(): Promise<void>;
  /** Executes one event. */
  step(): Promise<void>;
  /** Runs as fast as possible to a virtual time, then pauses; also backwards, by running again from the start. */
  runUntil(timeUs: number): Promise<void>;
  setSpeed(speed: Speed): Promise<void>;
  /** From now on reports judge these objectives; the run goes on as it is. */
  setObjectives(objectives: readonly Objective[]): Promise<void>;
  /** Back to time 0 of the same document and seed. */
  reset(): Promise<void>;
  /** Computes a damaged run again, as fast as possible, to where it stands; `rebuild` of the status says what came of it. */
  rebuild(): Promise<void>;
  /** Something a person does to the running system; answers with the fault as recorded (its time filled in) or why it was refused. */
  intervene(action: DistributiveOmit<Fault, 'atMs'>): Promise<{ readonly fault: Fault | null; readonly refusal: string | null }>;
  readRecords(request: {
    readonly topicNode: string;
    readonly partition: number;
    readonly offset: number;
    readonly limit: number;
  }): Promise<RecordPage>;
  /** Brokers, controller and every partition with its replicas as they stand; null before a run is loaded. */
  clusterView(): Promise<ClusterView | null>;
  /** The group with this id as it stands; null when the run has none, or there is no run. */
  groupView(groupId: string): Promise<GroupView | null>;
  /** A stream processor as it stands, with its threads, tasks and stores; null for a node that is none, or before a run is loaded. */
  streamsView(node: string): Promise<StreamsView | null>;
  /** Entries of a store of a stream processor, by its name in the topology; with `key` those whose id has that text in it. */
  storeEntries(request: {
    readonly node: string;
    readonly store: string;
    readonly key?: string;
    readonly limit: number;
  }): Promise<StoreEntriesView | null>;
  /** What became of every record up to now, and why; null before a run is loaded. */
  ledger(): Promise<LedgerReport | null>;
  report(): Promise<Report>;
  series(): Promise<SeriesAnswer>;
  /** Events with index >= `from`, at most 500, and how many there are. */
  events(from: number): Promise<{ readonly total: number; readonly events: readonly RunEvent[] }>;
  /** Another tab keeps this run from now on: nothing more is stored here. */
  letGo(): Promise<void>;
  /** Writes a checkpoint now; resolves when it is durable. */
  save(): Promise<void>;
  /** Returns a frame buffer for reuse. */
  release(buffer: ArrayBuffer): Promise<void>;
  /** Forgets the stored run of a document. */
  forget(runKey: string): Promise<void>;
}

export type DistributiveOmit<T, K extends keyof never> = T extends unknown ? Omit<T, K> : never;

/** Messages the worker posts outside comlink. */
export type WorkerMessage =
  | { readonly type: 'frame'; readonly buffer: ArrayBuffer }
  | { readonly type: 'status'; readonly status: StatusUpdate }
  | { readonly type: 'layout'; readonly layout: FrameLayout }
  | { readonly type: 'events'; readonly total: number };

/** How far a guarantee matrix has come. */
export interface MatrixProgress {
  /** 0 to 1. */
  readonly share: number;
  readonly runsDone: number;
  readonly runs: number;
}

export interface MatrixRequest {
  readonly document: PipelineDocument;
  /** How many seeds each guarantee runs with: the document's own and those after it. */
  readonly seedCount: number;
}

export interface MatrixAnswer {
  /** Null: the document cannot run under one of the guarantees; `findings` say why. */
  readonly matrix: GuaranteeMatrix | null;
  readonly findings: readonly Finding[];
}

/** What the matrix worker does. It has a thread of its own, so the run on screen goes on; whoever wants no answer any more ends the worker. */
export interface MatrixCommands {
  make(request: MatrixRequest, onProgress: (progress: MatrixProgress) => void): Promise<MatrixAnswer>;
}
