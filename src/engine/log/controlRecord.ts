/** The one record of a transaction marker (EndTransactionMarker, ControlRecordType): what a control batch of a transaction holds. */
import { BatchMarker } from './logState.ts';
import type { RecordBytes } from './recordBatch.ts';

const abortType = 0;
const commitType = 1;

/** Key: version 0 and type, two 16-bit numbers. Value: version 0 and the epoch of the coordinator that ended the transaction. */
export function markerRecord(marker: number, coordinatorEpoch: number): RecordBytes {
  if (marker !== BatchMarker.commit && marker !== BatchMarker.abort) throw new Error(`log: ${marker} is no transaction marker`);
  const key = new Uint8Array(4);
  key[3] = marker === BatchMarker.commit ? commitType : abortType;
  const value = new Uint8Array(6);
  new DataView(value.buffer).setInt32(2, coordinatorEpoch);
  return { key, value, headers: [] };
}
