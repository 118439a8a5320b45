/** Operators on streams that keep no state (`KStreamFilter`, `KStreamMapValues`, `KStreamFlatMapValues`, `KStreamMap`), and the ways in and out. */
import type { KeyForm, Row, SourceRecord, StreamRecord } from './row.ts';
import type { Run, Topology } from './topology.ts';
import { Outlet } from './topology.ts';

/** Records on their way, and the place in the structure that they come from. */
export interface Stream {
  readonly records: Outlet<StreamRecord>;
  /** The node that they come from. */
  readonly node: string;
  /** Source nodes of the part of the structure that they are in. */
  readonly sources: readonly string[];
  /** Whether equal keys may stand in different partitions, so that the stream has to be repartitioned before keys matter (`repartitionRequired`). */
  readonly isRekeyed: boolean;
}

/** The stream of a topic; `read` gives null for what is skipped. */
export function sourceStream(
  topology: Topology,
  topic: string,
  node: string,
  read: (record: SourceRecord, run: Run) => StreamRecord | null,
): Stream {
  const records = new Outlet<StreamRecord>();
  topology.source(topic).connect((record, run) => {
    const made = read(record, run);
    if (made) records.emit(made, run);
  });
  const source = topology.structure.source(node, topic);
  return { records, node: source, sources: [source], isRekeyed: false };
}

/** A node that does nothing by itself, as what it does is done by the one before or after it. */
export function passStream(topology: Topology, stream: Stream, node: string): Stream {
  return { ...stream, node: topology.structure.processor(node, [stream.node]) };
}

/** A node that hands on nothing (`peek` whose result is not used): it takes a number. */
export function peekNode({ structure }: Topology, { node }: Stream): void {
  structure.processor(structure.name('KSTREAM-PEEK-'), [node]);
}

/** Goes on with what `transform` makes of a record, nothing where it gives null. */
function derive(
  topology: Topology,
  stream: Stream,
  node: string,
  transform: (record: StreamRecord, run: Run) => StreamRecord | null,
): Stream {
  const records = new Outlet<StreamRecord>();
  stream.records.connect((record, run) => {
    const derived = transform(record, run);
    if (derived) records.emit(derived, run);
  });
  return { ...passStream(topology, stream, node), records };
}

/** Records without a value do not pass a condition (`SqlPredicate`). */
export function filterStream(topology: Topology, stream: Stream, node: string, holds: (row: Row, run: Run) => boolean): Stream {
  return derive(topology, stream, node, (record, run) => (record.value !== null && holds(record.value, run) ? record : null));
}

/** Other values under the same key; a record without a value stays without. */
export function mapStream(
  topology: Topology,
  stream: Stream,
  node: string,
  map: (row: Row, record: StreamRecord, run: Run) => Row,
): Stream {
  return derive(topology, stream, node, (record, run) =>
    record.value === null ? record : { ...record, value: map(record.value, record, run) },
  );
}

/** One record per row that the table functions make of a record's value. */
export function flatMapStream(topology: Topology, stream: Stream, node: string, expand: (row: Row, run: Run) => readonly Row[]): Stream {
  const records = new Outlet<StreamRecord>();
  stream.records.connect((record, run) => {
    if (record.value === null) return;
    for (const value of expand(record.value, run)) records.emit({ ...record, value }, run);
  });
  return { ...passStream(topology, stream, node), records };
}

/** Both the key and the value anew; null drops the record. Its window goes with the key. */
export function rekeyStream(
  topology: Topology,
  stream: Stream,
  node: string,
  rekey: (record: StreamRecord, run: Run) => { readonly key: Row | null; readonly value: Row | null } | null,
): Stream {
  const rekeyed = derive(topology, stream, node, (record, run) => {
    const made = rekey(record, run);
    return made && { ...record, ...made };
  });
  return { ...rekeyed, isRekeyed: true };
}

export interface Repartition extends Pick<KeyForm, 'payload'> {
  /** The internal topic's name without application and `-repartition`. */
  readonly name: string;
  /** Whether records without a key go through too, as left joins of streams need them (KIP-962). */
  readonly keepsNullKeys: boolean;
}

/** Names of repartition nodes that follow the topic's, unless that is only a node's own name (`createRepartitionedSource`). */
function repartitionNodes({ structure }: Topology, name: string) {
  const generated = [structure.name('KSTREAM-SINK-'), structure.name('KSTREAM-FILTER-'), structure.name('KSTREAM-SOURCE-')] as const;
  const topic = name.endsWith('-repartition') ? name : `${name}-repartition`;
  const [sink, filter, source] = /^KSTREAM.*-\d{10}$/.test(name)
    ? generated
    : ([`${topic}-sink`, `${topic}-filter`, `${topic}-source`] as const);
  return { topic, sink, filter, source };
}

/** Sends a stream through an internal topic, so that equal keys meet. */
export function repartitionStream(topology: Topology, stream: Stream, { payload, name, keepsNullKeys }: Repartition): Stream {
  const { structure } = topology;
  const { topic, sink, filter, source } = repartitionNodes(topology, name);
  structure.processor(filter, [stream.node]);
  structure.sink(sink, topic, [filter]);
  structure.source(source, topic);
  const channel = topology.channel<StreamRecord>({ name: topic, partitionKey: ({ key }) => payload(key) });
  stream.records.connect((record, run) => {
    if (record.key !== null || keepsNullKeys) channel.send(record, run);
  });
  return { records: channel.outlet, node: source, sources: [source], isRekeyed: false };
}

/** Hands a stream's records to the writer of a topic. */
export function sinkStream(topology: Topology, stream: Stream, topic: string, write: (record: StreamRecord, run: Run) => void): void {
  const { structure } = topology;
  structure.sink(structure.name('KSTREAM-SINK-'), topic, [stream.node]);
  stream.records.connect(write);
}
