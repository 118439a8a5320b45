/** One partition's log: the face of this folder towards the broker. */
export type { BatchToAppend, FetchedRecords, LogConfig, PartitionLog } from './logState.ts';
export { appendBatch, createPartitionLog } from './append.ts';
export { blockRecordsFor } from './block.ts';
export { createFetchedRecords, missingBlock, readBatches } from './read.ts';
export { applyRetention } from './retention.ts';
export { bytesAvailable, missingBlockForTimestamp, offsetForTimestamp, sentTimeAt } from './search.ts';
