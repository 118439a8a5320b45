/** Bytes written and read one after the other: the numbers of Avro and Protocol Buffers. */

const min32 = -2147483648;

/** Bytes that grow. */
export class ByteWriter {
  private buffer = new Uint8Array(64);
  private view = new DataView(this.buffer.buffer);
  private length = 0;

  private reserve(more: number): void {
    if (this.length + more <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(2 * this.buffer.length, this.length + more));
    larger.set(this.buffer);
    this.buffer = larger;
    this.view = new DataView(larger.buffer);
  }

  byte(value: number): void {
    this.reserve(1);
    this.buffer[this.length++] = value;
  }

  bytes(value: Uint8Array): void {
    this.reserve(value.length);
    this.buffer.set(value, this.length);
    this.length += value.length;
  }

  /** A whole number of 32 bits, the highest byte first. */
  int32BigEndian(value: number): void {
    this.reserve(4);
    this.view.setInt32(this.length, value);
    this.length += 4;
  }

  fixed32(value: number): void {
    this.reserve(4);
    this.view.setInt32(this.length, value, true);
    this.length += 4;
  }

  fixed64(value: bigint): void {
    this.reserve(8);
    this.view.setBigInt64(this.length, value, true);
    this.length += 8;
  }

  float(value: number): void {
    this.reserve(4);
    this.view.setFloat32(this.length, value, true);
    this.length += 4;
  }

  double(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  /** Seven bits a byte, the lowest first, of a number read as unsigned 64 bits. */
  varint(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    while (rest > 0x7fn) {
      this.byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.byte(Number(rest));
  }

  /** As `varint`, of a whole number from 0 to 2^31 - 1. */
  smallVarint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** A whole number with its sign in the lowest bit. */
  zigzag(value: number | bigint): void {
    if (typeof value === 'number' && value >= min32 / 2 && value < -min32 / 2)
      return this.smallVarint(((value << 1) ^ (value >> 31)) >>> 0);
    const wide = BigInt(value);
    this.varint((wide << 1n) ^ (wide >> 63n));
  }

  finish(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }
}

/** Reads what `ByteWriter` writes. Throws an Error where the bytes end too early. */
export class ByteReader {
  at: number;
  private readonly buffer: Uint8Array;
  private readonly view: DataView;
  readonly end: number;

  constructor(buffer: Uint8Array, at = 0, end = buffer.length) {
    this.buffer = buffer;
    this.view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
    this.at = at;
    this.end = end;
  }

  private advance(count: number): number {
    const from = this.at;
    if (count < 0 || from + count > this.end) throw new Error(`Bytes end at ${String(this.end)} where ${String(from + count)} are needed.`);
    this.at = from + count;
    return from;
  }

  byte(): number {
    return this.buffer[this.advance(1)]!;
  }

  bytes(count: number): Uint8Array {
    const from = this.advance(count);
    return this.buffer.slice(from, from + count);
  }

  int32BigEndian(): number {
    return this.view.getInt32(this.advance(4));
  }

  fixed32(): number {
    return this.view.getInt32(this.advance(4), true);
  }

  fixed64(): bigint {
    return this.view.getBigInt64(this.advance(8), true);
  }

  float(): number {
    return this.view.getFloat32(this.advance(4), true);
  }

  double(): number {
    return this.view.getFloat64(this.advance(8), true);
  }

  /** A number of at most 64 bits, read as unsigned. */
  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new Error('A number of variable length has more than ten bytes.');
  }

  zigzag(): bigint {
    const raw = this.varint();
    return BigInt.asIntN(64, (raw >> 1n) ^ -(raw & 1n));
  }

  /** A length or a count. */
  size(): number {
    return Number(BigInt.asIntN(64, this.varint()));
  }
}

/** A whole number as Java's `BigInteger.toByteArray` writes it: two's complement, the highest byte first, as few bytes as it needs. */
export function bigintBytes(value: bigint): Uint8Array {
  const out: number[] = [];
  let rest = value;
  do {
    out.unshift(Number(BigInt.asUintN(8, rest)));
    rest >>= 8n;
  } while (!((rest === 0n && out[0]! < 0x80) || (rest === -1n && out[0]! >= 0x80)));
  return Uint8Array.from(out);
}

/** The number of such bytes; of none, 0. */
export function bytesBigint(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(8 * bytes.length, value);
}
