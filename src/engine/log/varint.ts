/** Kafka's variable-length integers: zigzag, then seven bits a byte, the lowest first (ByteUtils, protocol buffers' encoding). */

/** Bytes of a varint for a 32-bit integer: 1 to 5. */
export function varintSize(value: number): number {
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  if (zigzag < 128) return 1;
  if (zigzag < 16384) return 2;
  if (zigzag < 2097152) return 3;
  return zigzag < 268435456 ? 4 : 5;
}

/** Bytes of a varlong for an integer that a double holds exactly: 1 to 8. */
export function varlongSize(value: number): number {
  if ((value | 0) === value) return varintSize(value);
  let rest = value < 0 ? -value - 1 : value;
  // Zigzag doubles the magnitude: the first byte holds six bits of it.
  let size = 1;
  for (rest = Math.floor(rest / 64); rest > 0; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** Writes a 32-bit integer at `at`; returns the position after it. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  let position = at;
  while (rest > 127) {
    bytes[position++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  bytes[position++] = rest;
  return position;
}

/** Writes an integer of up to 2^53 in size at `at`; returns the position after it. */
export function writeVarlong(bytes: Uint8Array, at: number, value: number): number {
  if ((value | 0) === value) return writeVarint(bytes, at, value);
  const magnitude = value < 0 ? -value - 1 : value;
  let position = at;
  let low = (magnitude % 64) * 2 + (value < 0 ? 1 : 0);
  let rest = Math.floor(magnitude / 64);
  while (rest > 0) {
    bytes[position++] = low | 128;
    low = rest % 128;
    rest = Math.floor(rest / 128);
  }
  bytes[position++] = low;
  return position;
}

/** Where the number read last ended. The functions below return the number itself, so that reading allocates nothing. */
export interface VarintCursor {
  position: number;
}

/** Reads a varint or varlong at the cursor and moves it. Throws a RangeError when the bytes end or the number has more than ten bytes. */
export function readVarlong(bytes: Uint8Array, cursor: VarintCursor): number {
  let at = cursor.position;
  const first = bytes[at++];
  let magnitude = (first & 127) >>> 1;
  let byte = first;
  let scale = 64;
  while (byte > 127) {
    byte = bytes[at++];
    magnitude += (byte & 127) * scale;
    scale *= 128;
    if (at - cursor.position > 10) throw new RangeError(`varint at byte ${cursor.position} is longer than ten bytes`);
  }
  if (!(byte <= 127)) throw new RangeError(`varint at byte ${cursor.position} runs past the end`);
  cursor.position = at;
  return (first & 1) === 1 ? -magnitude - 1 : magnitude;
}
