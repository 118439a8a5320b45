/** Kafka's record batches with real bytes and CRC-32C, beside kafkajs's encoder for the same records. */
import { createRequire } from 'node:module';
import { createByteSink } from '../../src/engine/log/byteSink.ts';
import { beginBatch, finishBatch, type RecordBytes, writeRecord } from '../../src/engine/log/recordBatch.ts';
import type { Figure } from '../figures.ts';
import { asyncRatesInTurn } from '../timing.ts';

interface KafkaJs {
  readonly RecordBatch: (batch: Record<string, unknown>) => Promise<{ readonly buffer: Buffer }>;
  readonly Record: (record: Record<string, unknown>) => unknown;
}

function loadKafkaJs(): KafkaJs {
  const require = createRequire(import.meta.url);
  const { RecordBatch } = require('kafkajs/src/protocol/recordBatch/v0/index.js') as Pick<KafkaJs, 'RecordBatch'>;
  return { RecordBatch, Record: require('kafkajs/src/protocol/recordBatch/record/v0/index.js') as KafkaJs['Record'] };
}

const recordsPerBatch = 100;
const batches = 200;
const baseTimestampMs = 1_700_000_000_000;

/** Keys of 8 to 11 bytes, values of 100 bytes that differ. */
function makeRecords(): { key: Buffer; value: Buffer }[] {
  return Array.from({ length: recordsPerBatch * batches }, (_, i) => ({
    key: Buffer.from(`customer-${(i * 7919) % 1000}`),
    value: Buffer.from(`{"order":${i},"amount":${(i * 31) % 997}}`.padEnd(100, 'x')),
  }));
}

/** Both encoders on the same records; throws when their bytes differ. */
export async function measureEncoding(): Promise<Figure[]> {
  const kafkaJs = loadKafkaJs();
  const records = makeRecords();
  const own: RecordBytes[] = records.map(({ key, value }) => ({ key: new Uint8Array(key), value: new Uint8Array(value), headers: [] }));
  const sink = createByteSink(1 << 20);
  const deltas = { offsetDelta: 0, timestampDeltaMs: 0 };
  const fields = {
    baseOffset: 0,
    partitionLeaderEpoch: 0,
    attributes: 0,
    lastOffsetDelta: recordsPerBatch - 1,
    baseTimestampMs,
    maxTimestampMs: baseTimestampMs + recordsPerBatch - 1,
    producerId: -1,
    producerEpoch: 0,
    baseSequence: 0,
  };
  const encodeOwn = (batch: number): void => {
    sink.position = 0;
    const start = beginBatch(sink);
    for (let i = 0; i < recordsPerBatch; i++) {
      deltas.offsetDelta = i;
      deltas.timestampDeltaMs = i;
      writeRecord(sink, deltas, own[batch * recordsPerBatch + i]);
    }
    finishBatch(sink, start, fields, recordsPerBatch);
  };
  const encodeTheirs = (batch: number): Promise<{ readonly buffer: Buffer }> =>
    kafkaJs.RecordBatch({
      firstTimestamp: baseTimestampMs,
      maxTimestamp: baseTimestampMs + recordsPerBatch - 1,
      lastOffsetDelta: recordsPerBatch - 1,
      records: Array.from({ length: recordsPerBatch }, (_, i) =>
        kafkaJs.Record({ offsetDelta: i, timestampDelta: i, ...records[batch * recordsPerBatch + i] }),
      ),
    });
  encodeOwn(3);
  const same = Buffer.compare(Buffer.from(sink.bytes.slice(0, sink.position)), (await encodeTheirs(3)).buffer) === 0;
  if (!same) throw new Error("The two encoders' bytes differ for the same records.");
  const batchBytes = sink.position;
  const ownWork = (): number => {
    for (let pass = 0; pass < 20; pass++) for (let batch = 0; batch < batches; batch++) encodeOwn(batch);
    return 20 * batches * recordsPerBatch;
  };
  const theirWork = async (): Promise<number> => {
    for (let batch = 0; batch < batches; batch++) await encodeTheirs(batch);
    return batches * recordsPerBatch;
  };
  const [rate, peerRate] = await asyncRatesInTurn([ownWork, theirWork], 8);
  const bytesPerRecord = batchBytes / recordsPerBatch;
  return [
    {
      name: 'Record batches v2 with bytes and CRC-32C',
      value: rate / 1e6,
      unit: 'M records/s',
      peer: { name: 'kafkajs, same records, same bytes', value: peerRate / 1e6 },
      floor: 8,
      aim: 15,
      moreIsBetter: true,
      note: `${((rate * bytesPerRecord) / 1e6).toFixed(0)} MB/s against ${((peerRate * bytesPerRecord) / 1e6).toFixed(0)} MB/s; values of 100 bytes, batches of 100`,
    },
  ];
}
