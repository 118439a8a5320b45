import { cleanableOffsets, measureDirt } from '../../src/engine/log/cleaner/cleanableRange.ts';
import type { CleanerBatch } from '../../src/engine/log/cleaner/cleanerBatch.ts';
import { recordOffset } from '../../src/engine/log/cleaner/cleanerBatch.ts';
import { segmentsAfter, uncompressedBatchBytes } from '../../src/engine/log/cleaner/cleanedContents.ts';
import type { Cleaning } from '../../src/engine/log/cleaner/cleanLog.ts';
import { cleanLog, cleanSegments } from '../../src/engine/log/cleaner/cleanLog.ts';
import { createOffsetMap } from '../../src/engine/log/cleaner/offsetMap.ts';
import { BatchAttribute } from '../../src/engine/log/recordBatch.ts';
import { noHeadersBytes } from '../../src/engine/log/recordSize.ts';
import type { ConformanceSuite } from '../suite.ts';
import type { MiniAppend, MiniAppendResult, MiniLog, MiniSegment } from './miniLog.ts';
import { appendToMiniLog, createMiniLog, lastStableOffsetOf, rollMiniLog, setMiniHighWatermark } from './miniLog.ts';

interface CleanOperation {
  readonly op: 'clean';
  readonly firstDirtyOffset: number;
  readonly uncleanableOffset: number;
  readonly now: number;
  readonly emptyDirtyRange?: true;
  readonly offsetMapKeys?: number;
  readonly expect: {
    readonly nextDirtyOffset: number;
    readonly offsets: readonly number[];
    readonly batchLastOffsets: readonly number[];
    readonly tombstoneOffsets: readonly number[];
    readonly segments: readonly number[];
    readonly cleanableRatio: number;
    readonly messagesRead: number;
    readonly messagesWritten: number;
    readonly abortedTxns: number;
    readonly keys?: readonly string[];
  };
}

type Operation = (MiniAppend & MiniAppendResult) | CleanOperation | { readonly op: 'roll' } | { readonly op: 'sleep'; readonly ms: number };

interface Case {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
  readonly start: number;
  readonly ops: readonly Operation[];
}

const dayMs = 86400000;

/** One cleaning, applied to the log. Returns its result and how dirty the log was. */
function clean(log: MiniLog, operation: CleanOperation, deleteRetentionMs: number): { cleaning: Cleaning; cleanableRatio: number } {
  const { firstDirtyOffset, uncleanableOffset, now, emptyDirtyRange = false, offsetMapKeys } = operation;
  const dirt = measureDirt(
    log.segments.map(({ segment }) => segment),
    { firstDirtyOffset, firstUncleanableOffset: uncleanableOffset },
  );
  const { firstUncleanableOffset, cleanableRatio } = dirt;
  const context = {
    nowMs: now,
    deleteRetentionMs,
    offsetMap: emptyDirtyRange ? createOffsetMap(0, firstDirtyOffset - 1) : createOffsetMap(offsetMapKeys),
    producers: log.producers.producers,
    firstUncleanableOffset,
    batchBytes: (batch: Parameters<typeof uncompressedBatchBytes>[0]) =>
      uncompressedBatchBytes(batch, ({ key }, i) => ({ keySize: log.keys[key[i]].length, headersSize: noHeadersBytes })),
  };
  const contents = { segments: log.segments, logStartOffset: 0, config: log.config };
  const cleaning = emptyDirtyRange
    ? cleanSegments(contents, context)
    : cleanLog(contents, { firstDirtyOffset, firstUncleanableOffset }, context);
  log.segments = segmentsAfter(log.segments, cleaning.segments) as MiniSegment[];
  return { cleaning, cleanableRatio };
}

function recordsOf(log: MiniLog): { batch: CleanerBatch; index: number; offset: number }[] {
  return log.segments
    .flatMap(({ batches }) => batches)
    .flatMap((batch) =>
      Array.from({ length: batch.recordCount }, (_, i) => {
        const index = batch.firstRecord + i;
        return { batch, index, offset: recordOffset(batch, index) };
      }),
    );
}

function runClean(log: MiniLog, operation: CleanOperation, deleteRetentionMs: number): unknown {
  const { cleaning, cleanableRatio } = clean(log, operation, deleteRetentionMs);
  const records = recordsOf(log);
  const data = records.filter(({ batch }) => (batch.attributes & BatchAttribute.control) === 0);
  return {
    nextDirtyOffset: cleaning.nextDirtyOffset,
    offsets: records.map(({ offset }) => offset),
    batchLastOffsets: log.segments.flatMap(({ batches }) => batches.map(({ lastOffset }) => lastOffset)),
    tombstoneOffsets: data.filter(({ batch, index }) => batch.records.size[index] < 0).map(({ offset }) => offset),
    segments: log.segments.map(({ segment }) => segment.baseOffset),
    cleanableRatio: Math.round((Number.isNaN(cleanableRatio) ? 0 : cleanableRatio) * 1e6) / 1e6,
    messagesRead: cleaning.stats.recordsRead,
    messagesWritten: cleaning.stats.recordsRetained,
    abortedTxns: log.segments.reduce((count, { transactionIndex }) => count + transactionIndex.length, 0),
    keys: operation.expect.keys === undefined ? undefined : data.map(({ batch, index }) => log.keys[batch.records.key[index]]),
  };
}

/** Where the vectors of random logs let a cleaning end: at the last stable offset, the active segment, or the compaction lag. */
function uncleanableOffset(log: MiniLog, operation: CleanOperation, config: Case['config']): number {
  log.highWatermark = log.logEndOffset;
  const offsets = cleanableOffsets(
    {
      segments: log.segments.map(({ segment }) => segment),
      logStartOffset: 0,
      logEndOffset: log.logEndOffset,
      lastStableOffset: lastStableOffsetOf(log),
    },
    operation.firstDirtyOffset,
    { minCompactionLagMs: Number(config['min.compaction.lag.ms']) },
    operation.now,
  );
  return offsets.firstUncleanableOffset;
}

/** Appends, rolls and cleanings of each case, each cleaning with all that is left in the log. */
export const cleanerSuite: ConformanceSuite = {
  file: 'kafka/cleaner.json',
  run(data, report) {
    for (const scenario of (data as { cases: readonly Case[] }).cases) {
      const { name, config, start, ops } = scenario;
      const log = createMiniLog(config, start);
      const deleteRetentionMs = Number(config['delete.retention.ms'] ?? dayMs);
      let nowMs = start;
      ops.forEach((operation, i) => {
        const step = `${name}, step ${i + 1} (${operation.op})`;
        switch (operation.op) {
          case 'append':
          case 'marker': {
            // In the log of the vectors the high watermark passes each write at once, but the transaction it ends becomes stable with the next.
            setMiniHighWatermark(log, log.logEndOffset);
            const { firstOffset, lastOffset, result, error, rolled } = operation;
            report.check(step, appendToMiniLog(log, operation, nowMs), { firstOffset, lastOffset, result, error, rolled });
            break;
          }
          case 'roll':
            rollMiniLog(log, nowMs);
            break;
          case 'sleep':
            nowMs += operation.ms;
            break;
          case 'clean':
            if (config['min.compaction.lag.ms'] !== undefined) {
              report.check(`${step}, range`, uncleanableOffset(log, operation, config), operation.uncleanableOffset);
            }
            report.check(step, runClean(log, operation, deleteRetentionMs), operation.expect);
        }
      });
    }
  },
};
