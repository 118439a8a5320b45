/**
 * Columns that evicted blocks gave back, for new blocks: fresh memory costs as much as writing it, and every array more is work for the collector of
 * garbage. They hold old records and batches, which nobody reads beyond a block's counts, so they are no part of any run's state.
 */
import { createColumns, type RecordColumns } from './columns.ts';
import type { BatchColumns } from './logState.ts';

/** Columns below are made as fast as they are found again. */
const spareCapacityLeast = 256;
/** Records the spare columns may hold together: about 64 MB. */
const spareRecordsMax = 2_097_152;
const spareBatchesMax = 262_144;

const records: RecordColumns[] = [];
const batches: BatchColumns[] = [];
const held = { records: 0, batches: 0 };

/** Gives back columns that nothing refers to any more. */
export function recycleColumns(columns: RecordColumns): void {
  if (columns.capacity < spareCapacityLeast || held.records + columns.capacity > spareRecordsMax) return;
  held.records += columns.capacity;
  records.push(columns);
}

/** Columns for exactly `capacity` records, old or new. */
export function columnsFor(capacity: number): RecordColumns {
  const last = records[records.length - 1];
  if (last === undefined || last.capacity !== capacity) return createColumns(capacity);
  records.length--;
  held.records -= capacity;
  return last;
}

/** As `recycleColumns`, for those of batches. */
export function recycleBatches(columns: BatchColumns): void {
  if (columns.lastOffset !== null || held.batches + columns.capacity > spareBatchesMax) return;
  held.batches += columns.capacity;
  batches.push(columns);
}

/** Old columns for exactly `capacity` batches, or null. Those of producers, where there are some, say of none that it is a marker. */
export function spareBatches(capacity: number): BatchColumns | null {
  const last = batches[batches.length - 1];
  if (last === undefined || last.capacity !== capacity) return null;
  batches.length--;
  held.batches -= capacity;
  if (last.producers !== null) {
    last.producers.marker.fill(0);
    last.producers.coordinatorEpoch.fill(0);
  }
  return last;
}
