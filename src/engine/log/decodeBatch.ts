import { getInt64 } from './byteSink.ts';
import { crc32c } from './crc32c.ts';
import type { BatchFields, CompressionCodec, RecordBytes, RecordHeader } from './recordBatch.ts';
import { BatchAttribute, compressionCodecs } from './recordBatch.ts';
import { batchHeaderBytes } from './recordSize.ts';
import type { VarintCursor } from './varint.ts';
import { readVarlong } from './varint.ts';

export interface DecodedRecord extends RecordBytes {
  readonly offset: number;
  /** -1 is no timestamp. With LogAppendTime every record has the batch's largest one. */
  readonly timestampMs: number;
  /** -1 without a producer id; wraps after 2147483647. */
  readonly sequence: number;
  readonly sizeBytes: number;
}

export interface DecodedBatch extends BatchFields {
  readonly sizeBytes: number;
  readonly crc: number;
  readonly recordsCount: number;
  readonly records: readonly DecodedRecord[];
}

/** Why bytes are not a batch, with Kafka's error names; `detail` says where and what. */
export interface BatchFault {
  readonly error: 'CORRUPT_MESSAGE' | 'UNSUPPORTED_FOR_MESSAGE_FORMAT' | 'UNSUPPORTED_COMPRESSION_TYPE';
  readonly detail: string;
}

/** Gives back what was compressed; null for a codec it cannot read. Throws for damaged bytes. */
export type DecompressRecords = (codec: CompressionCodec, bytes: Uint8Array) => Uint8Array | null;

/** The v2 batch at `from`. Other formats than v2, codecs that `decompress` cannot read and a wrong checksum are faults. */
export function decodeBatch(bytes: Uint8Array, from = 0, decompress: DecompressRecords = () => null): DecodedBatch | BatchFault {
  if (bytes.length - from < batchHeaderBytes) {
    return corrupt(`${bytes.length - from} bytes at ${from} are fewer than a batch header's ${batchHeaderBytes}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + from);
  const sizeBytes = view.getInt32(8) + 12;
  if (view.getInt8(16) !== 2)
    return { error: 'UNSUPPORTED_FOR_MESSAGE_FORMAT', detail: `magic at ${from} is ${view.getInt8(16)}, only 2 is read` };
  if (sizeBytes < batchHeaderBytes || from + sizeBytes > bytes.length) {
    return corrupt(`the batch at ${from} says it has ${sizeBytes} bytes, ${bytes.length - from} are left`);
  }
  const crc = view.getUint32(17);
  const computed = crc32c(bytes, from + 21, from + sizeBytes);
  if (crc !== computed) return corrupt(`the batch at ${from} has checksum ${crc}, its bytes give ${computed}`);
  const fields: BatchFields = {
    baseOffset: getInt64(view, 0),
    partitionLeaderEpoch: view.getInt32(12),
    attributes: view.getInt16(21),
    lastOffsetDelta: view.getInt32(23),
    baseTimestampMs: getInt64(view, 27),
    maxTimestampMs: getInt64(view, 35),
    producerId: getInt64(view, 43),
    producerEpoch: view.getInt16(51),
    baseSequence: view.getInt32(53),
  };
  const recordsCount = view.getInt32(57);
  const codec = compressionCodecs[fields.attributes & BatchAttribute.compressionMask];
  const unsupported = `the batch at ${from} has compression ${codec ?? fields.attributes & BatchAttribute.compressionMask}`;
  if (codec === undefined) return { error: 'UNSUPPORTED_COMPRESSION_TYPE', detail: unsupported };
  try {
    const written = bytes.subarray(from + batchHeaderBytes, from + sizeBytes);
    const plain = codec === 'none' || written.length === 0 ? written : decompressed(codec, written, decompress);
    if (plain === null) return { error: 'UNSUPPORTED_COMPRESSION_TYPE', detail: unsupported };
    return { ...fields, sizeBytes, crc, recordsCount, records: decodeRecords(plain, fields, recordsCount) };
  } catch (error) {
    if (error instanceof RangeError) return corrupt(`the batch at ${from}: ${error.message}`);
    throw error;
  }
}

function decompressed(codec: CompressionCodec, bytes: Uint8Array, decompress: DecompressRecords): Uint8Array | null {
  try {
    return decompress(codec, bytes);
  } catch (error) {
    throw new RangeError(`its ${codec} records are damaged: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** True when decoding found a fault. */
export function isBatchFault(result: DecodedBatch | BatchFault): result is BatchFault {
  return 'error' in result;
}

function corrupt(detail: string): BatchFault {
  return { error: 'CORRUPT_MESSAGE', detail };
}

function decodeRecords(bytes: Uint8Array, fields: BatchFields, count: number): DecodedRecord[] {
  const cursor: VarintCursor = { position: 0 };
  const records: DecodedRecord[] = [];
  const logAppendTime = (fields.attributes & BatchAttribute.logAppendTime) !== 0;
  for (let i = 0; i < count; i++) {
    const start = cursor.position;
    const length = readVarlong(bytes, cursor);
    const end = cursor.position + length;
    if (length < 0 || end > bytes.length) throw new RangeError(`record ${i} says it has ${length} bytes, which run past the batch`);
    cursor.position++;
    const timestampDeltaMs = readVarlong(bytes, cursor);
    const offsetDelta = readVarlong(bytes, cursor);
    const key = readNullable(bytes, cursor, end);
    const value = readNullable(bytes, cursor, end);
    const headers = readHeaders(bytes, cursor, end);
    if (cursor.position !== end) throw new RangeError(`record ${i} has ${end - start} bytes, its fields take ${cursor.position - start}`);
    records.push({
      offset: fields.baseOffset + offsetDelta,
      timestampMs: logAppendTime ? fields.maxTimestampMs : fields.baseTimestampMs + timestampDeltaMs,
      sequence: fields.baseSequence < 0 ? -1 : (fields.baseSequence + offsetDelta) % 2147483648,
      sizeBytes: end - start,
      key,
      value,
      headers,
    });
  }
  if (cursor.position !== bytes.length) throw new RangeError(`${bytes.length - cursor.position} bytes follow the last of ${count} records`);
  return records;
}

function readHeaders(batch: Uint8Array, cursor: VarintCursor, end: number): RecordHeader[] {
  const count = readVarlong(batch, cursor);
  if (count < 0 || count > end - cursor.position) throw new RangeError(`a record has a header count of ${count}`);
  const headers: RecordHeader[] = [];
  for (let i = 0; i < count; i++) {
    const key = readNullable(batch, cursor, end);
    if (key === null) throw new RangeError('a record header has a null key');
    headers.push({ key, value: readNullable(batch, cursor, end) });
  }
  return headers;
}

function readNullable(batch: Uint8Array, cursor: VarintCursor, end: number): Uint8Array | null {
  const length = readVarlong(batch, cursor);
  if (length === -1) return null;
  const start = cursor.position;
  if (length < 0 || start + length > end) throw new RangeError(`a field of ${length} bytes runs past its record`);
  cursor.position = start + length;
  return batch.subarray(start, start + length);
}
