/** The stream or table of a source's topic, with the columns that processing adds (`SourceBuilder`, `SourceBuilderUtils`). */
import { globalTable, type GlobalTable } from '../operators/globalTable.ts';
import type { Header, Row, RowWindow, SourceRecord, StreamRecord } from '../operators/row.ts';
import { passStream, sourceStream } from '../operators/streams.ts';
import { mapTable, passTable, tableOfStream } from '../operators/tables.ts';
import type { Run, Topology } from '../operators/topology.ts';
import { base64Bytes } from '../types/bytes.ts';
import type { SqlValue } from '../types/sqlType.ts';
import type { DataSource, HeaderColumn, WindowInfo } from './catalogue.ts';
import { serdeOf } from './catalogue.ts';
import { identityOf } from './keyIdentity.ts';
import type { Relation } from './relation.ts';
import type { Schema } from './schema.ts';
import { pseudoColumns, windowBounds } from './schema.ts';
import type { ParseTimestamp } from './timestamps.ts';
import { extractTimestamp } from './timestamps.ts';

/** The columns of a source while it is processed: its values, headers, pseudo columns, key, and the bounds of its windows. */
export function processingSchema({ schema, headers, window }: DataSource): Schema {
  const bounds = window ? windowBounds : [];
  return { key: schema.key, value: [...schema.value, ...headers, ...pseudoColumns, ...schema.key, ...bounds] };
}

const headerBytes = (header: Header): SqlValue => (header.value === null ? null : base64Bytes(header.value));

function headerValue(headers: readonly Header[], { header }: HeaderColumn): SqlValue {
  if (header === null) return headers.map((one) => [one.key, headerBytes(one)]);
  const last = headers.findLast(({ key }) => key === header);
  return last ? headerBytes(last) : null;
}

/** A window as a topic's reader has it: of time windows a topic holds the start alone, the size is the reader's (`TimeWindowedDeserializer`). */
export function sizedWindow(window: RowWindow | null, info: WindowInfo | null): RowWindow | null {
  if (!info || !window || info.sizeMs === null) return info && window;
  return { ...window, endMs: window.startMs + info.sizeMs };
}

export interface SourceOptions {
  readonly parseTimestamp: ParseTimestamp;
  readonly throwsOnInvalidTimestamp: boolean;
  /** Whether the source's rows get a key of another form later. */
  readonly isRekeyed?: boolean;
}

/** Reads a source's topic, in the step of that name. A record that does not fit the source's columns is skipped, and the processing log told. */
export function relationOfSource(topology: Topology, source: DataSource, name: string, options: SourceOptions): Relation {
  const schema = processingSchema(source);
  const read = reader(source, options);
  const common = { schema, keyFormat: source.keyFormat, window: source.window };
  if (source.kind === 'TABLE')
    return { ...common, ...sourceTable(topology, source, name, { read, isRekeyed: options.isRekeyed ?? false }) };
  const { structure } = topology;
  const stream = sourceStream(topology, source.topic, structure.name('KSTREAM-SOURCE-'), read);
  return { ...common, kind: 'STREAM', stream: passStream(topology, stream, structure.name('KSTREAM-PROCESSVALUES-')) };
}

/** Reads a source's topic as a table that every instance has as a whole; its rows have the columns of `processingSchema`. */
export function globalTableOfSource(topology: Topology, source: DataSource, options: SourceOptions): GlobalTable {
  return globalTable(topology, source.topic, reader(source, options), { identity: identityOf(source.schema.key), store: null });
}

/**
 * A table keeps its rows with the columns that processing adds, unless it is rekeyed later, where they are kept then (`SourceBuilder`). A table with
 * windows keeps the topic's own rows, for which the topic stands as the changelog (`SourceBuilderV1`).
 */
function sourceTable(
  topology: Topology,
  source: DataSource,
  name: string,
  { read, isRekeyed }: { readonly read: Read; readonly isRekeyed: boolean },
): Pick<Extract<Relation, { kind: 'TABLE' }>, 'kind' | 'table' | 'isMaterialised'> {
  const { structure } = topology;
  const identity = identityOf(source.schema.key);
  const isWindowed = source.window !== null;
  const generatedStore = isWindowed ? null : structure.storeName(`${source.topic}-`);
  const stream = sourceStream(topology, source.topic, structure.name('KSTREAM-SOURCE-'), read);
  const node = structure.name('KTABLE-SOURCE-');
  const own = { identity, node, store: generatedStore ?? `${name}-Reduce`, isKept: isWindowed };
  const table = tableOfStream(topology, stream, isWindowed ? { ...own, reused: { topic: source.topic, read } } : own);
  const kept = isWindowed
    ? table
    : mapTable(topology, table, {
        node: structure.name('KTABLE-TRANSFORMVALUES-'),
        map: (row) => row,
        store: isRekeyed ? null : { name: `${name}-Reduce`, identity },
      });
  return { kind: 'TABLE', isMaterialised: true, table: passTable(topology, kept, structure.name('KTABLE-TRANSFORMVALUES-')) };
}

type Read = (record: SourceRecord, run: Run) => StreamRecord | null;

function reader(source: DataSource, options: SourceOptions): Read {
  const keySerde = serdeOf(source.keyFormat, source.schema.key);
  const valueSerde = serdeOf(source.valueFormat, source.schema.value);
  const timeOf = timeReader(source, options);
  const keyCount = source.schema.key.length;
  const width = processingSchema(source).value.length;
  return (record, run) => {
    let key: Row | null;
    let value: Row | null;
    try {
      key = keySerde.deserialise(record.key);
      value = valueSerde.deserialise(record.value);
    } catch (error) {
      run.log(`Failed to deserialize a record of ${source.topic}: ${String(error)}`);
      return null;
    }
    const timestampMs = timeOf(key, value, record);
    if (timestampMs === null) {
      run.log(`Skipping a record of ${source.topic} without a valid timestamp.`);
      return null;
    }
    const { headers, partition, offset } = record;
    const window = sizedWindow(record.window, source.window);
    let row: SqlValue[] | null = null;
    // Each record comes here, so that no list is made but the row, and that with its size.
    if (value) {
      row = new Array<SqlValue>(width);
      let at = 0;
      for (; at < value.length; at++) row[at] = value[at]!;
      for (const column of source.headers) row[at++] = headerValue(headers, column);
      row[at++] = BigInt(timestampMs);
      row[at++] = partition;
      row[at++] = BigInt(offset);
      for (let i = 0; i < keyCount; i++) row[at++] = key?.[i] ?? null;
      if (source.window) {
        row[at++] = window && BigInt(window.startMs);
        row[at] = window && BigInt(window.endMs);
      }
    }
    return { key, value: row, timestampMs, window, headers };
  };
}

function timeReader({ schema, timestamp }: DataSource, { parseTimestamp, throwsOnInvalidTimestamp }: SourceOptions) {
  if (!timestamp) return (_key: Row | null, _value: Row | null, record: SourceRecord): number | null => record.timestampMs;
  const inKey = schema.key.findIndex(({ name }) => name === timestamp.column);
  const inValue = schema.value.findIndex(({ name }) => name === timestamp.column);
  return (key: Row | null, value: Row | null, record: SourceRecord): number | null => {
    if (value === null) return record.timestampMs;
    const found = extractTimestamp((inKey >= 0 ? key?.[inKey] : value[inValue]) ?? null, timestamp.format, parseTimestamp);
    if (found === null && throwsOnInvalidTimestamp) throw new Error('Fatal user code error in TimestampExtractor callback for record');
    return found;
  };
}
