/** Logs that compaction has gone over: holes, tombstones with a delete horizon, markers, batches without records. */
import type { RecordColumns } from '../../../src/engine/log/columns.ts';
import type { CleanerRecords } from '../../../src/engine/log/cleaner/cleanerBatch.ts';
import { cleanPartitionLog, planLogCleaning } from '../../../src/engine/log/cleaning.ts';
import { headersSizeBytes } from '../../../src/engine/log/recordSize.ts';
import type { LogWriter, Sketch } from '../logWriter.ts';
import { createLogWriter, end, startMs, write } from '../logWriter.ts';
import type { Scenario } from '../scenario.ts';

const compactOnly = {
  segmentBytes: 900,
  indexIntervalBytes: 200,
  cleanupPolicy: { delete: false, compact: true },
  minCleanableDirtyRatio: 0,
  deleteRetentionMs: 1000,
};

/** Cleans everything that may be cleaned at a moment. */
function clean({ log, contents }: LogWriter, atMs: number): void {
  const nowMs = startMs + atMs;
  const { firstDirtyOffset, firstUncleanableOffset } = planLogCleaning(log, nowMs);
  cleanPartitionLog(log, { firstDirtyOffset, firstUncleanableOffset }, { nowMs, keysMax: Infinity, partsOf });

  function partsOf(records: CleanerRecords, index: number): { keySize: number; headersSize: number } {
    const { sequence } = records as CleanerRecords & RecordColumns;
    const { key, headers } = contents[sequence[index]!]!;
    const sizes = headers.map((header) => ({ keySize: header.key.length, valueSize: header.value?.length ?? -1 }));
    return { keySize: key?.length ?? -1, headersSize: headersSizeBytes(sizes) };
  }
}

/** Prices of 20 articles; every fifth record takes one from the list, which is null. */
function prices(count: number, from: number): Sketch[] {
  return Array.from({ length: count }, (_, i) => {
    const n = from + i;
    const headers = n % 4 === 0 ? ([['by', 'import']] as const) : [];
    return { key: `article-${(n * 7) % 20}`, value: n % 5 === 4 ? null : `price ${n}`, headers, delayMs: i };
  });
}

/** Cleaned three times: tombstones get a horizon, then go; the records appended last are not cleaned. */
export function compacted(topic: string): Scenario {
  const writer = createLogWriter(compactOnly);
  for (let i = 0; i < 12; i++) write(writer, i * 10, prices(6, i * 6));
  clean(writer, 200);
  for (let i = 0; i < 6; i++) write(writer, 300 + i * 10, prices(6, 100 + i * 6));
  clean(writer, 500);
  clean(writer, 2000);
  for (let i = 0; i < 3; i++) write(writer, 2100 + i * 10, prices(6, 200 + i * 6));
  return { topic, log: writer.log, encoding: writer.encoding, past: 'compacted' };
}

/** Transactions, some aborted, before and after cleanings; one is open at the end. Producers' last batches stay as headers. */
export function compactedTransactions(topic: string): Scenario {
  const writer = createLogWriter(compactOnly);
  const sequences = new Map<number, number>();
  const send = (atMs: number, id: number, count: number): void => {
    const sequence = sequences.get(id) ?? 0;
    sequences.set(id, sequence + count);
    const producer = { id, epoch: 0, sequence, transactional: true };
    const { outcome } = write(writer, atMs, prices(count, atMs), { producer });
    if (outcome !== 'appended') throw new Error(`a batch of ${topic} was not appended: ${outcome}`);
  };
  for (let round = 0; round < 10; round++) {
    const at = round * 50;
    send(at, 1, 4);
    send(at + 3, 2, 3);
    end(writer, at + 10, round % 3 === 0 ? 'ABORT' : 'COMMIT', { id: 1, epoch: 0, coordinatorEpoch: 2 });
    send(at + 12, 2, 1);
    end(writer, at + 20, round % 4 === 1 ? 'ABORT' : 'COMMIT', { id: 2, epoch: 0, coordinatorEpoch: 1 });
    if (round === 5) clean(writer, at + 40);
  }
  clean(writer, 1000);
  clean(writer, 3000);
  send(3100, 3, 5);
  write(writer, 3110, prices(5, 3110));
  return { topic, log: writer.log, encoding: writer.encoding, past: 'compacted' };
}
