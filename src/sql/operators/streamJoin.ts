/** Joins of two streams within a window (`KStreamImplJoin`, `KStreamJoinWindow`, `KStreamKStreamJoin`, `TimestampedKeyAndJoinSide`). */
import type { Segments } from './retention.ts';
import { addToSegment, dropSegments, noSegments, removeFromSegment, segmentOf } from './retention.ts';
import type { Header, KeyForm, Row, StreamRecord } from './row.ts';
import type { Indexing, Store } from './store.ts';
import type { Stream } from './streams.ts';
import { repartitionStream } from './streams.ts';
import type { WindowedKey } from './tables.ts';
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
  /** Keys of either side. */
  readonly form: KeyForm;
  /** The name that nodes and internal topics have; null: Kafka Streams' names. */
  readonly name: string | null;
}

/** A record of one side. */
interface Buffered extends WindowedKey {
  readonly timestampMs: number;
  readonly row: Row;
}

/** What the records of a side are found by; what is older than the retention cannot be found any more. */
interface BufferIndex {
  /** The latest time of a record that came; -1 before the first. */
  latestMs: number;
  /** How many records were written, which tells those of one key and time apart. */
  written: number;
  /** Ids of each key in order of their times. */
  readonly byKey: Map<string, string[]>;
  readonly segments: Segments;
}

type Buffer = Store<Buffered, BufferIndex>;

/** Records of one key, side and time that have found nothing yet (`TimestampedKeyAndJoinSide`). */
interface Unmatched extends WindowedKey {
  readonly keyId: string;
  readonly isLeft: boolean;
  readonly timestampMs: number;
  readonly rows: readonly Row[];
}

/** What the operator knows besides its stores. */
interface JoinMemory {
  streamTimeMs: number;
  /** No unmatched record is older. */
  oldestMs: number;
  nextEmitMs: number;
}

/** What is looked for at most so often by the machine's clock (`EMIT_INTERVAL_MS_KSTREAMS_OUTER_JOIN_SPURIOUS_RESULTS_FIX`). */
const emitEveryMs = 1000;
const idOf = (keyId: string, timestampMs: number, sequence: number): string =>
  `${keyId}\u0000${String(timestampMs)}\u0000${String(sequence)}`;

/** The part of an id that is the key's. */
const keyOf = (id: string): string => id.slice(0, id.lastIndexOf('\u0000', id.lastIndexOf('\u0000') - 1));
const timeOf = (id: string): number => Number(id.slice(keyOf(id).length + 1, id.lastIndexOf('\u0000')));

const indexing = (retentionMs: number): Indexing<Buffered, BufferIndex> => ({
  initial: () => ({ latestMs: -1, written: 0, byKey: new Map(), segments: noSegments() }),
  added: (index, id, { timestampMs }) => {
    index.latestMs = Math.max(index.latestMs, timestampMs);
    const ids = index.byKey.get(keyOf(id)) ?? [];
    ids.splice(ids.findLastIndex((one) => timeOf(one) <= timestampMs) + 1, 0, id);
    index.byKey.set(keyOf(id), ids);
    addToSegment(index.segments, id, segmentOf(timestampMs, retentionMs));
  },
  removed: ({ byKey, segments }, id, { timestampMs }) => {
    const rest = (byKey.get(keyOf(id)) ?? []).filter((one) => one !== id);
    if (rest.length > 0) byKey.set(keyOf(id), rest);
    else byKey.delete(keyOf(id));
    removeFromSegment(segments, id, segmentOf(timestampMs, retentionMs));
  },
});

/** Writes a record of a side, unless its whole segment is older than the retention. */
function keep(buffer: Buffer, keyId: string, entry: Buffered, retentionMs: number, run: Run): void {
  const index = buffer.index(run);
  index.latestMs = Math.max(index.latestMs, entry.timestampMs);
  const oldestMs = index.latestMs - retentionMs;
  if (segmentOf(entry.timestampMs, retentionMs) < segmentOf(oldestMs, retentionMs)) return;
  dropSegments(buffer, { oldestMs, retentionMs }, run);
  buffer.put(idOf(keyId, entry.timestampMs, ++index.written), entry, run);
}

/** The ids of unmatched records are in the order that their store has: time, the right side first, key. */
const unmatchedId = ({ keyId, isLeft, timestampMs }: Pick<Unmatched, 'keyId' | 'isLeft' | 'timestampMs'>): string =>
  `${String(timestampMs).padStart(16, '0')}${isLeft ? 'l' : 'b'}${keyId}`;

/** Joins two streams: a record goes on with each record of its key on the other side within the window, at the later time of both. */
export function joinStreams(topology: Topology, left: Stream, right: Stream, join: StreamJoin): Stream {
  const { name, form, keepsLeft, keepsRight } = join;
  const keepsNullKeys = keepsLeft || keepsRight;
  const moved = (side: Stream, which: string): Stream =>
    side.isRekeyed ? repartitionStream(topology, side, { ...form, name: name === null ? side.node : name + which, keepsNullKeys }) : side;
  const [ofLeft, ofRight] = [moved(left, '-left'), moved(right, '-right')];
  const { structure } = topology;
  structure.copartition([...ofLeft.sources, ...ofRight.sources]);
  const names = joinNames(topology, join);
  const program = new StreamJoinProgram(topology, join, names);
  structure.processor(names.left.windowed, [ofLeft.node], [program.left.number]);
  structure.processor(names.right.windowed, [ofRight.node], [program.right.number]);
  const unmatched = program.unmatched ? [program.unmatched.number] : [];
  structure.processor(names.left.join, [names.left.windowed], [program.right.number, ...unmatched]);
  structure.processor(names.right.join, [names.right.windowed], [program.left.number, ...unmatched]);
  structure.processor(names.merge, [names.left.join, names.right.join]);
  ofLeft.records.connect((record, run) => program.take(record, true, run));
  ofRight.records.connect((record, run) => program.take(record, false, run));
  return { records: program.outlet, node: names.merge, sources: [...ofLeft.sources, ...ofRight.sources], isRekeyed: false };
}

/** Names of the nodes and stores of a join (`KStreamImplJoin`); a side is called outer by whether the other one is kept. */
function joinNames({ structure }: Topology, { name, keepsLeft, keepsRight }: StreamJoin) {
  const own = (suffix: string) => (name === null ? null : name + suffix);
  const windowed = [
    structure.name('KSTREAM-WINDOWED-', own('-this-windowed')),
    structure.name('KSTREAM-WINDOWED-', own('-other-windowed')),
  ];
  const left = structure.name(keepsRight ? 'KSTREAM-OUTERTHIS-' : 'KSTREAM-JOINTHIS-');
  const right = structure.name(keepsLeft ? 'KSTREAM-OUTEROTHER-' : 'KSTREAM-JOINOTHER-');
  const merge = structure.name('KSTREAM-MERGE-', own('-merge'));
  return {
    left: { windowed: windowed[0]!, join: own(keepsRight ? '-outer-this-join' : '-this-join') ?? left, store: `${left}-store` },
    right: { windowed: windowed[1]!, join: own(keepsLeft ? '-outer-other-join' : '-other-join') ?? right, store: `${right}-store` },
    merge,
    unmatched: `KSTREAM-OUTERSHARED-${left.slice(-10)}-store`,
  };
}

class StreamJoinProgram {
  readonly outlet = new Outlet<StreamRecord>();
  readonly left: Buffer;
  readonly right: Buffer;
  /** Null where no record waits for its window to close. */
  readonly unmatched: Store<Unmatched> | null;
  private readonly memory: (run: Run) => JoinMemory;
  private readonly join: StreamJoin;
  private readonly retentionMs: number;

  constructor(topology: Topology, join: StreamJoin, names: ReturnType<typeof joinNames>) {
    const { windows, keepsLeft, keepsRight } = join;
    this.join = join;
    const retentionMs = windows.beforeMs + windows.afterMs + windows.graceMs;
    this.retentionMs = retentionMs;
    this.left = topology.store({ name: names.left.store, kind: 'join', retentionMs }, indexing(retentionMs));
    this.right = topology.store({ name: names.right.store, kind: 'join', retentionMs }, indexing(retentionMs));
    const waits = windows.waitsForClose && (keepsLeft || keepsRight);
    this.unmatched = waits ? topology.store<Unmatched>({ name: names.unmatched, kind: 'list', retentionMs: null }) : null;
    this.memory = topology.memory<JoinMemory>({ survives: 'none' }, () => ({ streamTimeMs: -1, oldestMs: Infinity, nextEmitMs: 0 }));
  }

  take(record: StreamRecord, isLeft: boolean, run: Run): void {
    this.match(record, isLeft, run);
    const { key, value, timestampMs, window } = record;
    if (key === null || value === null) return;
    const keyId = windowedIdentity(this.join.form.identity, { key, window });
    keep(isLeft ? this.left : this.right, keyId, { key, window, timestampMs, row: value }, this.retentionMs, run);
  }

  private match(record: StreamRecord, isLeft: boolean, run: Run): void {
    const { key, value, timestampMs } = record;
    const { windows, keepsLeft, keepsRight, form } = this.join;
    const isKept = isLeft ? keepsLeft : keepsRight;
    const afterMs = isLeft ? windows.afterMs : windows.beforeMs;
    const beforeMs = isLeft ? windows.beforeMs : windows.afterMs;
    const known = this.memory(run);
    known.streamTimeMs = Math.max(known.streamTimeMs, timestampMs);
    if (value === null || (key === null && !isKept)) return run.log('Skipping record due to null key or value.');
    if (key === null) return this.emit(record, { left: isLeft ? value : null, right: isLeft ? null : value }, timestampMs, run);
    if (timestampMs === known.streamTimeMs) this.emitClosed(afterMs, record.headers, run);
    const keyId = windowedIdentity(form.identity, { key, window: record.window });
    const toMs = Math.max(0, timestampMs + afterMs);
    const partners = this.partners(isLeft ? this.right : this.left, keyId, { fromMs: Math.max(0, timestampMs - beforeMs), toMs }, run);
    for (const partner of partners) {
      const waiting = unmatchedId({ keyId, isLeft: !isLeft, timestampMs: partner.timestampMs });
      if (this.unmatched?.get(waiting, run)) this.unmatched.put(waiting, null, run);
      const pair = { left: isLeft ? value : partner.row, right: isLeft ? partner.row : value };
      this.emit(record, pair, Math.max(timestampMs, partner.timestampMs), run);
    }
    if (partners.length > 0 || !isKept) return;
    if (!this.unmatched || toMs < known.streamTimeMs)
      return this.emit(record, { left: isLeft ? value : null, right: isLeft ? null : value }, timestampMs, run);
    known.oldestMs = Math.min(known.oldestMs, timestampMs);
    const id = unmatchedId({ keyId, isLeft, timestampMs });
    const rows = [...(this.unmatched.get(id, run)?.rows ?? []), value];
    this.unmatched.put(id, { keyId, key, window: record.window, isLeft, timestampMs, rows }, run);
  }

  private partners(
    buffer: Buffer,
    keyId: string,
    { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
    run: Run,
  ): readonly Buffered[] {
    const { latestMs, byKey } = buffer.index(run);
    const oldestMs = Math.max(fromMs, latestMs - this.retentionMs + 1);
    const entries = (byKey.get(keyId) ?? []).map((id) => buffer.get(id, run)!);
    return entries.filter(({ timestampMs }) => timestampMs >= oldestMs && timestampMs <= toMs);
  }

  /** Emits records that found nothing until their window closed (`emitNonJoinedOuterRecords`). */
  private emitClosed(afterMs: number, headers: readonly Header[], run: Run): void {
    const { unmatched } = this;
    const { windows } = this.join;
    const known = this.memory(run);
    if (!unmatched || known.oldestMs + afterMs + windows.graceMs >= known.streamTimeMs) return;
    if (run.wallClockMs < known.nextEmitMs) return;
    known.nextEmitMs = run.wallClockMs + emitEveryMs;
    known.oldestMs = Infinity;
    const isOpen = { left: false, right: false };
    for (const [id, one] of [...unmatched.entries(run)].sort(([a], [b]) => (a < b ? -1 : 1))) {
      // As in Kafka Streams, this is the time of the last record that was looked at, not of the oldest that stays.
      known.oldestMs = one.timestampMs;
      if (isOpen.left && isOpen.right) break;
      const lookBackMs = one.isLeft ? windows.afterMs : windows.beforeMs;
      if (one.timestampMs + lookBackMs + windows.graceMs >= known.streamTimeMs) {
        isOpen[one.isLeft ? 'left' : 'right'] = true;
        continue;
      }
      for (const row of one.rows) {
        const pair = { left: one.isLeft ? row : null, right: one.isLeft ? null : row };
        this.emit({ key: one.key, value: null, timestampMs: one.timestampMs, window: one.window, headers }, pair, one.timestampMs, run);
      }
      unmatched.put(id, null, run);
    }
  }

  private emit(record: StreamRecord, { left, right }: { left: Row | null; right: Row | null }, timestampMs: number, run: Run): void {
    this.outlet.emit({ ...record, value: this.join.join(record.key, left, right), timestampMs }, run);
  }
}
