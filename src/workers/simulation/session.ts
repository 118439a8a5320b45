/** What the simulation holds of the run that is loaded, and how it tells the editor about it. */
import type { Checkpoint, Run, Topology } from '../../engine/index.ts';
import { settleAll } from '../../engine/host.ts';
import { fingerprint } from '../../engine/index.ts';
import type { Fault, Objective, PipelineDocument } from '../../pipeline/document.ts';
import type { DamagedLog } from '../../engine/host.ts';
import type { DamagedPartition, FrameLayout, RunPhase, StatusUpdate, WorkerMessage } from '../protocol.ts';
import { createFrameWriter, type FrameWriter, writeFrame } from './frameWriter.ts';
import { layoutOf, topicsOfDocument } from './layout.ts';
import { createPace, type Pace } from './pace.ts';
import { type Keeper, type KeepingLimits, usualLimits } from './keeper.ts';
import type { RunStorage } from './storage.ts';

/** The world around the simulation: real time, messages out, storage. In the worker they are the browser's; in tests, plain functions. */
export interface SimulationHost {
  /** Milliseconds of real time, from any start. */
  readonly nowMs: () => number;
  readonly post: (message: WorkerMessage, transfer?: ArrayBuffer[]) => void;
  /** Lets waiting commands run, and comes back at once. */
  readonly yieldNow: () => Promise<void>;
  readonly sleep: (ms: number) => Promise<void>;
  /** Null where runs cannot be kept. */
  readonly storage: RunStorage | null;
  /** Hears of a run of which storage gave back something damaged. */
  readonly damageFound?: (keeper: Keeper) => void;
}

/** What of a loaded run is damaged in storage. */
export interface Damage {
  readonly partitions: readonly DamagedPartition[];
  readonly blocks: readonly DamagedLog[];
  /** A copy of the run to read records from: its damaged logs end where the damage begins. It never goes on. */
  readonly reading: Keeper;
}

/** Where a run that is computed again has to come to, and what it has to be then. */
export interface RebuildGoal {
  readonly timeUs: number;
  readonly events: number;
  readonly fingerprint: string;
}

export interface Session {
  readonly limits: KeepingLimits;
  /** Whether this tab keeps its runs, and not another one. */
  keeps: boolean;
  document: PipelineDocument | null;
  /** What reports judge: the document's objectives, until others are set. */
  objectives: readonly Objective[];
  topology: Topology | null;
  run: Run | null;
  /** Of `run`, null before one is loaded. */
  keeper: Keeper | null;
  layout: FrameLayout | null;
  writer: FrameWriter | null;
  phase: RunPhase;
  pace: Pace;
  /** While a `runUntil` is under way: from where to where, for its progress. */
  until: { fromUs: number; toUs: number } | null;
  /** Events per call of the engine, adapted so that one call takes a millisecond or two. */
  chunk: number;
  failure: string | null;
  /** Faults people caused in this run, in the order they came; not part of the loaded document. */
  liveFaults: Fault[];
  /** Copies of the run at earlier moments, oldest first, to go back from. */
  past: { timeUs: number; checkpoint: Checkpoint }[];
  nextPastMs: number;
  buffers: ArrayBuffer[];
  lastFrameMs: number;
  lastStatusMs: number;
  eventsTold: number;
  storage: Omit<StatusUpdate['storage'], 'savedUs'>;
  /** Share of the stored blocks that were verified, while a run is being loaded. */
  checking: number | null;
  /** While there is any, the run stands still. */
  damage: Damage | null;
  /** Looking for damage that a read has met. */
  holding: Promise<void> | null;
  /** While a damaged run is computed again. */
  rebuilding: RebuildGoal | null;
  rebuilt: StatusUpdate['rebuild'];
}

export function createSession(limits: Partial<KeepingLimits> = {}): Session {
  return {
    limits: { ...usualLimits, ...limits },
    keeps: true,
    document: null,
    objectives: [],
    topology: null,
    run: null,
    keeper: null,
    layout: null,
    writer: null,
    phase: 'empty',
    pace: createPace(1),
    until: null,
    chunk: 256,
    failure: null,
    liveFaults: [],
    past: [],
    nextPastMs: 0,
    buffers: [],
    lastFrameMs: -Infinity,
    lastStatusMs: -Infinity,
    eventsTold: 0,
    storage: { state: 'stored', detail: '', bytes: 0 },
    checking: null,
    damage: null,
    holding: null,
    rebuilding: null,
    rebuilt: 'none',
  };
}

const frameSpacingMs = 30;
const statusSpacingMs = 200;
const buffersMax = 2;

/** Makes a keeper's run the loaded one and lays its frame out anew. */
export function adoptRun(session: Session, host: SimulationHost, keeper: Keeper): FrameLayout {
  session.keeper = keeper;
  session.run = keeper.run;
  session.topology = keeper.run.topology;
  session.damage = null;
  session.rebuilding = null;
  session.rebuilt = 'none';
  // Told again even when there are none: the run before may have had some.
  session.eventsTold = -1;
  return layOut(session, host);
}

/** A new layout with buffers of its size, told to the editor. */
export function layOut(session: Session, host: SimulationHost): FrameLayout {
  const layout = layoutOf(session.run!);
  session.layout = layout;
  session.writer = createFrameWriter(layout);
  session.buffers = Array.from({ length: buffersMax }, () => new ArrayBuffer(layout.length * 8));
  host.post({ type: 'layout', layout });
  return layout;
}

/** Whether members or partitions have come (or gone, with a moment of the past) since a layout was made. */
function isOutgrown({ members, partitions }: FrameLayout, run: Run): boolean {
  return (
    members.length !== run.ctx.workers.length ||
    partitions.length !== topicsOfDocument(run).reduce((sum, topic) => sum + topic.partitionCount, 0)
  );
}

/** Tells the editor what is new: a frame when one is due and a buffer is free, the status now and then, new events at once. */
export function tell(session: Session, host: SimulationHost, options: { readonly now: boolean }): void {
  const { run } = session;
  const nowMs = host.nowMs();
  if (run && session.layout && isOutgrown(session.layout, run)) layOut(session, host);
  if (run && session.writer && (options.now || nowMs - session.lastFrameMs >= frameSpacingMs)) {
    const buffer = session.buffers.pop();
    if (buffer) {
      settleAll(run.ctx);
      writeFrame(session.writer, run, new Float64Array(buffer), { phase: session.phase, speedReached: session.pace.speedReached });
      host.post({ type: 'frame', buffer }, [buffer]);
      session.lastFrameMs = nowMs;
    }
  }
  if (run && run.ctx.timeline.total !== session.eventsTold) {
    session.eventsTold = run.ctx.timeline.total;
    host.post({ type: 'events', total: session.eventsTold });
  }
  if (options.now || nowMs - session.lastStatusMs >= statusSpacingMs) {
    session.lastStatusMs = nowMs;
    host.post({ type: 'status', status: statusOf(session) });
  }
}

export function statusOf(session: Session): StatusUpdate {
  const { run, pace } = session;
  return {
    phase: session.phase,
    timeUs: run ? run.ctx.events.nowUs : 0,
    speed: pace.speed,
    speedReached: session.phase === 'running' ? pace.speedReached : 0,
    progress: session.checking ?? (run ? progressOf(session, run) : null),
    events: run ? run.ctx.events.taken : 0,
    fingerprint: run ? fingerprint(run) : '',
    storage: { ...session.storage, savedUs: session.keeper?.savedUs ?? -1 },
    failure: session.failure,
    damage: session.damage?.partitions ?? [],
    rebuild: session.rebuilt,
  };
}

/** The run that records are read from, with its keeper: the loaded one, or a copy of it without what is damaged. */
export function readable({ run, keeper, damage }: Session): { readonly run: Run | null; readonly keeper: Keeper | null } {
  return damage ? { run: damage.reading.run, keeper: damage.reading } : { run, keeper };
}

/** Whether the run goes its way and none other: it stands still for damage, or is being computed again. */
export function isHeld({ damage, rebuilding }: Session): boolean {
  return damage !== null || rebuilding !== null;
}

function progressOf(session: Session, run: Run): number | null {
  const { nowUs } = run.ctx.events;
  if (session.until) {
    const { fromUs, toUs } = session.until;
    return toUs <= fromUs ? 1 : Math.min(1, (nowUs - fromUs) / (toUs - fromUs));
  }
  return session.pace.speed === 'max' && session.phase === 'running' ? Math.min(1, nowUs / run.ctx.plan.durationUs) : null;
}

/** Takes a used frame buffer back; one of an older layout is let go. */
export function takeBack(session: Session, buffer: ArrayBuffer): void {
  if (session.layout && buffer.byteLength === session.layout.length * 8 && session.buffers.length < buffersMax)
    session.buffers.push(buffer);
}
