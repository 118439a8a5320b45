/**
 * Records as columns: a record is an index into these arrays, never an object. All arrays have the same length, the capacity.
 * Times are integer microseconds of virtual time in doubles.
 */
export interface RecordColumns {
  capacity: number;
  /** Event time, carried unchanged through processors: when the source made the record. Kafka's timestamp is this in whole ms. */
  timestampUs: Float64Array;
  /** When `send()` of the producer that wrote this copy was called; what stage latency is measured from. */
  sentUs: Float64Array;
  /** Id in the run's key table; -1 is the null key. */
  key: Int32Array;
  /** Bytes of the serialised value; -1 is a null value. */
  size: Int32Array;
  /** Number of the record at its source producer, from 0. With the root of `path` it is the record's identity. */
  sequence: Uint32Array;
  /** Id in the run's path table: which source made the record and which processors it passed. */
  path: Int32Array;
}

/** New columns for `capacity` records, all zero. */
export function createColumns(capacity: number): RecordColumns {
  return {
    capacity,
    timestampUs: new Float64Array(capacity),
    sentUs: new Float64Array(capacity),
    key: new Int32Array(capacity),
    size: new Int32Array(capacity),
    sequence: new Uint32Array(capacity),
    path: new Int32Array(capacity),
  };
}

/** Copies `count` records; a loop for short runs, where `.set` costs more than it saves (measured: the crossing is near 100). */
export function copyRecords(from: RecordColumns, fromIndex: number, to: RecordColumns, toIndex: number, count: number): void {
  if (count < 100) {
    for (let i = 0; i < count; i++) {
      const source = fromIndex + i;
      const target = toIndex + i;
      to.timestampUs[target] = from.timestampUs[source]!;
      to.sentUs[target] = from.sentUs[source]!;
      to.key[target] = from.key[source]!;
      to.size[target] = from.size[source]!;
      to.sequence[target] = from.sequence[source]!;
      to.path[target] = from.path[source]!;
    }
    return;
  }
  const end = fromIndex + count;
  to.timestampUs.set(from.timestampUs.subarray(fromIndex, end), toIndex);
  to.sentUs.set(from.sentUs.subarray(fromIndex, end), toIndex);
  to.key.set(from.key.subarray(fromIndex, end), toIndex);
  to.size.set(from.size.subarray(fromIndex, end), toIndex);
  to.sequence.set(from.sequence.subarray(fromIndex, end), toIndex);
  to.path.set(from.path.subarray(fromIndex, end), toIndex);
}

/** Columns of at least `capacity`, the first `count` records kept. Doubles, so that growing costs a constant per record. */
export function growColumns(columns: RecordColumns, count: number, capacity: number): RecordColumns {
  if (columns.capacity >= capacity) return columns;
  const grown = createColumns(Math.max(capacity, columns.capacity * 2, 16));
  copyRecords(columns, 0, grown, 0, count);
  return grown;
}
