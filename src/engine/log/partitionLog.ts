/** One partition's log: the face of this folder towards the broker. */
export type { BatchToAppend, FetchedRecords, LogConfig, PartitionLog } from './logState.ts';
export type { AppendOutcome, MarkerToAppend, ProducerAppendOptions } from './appendProducer.ts';
export { deleteOnly, noProducer } from './logState.ts';
export { appendBatch, createPartitionLog } from './append.ts';
export { appendMarker, appendPlainNext, appendProducerBatch } from './appendProducer.ts';
export { blockRecordsFor } from './block.ts';
export { copyRange, cutLog, missingBlockForCut, truncateLog } from './cut.ts';
export { appendLog } from './joinLogs.ts';
export { createFetchedRecords, missingBlock, readBatches, type ReadOptions } from './read.ts';
export { applyRemoteRetention, applyRetention, raiseLogStart, remoteRetentionStart, retentionStart } from './retention.ts';
export { applyLocalRetention, segmentToCopy, sizeBefore, type SegmentCopy } from './tieredSegments.ts';
export { bytesAvailable, isInOpenBlock, isOnOlderSegment, missingBlockForTimestamp, offsetForTimestamp, sentTimeAt } from './search.ts';
export { beginLeaderEpoch, firstUnstableOffsetOf, lastStableOffsetOf, raiseHighWatermark, setHighWatermark } from './watermarks.ts';
