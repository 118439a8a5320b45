import { describe, expect, test } from 'vitest';
import type { RecordColumns } from './columns.ts';
import { decodeBatch, isBatchFault } from './decodeBatch.ts';
import { segmentToKafkaFiles } from './kafkaFiles.ts';
import { appendNumbered, testLog } from './logFixtures.ts';

/** Keys of 4 bytes, values of the counted size: what the fixtures' batch sizes were computed from. */
function resolve(columns: RecordColumns, i: number) {
  const key = columns.key[i] < 0 ? null : Uint8Array.of(0, columns.key[i] >> 16, columns.key[i] >> 8, columns.key[i]);
  return { key, value: new Uint8Array(columns.size[i]).fill(columns.sequence[i]), headers: [] };
}

describe('kafka files', () => {
  test('[LOG-19] a segment as files: batches decode, sizes agree, index entries point at batches', () => {
    const log = testLog({ segmentBytes: 60000, indexIntervalBytes: 4096 });
    appendNumbered(log, [100, 3, 50, 70, 80, 120], 1700000000000);
    const segment = log.segments[0];
    const blocks = log.blocks.filter((block) => block.segmentBaseOffset === segment.baseOffset);
    const files = segmentToKafkaFiles(segment, blocks, log.config, { resolve, compress: () => null });
    expect(files.name).toBe('00000000000000000000');
    expect(files.sizeMismatches).toEqual([]);
    expect(files.log.length).toBe(segment.sizeBytes);
    const lastOffsets = new Map<number, number>();
    let position = 0;
    let offset = 0;
    while (position < files.log.length) {
      const batch = decodeBatch(files.log, position);
      if (isBatchFault(batch)) throw new Error(batch.detail);
      for (const record of batch.records) {
        expect(record.offset).toBe(offset);
        expect(record.timestampMs).toBe(1700000000000 + offset++);
      }
      lastOffsets.set(position, offset - 1);
      position += batch.sizeBytes;
    }
    const index = new DataView(files.index.buffer);
    expect(files.index.length / 8).toBe(segment.offsetIndexEntries);
    for (let at = 0; at < files.index.length; at += 8) expect(lastOffsets.get(index.getInt32(at + 4))).toBe(index.getInt32(at));
    const time = new DataView(files.timeIndex.buffer);
    expect(files.timeIndex.length / 12).toBe(segment.timeIndexEntries);
    const last = files.timeIndex.length - 12;
    expect([Number(time.getBigInt64(last)), time.getInt32(last + 8)]).toEqual([segment.largestTimestampMs, offset - 1]);
  });

  test('[LOG-19] a resolver that gives other bytes than were counted is told', () => {
    const log = testLog();
    appendNumbered(log, [5, 6]);
    const empty = { resolve: () => ({ key: null, value: null, headers: [] }), compress: () => null };
    const files = segmentToKafkaFiles(log.segments[0], log.blocks, log.config, empty);
    expect(files.sizeMismatches).toEqual([0, 5]);
  });
});
