import { varintSize, varlongSize } from './varint.ts';

/** Bytes of a v2 batch before its records (DefaultRecordBatch.RECORD_BATCH_OVERHEAD). */
export const batchHeaderBytes = 61;

/** Encoded headers of a record that has none: the count 0. */
export const noHeadersBytes = 1;

/** What a record's size follows from. Sizes of -1 are null. `headersSize` is the encoded headers with their count, `noHeadersBytes` for none. */
export interface RecordSizes {
  readonly offsetDelta: number;
  readonly timestampDeltaMs: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly headersSize: number;
}

/** Bytes of one record in a v2 batch, its length prefix included (DefaultRecord.sizeInBytes). */
export function recordSizeBytes(sizes: RecordSizes): number {
  return recordBytes(sizes.offsetDelta, sizes.timestampDeltaMs, payloadSizeBytes(sizes));
}

/** The same for a record whose key, value and headers take `payload` bytes with their lengths. Numbers in and out: it is done for every record sent. */
export function recordBytes(offsetDelta: number, timestampDeltaMs: number, payload: number): number {
  const body = 1 + varlongSize(timestampDeltaMs) + varintSize(offsetDelta) + payload;
  return varintSize(body) + body;
}

/** Bytes after the length prefix: attributes, deltas, key, value, headers. */
export function recordBodyBytes(sizes: RecordSizes): number {
  return 1 + varlongSize(sizes.timestampDeltaMs) + varintSize(sizes.offsetDelta) + payloadSizeBytes(sizes);
}

function payloadSizeBytes({ keySize, valueSize, headersSize }: RecordSizes): number {
  return varintSize(keySize) + Math.max(0, keySize) + varintSize(valueSize) + Math.max(0, valueSize) + headersSize;
}

/** Encoded bytes of a record's headers with their count. A value size of -1 is a null value. */
export function headersSizeBytes(headers: readonly { readonly keySize: number; readonly valueSize: number }[]): number {
  let bytes = varintSize(headers.length);
  for (const header of headers) {
    bytes += varintSize(header.keySize) + header.keySize + varintSize(header.valueSize) + Math.max(0, header.valueSize);
  }
  return bytes;
}
