import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { appendKeyed, cleanAll, endTransaction as endKeyed, roll } from './cleaningFixtures.ts';
import type { RecordColumns } from './columns.ts';
import { crc32c } from './crc32c.ts';
import type { DecodedBatch, DecompressRecords } from './decodeBatch.ts';
import { decodeBatch, isBatchFault } from './decodeBatch.ts';
import type { RecordEncoding } from './encodeBatch.ts';
import { appendNumbered, numberedBatchBytes, numberedColumns, testLog } from './logFixtures.ts';
import type { PartitionLog } from './logState.ts';
import { appendBatch, beginLeaderEpoch } from './partitionLog.ts';
import { missingBlockForFiles, segmentFiles, stateFiles, topicIdOf } from './partitionFiles.ts';
import { appendWords, endTransaction } from './producerLogFixtures.ts';
import { BatchAttribute, compressionCodecs } from './recordBatch.ts';
import { batchHeaderBytes } from './recordSize.ts';
import { confirmStored, evictBlock, takeSealed } from './residency.ts';

/** Keys of 4 bytes, values of the counted size: what the fixtures sized their batches by. */
function resolve(columns: RecordColumns, i: number) {
  const key = columns.key[i] < 0 ? null : Uint8Array.of(0, columns.key[i] >> 16, columns.key[i] >> 8, columns.key[i]);
  return { key, value: columns.size[i] < 0 ? null : new Uint8Array(columns.size[i]).fill(columns.sequence[i]), headers: [] };
}

const plain: RecordEncoding = { resolve, compress: () => null };
const gzip: RecordEncoding = { resolve, compress: (codec, bytes) => (codec === 'gzip' ? gzipSync(bytes) : null) };

function batchesIn(bytes: Uint8Array, decompress?: DecompressRecords): DecodedBatch[] {
  const batches: DecodedBatch[] = [];
  for (let at = 0; at < bytes.length;) {
    const batch = decodeBatch(bytes, at, decompress);
    if (isBatchFault(batch)) throw new Error(batch.detail);
    batches.push(batch);
    at += batch.sizeBytes;
  }
  return batches;
}

/** The batches of all segments, and whether each has the size the log counted. */
function written(log: PartitionLog, encoding = plain): DecodedBatch[] {
  return log.segments.flatMap((segment) => {
    const { files, sizeMismatches } = segmentFiles(log, segment, encoding);
    expect(sizeMismatches).toEqual([]);
    return batchesIn(files.find(({ name }) => name.endsWith('.log'))!.bytes);
  });
}

const names = (log: PartitionLog): string[] =>
  log.segments.flatMap((segment) => segmentFiles(log, segment, plain).files.map(({ name }) => name));

function stateFile(log: PartitionLog, ending: string): Uint8Array {
  return stateFiles(log, topicIdOf([0, 0, 0, 1])).find(({ name }) => name.endsWith(ending))!.bytes;
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const hex = (bytes: Uint8Array | null): string | null => (bytes === null ? null : Buffer.from(bytes).toString('hex'));

describe('files of a partition', () => {
  test('[FIL-2] a batch carries producer id, epoch and first sequence; a batch without a producer -1', () => {
    const log = testLog();
    appendNumbered(log, [2]);
    appendWords(log, { count: 3, producerId: 4_000_000_000, producerEpoch: 12, baseSequence: 2147483646 });
    expect(written(log).map(({ producerId, producerEpoch, baseSequence }) => [producerId, producerEpoch, baseSequence])).toEqual([
      [-1, -1, -1],
      [4_000_000_000, 12, 2147483646],
    ]);
    expect(written(log)[1].records.map(({ sequence }) => sequence)).toEqual([2147483646, 2147483647, 0]);
  });

  test('[FIL-3] a marker is a control batch with one record: version and type in the key, version and coordinator epoch in the value', () => {
    const log = testLog();
    appendWords(log, { count: 2, isTransactional: true });
    endTransaction(log, 'ABORT', { coordinatorEpoch: 258 });
    appendWords(log, { count: 1, baseSequence: 2, isTransactional: true });
    endTransaction(log, 'COMMIT', { coordinatorEpoch: 259 });
    const [, abort, , commit] = written(log);
    expect([abort.attributes, abort.baseSequence, abort.recordsCount]).toEqual([
      BatchAttribute.transactional | BatchAttribute.control,
      -1,
      1,
    ]);
    expect([hex(abort.records[0].key), hex(abort.records[0].value)]).toEqual(['00000000', '000000000102']);
    expect([hex(commit.records[0].key), hex(commit.records[0].value)]).toEqual(['00000001', '000000000103']);
  });

  test('[FIL-4] after compaction records keep their offsets and batches the last offset they were written with; one without records is a header', () => {
    const log = testLog({ cleanupPolicy: { delete: false, compact: true }, deleteRetentionMs: 1000 });
    appendKeyed(log, { keys: [1, 2, 3] });
    appendKeyed(log, { keys: [2, 3], producerId: 5 });
    endKeyed(log, 5, 'COMMIT');
    appendKeyed(log, { keys: [2, 3, -4, 9] });
    appendKeyed(log, { keys: [9] });
    roll(log);
    cleanAll(log, { nowMs: 5000 });
    const rows = written(log).map(({ baseOffset, lastOffsetDelta, records }) => [
      baseOffset,
      lastOffsetDelta,
      records.map(({ offset }) => offset),
    ]);
    expect(rows).toEqual([
      [0, 2, [0]],
      [3, 1, []],
      [5, 0, [5]],
      [6, 3, [6, 7, 8]],
      [10, 0, [10]],
    ]);
    const tombstone = written(log)[3];
    expect(tombstone.attributes & BatchAttribute.deleteHorizon).toBe(BatchAttribute.deleteHorizon);
    expect([tombstone.baseTimestampMs, tombstone.maxTimestampMs]).toEqual([6000, 1000]);
    expect(tombstone.records.map(({ timestampMs, value }) => [timestampMs, value === null])).toEqual([
      [1000, false],
      [1000, false],
      [1000, true],
    ]);
  });

  test('[FIL-5] gzip is written compressed; a codec that cannot be written stands uncompressed without its attribute, and is counted', () => {
    const log = testLog();
    for (const codec of ['gzip', 'zstd'] as const) {
      const columns = numberedColumns(log.logEndOffset, 40);
      const [baseTimestampMs, maxTimestampMs] = [columns.timestampUs[0] / 1000, columns.timestampUs[39] / 1000];
      const producer = { attributes: compressionCodecs.indexOf(codec), producerId: -1, producerEpoch: -1, baseSequence: -1 };
      const sizeBytes = numberedBatchBytes(columns, 40);
      appendBatch(log, { columns, from: 0, count: 40, storedBytes: sizeBytes, baseTimestampMs, maxTimestampMs, ...producer }, 1000);
    }
    const made = segmentFiles(log, log.segments[0], gzip);
    expect([...made.uncompressed]).toEqual([['zstd', 1]]);
    expect(made.sizeMismatches).toEqual([0]);
    const unpacked: number[] = [];
    const [first, second] = batchesIn(made.files[0].bytes, (codec, bytes) => {
      const records = codec === 'gzip' ? gunzipSync(bytes) : null;
      unpacked.push(records!.length);
      return records;
    });
    expect([first.attributes, second.attributes]).toEqual([1, 0]);
    expect(batchHeaderBytes + unpacked[0]).toBe(numberedBatchBytes(numberedColumns(0, 40), 40));
    expect(first.sizeBytes).toBeLessThan(second.sizeBytes);
    expect(first.records.map(({ offset }) => offset)).toEqual(Array.from({ length: 40 }, (_, i) => i));
    const damaged = made.files[0].bytes.slice(0, first.sizeBytes);
    damaged[batchHeaderBytes] ^= 255;
    new DataView(damaged.buffer).setUint32(17, crc32c(damaged, 21, damaged.length));
    expect(decodeBatch(damaged, 0, (_codec, bytes) => gunzipSync(bytes))).toMatchObject({ error: 'CORRUPT_MESSAGE' });
  });

  test('[FIL-6] a segment with aborted transactions has a transaction index, others none', () => {
    const log = testLog();
    appendWords(log, { count: 2, isTransactional: true });
    endTransaction(log, 'ABORT');
    roll(log);
    appendNumbered(log, [1]);
    expect(names(log).filter((name) => name.endsWith('.txnindex'))).toEqual(['00000000000000000000.txnindex']);
    const { bytes } = segmentFiles(log, log.segments[0], plain).files[3];
    const view = new DataView(bytes.buffer);
    expect(bytes.length).toBe(34);
    expect([view.getInt16(0), ...[2, 10, 18, 26].map((at) => Number(view.getBigInt64(at)))]).toEqual([0, 7, 0, 2, 3]);
  });

  test('[FIL-7] a producer snapshot for each roll and one for the end; empty ones from before the first producer', () => {
    const log = testLog();
    appendNumbered(log, [4]);
    roll(log);
    appendWords(log, { count: 3, baseSequence: 5 });
    roll(log);
    appendWords(log, { count: 2, baseSequence: 8 });
    const snapshots = stateFiles(log, topicIdOf([0, 0, 0, 1])).filter(({ name }) => name.endsWith('.snapshot'));
    expect(snapshots.map(({ name, bytes }) => [Number(name.split('.')[0]), bytes.length])).toEqual([
      [4, 10],
      [7, 56],
      [9, 56],
    ]);
    const { bytes } = snapshots[2];
    const view = new DataView(bytes.buffer);
    expect([view.getInt16(0), view.getUint32(2), view.getInt32(6)]).toEqual([1, crc32c(bytes, 6, bytes.length), 1]);
    // Producer 7, its last sequence, last offset and the batch's length less one.
    expect([Number(view.getBigInt64(10)), view.getInt32(20), Number(view.getBigInt64(24)), view.getInt32(32)]).toEqual([7, 9, 8, 1]);
    // Making the files took no snapshot in the log itself.
    expect(log.producers!.snapshots.map(({ offset }) => offset)).toEqual([7]);
  });

  test('[FIL-8] leader epochs with their first offsets, and the id of the topic, as Kafka writes them', () => {
    const log = testLog();
    appendNumbered(log, [3]);
    beginLeaderEpoch(log, 4);
    appendNumbered(log, [2]);
    expect(text(stateFile(log, 'leader-epoch-checkpoint'))).toBe('0\n2\n0 0\n4 3\n');
    expect(text(stateFile(log, 'partition.metadata'))).toBe('version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAQ');
    // -1 as a text would begin with a dash, which Kafka never gives.
    expect(topicIdOf([0xfbffffff, -1, -1, -1])).toBe(`e${'_'.repeat(20)}w`);
  });

  test('[FIL-9] files need the blocks of their segment, of no other', () => {
    const log = testLog();
    appendNumbered(log, [3]);
    roll(log);
    appendNumbered(log, [3]);
    for (const number of takeSealed(log)) {
      confirmStored(log, number);
      evictBlock(log, number);
    }
    expect(log.segments.map((segment) => missingBlockForFiles(log, segment))).toEqual([0, -1]);
    expect(() => segmentFiles(log, log.segments[0], plain)).toThrow('block 0 must be resident');
    expect(segmentFiles(log, log.segments[1], plain).files[0].name).toBe('00000000000000000003.log');
  });
});
