/**
 * Columns packed into a buffer. Each begins with eight bytes for its form and eight for a base value, then its data at a multiple of eight:
 * constant (no data), 32-bit words (integers, or differences to the base or to another column), or plain doubles. A form is chosen only if it gives every value back to the bit.
 */
export interface PackedBytes {
  readonly view: DataView;
  position: number;
}

type IntColumn = Int32Array | Uint32Array | Int16Array | Int8Array;

const Form = { constant: 0, words: 1, plain: 2 } as const;
const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** An upper bound of the packed size of columns of `count` entries with `entryBytes` bytes in all (up to eight columns). */
export function packedBytes(count: number, entryBytes: number): number {
  return 8 * 24 + count * entryBytes;
}

/** Packs doubles: as a constant, as 32-bit differences to `relative` (signed) or to their minimum (unsigned), or plain. */
export function packFloats(sink: PackedBytes, values: Float64Array, count: number, relative: Float64Array | null): void {
  const packed = relative === null ? packAgainstMinimum(sink, values, count) : packAgainst(sink, values, count, relative);
  if (!packed) packPlainFloats(sink, values, count);
}

function packAgainstMinimum(sink: PackedBytes, values: Float64Array, count: number): boolean {
  const base = minimum(values, count);
  const data = new Uint32Array(sink.view.buffer, sink.position + 16, count);
  let different = 0;
  for (let i = 0; i < count; i++) {
    const value = values[i];
    const difference = (value - base) >>> 0;
    if (base + difference !== value || isNegativeZero(value)) return false;
    data[i] = difference;
    different |= difference;
  }
  finishWords(sink, data, { different, base });
  return true;
}

function packAgainst(sink: PackedBytes, values: Float64Array, count: number, relative: Float64Array): boolean {
  const data = new Int32Array(sink.view.buffer, sink.position + 16, count);
  const first = count > 0 ? (values[0] - relative[0]) | 0 : 0;
  let different = 0;
  for (let i = 0; i < count; i++) {
    const value = values[i];
    const difference = (value - relative[i]) | 0;
    if (relative[i] + difference !== value || isNegativeZero(value)) return false;
    data[i] = difference;
    different |= difference ^ first;
  }
  finishWords(sink, data, { different, base: 0 });
  return true;
}

/** A sum never gives back the sign of a negative zero. */
function isNegativeZero(value: number): boolean {
  return value === 0 && 1 / value < 0;
}

/** Ends a column of words already written at their place: none of them is kept when all are equal. */
function finishWords(
  sink: PackedBytes,
  data: Int32Array | Uint32Array,
  column: { readonly different: number; readonly base: number },
): void {
  const first = data.length > 0 ? data[0] : 0;
  const constant = column.different === 0;
  if (!constant) swapWords(data);
  finish(sink, constant ? Form.constant : Form.words, { base: column.base, first, dataBytes: constant ? 0 : data.length * 4 });
}

function packPlainFloats(sink: PackedBytes, values: Float64Array, count: number): void {
  if (littleEndian) new Float64Array(sink.view.buffer, sink.position + 16, count).set(values.subarray(0, count));
  else for (let i = 0; i < count; i++) sink.view.setFloat64(sink.position + 16 + i * 8, values[i], true);
  finish(sink, Form.plain, { base: 0, first: 0, dataBytes: count * 8 });
}

/** Packs 32-bit (or narrower) integers: as a constant or as words. */
export function packInts(sink: PackedBytes, values: IntColumn, count: number): void {
  const data = new Int32Array(sink.view.buffer, sink.position + 16, count);
  const first = count > 0 ? values[0] : 0;
  let different = 0;
  for (let i = 0; i < count; i++) {
    data[i] = values[i];
    different |= values[i] ^ first;
  }
  finishWords(sink, data, { different, base: 0 });
}

/** Reads what `packFloats` wrote into `values`. */
export function unpackFloats(source: PackedBytes, values: Float64Array, count: number, relative: Float64Array | null): void {
  const { form, base, first, at } = start(source);
  if (form === Form.plain) {
    if (littleEndian) values.set(new Float64Array(source.view.buffer, at, count));
    else for (let i = 0; i < count; i++) values[i] = source.view.getFloat64(at + i * 8, true);
    source.position = at + count * 8;
    return;
  }
  const data = form === Form.constant ? null : words(source, at, count);
  for (let i = 0; i < count; i++) {
    const difference = data === null ? first : data[i];
    values[i] = relative === null ? base + (difference >>> 0) : relative[i] + difference;
  }
  source.position = at + (data === null ? 0 : paddedTo8(count * 4));
}

/** Reads what `packInts` wrote into `values`. */
export function unpackInts(source: PackedBytes, values: IntColumn, count: number): void {
  const { form, first, at } = start(source);
  if (form === Form.constant) values.fill(first, 0, count);
  else values.set(words(source, at, count));
  source.position = at + (form === Form.constant ? 0 : paddedTo8(count * 4));
}

function start(source: PackedBytes): { form: number; base: number; first: number; at: number } {
  const { view, position } = source;
  return {
    form: view.getInt32(position, true),
    first: view.getInt32(position + 4, true),
    base: view.getFloat64(position + 8, true),
    at: position + 16,
  };
}

function finish(sink: PackedBytes, form: number, column: { base: number; first: number; dataBytes: number }): void {
  sink.view.setInt32(sink.position, form, true);
  sink.view.setInt32(sink.position + 4, column.first, true);
  sink.view.setFloat64(sink.position + 8, column.base, true);
  const end = sink.position + 16 + column.dataBytes;
  if ((column.dataBytes & 7) !== 0) sink.view.setInt32(end, 0);
  sink.position += 16 + paddedTo8(column.dataBytes);
}

function words(source: PackedBytes, at: number, count: number): Int32Array {
  if (littleEndian) return new Int32Array(source.view.buffer, at, count);
  const data = new Int32Array(count);
  for (let i = 0; i < count; i++) data[i] = source.view.getInt32(at + i * 4, true);
  return data;
}

/** Turns native words into little-endian ones in place; nothing to do on nearly every machine. */
function swapWords(data: Int32Array | Uint32Array): void {
  if (littleEndian) return;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let i = 0; i < data.length; i++) view.setInt32(i * 4, data[i], true);
}

function minimum(values: Float64Array, count: number): number {
  let least = count > 0 ? values[0] : 0;
  for (let i = 1; i < count; i++) if (values[i] < least) least = values[i];
  return least;
}

function paddedTo8(bytes: number): number {
  return (bytes + 7) & ~7;
}
