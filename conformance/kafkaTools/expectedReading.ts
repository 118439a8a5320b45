/** What a consumer of Kafka's and its admin client must say of a log, by the engine's own reading of it. */
import type { Block } from '../../src/engine/log/logState.ts';
import type { PartitionLog } from '../../src/engine/log/partitionLog.ts';
import { createFetchedRecords, lastStableOffsetOf, offsetForTimestamp, readBatches } from '../../src/engine/log/partitionLog.ts';
import type { IsolationLevel } from '../../src/engine/log/readCommitted.ts';
import type { RecordBytes } from '../../src/engine/log/recordBatch.ts';
import { BatchAttribute } from '../../src/engine/log/recordBatch.ts';
import { batchIndexAt, blockIndexAt } from '../../src/engine/log/search.ts';
import type { Scenario } from './scenario.ts';

/** The lines KafkaClient.java prints of a topic, records and ranges under both isolation levels. */
export function expectedReading(scenario: Scenario): string[] {
  return (['read_uncommitted', 'read_committed'] as const).flatMap((isolation) => readAll(scenario, isolation));
}

function readAll({ topic, log, encoding }: Scenario, isolation: IsolationLevel): string[] {
  const limit = isolation === 'read_committed' ? lastStableOffsetOf(log) : log.highWatermark;
  const lines = [`range ${topic} ${isolation} ${log.logStartOffset} ${limit}`];
  const target = createFetchedRecords(0);
  let offset = log.logStartOffset;
  while (offset < limit) {
    readBatches(log, { offset, limit, maxBytes: 1_000_000, maxRecords: Infinity, atLeastOne: true, isolation }, target);
    for (let i = 0; i < target.count; i++) {
      const at = target.offsets === null ? target.baseOffset + i : target.offsets[i]!;
      const { columns } = target;
      const bytes = encoding.resolve(columns, i);
      lines.push(recordLine(`record ${topic} ${isolation} ${at}`, headerOf(log, at, columns.timestampUs[i]!), bytes));
    }
    if (target.nextOffset <= offset) break;
    offset = target.nextOffset;
  }
  lines.push(`position ${topic} ${isolation} ${offset}`);
  return lines;
}

/** Timestamp, its type and the leader epoch, which stand in the batch. */
function headerOf(log: PartitionLog, offset: number, timestampUs: number): string {
  const block: Block = log.blocks[blockIndexAt(log, offset)]!;
  const batches = block.batches!;
  const i = batchIndexAt(block, batches, offset);
  const appendTime = (batches.attributes[i]! & BatchAttribute.logAppendTime) !== 0;
  const timestampMs = appendTime ? batches.maxTimestampMs[i]! : Math.floor(timestampUs / 1000);
  return `${timestampMs} ${appendTime ? 'LogAppendTime' : 'CreateTime'} ${batches.leaderEpoch[i]}`;
}

function recordLine(place: string, header: string, { key, value, headers }: RecordBytes): string {
  const pairs = headers.map((one) => `${hex(one.key)}=${hex(one.value)}`);
  return `${place} ${header} ${hex(key)} ${hex(value)} ${pairs.length === 0 ? '-' : pairs.join(',')}`;
}

function hex(bytes: Uint8Array | null): string {
  if (bytes === null) return '~';
  return bytes.length === 0 ? '.' : Buffer.from(bytes).toString('hex');
}

/** A timestamp within the log, for which the client is asked for an offset. */
export function middleTimestampMs({ log }: Scenario): number {
  const block = log.blocks[log.blocks.length >> 1]!;
  return block.batches!.maxTimestampMs[block.batchCount >> 1]!;
}

export function expectedLookUp(scenario: Scenario): string[] {
  const timestampMs = middleTimestampMs(scenario);
  return [`timestamp ${scenario.topic} ${timestampMs} ${offsetForTimestamp(scenario.log, timestampMs)}`];
}

/** Producers the broker must know, by id. It forgets those that were silent for longer than `expirationMs`, unless their transaction is open. */
export function expectedProducers({ topic, log }: Scenario, nowMs: number, expirationMs: number): string[] {
  const entries = [...(log.producers?.producers.values() ?? [])]
    .filter((entry) => entry.transactionFirstOffset >= 0 || nowMs - entry.lastTimestampMs < expirationMs)
    .sort((a, b) => a.producerId - b.producerId);
  return entries.map((entry) => {
    const sequence = entry.lastSequence;
    return `producer ${topic} ${entry.producerId} ${entry.producerEpoch} ${sequence} ${entry.lastTimestampMs} ${entry.coordinatorEpoch} ${entry.transactionFirstOffset}`;
  });
}
