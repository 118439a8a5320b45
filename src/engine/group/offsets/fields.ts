/** Fields of Kafka's records and messages, big endian: the fixed forms, and the compact ones of flexible versions (KIP-482). */
import { type ByteSink, createByteSink, reserve, setInt64, writtenBytes } from '../../log/byteSink.ts';
import { encodeUtf8 } from '../../workload/utf8.ts';

export type Bytes = Uint8Array<ArrayBuffer>;

export function int8(sink: ByteSink, value: number): void {
  reserve(sink, 1);
  sink.view.setInt8(sink.position, value);
  sink.position += 1;
}

export function int16(sink: ByteSink, value: number): void {
  reserve(sink, 2);
  sink.view.setInt16(sink.position, value);
  sink.position += 2;
}

export function int32(sink: ByteSink, value: number): void {
  reserve(sink, 4);
  sink.view.setInt32(sink.position, value);
  sink.position += 4;
}

export function int64(sink: ByteSink, value: number): void {
  reserve(sink, 8);
  setInt64(sink.view, sink.position, value);
  sink.position += 8;
}

/** A text with its length in two bytes; null is length -1. */
export function text(sink: ByteSink, value: string | null): void {
  if (value === null) return int16(sink, -1);
  const bytes = encodeUtf8(value);
  int16(sink, bytes.length);
  raw(sink, bytes);
}

export function raw(sink: ByteSink, bytes: Uint8Array): void {
  reserve(sink, bytes.length);
  sink.bytes.set(bytes, sink.position);
  sink.position += bytes.length;
}

/** An unsigned number of up to 31 bits in groups of seven, the lowest first. */
export function unsignedVarint(sink: ByteSink, value: number): void {
  let rest = value;
  for (; rest > 127; rest >>>= 7) int8(sink, (rest & 127) - 128);
  int8(sink, rest);
}

/** A text with its length and one in a varint; null is 0. */
export function compactText(sink: ByteSink, value: string | null): void {
  if (value === null) return unsignedVarint(sink, 0);
  const bytes = encodeUtf8(value);
  unsignedVarint(sink, bytes.length + 1);
  raw(sink, bytes);
}

/** The length of an array that follows. */
export const compactLength = (sink: ByteSink, length: number): void => unsignedVarint(sink, length + 1);

/** The end of a structure without tagged fields. */
export const noTags = (sink: ByteSink): void => unsignedVarint(sink, 0);

/** A UUID as four 32-bit numbers. */
export function uuid(sink: ByteSink, words: readonly [number, number, number, number]): void {
  for (const word of words) int32(sink, word | 0);
}

/** The bytes that `write` writes. */
export function written(write: (sink: ByteSink) => void): Bytes {
  const sink = createByteSink(64);
  write(sink);
  return writtenBytes(sink);
}
