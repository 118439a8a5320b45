import { varintBytes } from '../workload/payload.ts';

/**
 * Analytic sizes of record batches of format v2 (Kafka's `DefaultRecord`, `DefaultRecordBatch`), as the accumulator needs them: numbers in and
 * out, no objects, because they are computed for every record.
 */

/** Bytes of a batch's header: `DefaultRecordBatch.RECORD_BATCH_OVERHEAD`. */
export const batchHeaderBytes = 61;
/** `DefaultRecord.MAX_RECORD_OVERHEAD`: the most that length, attributes and deltas of one record can take. */
const maxRecordOverheadBytes = 21;

/** Bytes of a zigzag varint of any whole number: -1 takes as many as 0, -65 as many as 64. */
function signedVarintBytes(value: number): number {
  return varintBytes(value < 0 ? -value - 1 : value);
}

/** Size of one record in a batch, its own length field included. */
export function recordBytes(offsetDelta: number, timestampDeltaMs: number, payload: number): number {
  const body = 1 + signedVarintBytes(timestampDeltaMs) + varintBytes(offsetDelta) + payload;
  return body + varintBytes(body);
}

/** What the client reserves for a record on its own: `AbstractRecords.estimateSizeInBytesUpperBound` without compression. */
export function batchUpperBoundBytes(payload: number): number {
  return batchHeaderBytes + maxRecordOverheadBytes + payload;
}
