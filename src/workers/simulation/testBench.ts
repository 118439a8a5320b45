/** What the simulation's tests run on: the real engine and store, a clock that moves when it is read, and everything that was posted. */
import { advance, compile, createRun, fingerprint, type Run } from '../../engine/index.ts';
import { createMemorySegmentStore } from '../../engine/log/memorySegmentStore.ts';
import type { SegmentStore } from '../../engine/log/segmentStore.ts';
import type { Fault, PipelineDocument } from '../../pipeline/document.ts';
import type { LoadAnswer, RunPhase, SimulationCommands, StatusUpdate, WorkerMessage } from '../protocol.ts';
import { runStorage } from '../storage/connect.ts';
import type { KeepingLimits } from './keeper.ts';
import type { SimulationHost } from './session.ts';
import { createSimulation } from './simulation.ts';
import type { RunStorage } from './storage.ts';

/** Producer → topic (3 partitions, small segments) → service → topic → two sinks in groups of their own, one of them slow. */
export function shop(options: { readonly durationMs?: number; readonly faults?: readonly Fault[]; readonly retentionMs?: number } = {}) {
  const topic = { 'segment.bytes': 20_000, 'retention.ms': options.retentionMs ?? -1 };
  const read = { 'auto.offset.reset': 'earliest' };
  const document: PipelineDocument = {
    format: 'logjam/pipeline',
    version: 1,
    name: 'Shop',
    description: '',
    nodes: [
      {
        id: 'p',
        kind: 'producer',
        name: 'checkout',
        config: { 'workload.shape': 'poisson', 'workload.rate': 150, 'value.size.bytes': 200 },
      },
      { id: 't', kind: 'topic', name: 'orders', config: { partitions: 3, ...topic } },
      { id: 's', kind: 'service', name: 'pricing', config: { ...read, 'service.time.ms': 1, instances: 2 } },
      { id: 'u', kind: 'topic', name: 'priced', config: { partitions: 2, ...topic } },
      { id: 'a', kind: 'sink', name: 'index', config: { ...read, 'service.time.ms': 3, 'service.time.distribution': 'exponential' } },
      { id: 'b', kind: 'sink', name: 'archive', config: { ...read, 'service.time.ms': 0.1 } },
    ],
    edges: [
      { id: 'e1', source: 'p', target: 't' },
      { id: 'e2', source: 't', target: 's' },
      { id: 'e3', source: 's', target: 'u' },
      { id: 'e4', source: 'u', target: 'a' },
      { id: 'e5', source: 'u', target: 'b' },
    ],
    cluster: { config: { 'log.retention.check.interval.ms': 2_000 } },
    scenario: { seed: 7, durationMs: options.durationMs ?? 20_000, faults: options.faults ?? [], objectives: [] },
    layout: { positions: [] },
  };
  return document;
}

/** The engine alone, straight to a moment. */
export function straightTo(document: PipelineDocument, timeUs: number): Run {
  const { topology, findings } = compile(document);
  if (!topology) throw new Error(findings.map((finding) => finding.message).join(' '));
  const run = createRun(topology);
  advance(run, { untilUs: timeUs, maxEvents: Infinity });
  return run;
}

export function printAt(document: PipelineDocument, timeUs: number): string {
  return fingerprint(straightTo(document, timeUs));
}

export interface Bench {
  readonly simulation: SimulationCommands;
  readonly messages: WorkerMessage[];
  status(): StatusUpdate;
  load(
    document: PipelineDocument,
    options?: { readonly resume?: boolean; readonly runKey?: string; readonly keep?: boolean },
  ): Promise<LoadAnswer>;
  /** Waits until the phase is one of these. */
  until(...phases: RunPhase[]): Promise<StatusUpdate>;
  /** Waits until something holds. */
  when(holds: () => boolean, what: string): Promise<void>;
}

interface BenchOptions {
  readonly storage?: RunStorage | null;
  readonly limits?: Partial<KeepingLimits>;
  /** How far the clock moves each time it is read: the larger, the more often the loop lets commands in. */
  readonly tickMs?: number;
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const turnsMax = 200_000;

export function createBench({ storage = runStorage(createMemorySegmentStore()), limits = {}, tickMs = 2 }: BenchOptions = {}): Bench {
  const messages: WorkerMessage[] = [];
  let clockMs = 0;
  const host: SimulationHost = {
    nowMs: () => (clockMs += tickMs),
    post: (message) => {
      messages.push(message);
      if (message.type === 'frame') void simulation.release(message.buffer);
    },
    yieldNow: turn,
    sleep: async (ms) => {
      clockMs += ms;
      await turn();
    },
    storage,
  };
  const simulation = createSimulation(host, limits);
  const status = () => {
    const last = messages.findLast((message) => message.type === 'status');
    if (!last) throw new Error('no status was told');
    return last.status;
  };
  const when = async (holds: () => boolean, what: string) => {
    for (let turns = 0; !holds(); turns++) {
      if (turns > turnsMax) throw new Error(`never came: ${what}; ${JSON.stringify(status())}`);
      await turn();
    }
  };
  return {
    simulation,
    messages,
    status,
    when,
    load: (document, { resume = false, runKey = 'run', keep = true } = {}) => simulation.load({ runKey, document, resume, keep }),
    until: async (...phases) => {
      await when(() => phases.includes(status().phase), phases.join(' or '));
      return status();
    },
  };
}

/** A store in memory whose calls can be made to fail, or to wait, from a moment on. */
export function createTroubledStore(options: { readonly quotaBytes?: number } = {}) {
  const store = createMemorySegmentStore(options);
  let gate: Promise<void> = Promise.resolve();
  let open: () => void = () => undefined;
  const images = new Map<string, ArrayBuffer>();
  const troubled: SegmentStore = {
    ...store,
    put: async (runKey, entries) => {
      for (const { partition, block, image } of entries) images.set(`${partition}/${block}`, image);
      await store.put(runKey, entries);
    },
    get: async (runKey, key) => {
      await gate;
      return store.get(runKey, key);
    },
  };
  return {
    store: troubled,
    storage: runStorage(troubled),
    /** Reads wait from now on, until `letGo`. */
    hold() {
      gate = new Promise((resolve) => (open = resolve));
    },
    letGo() {
      open();
    },
    /** Flips a byte in the middle of every stored block. */
    damage() {
      for (const image of images.values()) {
        const bytes = new Uint8Array(image);
        bytes[bytes.length >> 1]! ^= 0x55;
      }
    },
  };
}

/** Limits under which next to nothing stays in memory. */
export const tightMemory: Partial<KeepingLimits> = { residentBytesMax: 1_000, evictionSpacingMs: 1, checkpointSpacingMs: 50 };
