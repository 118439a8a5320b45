import { describe, expect, test } from 'vitest';
import type { BatchSummary, ByteField, SegmentView } from '../../workers/protocol.ts';
import { encodingWords, fieldAt, hexOf, letterOf, placeWords } from './fieldWords.ts';
import { entryFor } from './indexLookUp.ts';
import { batchDetail, batchLabels, keptShare, offsetRange, segmentSentence } from './segmentWords.ts';

const segment: SegmentView = {
  baseOffset: 100,
  endOffset: 200,
  active: false,
  sizeBytes: 2048,
  batches: 7,
  records: 100,
  markers: 0,
  createdMs: 0,
  largestTimestampMs: 5,
  offsetIndexEntries: 1,
  timeIndexEntries: 1,
  abortedTransactions: 0,
  files: [],
  tier: 'local',
};

const batch: BatchSummary = {
  baseOffset: 10,
  lastOffset: 12,
  position: 1234,
  sizeBytes: 300,
  records: 3,
  leaderEpoch: 2,
  producer: { id: 5, epoch: 0, baseSequence: 40 },
  transactional: false,
  control: null,
  compression: 'none',
  maxTimestampMs: 5,
};

const field = (over: Partial<ByteField>): ByteField => ({
  name: 'x',
  from: 0,
  length: 1,
  value: '0',
  meaning: '',
  part: 'header',
  kind: 'batch',
  type: 'int8',
  ...over,
});

describe('segments in words', () => {
  test('[LOGV-1] a segment says its offsets, what it holds, and what has become of it', () => {
    expect(segmentSentence(segment)).toBe('Offsets 100 to 199: 100 records in 7 batches, 2 KiB; closed.');
    expect(segmentSentence({ ...segment, active: true, endOffset: 101, records: 1, batches: 1 })).toBe(
      'Offset 100: 1 record in 1 batch, 2 KiB; active, still written to.',
    );
    const cleaned = { ...segment, records: 38, markers: 2, abortedTransactions: 1, tier: 'both' } as const;
    expect(segmentSentence(cleaned)).toContain(
      'closed; compacted: 40 of 100 offsets are left; 1 aborted transaction; on the disk and in the remote tier.',
    );
    expect(keptShare(cleaned)).toBe(0.4);
    expect(keptShare({ ...segment, endOffset: 100, records: 0 })).toBe(1);
    expect(offsetRange(5, 4)).toBe('no offsets yet');
  });

  test('[LOGV-2] a batch says where it stands, who wrote it, and what sets it apart', () => {
    expect(batchDetail(batch)).toBe('at 1,234 · 300 B · epoch 2 · producer 5, sequence 40');
    expect(batchLabels(batch)).toEqual([]);
    expect(batchLabels({ ...batch, control: 'ABORT', transactional: true })).toEqual(['ABORT']);
    expect(batchLabels({ ...batch, transactional: true, compression: 'gzip', records: 1 })).toEqual(['transaction', 'gzip', 'compacted']);
    expect(batchLabels({ ...batch, records: 0 })).toEqual(['emptied']);
  });
});

describe('bytes in words', () => {
  test('[LOGV-3] each byte belongs to the field it is found in', () => {
    const fields = [field({ length: 8 }), field({ from: 8, length: 4 }), field({ from: 12, length: 1 })];
    expect([0, 7, 8, 11, 12].map((at) => fieldAt(fields, at))).toEqual([0, 0, 1, 1, 2]);
  });

  test('[LOGV-4] a number is told with its bytes, and a varint with how they make it', () => {
    expect(encodingWords(field({ type: 'int32', length: 4, value: '1234' }), new Uint8Array([0, 0, 4, 210]))).toBe(
      'int32, 4 bytes, highest first: 00 00 04 d2',
    );
    expect(encodingWords(field({ type: 'varint', length: 2, value: '1000' }), new Uint8Array([0xd0, 0x0f]))).toBe(
      'varint, 2 bytes: d0 0f, seven bits of each, lowest first, make 2000; even, so 2000 / 2 = 1000',
    );
    expect(encodingWords(field({ type: 'varint', value: '-1' }), new Uint8Array([1]))).toBe(
      'varint, 1 byte: 01, make 1; odd, so −(1 + 1) / 2 = -1',
    );
    expect(encodingWords(field({ type: '', length: 20, kind: 'key' }), new Uint8Array(20))).toBe(`20 bytes: ${'00 '.repeat(12)}…`);
    expect([hexOf(new Uint8Array([10, 255])), letterOf(65), letterOf(10)]).toEqual(['0a ff', 'A', '·']);
  });

  test('[LOGV-5] records are counted from 1', () => {
    expect(placeWords(field({}))).toBe('batch header');
    expect(placeWords(field({ part: 2, kind: 'key' }))).toBe('record 3, key');
    expect(placeWords(field({ part: 0, kind: 'record' }))).toBe('record 1, frame');
  });

  test('[LOGV-6] a look-up takes the last index entry that is not beyond what is asked for', () => {
    const offsets = Float64Array.from([10, 20, 30]);
    expect([9, 10, 29, 30, 99].map((offset) => entryFor(offsets, offset))).toEqual([-1, 0, 1, 2, 2]);
    expect(entryFor(new Float64Array(0), 5)).toBe(-1);
  });
});
