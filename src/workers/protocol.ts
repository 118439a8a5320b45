/**
 * What the editor and the simulation worker say to each other. Types only. Commands go over comlink; what is live goes as one transferable
 * Float64Array frame, at most one per animation frame, two buffers going back and forth.
 */
import type { RecordPage } from '../engine/report/recordPage.ts';
import type { Report } from '../engine/report/report.ts';
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

/** A notable event for the timeline and the events tab. */
export interface RunEvent {
  readonly timeUs: number;
  readonly code:
    | 'rebalance.started'
    | 'rebalance.completed'
    | 'member.joined'
    | 'member.left'
    | 'member.crashed'
    | 'member.session-expired'
    | 'member.failed'
    | 'fault'
    | 'retention.deleted'
    | 'offset.reset'
    | 'producer.blocked'
    | 'producer.refused'
    | 'objective.breached'
    | 'run.bounded'
    | 'timeline.full';
  readonly node: string | null;
  /** Whole sentence. */
  readonly text: string;
}

export type { RecordPage, RecordView } from '../engine/report/recordPage.ts';

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
  /** 0 to 1 while a `runUntil` or `max` run has an end; null otherwise. */
  readonly progress: number | null;
  readonly events: number;
  readonly fingerprint: string;
  /** Where the log and the run are kept: `stored`, still `writing`, or why not (quota, database gone, another tab writes). */
  readonly storage: {
    readonly state: 'stored' | 'writing' | 'unavailable' | 'quota' | 'readonly';
    readonly detail: string;
    readonly bytes: number;
  };
  readonly failure: string | null;
}

export interface SimulationCommands {
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
  /** Something a person does to the running system; answers with the fault as recorded (its time filled in) or why it was refused. */
  intervene(action: DistributiveOmit<Fault, 'atMs'>): Promise<{ readonly fault: Fault | null; readonly refusal: string | null }>;
  readRecords(request: {
    readonly topicNode: string;
    readonly partition: number;
    readonly offset: number;
    readonly limit: number;
  }): Promise<RecordPage>;
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
