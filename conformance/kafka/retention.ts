import { createColumns } from '../../src/engine/log/columns.ts';
import { appendBatch, applyRetention, createPartitionLog, raiseLogStart } from '../../src/engine/log/partitionLog.ts';
import type { PartitionLog } from '../../src/engine/log/logState.ts';
import { deleteOnly, noProducer } from '../../src/engine/log/logState.ts';
import { batchHeaderBytes, recordSizeBytes } from '../../src/engine/log/recordSize.ts';
import type { CaseReport, ConformanceSuite } from '../suite.ts';

interface SegmentRow {
  readonly baseOffset: number;
  readonly size: number;
}

type Operation =
  | {
      readonly op: 'append';
      readonly count: number;
      readonly key: string | null;
      readonly valueSize: number;
      readonly ts: number;
      readonly batchBytes: number;
      readonly segments: readonly SegmentRow[];
    }
  | { readonly op: 'highWatermark'; readonly value: number }
  | { readonly op: 'sleep'; readonly ms: number }
  | { readonly op: 'deleteRecords'; readonly offset: number; readonly logStartOffset?: number; readonly error?: string }
  | {
      readonly op: 'deleteOldSegments';
      readonly now: number;
      readonly expect: {
        readonly deleted: number;
        readonly logStartOffset: number;
        readonly logEndOffset: number;
        readonly segments: readonly SegmentRow[];
      };
    };

interface Case {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
  readonly start: number;
  readonly ops: readonly Operation[];
}

const weekMs = 604800000;

function createLog({ config, start }: Case): PartitionLog {
  const log = createPartitionLog({
    segmentBytes: Number(config['segment.bytes']),
    segmentMs: Number(config['segment.ms'] ?? weekMs),
    segmentIndexBytes: 10485760,
    indexIntervalBytes: 4096,
    retentionMs: Number(config['retention.ms'] ?? weekMs),
    retentionBytes: Number(config['retention.bytes'] ?? -1),
    timestampType: 'CreateTime',
    maxMessageBytes: 1048588,
    ...deleteOnly,
    cleanupPolicy: { delete: config['cleanup.policy'].includes('delete'), compact: config['cleanup.policy'].includes('compact') },
  });
  log.segments[0].createdMs = start;
  log.segments[0].lastModifiedMs = start;
  return log;
}

function segmentRows(log: PartitionLog): SegmentRow[] {
  return log.segments.map(({ baseOffset, sizeBytes }) => ({ baseOffset, size: sizeBytes }));
}

function append(log: PartitionLog, operation: Extract<Operation, { op: 'append' }>, nowMs: number): number {
  const { count, key, valueSize, ts } = operation;
  const keySize = key === null ? -1 : key.length;
  const sizeBytes = batchHeaderBytes + recordSizeBytes({ offsetDelta: 0, timestampDeltaMs: 0, keySize, valueSize, headersSize: 1 });
  const columns = createColumns(1);
  columns.timestampUs[0] = ts * 1000;
  for (let i = 0; i < count; i++) {
    appendBatch(
      log,
      { columns, from: 0, count: 1, storedBytes: sizeBytes, baseTimestampMs: ts, maxTimestampMs: ts, ...noProducer },
      nowMs * 1000,
    );
  }
  return sizeBytes;
}

/** Kafka's exception for a log start above the high watermark, the only one the log refuses. */
function refusal(raise: () => void): string {
  try {
    raise();
  } catch (error) {
    return String(error).includes('high watermark') ? 'OffsetOutOfRangeException' : String(error);
  }
  return 'none';
}

function runCase(scenario: Case, report: CaseReport): void {
  const log = createLog(scenario);
  let nowMs = scenario.start;
  scenario.ops.forEach((operation, i) => {
    const name = `${scenario.name}, step ${i + 1} (${operation.op})`;
    switch (operation.op) {
      case 'append':
        report.check(name, [append(log, operation, nowMs), segmentRows(log)], [operation.batchBytes, operation.segments]);
        break;
      case 'highWatermark':
        log.highWatermark = operation.value;
        break;
      case 'sleep':
        nowMs += operation.ms;
        break;
      case 'deleteRecords':
        if (operation.error !== undefined) {
          report.check(
            name,
            refusal(() => raiseLogStart(log, operation.offset)),
            operation.error,
          );
          break;
        }
        raiseLogStart(log, operation.offset);
        report.check(name, log.logStartOffset, operation.logStartOffset);
        break;
      case 'deleteOldSegments': {
        nowMs = operation.now;
        const before = segmentRows(log);
        applyRetention(log, nowMs * 1000);
        const { logStartOffset, logEndOffset } = log;
        const segments = segmentRows(log);
        const deleted = before.filter(({ baseOffset }) => baseOffset < segments[0].baseOffset).length;
        report.check(name, { deleted, logStartOffset, logEndOffset, segments }, operation.expect);
        report.check(
          `${name}, bytes`,
          log.sizeBytes,
          operation.expect.segments.reduce((sum, { size }) => sum + size, 0),
        );
      }
    }
  });
}

/** Rolling by size and time, retention by size, time and log start offset, step by step. */
export const retentionSuite: ConformanceSuite = {
  file: 'kafka/retention.json',
  run(data, report) {
    for (const scenario of (data as { cases: readonly Case[] }).cases) runCase(scenario, report);
  },
};
