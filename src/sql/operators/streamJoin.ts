/** Joins of two streams within a window (`KStreamImplJoin`, `KStreamJoinWindow`, `KStreamKStreamJoin`, `TimestampedKeyAndJoinSide`). */
import type { Header, KeyIdentity, Row, RowWindow, StreamRecord } from './row.ts';
import type { Stream } from './streams.ts';
import { windowedIdentity } from './tables.ts';
import type { Run, Topology } from './topology.ts';
import { Outlet } from './topology.ts';

export interface JoinWindows {
  /** How far a record of the right side may be before, and after, one of the left side. */
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly graceMs: number;
  /**
   * Whether records that found nothing wait until their window is closed (a GRACE PERIOD was given, KIP-633), instead of going on at once and perhaps
   * again when a partner comes.
   */
  readonly waitsForClose: boolean;
}

export interface StreamJoin {
  readonly windows: JoinWindows;
  /** Which sides' records go on when they found nothing. */
  readonly keepsLeft: boolean;
  readonly keepsRight: boolean;
  /** The value of a pair; one side may be missing where the other is kept. */
  readonly join: (key: Row | null, left: Row | null, right: Row | null) => Row;
  readonly identity: KeyIdentity;
}

interface Buffered {
  readonly timestampMs: number;
  readonly row: Row;
}

/** Records of one side, by key in order of time; what is older than the retention cannot be found any more. */
interface WindowBuffer {
  streamTimeMs: number;
  readonly byKey: Map<string, Buffered[]>;
}

/** A record that has found nothing yet. */
interface Unmatched extends Buffered {
  readonly id: string;
  readonly key: Row;
  readonly window: RowWindow | null;
  readonly isLeft: boolean;
}

interface JoinState {
  streamTimeMs: number;
  /** No unmatched record is older. */
  oldestMs: number;
  nextEmitMs: number;
  readonly left: WindowBuffer;
  readonly right: WindowBuffer;
  unmatched: Unmatched[];
}

/** What is looked for at most so often by the machine's clock (`EMIT_INTERVAL_MS_KSTREAMS_OUTER_JOIN_SPURIOUS_RESULTS_FIX`). */
const emitEveryMs = 1000;
/** Segments of a window store are at least this long; a record is refused where its whole segment is older than the retention. */
const segmentMsMin = 60_000;

const emptyBuffer = (): WindowBuffer => ({ streamTimeMs: -1, byKey: new Map() });

function keep(buffer: WindowBuffer, id: string, entry: Buffered, retentionMs: number): void {
  buffer.streamTimeMs = Math.max(buffer.streamTimeMs, entry.timestampMs);
  const segmentMs = Math.max(Math.floor(retentionMs / 2), segmentMsMin);
  if (Math.floor(entry.timestampMs / segmentMs) < Math.floor((buffer.streamTimeMs - retentionMs) / segmentMs)) return;
  const oldestMs = buffer.streamTimeMs - retentionMs;
  const entries = (buffer.byKey.get(id) ?? []).filter(({ timestampMs }) => timestampMs > oldestMs);
  const at = entries.findLastIndex(({ timestampMs }) => timestampMs <= entry.timestampMs) + 1;
  entries.splice(at, 0, entry);
  buffer.byKey.set(id, entries);
}

/** In the order that the store of unmatched records has: time, the right side first, key. */
const byTimeSideKey = (a: Unmatched, b: Unmatched): number =>
  a.timestampMs - b.timestampMs || Number(a.isLeft) - Number(b.isLeft) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Joins two streams: a record goes on with each record of its key on the other side within the window, at the later time of both. */
export function joinStreams(topology: Topology, left: Stream, right: Stream, join: StreamJoin): Stream {
  const program = new StreamJoinProgram(topology, join);
  left.connect((record, run) => program.take(record, true, run));
  right.connect((record, run) => program.take(record, false, run));
  return program.outlet;
}

class StreamJoinProgram {
  readonly outlet: Stream = new Outlet();
  private readonly store: (run: Run) => JoinState;
  private readonly join: StreamJoin;
  private readonly retentionMs: number;
  private readonly waits: boolean;

  constructor(topology: Topology, join: StreamJoin) {
    const { windows, keepsLeft, keepsRight } = join;
    this.join = join;
    this.retentionMs = windows.beforeMs + windows.afterMs + windows.graceMs;
    this.waits = windows.waitsForClose && (keepsLeft || keepsRight);
    this.store = topology.store<JoinState>(() => ({
      streamTimeMs: -1,
      oldestMs: Infinity,
      nextEmitMs: 0,
      left: emptyBuffer(),
      right: emptyBuffer(),
      unmatched: [],
    }));
  }

  take(record: StreamRecord, isLeft: boolean, run: Run): void {
    const state = this.store(run);
    this.match(record, isLeft, state, run);
    if (record.key === null || record.value === null) return;
    const entry = { timestampMs: record.timestampMs, row: record.value };
    keep(
      isLeft ? state.left : state.right,
      windowedIdentity(this.join.identity, { key: record.key, window: record.window }),
      entry,
      this.retentionMs,
    );
  }

  private match(record: StreamRecord, isLeft: boolean, state: JoinState, run: Run): void {
    const { key, value, timestampMs } = record;
    const { windows, keepsLeft, keepsRight, identity } = this.join;
    const isKept = isLeft ? keepsLeft : keepsRight;
    const afterMs = isLeft ? windows.afterMs : windows.beforeMs;
    const beforeMs = isLeft ? windows.beforeMs : windows.afterMs;
    state.streamTimeMs = Math.max(state.streamTimeMs, timestampMs);
    if (value === null || (key === null && !isKept)) return run.log('Skipping record due to null key or value.');
    if (key === null) return this.emit(record, { left: isLeft ? value : null, right: isLeft ? null : value }, timestampMs, run);
    if (timestampMs === state.streamTimeMs && this.waits) this.emitClosed(state, afterMs, record.headers, run);
    const id = windowedIdentity(identity, { key, window: record.window });
    const toMs = Math.max(0, timestampMs + afterMs);
    const partners = this.partners(isLeft ? state.right : state.left, id, Math.max(0, timestampMs - beforeMs), toMs);
    for (const partner of partners) {
      if (this.waits)
        state.unmatched = state.unmatched.filter(
          (one) => one.isLeft === isLeft || one.id !== id || one.timestampMs !== partner.timestampMs,
        );
      const pair = { left: isLeft ? value : partner.row, right: isLeft ? partner.row : value };
      this.emit(record, pair, Math.max(timestampMs, partner.timestampMs), run);
    }
    if (partners.length > 0 || !isKept) return;
    if (!this.waits || toMs < state.streamTimeMs)
      return this.emit(record, { left: isLeft ? value : null, right: isLeft ? null : value }, timestampMs, run);
    state.oldestMs = Math.min(state.oldestMs, timestampMs);
    state.unmatched.push({ id, key, window: record.window, isLeft, timestampMs, row: value });
    state.unmatched.sort(byTimeSideKey);
  }

  private partners(buffer: WindowBuffer, id: string, fromMs: number, toMs: number): readonly Buffered[] {
    const oldestMs = Math.max(fromMs, buffer.streamTimeMs - this.retentionMs + 1);
    return (buffer.byKey.get(id) ?? []).filter(({ timestampMs }) => timestampMs >= oldestMs && timestampMs <= toMs);
  }

  /** Emits records that found nothing until their window closed (`emitNonJoinedOuterRecords`). */
  private emitClosed(state: JoinState, afterMs: number, headers: readonly Header[], run: Run): void {
    const { windows } = this.join;
    if (state.oldestMs + afterMs + windows.graceMs >= state.streamTimeMs) return;
    if (run.wallClockMs < state.nextEmitMs) return;
    state.nextEmitMs = run.wallClockMs + emitEveryMs;
    state.oldestMs = Infinity;
    const emitted = new Set<Unmatched>();
    const isOpen = { left: false, right: false };
    for (const one of state.unmatched) {
      // As in Kafka Streams, this is the time of the last record that was looked at, not of the oldest that stays.
      state.oldestMs = one.timestampMs;
      if (isOpen.left && isOpen.right) break;
      const lookBackMs = one.isLeft ? windows.afterMs : windows.beforeMs;
      if (one.timestampMs + lookBackMs + windows.graceMs >= state.streamTimeMs) {
        isOpen[one.isLeft ? 'left' : 'right'] = true;
        continue;
      }
      emitted.add(one);
      const pair = { left: one.isLeft ? one.row : null, right: one.isLeft ? null : one.row };
      this.emit({ key: one.key, value: null, timestampMs: one.timestampMs, window: one.window, headers }, pair, one.timestampMs, run);
    }
    state.unmatched = state.unmatched.filter((one) => !emitted.has(one));
  }

  private emit(record: StreamRecord, { left, right }: { left: Row | null; right: Row | null }, timestampMs: number, run: Run): void {
    this.outlet.emit({ ...record, value: this.join.join(record.key, left, right), timestampMs }, run);
  }
}
