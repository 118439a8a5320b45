/** Operators of Kafka Streams on streams that statements of SQL have no word for (`KStreamImpl`, `BranchedKStreamImpl`). */
import type { KeyForm, StreamRecord } from './row.ts';
import type { Stream } from './streams.ts';
import { passStream, repartitionStream } from './streams.ts';
import type { Table } from './tables.ts';
import { tableOfStream } from './tables.ts';
import type { Run, Topology } from './topology.ts';
import { Outlet } from './topology.ts';

/** Shows each record to `see` and hands it on as it is (`KStreamPeek`). */
export function peekStream(topology: Topology, stream: Stream, node: string, see: (record: StreamRecord, run: Run) => void): Stream {
  const records = new Outlet<StreamRecord>();
  stream.records.connect((record, run) => {
    see(record, run);
    records.emit(record, run);
  });
  return { ...passStream(topology, stream, node), records };
}

/** Records for which a condition on the whole record holds, those without a value included (`KStreamFilter`). */
export function filterRecords(
  topology: Topology,
  stream: Stream,
  node: string,
  holds: (record: StreamRecord, run: Run) => boolean,
): Stream {
  const records = new Outlet<StreamRecord>();
  stream.records.connect((record, run) => {
    if (holds(record, run)) records.emit(record, run);
  });
  return { ...passStream(topology, stream, node), records };
}

/** Any number of records for each, under keys of their own (`KStreamFlatMap`). */
export function flatMapRecords(
  topology: Topology,
  stream: Stream,
  node: string,
  expand: (record: StreamRecord, run: Run) => readonly Pick<StreamRecord, 'key' | 'value'>[],
): Stream {
  const records = new Outlet<StreamRecord>();
  stream.records.connect((record, run) => {
    for (const made of expand(record, run)) records.emit({ ...record, ...made }, run);
  });
  return { ...passStream(topology, stream, node), records, isRekeyed: true };
}

/** All records of both streams, each when it comes. */
export function mergeStreams(topology: Topology, left: Stream, right: Stream, node: string): Stream {
  topology.structure.processor(node, [left.node, right.node]);
  const records = new Outlet<StreamRecord>();
  for (const stream of [left, right]) stream.records.connect((record, run) => records.emit(record, run));
  return { records, node, sources: [...left.sources, ...right.sources], isRekeyed: left.isRekeyed || right.isRekeyed };
}

/**
 * One stream for each condition and one for the rest, in this order: a record goes to the first whose condition holds (`KStreamBranch`). The branches' nodes
 * are named after `node`: with their number, 0 for the rest.
 */
export function splitStream(
  topology: Topology,
  stream: Stream,
  node: string,
  conditions: readonly ((record: StreamRecord, run: Run) => boolean)[],
): Stream[] {
  const { structure } = topology;
  const split = passStream(topology, stream, node);
  const branches = [...conditions.keys(), -1].map((index): Stream => {
    const name = `${node}${String(index + 1)}`;
    structure.skip();
    return { ...passStream(topology, split, name), records: new Outlet<StreamRecord>() };
  });
  stream.records.connect((record, run) => {
    const found = conditions.findIndex((holds) => holds(record, run));
    branches.at(found)!.records.emit(record, run);
  });
  return branches;
}

/** A stream through an internal topic of its own, whether or not its key has changed; null names it as Kafka Streams does. */
export function repartitionAlways(topology: Topology, stream: Stream, name: string | null, { payload }: Pick<KeyForm, 'payload'>): Stream {
  return repartitionStream(topology, stream, {
    name: name ?? topology.structure.name('KSTREAM-REPARTITION-'),
    payload,
    keepsNullKeys: true,
  });
}

/** The latest record of each key as a table (`KStreamImpl.toTable`); null names it and its store as Kafka Streams does. */
export function toTable(
  topology: Topology,
  stream: Stream,
  { identity, payload }: KeyForm,
  { name, store }: { readonly name: string | null; readonly store: string | null },
): Table {
  const { structure } = topology;
  const node = structure.name('KSTREAM-TOTABLE-', name);
  const storeName = store ?? structure.storeName('KSTREAM-TOTABLE-');
  const input = stream.isRekeyed ? repartitionStream(topology, stream, { name: node, payload, keepsNullKeys: false }) : stream;
  return tableOfStream(topology, input, { identity, node, store: storeName, isKept: store !== null });
}
