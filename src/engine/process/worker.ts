import type { PollSlice } from '../consumer/fetching.ts';
import type { CallState } from './externalCalls.ts';
import type { MicroBatchState } from './microBatch.ts';
import { createPool, type Pool, type PoolSettings } from './pool/pool.ts';
import type { ReadProcessWrite } from './readProcessWrite.ts';
import type { SeenIds } from './seenIds.ts';
import type { StreamThread } from '../streams/state.ts';
import { createStream, type RandomStream } from '../kernel/random.ts';

/**
 * The application side of one member: the poll in progress and when each of its records will have been served. The times are known when a poll
 * begins, so one event serves for a whole poll; what others may see of it is settled up to the moment they look.
 */
export interface WorkerState {
  readonly index: number;
  readonly node: number;
  /** Number within the node, from 0; what faults and people call it. */
  readonly number: number;
  /** Producer of a processor's member, -1 for a sink's. */
  readonly producer: number;
  /** Whether something follows from each record when its service ends: it is sent on, or kept in a table. Then every end is an event. */
  readonly stepwise: boolean;
  /** Ids of what this member has done, gone with its process; null where none are kept, or by all members together. */
  readonly seen: SeenIds | null;
  /** What it hands its records to; null where the poll loop itself works them off. */
  readonly pool: Pool | null;
  /** Of a member that works in batches; null otherwise. */
  readonly batch: MicroBatchState | null;
  /** Of a member whose services call a system outside; null otherwise. */
  readonly calls: CallState | null;
  /** Of a member of a stream processor; null otherwise. */
  readonly streams: StreamThread | null;
  alive: boolean;
  /** `full`: the loop waits for a place in the pool's queue. */
  phase: 'down' | 'joining' | 'resolving' | 'idle' | 'committing' | 'flushing' | 'transaction' | 'serving' | 'blocked' | 'full';
  /** Of a processor's member with `processing.guarantee=exactly_once_v2`, null otherwise. */
  readonly readProcessWrite: ReadProcessWrite | null;
  /** What the poll loop does when the commit it waits for is answered. */
  afterCommit: 'poll' | 'serve' | 'revoke';
  /** Wakes and service events of an older generation are ignored. */
  generation: number;
  slices: PollSlice[];
  /** Records of the poll, and how many of them are settled. */
  count: number;
  served: number;
  /** Slice and index within it of the next record to settle. */
  sliceIndex: number;
  sliceCursor: number;
  /** By record of the poll, with a pool by thread: when its service ends, how long it took (on the last record of a write), its `Outcome`. */
  finishUs: Float64Array;
  serviceUs: Float64Array;
  failed: Uint8Array;
  /** Attempts repeated in place and the waits before them, on the last record of a write; empty until something can fail or be known already. */
  retries: Uint16Array;
  waitUs: Float64Array;
  /** When an error will end this member's process; -1 for none in this poll. The record and what comes after it end at Infinity. */
  stopUs: number;
  /** Order in which records end when several are served at once; empty while that is the order of offsets. */
  order: Int32Array;
  /** Then: which records have ended, and how many of the first ones have, without a gap. Only that far goes the processed offset. */
  done: Uint8Array;
  donePrefix: number;
  /** When the rate limit lets the next write start. */
  permitUs: number;
  /** Since when it stands still (outage, or no buffer memory); -1 while it does not. */
  stalledSinceUs: number;
  /** Which of a record's outputs are sent already, when the buffer was full between two of them; -1 between records. */
  outputCursor: number;
  processedRecords: number;
  busyUs: number;
  /** How long it was up in its earlier lives, and since when it is in this one. */
  upUs: number;
  upSinceUs: number;
  readonly serviceStream: RandomStream;
  readonly errorStream: RandomStream;
  readonly passStream: RandomStream;
}

export function createWorker(options: {
  index: number;
  node: number;
  nodeId: string;
  number: number;
  producer: number;
  stepwise: boolean;
  seen: SeenIds | null;
  seed: number;
  readProcessWrite?: ReadProcessWrite | null;
  pool?: PoolSettings | null;
  batch?: MicroBatchState | null;
  calls?: CallState | null;
  streams?: StreamThread | null;
}): WorkerState {
  const name = `${options.nodeId}/${options.number}`;
  const pool = options.pool ? createPool(options.pool) : null;
  const places = Math.max(64, (options.pool?.threads ?? 0) + 1);
  return {
    index: options.index,
    node: options.node,
    number: options.number,
    producer: options.producer,
    stepwise: options.stepwise,
    seen: options.seen,
    pool,
    batch: options.batch ?? null,
    calls: options.calls ?? null,
    streams: options.streams ?? null,
    alive: false,
    phase: 'down',
    readProcessWrite: options.readProcessWrite ?? null,
    afterCommit: 'poll',
    generation: 0,
    slices: [],
    count: 0,
    served: 0,
    sliceIndex: 0,
    sliceCursor: 0,
    finishUs: new Float64Array(places),
    serviceUs: new Float64Array(places),
    failed: new Uint8Array(places),
    retries: new Uint16Array(0),
    waitUs: new Float64Array(0),
    stopUs: -1,
    order: new Int32Array(0),
    done: new Uint8Array(0),
    donePrefix: 0,
    permitUs: 0,
    stalledSinceUs: -1,
    outputCursor: -1,
    processedRecords: 0,
    busyUs: 0,
    upUs: 0,
    upSinceUs: 0,
    serviceStream: createStream(options.seed, `${name}/service`),
    errorStream: createStream(options.seed, `${name}/errors`),
    passStream: createStream(options.seed, `${name}/pass`),
  };
}

/** Whether its loop stands between two polls: it polls again by itself. */
export function isBusy({ phase }: WorkerState): boolean {
  // Asked mostly of those who are not.
  if (phase === 'idle') return false;
  return (
    phase === 'serving' ||
    phase === 'blocked' ||
    phase === 'committing' ||
    phase === 'flushing' ||
    phase === 'resolving' ||
    phase === 'full' ||
    phase === 'transaction'
  );
}

/** Records of the poll in progress, or of the pool, that have ended before one of a lower offset has: served, but not yet behind the processed offset. */
export function endedAhead({ pool, order, served, donePrefix }: WorkerState): number {
  if (pool !== null) return pool.ahead;
  return order.length > 0 ? served - donePrefix : 0;
}

/** Makes every wake and service event of a worker stale, and gives the generation of the next: 31 bits, since it travels as an event's argument and -1 stands for any. */
export function nextGeneration(worker: WorkerState): number {
  worker.generation = (worker.generation + 1) & 0x7fffffff;
  return worker.generation;
}

/** Microseconds a member was up until now, all its lives together. */
export const uptimeUs = (worker: WorkerState, nowUs: number): number => worker.upUs + (worker.alive ? nowUs - worker.upSinceUs : 0);
