/** A stream without the records that repeat another within some time (KIP-655, which is accepted but in no release of Kafka Streams). */
import { addToSegment, dropSegments, noSegments, removeFromSegment, segmentOf } from './retention.ts';
import type { Segments } from './retention.ts';
import type { KeyForm, Row, StreamRecord } from './row.ts';
import type { Indexing } from './store.ts';
import type { Stream } from './streams.ts';
import { repartitionStream } from './streams.ts';
import type { TableRow } from './tables.ts';
import type { Run, Topology } from './topology.ts';
import { Outlet } from './topology.ts';

export interface Deduplication extends KeyForm {
  /** How far apart the times of records are that can repeat each other. */
  readonly intervalMs: number;
  /** What records that repeat each other have in common besides their key; null for one that repeats nothing. Null: the key alone. */
  readonly idOf: ((record: StreamRecord, run: Run) => string | null) | null;
  /** Of the node, the internal topic and the store; null: names made as Kafka Streams makes them. */
  readonly name: string | null;
}

interface DuplicateIndex {
  /** Times of the records that went on, by what they have in common. */
  readonly times: Map<string, number[]>;
  readonly segments: Segments;
}

const idOf = (id: string): string => id.slice(0, id.lastIndexOf('\u0000'));

const indexing = (retentionMs: number): Indexing<TableRow, DuplicateIndex> => ({
  initial: () => ({ times: new Map(), segments: noSegments() }),
  added: ({ times, segments }, id, { timestampMs }) => {
    times.set(idOf(id), [...(times.get(idOf(id)) ?? []), timestampMs]);
    addToSegment(segments, id, segmentOf(timestampMs, retentionMs));
  },
  removed: ({ times, segments }, id, { timestampMs }) => {
    const rest = (times.get(idOf(id)) ?? []).filter((one) => one !== timestampMs);
    if (rest.length > 0) times.set(idOf(id), rest);
    else times.delete(idOf(id));
    removeFromSegment(segments, id, segmentOf(timestampMs, retentionMs));
  },
});

/**
 * A record goes on unless one of its key, and id, went on whose time is no further away than the interval. One that is further behind the time of the stream
 * is dropped, as what it might repeat is forgotten; one without a key or an id goes on, as it repeats nothing.
 */
export function deduplicateStream(topology: Topology, stream: Stream, deduplication: Deduplication): Stream {
  const { intervalMs, identity, payload, name } = deduplication;
  const { structure } = topology;
  const node = structure.name('KSTREAM-DEDUPLICATE-', name);
  const storeName = name === null ? structure.storeName('KSTREAM-DEDUPLICATE-') : `${name}-store`;
  const input = stream.isRekeyed ? repartitionStream(topology, stream, { name: node, payload, keepsNullKeys: true }) : stream;
  const retentionMs = 2 * intervalMs;
  const store = topology.store({ name: storeName, kind: 'window', retentionMs }, indexing(retentionMs));
  const memory = topology.memory<{ streamTimeMs: number }>({ survives: 'none' }, () => ({ streamTimeMs: -1 }));
  structure.processor(node, [input.node], [store.number]);
  const records = new Outlet<StreamRecord>();
  input.records.connect((record, run) => {
    const { key, timestampMs } = record;
    const known = memory(run);
    known.streamTimeMs = Math.max(known.streamTimeMs, timestampMs);
    const id = deduplication.idOf === null ? '' : deduplication.idOf(record, run);
    if (key === null || id === null) return records.emit(record, run);
    if (timestampMs < known.streamTimeMs - intervalMs) return run.log('Skipping record that is later than the deduplication interval.');
    const common = JSON.stringify([identity(key), id]);
    const near = (store.index(run).times.get(common) ?? []).some((time) => Math.abs(time - timestampMs) <= intervalMs);
    if (near) return;
    const row: Row = [];
    const window = { startMs: timestampMs, endMs: timestampMs + intervalMs, kind: 'time' as const };
    store.put(`${common}\u0000${String(timestampMs)}`, { key, window, row, timestampMs }, run);
    dropSegments(store, { oldestMs: known.streamTimeMs - retentionMs, retentionMs }, run);
    records.emit(record, run);
  });
  return { records, node, sources: input.sources, isRekeyed: false };
}
