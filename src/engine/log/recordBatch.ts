/**
 * Kafka's record batch, format v2, to the bit (DefaultRecordBatch, DefaultRecord). Writing is three calls on a sink, `beginBatch`,
 * `writeRecord` for each record, `finishBatch`, so that records can come straight from columns.
 */
import type { ByteSink } from './byteSink.ts';
import { reserve, setInt64 } from './byteSink.ts';
import { crc32c } from './crc32c.ts';
import { batchHeaderBytes, headersSizeBytes, noHeadersBytes, recordBodyBytes } from './recordSize.ts';
import { writeVarint, writeVarlong } from './varint.ts';

/** Bits of a batch's attributes. The low three are the compression. */
export const BatchAttribute = { compressionMask: 7, logAppendTime: 8, transactional: 16, control: 32, deleteHorizon: 64 } as const;

/** Codecs by their number in the attributes (CompressionType). */
export const compressionCodecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

export type CompressionCodec = (typeof compressionCodecs)[number];

/** Header fields of a batch. Timestamps in ms. Without idempotence producer id, epoch and sequence are -1. */
export interface BatchFields {
  baseOffset: number;
  partitionLeaderEpoch: number;
  attributes: number;
  lastOffsetDelta: number;
  baseTimestampMs: number;
  maxTimestampMs: number;
  producerId: number;
  producerEpoch: number;
  baseSequence: number;
}

export interface RecordHeader {
  readonly key: Uint8Array;
  readonly value: Uint8Array | null;
}

/** Key, value and headers of a record as bytes. */
export interface RecordBytes {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
}

/** Starts a batch: leaves room for the header. Returns the batch's position, to be given to `finishBatch`. */
export function beginBatch(sink: ByteSink): number {
  reserve(sink, batchHeaderBytes);
  const start = sink.position;
  sink.position += batchHeaderBytes;
  return start;
}

/** Writes one record of the batch begun last. */
export function writeRecord(sink: ByteSink, deltas: { offsetDelta: number; timestampDeltaMs: number }, record: RecordBytes): void {
  const { key, value, headers } = record;
  const body = recordBodyBytes({
    offsetDelta: deltas.offsetDelta,
    timestampDeltaMs: deltas.timestampDeltaMs,
    keySize: key === null ? -1 : key.length,
    valueSize: value === null ? -1 : value.length,
    headersSize: headers.length === 0 ? noHeadersBytes : headersSizeBytes(headers.map(headerSizes)),
  });
  reserve(sink, body + 5);
  const bytes = sink.bytes;
  let at = writeVarint(bytes, sink.position, body);
  bytes[at++] = 0;
  at = writeVarlong(bytes, at, deltas.timestampDeltaMs);
  at = writeVarint(bytes, at, deltas.offsetDelta);
  at = writeNullable(bytes, at, key);
  at = writeNullable(bytes, at, value);
  at = writeVarint(bytes, at, headers.length);
  for (const header of headers) {
    at = writeNullable(bytes, at, header.key);
    at = writeNullable(bytes, at, header.value);
  }
  sink.position = at;
}

/** Ends the batch that began at `start`: header, length and checksum. Returns its size in bytes. */
export function finishBatch(sink: ByteSink, start: number, fields: BatchFields, recordsCount: number): number {
  const { view, position } = sink;
  setInt64(view, start, fields.baseOffset);
  view.setInt32(start + 8, position - start - 12);
  view.setInt32(start + 12, fields.partitionLeaderEpoch);
  view.setInt8(start + 16, 2);
  view.setInt16(start + 21, fields.attributes);
  view.setInt32(start + 23, fields.lastOffsetDelta);
  setInt64(view, start + 27, fields.baseTimestampMs);
  setInt64(view, start + 35, fields.maxTimestampMs);
  setInt64(view, start + 43, fields.producerId);
  view.setInt16(start + 51, fields.producerEpoch);
  view.setInt32(start + 53, fields.baseSequence);
  view.setInt32(start + 57, recordsCount);
  view.setUint32(start + 17, crc32c(sink.bytes, start + 21, position));
  return position - start;
}

function headerSizes(header: RecordHeader): { keySize: number; valueSize: number } {
  return { keySize: header.key.length, valueSize: header.value === null ? -1 : header.value.length };
}

/** A length (-1 for null) and the bytes; short runs by a loop, where `.set` costs more than it saves. */
function writeNullable(bytes: Uint8Array, at: number, data: Uint8Array | null): number {
  if (data === null) return writeVarint(bytes, at, -1);
  const length = data.length;
  const start = writeVarint(bytes, at, length);
  if (length > 48) bytes.set(data, start);
  else for (let i = 0; i < length; i++) bytes[start + i] = data[i];
  return start + length;
}
