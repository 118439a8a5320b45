/** Bytes being written: a buffer that doubles, a view over it and the position of the next byte. Reused from batch to batch. */
export interface ByteSink {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView;
  position: number;
}

/** An empty sink with room for `capacity` bytes. */
export function createByteSink(capacity = 65536): ByteSink {
  const bytes = new Uint8Array(capacity);
  return { bytes, view: new DataView(bytes.buffer), position: 0 };
}

/** Makes room for `count` more bytes. */
export function reserve(sink: ByteSink, count: number): void {
  const needed = sink.position + count;
  if (needed <= sink.bytes.length) return;
  const grown = new Uint8Array(Math.max(needed, sink.bytes.length * 2));
  grown.set(sink.bytes.subarray(0, sink.position));
  sink.bytes = grown;
  sink.view = new DataView(grown.buffer);
}

/** A copy of what was written so far. */
export function writtenBytes(sink: ByteSink): Uint8Array<ArrayBuffer> {
  return sink.bytes.slice(0, sink.position);
}

/** A big-endian 64-bit integer of up to 2^53 in size. */
export function setInt64(view: DataView, at: number, value: number): void {
  view.setInt32(at, Math.floor(value / 4294967296));
  view.setInt32(at + 4, value | 0);
}

/** Reads what `setInt64` wrote; beyond 2^53 the nearest double. */
export function getInt64(view: DataView, at: number): number {
  return view.getInt32(at) * 4294967296 + view.getUint32(at + 4);
}
