import { batchHeaderBytes } from '../log/recordSize.ts';

/** `DefaultRecord.MAX_RECORD_OVERHEAD`: the most that length, attributes and deltas of one record can take. */
const maxRecordOverheadBytes = 21;

export { batchHeaderBytes, recordBytes } from '../log/recordSize.ts';

/** What the client reserves for a record on its own: `AbstractRecords.estimateSizeInBytesUpperBound` without compression. */
export function batchUpperBoundBytes(payload: number): number {
  return batchHeaderBytes + maxRecordOverheadBytes + payload;
}
