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
  const body = recordBodyBytes(sizes);
  return varintSize(body) + body;
}

/** Bytes after the length prefix: attributes, deltas, key, value, headers. */
export function recordBodyBytes(sizes: RecordSizes): number {
  const { keySize, valueSize } = sizes;
  return (
    1 +
    varlongSize(sizes.timestampDeltaMs) +
    varintSize(sizes.offsetDelta) +
    varintSize(keySize) +
    (keySize > 0 ? keySize : 0) +
    varintSize(valueSize) +
    (valueSize > 0 ? valueSize : 0) +
    sizes.headersSize
  );
}

/** Encoded bytes of a record's headers with their count. A value size of -1 is a null value. */
export function headersSizeBytes(headers: readonly { readonly keySize: number; readonly valueSize: number }[]): number {
  let bytes = varintSize(headers.length);
  for (const header of headers) {
    bytes += varintSize(header.keySize) + header.keySize + varintSize(header.valueSize) + Math.max(0, header.valueSize);
  }
  return bytes;
}
