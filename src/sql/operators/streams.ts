/** Operators on streams that keep no state (`KStreamFilter`, `KStreamMapValues`, `KStreamFlatMapValues`, `StreamSelectKeyBuilder`). */
import type { KeyForm, Row, StreamRecord } from './row.ts';
import type { Run, Topology } from './topology.ts';
import { Outlet } from './topology.ts';

export type Stream = Outlet<StreamRecord>;

/** Goes on with what `transform` makes of a record, nothing where it gives null. */
function derive(stream: Stream, transform: (record: StreamRecord, run: Run) => StreamRecord | null): Stream {
  const outlet: Stream = new Outlet();
  stream.connect((record, run) => {
    const derived = transform(record, run);
    if (derived) outlet.emit(derived, run);
  });
  return outlet;
}

/** Records without a value do not pass a condition (`SqlPredicate`). */
export function filterStream(stream: Stream, holds: (row: Row, run: Run) => boolean): Stream {
  return derive(stream, (record, run) => (record.value !== null && holds(record.value, run) ? record : null));
}

/** Other values under the same key; a record without a value stays without. */
export function mapStream(stream: Stream, map: (row: Row, record: StreamRecord, run: Run) => Row): Stream {
  return derive(stream, (record, run) => (record.value === null ? record : { ...record, value: map(record.value, record, run) }));
}

/** One record per row that the table functions make of a record's value. */
export function flatMapStream(stream: Stream, expand: (row: Row, run: Run) => readonly Row[]): Stream {
  const outlet: Stream = new Outlet();
  stream.connect((record, run) => {
    if (record.value === null) return;
    for (const value of expand(record.value, run)) outlet.emit({ ...record, value }, run);
  });
  return outlet;
}

/** Both the key and the value anew; null drops the record. Its window goes with the key. */
export function rekeyStream(
  stream: Stream,
  rekey: (record: StreamRecord, run: Run) => { readonly key: Row | null; readonly value: Row | null } | null,
): Stream {
  return derive(stream, (record, run) => {
    const made = rekey(record, run);
    return made && { ...record, ...made };
  });
}

/** Sends a stream through the internal topic of that name, so that equal keys meet. */
export function repartitionStream(topology: Topology, stream: Stream, { payload }: Pick<KeyForm, 'payload'>, name: string): Stream {
  const channel = topology.channel<StreamRecord>({ name, partitionKey: ({ key }) => payload(key) });
  stream.connect(channel.send);
  return channel.outlet;
}
