/**
 * What the run says, split by rate. `liveFrames` holds the newest frame for whoever draws (no React); the slow store carries the same numbers
 * as text twice a second, for the inspector and for people who read with other means; the status changes when the run's state does.
 */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { FrameHeader } from '../../workers/frameFields.ts';
import type { FrameLayout, RunEvent, StatusUpdate } from '../../workers/protocol.ts';
import { slowNodes, type SlowNode } from './slowNodes.ts';

type Listener = () => void;

/** The newest frame. Readers must not keep `current` beyond their call: its buffer goes back to the worker. */
export interface LiveFrames {
  current: Float64Array | null;
  layout: FrameLayout | null;
  /** Called at most once per animation frame, after `current` or `layout` changed. */
  subscribe(listener: Listener): () => void;
}

const listeners = new Set<Listener>();

export const liveFrames: LiveFrames = {
  current: null,
  layout: null,
  subscribe(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

export interface SlowState {
  readonly timeUs: number;
  readonly nodes: ReadonlyMap<string, SlowNode>;
}

const slowStore = createStore<SlowState>(() => ({ timeUs: 0, nodes: new Map() }));

export const idleStatus: StatusUpdate = {
  phase: 'empty',
  timeUs: 0,
  speed: 1,
  speedReached: 0,
  progress: null,
  events: 0,
  fingerprint: '',
  storage: { state: 'stored', detail: '', bytes: 0, savedUs: -1 },
  failure: null,
  damage: [],
  rebuild: 'none',
};

export const statusStore = createStore<StatusUpdate>(() => idleStatus);

/** The run's notable events as far as they were fetched. */
export const eventsStore = createStore<{ readonly events: readonly RunEvent[]; readonly total: number }>(() => ({ events: [], total: 0 }));

const slowIntervalMs = 500;
let pending: Float64Array | null = null;
let scheduled = false;
let slowAt = -Infinity;
let slowTimer: ReturnType<typeof setTimeout> | undefined;
let release: (buffer: ArrayBuffer) => void = () => undefined;

function publishSlow(): void {
  slowTimer = undefined;
  slowAt = performance.now();
  const { current, layout } = liveFrames;
  if (current === null || layout === null) slowStore.setState({ timeUs: 0, nodes: new Map() });
  else slowStore.setState({ timeUs: current[FrameHeader.timeUs], nodes: slowNodes(current, layout) });
}

/** Twice a second, and once more after the last frame, so that a paused run shows its final numbers. */
function scheduleSlow(): void {
  if (slowTimer !== undefined) return;
  slowTimer = setTimeout(publishSlow, Math.max(0, slowAt + slowIntervalMs - performance.now()));
}

function publish(): void {
  scheduled = false;
  if (pending !== null) {
    const old = liveFrames.current;
    liveFrames.current = pending;
    pending = null;
    if (old !== null) release(old.buffer as ArrayBuffer);
  }
  for (const listener of listeners) listener();
  scheduleSlow();
}

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(publish);
}

/** Takes a frame from the worker; a frame that was not yet shown is given back unread. */
export function receiveFrame(buffer: ArrayBuffer): void {
  const frame = new Float64Array(buffer);
  const { layout } = liveFrames;
  if (layout === null || frame.length < layout.length) {
    release(buffer);
    return;
  }
  if (pending !== null) release(pending.buffer as ArrayBuffer);
  pending = frame;
  schedule();
}

/** Takes a new layout; the frames of the old one are of no more use. */
export function receiveLayout(layout: FrameLayout | null): void {
  if (pending !== null) release(pending.buffer as ArrayBuffer);
  if (liveFrames.current !== null) release(liveFrames.current.buffer as ArrayBuffer);
  pending = null;
  liveFrames.current = null;
  liveFrames.layout = layout;
  schedule();
}

/** Says where read buffers go back to. */
export function onRelease(give: (buffer: ArrayBuffer) => void): void {
  release = give;
}

/** A part of the slow numbers. */
export function useSlow<T>(selector: (state: SlowState) => T): T {
  return useStore(slowStore, selector);
}

/** A field of the run's status. */
export function useStatus<T>(selector: (state: StatusUpdate) => T): T {
  return useStore(statusStore, selector);
}

/** The run's notable events. */
export function useEvents<T>(selector: (state: { readonly events: readonly RunEvent[]; readonly total: number }) => T): T {
  return useStore(eventsStore, selector);
}
