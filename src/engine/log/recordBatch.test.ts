import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createByteSink, writtenBytes } from './byteSink.ts';
import { crc32c } from './crc32c.ts';
import type { DecodedBatch } from './decodeBatch.ts';
import { decodeBatch, isBatchFault } from './decodeBatch.ts';
import type { BatchFields, RecordBytes } from './recordBatch.ts';
import { beginBatch, finishBatch, writeRecord } from './recordBatch.ts';
import { batchHeaderBytes, headersSizeBytes, recordSizeBytes } from './recordSize.ts';
import { readVarlong, varintSize, varlongSize, writeVarint, writeVarlong } from './varint.ts';

const plain: BatchFields = {
  baseOffset: 0,
  partitionLeaderEpoch: -1,
  attributes: 0,
  lastOffsetDelta: 0,
  baseTimestampMs: 1700000000000,
  maxTimestampMs: 1700000000000,
  producerId: -1,
  producerEpoch: -1,
  baseSequence: -1,
};

const utf8 = (text: string) => new TextEncoder().encode(text);

function encode(fields: BatchFields, records: readonly (RecordBytes & { timestampDeltaMs: number })[]): Uint8Array {
  const sink = createByteSink(16);
  const start = beginBatch(sink);
  records.forEach((record, i) => writeRecord(sink, { offsetDelta: i, timestampDeltaMs: record.timestampDeltaMs }, record));
  finishBatch(sink, start, { ...fields, lastOffsetDelta: records.length - 1 }, records.length);
  return writtenBytes(sink);
}

function decoded(bytes: Uint8Array): DecodedBatch {
  const result = decodeBatch(bytes);
  if (isBatchFault(result)) throw new Error(result.detail);
  return result;
}

describe('record batch', () => {
  test('[LOG-1] the bytes are those Kafka writes for one record', () => {
    const bytes = encode(plain, [{ key: utf8('k'), value: utf8('v'), headers: [], timestampDeltaMs: 0 }]);
    expect(Buffer.from(bytes).toString('hex')).toBe(
      '00000000000000000000003affffffff02e99b8dd80000000000000000018bcfe568000000018bcfe56800ffffffffffffffffffffffffffff0000000110000000026b027600',
    );
  });

  test('[LOG-1] CRC-32C of known texts, at every alignment and length, in parts', () => {
    expect(crc32c(utf8(''))).toBe(0);
    expect(crc32c(utf8('123456789'))).toBe(0xe3069283);
    const bytes = Uint8Array.from({ length: 300 }, (_, i) => (i * 73 + 5) & 255);
    const bitwise = (from: number, to: number) => {
      let crc = -1;
      for (let i = from; i < to; i++) {
        crc ^= bytes[i];
        for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
      }
      return ~crc >>> 0;
    };
    for (let from = 0; from < 9; from++) {
      for (const length of [0, 1, 15, 63, 64, 65, 79, 80, 81, 200, 290])
        expect(crc32c(bytes, from, from + length)).toBe(bitwise(from, from + length));
    }
    expect(crc32c(bytes, 100, 300, crc32c(bytes, 0, 100))).toBe(crc32c(bytes));
  });

  test('[LOG-1] varints: known bytes, and property, seed 3: reading gives back what was written, with the size foretold', () => {
    const bytes = new Uint8Array(16);
    expect([...bytes.subarray(0, writeVarint(bytes, 0, -65))]).toEqual([0x81, 0x01]);
    expect([...bytes.subarray(0, writeVarlong(bytes, 0, 1099511627776))]).toEqual([128, 128, 128, 128, 128, 64]);
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.integer({ min: -200, max: 200 })), (value) => {
        const end = writeVarlong(bytes, 0, value);
        const cursor = { position: 0 };
        expect(readVarlong(bytes, cursor)).toBe(value);
        expect([cursor.position, varlongSize(value)]).toEqual([end, end]);
        if ((value | 0) === value) expect([writeVarint(bytes, 0, value), varintSize(value)]).toEqual([end, end]);
      }),
      { seed: 3, numRuns: 2000 },
    );
    expect(() => readVarlong(Uint8Array.of(128, 128), { position: 0 })).toThrow('past the end');
    expect(() => readVarlong(new Uint8Array(12).fill(255), { position: 0 })).toThrow('ten bytes');
  });

  test('[LOG-1] property, seed 4: decoding gives back every field, and sizes are those computed without encoding', () => {
    const data = fc.option(fc.uint8Array({ maxLength: 80 }));
    const header = fc.record({ key: fc.uint8Array({ maxLength: 9 }), value: data });
    const record = fc.record({
      key: data,
      value: data,
      headers: fc.array(header, { maxLength: 3 }),
      timestampDeltaMs: fc.integer({ min: -1e12, max: 1e12 }),
    });
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 1, maxLength: 70 }),
        fc.nat(2 ** 31 - 1),
        fc.nat(32767),
        (records, baseOffset, producerEpoch) => {
          const fields = { ...plain, baseOffset: baseOffset * 2 ** 20, producerId: 7, producerEpoch, baseSequence: 2147483640 };
          const bytes = encode(fields, records);
          const batch = decoded(bytes);
          expect(batch).toMatchObject({
            ...fields,
            lastOffsetDelta: records.length - 1,
            recordsCount: records.length,
            sizeBytes: bytes.length,
          });
          let size = batchHeaderBytes;
          records.forEach((expected, i) => {
            const actual = batch.records[i];
            expect([actual.key, actual.value, actual.headers]).toEqual([expected.key, expected.value, expected.headers]);
            expect(actual.timestampMs).toBe(plain.baseTimestampMs + expected.timestampDeltaMs);
            expect(actual.sequence).toBe((2147483640 + i) % 2147483648);
            const headers = expected.headers.map((h) => ({ keySize: h.key.length, valueSize: h.value?.length ?? -1 }));
            const computed = recordSizeBytes({
              offsetDelta: i,
              timestampDeltaMs: expected.timestampDeltaMs,
              keySize: expected.key?.length ?? -1,
              valueSize: expected.value?.length ?? -1,
              headersSize: headersSizeBytes(headers),
            });
            expect(actual.sizeBytes).toBe(computed);
            size += computed;
          });
          expect(size).toBe(bytes.length);
        },
      ),
      { seed: 4, numRuns: 100 },
    );
  });

  test('[LOG-2] every flipped bit behind the checksum is found, and damage before it is named', () => {
    const bytes = encode(plain, [
      { key: utf8('key'), value: utf8('value'), headers: [], timestampDeltaMs: 0 },
      { key: null, value: null, headers: [{ key: utf8('h'), value: null }], timestampDeltaMs: 3 },
    ]);
    for (let bit = 17 * 8; bit < bytes.length * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      expect(decodeBatch(damaged)).toMatchObject({ error: 'CORRUPT_MESSAGE' });
    }
    expect(decodeBatch(bytes.subarray(0, 60))).toMatchObject({ error: 'CORRUPT_MESSAGE' });
    expect(decodeBatch(bytes.subarray(0, bytes.length - 1))).toMatchObject({ error: 'CORRUPT_MESSAGE' });
    const old = bytes.slice();
    old[16] = 1;
    expect(decodeBatch(old)).toMatchObject({ error: 'UNSUPPORTED_FOR_MESSAGE_FORMAT' });
  });

  test('[LOG-2] a batch with a right checksum and wrong contents is refused too', () => {
    const bytes = encode(plain, [{ key: utf8('key'), value: utf8('value'), headers: [], timestampDeltaMs: 0 }]);
    const restamp = (change: (copy: Uint8Array) => void) => {
      const copy = bytes.slice();
      change(copy);
      new DataView(copy.buffer).setUint32(17, crc32c(copy, 21));
      return decodeBatch(copy);
    };
    expect(restamp((copy) => (copy[60] = 2))).toMatchObject({ error: 'CORRUPT_MESSAGE' });
    expect(restamp((copy) => (copy[61] += 2))).toMatchObject({ error: 'CORRUPT_MESSAGE' });
    expect(restamp((copy) => (copy[65] = 200))).toMatchObject({ error: 'CORRUPT_MESSAGE' });
    expect(restamp((copy) => (copy[22] = 1))).toMatchObject({ error: 'UNSUPPORTED_COMPRESSION_TYPE' });
  });
});
