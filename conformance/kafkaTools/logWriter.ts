/** Writes logs record by record, with contents of one's own: what scenarios use where a run is not asked for every detail. */
import { gzipSync } from 'node:zlib';
import { createByteSink } from '../../src/engine/log/byteSink.ts';
import type { RecordColumns } from '../../src/engine/log/columns.ts';
import { createColumns } from '../../src/engine/log/columns.ts';
import type { RecordEncoding } from '../../src/engine/log/encodeBatch.ts';
import { testConfig } from '../../src/engine/log/logFixtures.ts';
import type { BatchToAppend } from '../../src/engine/log/logState.ts';
import type { AppendOutcome, LogConfig, PartitionLog } from '../../src/engine/log/partitionLog.ts';
import {
  appendBatch,
  appendMarker,
  appendProducerBatch,
  createPartitionLog,
  raiseHighWatermark,
} from '../../src/engine/log/partitionLog.ts';
import type { CompressionCodec, RecordBytes } from '../../src/engine/log/recordBatch.ts';
import { BatchAttribute, compressionCodecs, writeRecord } from '../../src/engine/log/recordBatch.ts';
import { batchHeaderBytes, headersSizeBytes, noHeadersBytes, recordSizeBytes } from '../../src/engine/log/recordSize.ts';

const dayMs = 86_400_000;

/** Midnight of the day before, UTC: a broker forgets producers that it has not heard of for long. */
export const startMs = (Math.floor(Date.now() / dayMs) - 1) * dayMs;

/** A record in words. Headers as pairs; null is a null key, value or header value. */
export interface Sketch {
  readonly key?: string | null;
  readonly value?: string | null;
  readonly headers?: readonly (readonly [string, string | null])[];
  /** After the batch's moment, in ms; may be negative. */
  readonly delayMs?: number;
}

export interface ProducerSketch {
  readonly id: number;
  readonly epoch: number;
  readonly sequence: number;
  readonly transactional?: boolean;
}

export interface LogWriter {
  readonly log: PartitionLog;
  readonly encoding: RecordEncoding;
  /** Contents of the records; a record's `sequence` column is its index. */
  readonly contents: RecordBytes[];
  readonly keys: Map<string, number>;
}

/** gzip by the platform, as the files are written; other codecs cannot be written. */
export function compressWithGzip(codec: CompressionCodec, bytes: Uint8Array): Uint8Array | null {
  return codec === 'gzip' ? gzipSync(bytes) : null;
}

export function createLogWriter(config: Partial<LogConfig> = {}): LogWriter {
  const contents: RecordBytes[] = [];
  const resolve = (columns: RecordColumns, index: number): RecordBytes => contents[columns.sequence[index]!]!;
  const log = createPartitionLog({ ...testConfig, ...config });
  return { log, encoding: { resolve, compress: compressWithGzip }, contents, keys: new Map() };
}

const encoder = new TextEncoder();
const bytesOf = (text: string | null | undefined): Uint8Array | null => (text === null || text === undefined ? null : encoder.encode(text));

/** Appends one batch at `atMs` after the start. With a producer through the log's checks; the outcome is theirs. */
export function write(
  writer: LogWriter,
  atMs: number,
  sketches: readonly Sketch[],
  options: { readonly producer?: ProducerSketch; readonly codec?: CompressionCodec } = {},
): AppendOutcome {
  const { producer, codec = 'none' } = options;
  const nowMs = startMs + atMs;
  const count = sketches.length;
  const columns = createColumns(count);
  for (const [i, sketch] of sketches.entries()) fillRecord(writer, columns, i, sketch, nowMs);
  const timestamps = Array.from(columns.timestampUs, (us) => us / 1000);
  const batch: BatchToAppend = {
    columns,
    from: 0,
    count,
    storedBytes: sizeOf(writer, columns, count, codec),
    baseTimestampMs: timestamps[0]!,
    maxTimestampMs: Math.max(...timestamps),
    attributes: compressionCodecs.indexOf(codec) | (producer?.transactional === true ? BatchAttribute.transactional : 0),
    producerId: producer?.id ?? -1,
    producerEpoch: producer?.epoch ?? -1,
    baseSequence: producer?.sequence ?? -1,
  };
  const outcome: AppendOutcome = producer
    ? { ...appendProducerBatch(writer.log, batch, nowMs * 1000, { origin: 'client', verifyTransactions: false, guard: 0 }) }
    : { outcome: 'appended', baseOffset: appendBatch(writer.log, batch, nowMs * 1000) };
  raiseHighWatermark(writer.log, writer.log.logEndOffset);
  return outcome;
}

/** Ends a producer's transaction. With `bumpsEpoch` the marker carries the next epoch, in which the producer goes on (KIP-890). */
export function end(
  writer: LogWriter,
  atMs: number,
  type: 'COMMIT' | 'ABORT',
  producer: { readonly id: number; readonly epoch: number; readonly coordinatorEpoch?: number; readonly bumpsEpoch?: boolean },
): void {
  const { id, epoch, coordinatorEpoch = 0, bumpsEpoch = false } = producer;
  const marker = { producerId: id, producerEpoch: bumpsEpoch ? epoch + 1 : epoch, type, coordinatorEpoch };
  const { outcome } = appendMarker(writer.log, { ...marker, transactionVersion: bumpsEpoch ? 2 : 1 }, (startMs + atMs) * 1000);
  if (outcome !== 'appended') throw new Error(`the ${type} of producer ${id} was not appended: ${outcome}`);
  raiseHighWatermark(writer.log, writer.log.logEndOffset);
}

function fillRecord(writer: LogWriter, columns: RecordColumns, i: number, sketch: Sketch, nowMs: number): void {
  const { contents, keys } = writer;
  const key = sketch.key ?? null;
  const value = bytesOf(sketch.value);
  const headers = (sketch.headers ?? []).map(([name, text]) => ({ key: encoder.encode(name), value: bytesOf(text) }));
  if (key !== null && !keys.has(key)) keys.set(key, keys.size);
  columns.key[i] = key === null ? -1 : keys.get(key)!;
  columns.size[i] = value === null ? -1 : value.length;
  columns.timestampUs[i] = (nowMs + (sketch.delayMs ?? 0)) * 1000;
  columns.sentUs[i] = columns.timestampUs[i]!;
  columns.sequence[i] = contents.length;
  contents.push({ key: bytesOf(key), value, headers });
}

/** What the producer would have counted: sizes by arithmetic, compressed ones by compressing. */
function sizeOf({ contents }: LogWriter, columns: RecordColumns, count: number, codec: CompressionCodec): number {
  const sink = createByteSink();
  let bytes = batchHeaderBytes;
  for (let i = 0; i < count; i++) {
    const record = contents[columns.sequence[i]!]!;
    const { key, value, headers } = record;
    const timestampDeltaMs = (columns.timestampUs[i]! - columns.timestampUs[0]!) / 1000;
    const sizes = headers.map((header) => ({ keySize: header.key.length, valueSize: header.value?.length ?? -1 }));
    const headersSize = headers.length === 0 ? noHeadersBytes : headersSizeBytes(sizes);
    bytes += recordSizeBytes({ offsetDelta: i, timestampDeltaMs, keySize: key?.length ?? -1, valueSize: value?.length ?? -1, headersSize });
    if (codec !== 'none') writeRecord(sink, { offsetDelta: i, timestampDeltaMs }, record);
  }
  const compressed = codec === 'none' ? null : compressWithGzip(codec, sink.bytes.slice(0, sink.position));
  return compressed === null ? bytes : batchHeaderBytes + compressed.length;
}
