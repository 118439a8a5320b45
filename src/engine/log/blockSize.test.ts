import { describe, expect, test } from 'vitest';
import { blockRecordsFor, maxBlockRecords } from './block.ts';
import { appendBatch, createPartitionLog, deleteOnly, type LogConfig, noProducer } from './partitionLog.ts';
import { createColumns } from './columns.ts';
import { residentBytes } from './residency.ts';

const config: LogConfig = {
  segmentBytes: 1_073_741_824,
  segmentMs: 604_800_000,
  segmentIndexBytes: 10_485_760,
  indexIntervalBytes: 4_096,
  retentionMs: -1,
  retentionBytes: -1,
  timestampType: 'CreateTime',
  maxMessageBytes: 1_048_588,
  ...deleteOnly,
};

describe('the size of blocks', () => {
  test('[LOG-61] the more logs a run has, the smaller the blocks: all open ones together stay small enough for one checkpoint', () => {
    expect(blockRecordsFor(1)).toBe(maxBlockRecords);
    for (const logs of [12, 100, 1_000, 4_000]) expect(logs * blockRecordsFor(logs) * 82).toBeLessThanOrEqual(48 * 1024 * 1024);
    expect(blockRecordsFor(20_000)).toBe(128);
  });

  test('[LOG-61] a block is sealed at its number of records, and a larger batch still stands in one block', () => {
    const log = createPartitionLog(config, 1_000);
    const columns = createColumns(2_500);
    const batch = (count: number) => ({
      columns,
      from: 0,
      count,
      storedBytes: 61 + 20 * count,
      baseTimestampMs: 0,
      maxTimestampMs: 0,
      ...noProducer,
    });
    for (let i = 0; i < 1_500; i++) appendBatch(log, batch(1), i);
    appendBatch(log, batch(2_500), 1_500);
    appendBatch(log, batch(1), 1_501);
    expect(log.blocks.map((block) => [block.recordCount, block.state])).toEqual([
      [1_000, 'sealed'],
      [500, 'sealed'],
      [2_500, 'sealed'],
      [1, 'open'],
    ]);
    expect(residentBytes(log)).toBeLessThan(82 * 10_000);
  });
});
