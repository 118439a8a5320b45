/** What the tests of this folder share: logs with known contents. */
import { appendBatch, createPartitionLog } from './append.ts';
import type { RecordColumns } from './columns.ts';
import { createColumns } from './columns.ts';
import type { LogConfig, PartitionLog } from './logState.ts';
import { deleteOnly, noProducer } from './logState.ts';
import { batchHeaderBytes, recordSizeBytes } from './recordSize.ts';

export const testConfig: LogConfig = {
  segmentBytes: 1 << 30,
  segmentMs: 604800000,
  segmentIndexBytes: 10485760,
  indexIntervalBytes: 4096,
  retentionMs: -1,
  retentionBytes: -1,
  timestampType: 'CreateTime',
  maxMessageBytes: 1048588,
  ...deleteOnly,
};

export function testLog(overrides: Partial<LogConfig> = {}): PartitionLog {
  return createPartitionLog({ ...testConfig, ...overrides });
}

/** Columns whose every field tells the record's number: timestamps `startMs` + n ms, sent 7 µs later. */
export function numberedColumns(first: number, count: number, startMs = 0): RecordColumns {
  const columns = createColumns(count);
  for (let i = 0; i < count; i++) {
    const n = first + i;
    columns.timestampUs[i] = (startMs + n) * 1000;
    columns.sentUs[i] = (startMs + n) * 1000 + 7;
    columns.key[i] = n % 5 === 0 ? -1 : n;
    columns.size[i] = (n * 37) % 300;
    columns.sequence[i] = n;
    columns.path[i] = n % 3;
  }
  return columns;
}

/** Size of the batch of `count` numbered records, keys taken as 4 bytes. */
export function numberedBatchBytes(columns: RecordColumns, count: number): number {
  let bytes = batchHeaderBytes;
  for (let i = 0; i < count; i++) {
    bytes += recordSizeBytes({
      offsetDelta: i,
      timestampDeltaMs: (columns.timestampUs[i] - columns.timestampUs[0]) / 1000,
      keySize: columns.key[i] < 0 ? -1 : 4,
      valueSize: columns.size[i],
      headersSize: 1,
    });
  }
  return bytes;
}

/** Appends numbered batches of the given record counts and moves the high watermark to the end. Append time is the last record's timestamp. */
export function appendNumbered(log: PartitionLog, counts: readonly number[], startMs = 0): void {
  for (const count of counts) {
    const columns = numberedColumns(log.logEndOffset, count, startMs);
    const maxTimestampMs = columns.timestampUs[count - 1] / 1000;
    const sizeBytes = numberedBatchBytes(columns, count);
    appendBatch(
      log,
      { columns, from: 0, count, storedBytes: sizeBytes, baseTimestampMs: columns.timestampUs[0] / 1000, maxTimestampMs, ...noProducer },
      maxTimestampMs * 1000,
    );
  }
  log.highWatermark = log.logEndOffset;
}
