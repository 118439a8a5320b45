import { gunzipSync } from 'node:zlib';
import { createByteSink, writtenBytes } from '../../src/engine/log/byteSink.ts';
import { crc32c } from '../../src/engine/log/crc32c.ts';
import type { DecodedBatch } from '../../src/engine/log/decodeBatch.ts';
import { decodeBatch, isBatchFault } from '../../src/engine/log/decodeBatch.ts';
import { BatchAttribute, beginBatch, finishBatch, writeRecord } from '../../src/engine/log/recordBatch.ts';
import { headersSizeBytes, recordSizeBytes } from '../../src/engine/log/recordSize.ts';
import { varintSize, varlongSize, writeVarint, writeVarlong } from '../../src/engine/log/varint.ts';
import type { CaseReport, ConformanceSuite } from '../suite.ts';

interface RecordRow {
  readonly offset: number;
  readonly timestamp: number;
  readonly sequence: number;
  readonly sizeInBytes: number;
  readonly keyHex: string | null;
  readonly valueHex: string | null;
  readonly headers: readonly unknown[];
}

interface BatchRow {
  readonly baseOffset: number;
  readonly batchLength: number;
  readonly partitionLeaderEpoch: number;
  readonly crc: number;
  readonly attributes: number;
  readonly compression: string;
  readonly lastOffsetDelta: number;
  readonly baseTimestampField: number;
  readonly maxTimestamp: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly recordsCount: number;
  readonly records: readonly RecordRow[];
}

interface Case {
  readonly name: string;
  readonly encodable: boolean;
  readonly hex: string;
  readonly batches: readonly BatchRow[];
}

interface NumberRow {
  readonly value: number | string;
  readonly hex: string;
  readonly size: number;
}

interface SizeRow {
  readonly offsetDelta: number;
  readonly timestampDelta: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly headers: readonly { readonly key: string; readonly valueSize: number }[];
  readonly recordSizeInBytes: number;
}

interface DataFile {
  readonly cases: readonly Case[];
  readonly varint: readonly NumberRow[];
  readonly varlong: readonly NumberRow[];
  readonly crc32c: readonly { readonly text: string; readonly crc32c: number }[];
  readonly sizes: readonly SizeRow[];
}

const hexOf = (bytes: Uint8Array | null): string | null => (bytes === null ? null : Buffer.from(bytes).toString('hex'));
const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));

function headerOf(batch: DecodedBatch): unknown[] {
  const { baseOffset, sizeBytes, partitionLeaderEpoch, crc, attributes, lastOffsetDelta, baseTimestampMs, maxTimestampMs } = batch;
  const sizes = [baseOffset, sizeBytes, partitionLeaderEpoch, crc, attributes, lastOffsetDelta, baseTimestampMs, maxTimestampMs];
  return [...sizes, batch.producerId, batch.producerEpoch, batch.baseSequence, batch.recordsCount];
}

function expectedHeader(row: BatchRow): unknown[] {
  const { baseOffset, batchLength, partitionLeaderEpoch, crc, attributes, lastOffsetDelta, baseTimestampField, maxTimestamp } = row;
  const sizes = [baseOffset, batchLength + 12, partitionLeaderEpoch, crc, attributes, lastOffsetDelta, baseTimestampField, maxTimestamp];
  return [...sizes, row.producerId, row.producerEpoch, row.baseSequence, row.recordsCount];
}

function recordsOf(batch: DecodedBatch): unknown[] {
  return batch.records.map(({ offset, timestampMs, sequence, sizeBytes, key, value, headers }) => [
    ...[offset, timestampMs, sequence, sizeBytes],
    ...[hexOf(key), hexOf(value), headers.length],
  ]);
}

function expectedRecords(row: BatchRow): unknown[] {
  return row.records.map(({ offset, timestamp, sequence, sizeInBytes, keyHex, valueHex, headers }) => [
    ...[offset, timestamp, sequence, sizeInBytes],
    ...[keyHex, valueHex, headers.length],
  ]);
}

function encoded(batch: DecodedBatch): Uint8Array {
  const sink = createByteSink(64);
  const start = beginBatch(sink);
  for (const record of batch.records) {
    writeRecord(
      sink,
      { offsetDelta: record.offset - batch.baseOffset, timestampDeltaMs: record.timestampMs - batch.baseTimestampMs },
      record,
    );
  }
  finishBatch(sink, start, batch, batch.recordsCount);
  return writtenBytes(sink);
}

function runCase({ name, encodable, hex, batches }: Case, report: CaseReport): void {
  const bytes = bytesOf(hex);
  let from = 0;
  for (const row of batches) {
    const end = from + row.batchLength + 12;
    const batch = decodeBatch(bytes, from, (codec, written) => (codec === 'gzip' ? gunzipSync(written) : null));
    if (row.compression !== 'none' && row.compression !== 'gzip') {
      report.skip(name, `batches compressed with ${row.compression} are recognised, not decoded`);
    } else if (isBatchFault(batch)) {
      report.check(`${name}: decoded`, batch, null);
    } else {
      report.check(`${name}: header`, headerOf(batch), expectedHeader(row));
      report.check(`${name}: records`, recordsOf(batch), expectedRecords(row));
      if (encodable && row.compression === 'none') encodeAgain(name, batch, bytes.subarray(from, end), report);
    }
    from = end;
  }
}

function encodeAgain(name: string, batch: DecodedBatch, bytes: Uint8Array, report: CaseReport): void {
  // With LogAppendTime the records' own deltas are not among what is decoded.
  if ((batch.attributes & BatchAttribute.logAppendTime) !== 0)
    report.skip(`${name}: encoded`, 'record timestamps are hidden by LogAppendTime');
  else report.check(`${name}: encoded`, hexOf(encoded(batch)), hexOf(bytes));
}

function runNumbers(rows: readonly NumberRow[], kind: 'varint' | 'varlong', report: CaseReport): void {
  const bytes = new Uint8Array(16);
  for (const { value, hex, size } of rows) {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) {
      report.skip(`${kind} ${value}`, 'no double holds it exactly; no delta of a run is that large');
      continue;
    }
    const end = kind === 'varint' ? writeVarint(bytes, 0, number) : writeVarlong(bytes, 0, number);
    const foretold = kind === 'varint' ? varintSize(number) : varlongSize(number);
    report.check(`${kind} ${value}`, [hexOf(bytes.subarray(0, end)), foretold], [hex, size]);
  }
}

/** Batches decoded and encoded again to the bit, varints, checksums and sizes computed without encoding. */
export const recordBatchSuite: ConformanceSuite = {
  file: 'kafka/record-batch.json',
  run(data, report) {
    const file = data as DataFile;
    for (const one of file.cases) runCase(one, report);
    runNumbers(file.varint, 'varint', report);
    runNumbers(file.varlong, 'varlong', report);
    for (const row of file.crc32c)
      report.check(`CRC-32C of "${row.text.slice(0, 20)}"`, crc32c(new TextEncoder().encode(row.text)), row.crc32c);
    for (const row of file.sizes) {
      const headers = row.headers.map(({ key, valueSize }) => ({ keySize: Buffer.byteLength(key), valueSize }));
      const { offsetDelta, timestampDelta: timestampDeltaMs, keySize, valueSize } = row;
      const size = recordSizeBytes({ offsetDelta, timestampDeltaMs, keySize, valueSize, headersSize: headersSizeBytes(headers) });
      report.check(`size of ${JSON.stringify(row)}`, size, row.recordSizeInBytes);
    }
  },
};
