import { BatchAttribute } from '../../src/engine/log/recordBatch.ts';
import type { IsolationLevel } from '../../src/engine/log/readCommitted.ts';
import { createAbortedFilter, isDelivered } from '../../src/engine/log/readCommitted.ts';
import type { AbortedTransaction } from '../../src/engine/log/transactionIndex.ts';
import { collectAborted } from '../../src/engine/log/transactionIndex.ts';
import type { ConformanceSuite } from '../suite.ts';
import type { MiniAppend, MiniAppendResult, MiniLog } from './miniLog.ts';
import { appendToMiniLog, createMiniLog, lastStableOffsetOf, setMiniHighWatermark } from './miniLog.ts';

interface LogState {
  readonly logEndOffset: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly abortedTxns: readonly AbortedTransaction[];
}

type Operation = ((MiniAppend & MiniAppendResult) | { readonly op: 'highWatermark'; readonly value: number }) & LogState;

interface Case {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
  readonly start: number;
  readonly ops: readonly Operation[];
  readonly final: {
    readonly readCommittedOffsets: readonly number[];
    readonly readUncommittedOffsets: readonly number[];
    readonly lastStableOffset: number;
    readonly highWatermark: number;
  };
}

function stateOf(log: MiniLog): LogState {
  return {
    logEndOffset: log.logEndOffset,
    highWatermark: log.highWatermark,
    lastStableOffset: lastStableOffsetOf(log),
    abortedTxns: log.segments.flatMap(({ transactionIndex }) => transactionIndex),
  };
}

/** Offsets a client is given that reads the log from 0 up to its limit in one answer. */
function offsetsRead(log: MiniLog, isolation: IsolationLevel): number[] {
  const limit = isolation === 'read_committed' ? lastStableOffsetOf(log) : log.highWatermark;
  const indexes = log.segments.map(({ transactionIndex }) => transactionIndex);
  const filter = createAbortedFilter(isolation === 'read_committed' ? collectAborted(indexes, 0, limit) : []);
  const offsets: number[] = [];
  for (const batch of log.segments.flatMap(({ batches }) => batches)) {
    if (batch.baseOffset >= limit) break;
    const isTransactional = (batch.attributes & BatchAttribute.transactional) !== 0;
    const { lastOffset, producerId, marker } = batch;
    if (!isDelivered(filter, { lastOffset, producerId, isTransactional, control: marker }, isolation)) continue;
    for (let offset = batch.baseOffset; offset <= lastOffset && offset < limit; offset++) offsets.push(offset);
  }
  return offsets;
}

/** After each step the log's offsets and its index of aborted transactions; at the end what either isolation level reads. */
export const transactionsSuite: ConformanceSuite = {
  file: 'kafka/transactions.json',
  run(data, report) {
    for (const { name, config, start, ops, final } of (data as { cases: readonly Case[] }).cases) {
      const log = createMiniLog(config, start);
      ops.forEach((operation, i) => {
        const { logEndOffset, highWatermark, lastStableOffset, abortedTxns } = operation;
        let found: object = {};
        let expected: object = {};
        if (operation.op === 'highWatermark') setMiniHighWatermark(log, operation.value);
        else {
          found = appendToMiniLog(log, operation, operation.ts);
          const { firstOffset, lastOffset, result, error } = operation;
          expected = { firstOffset, lastOffset, result, error };
        }
        const after = { logEndOffset, highWatermark, lastStableOffset, abortedTxns };
        report.check(`${name}, step ${i + 1} (${operation.op})`, { ...found, ...stateOf(log) }, { ...expected, ...after });
      });
      const { lastStableOffset, highWatermark } = stateOf(log);
      const read = {
        readCommittedOffsets: offsetsRead(log, 'read_committed'),
        readUncommittedOffsets: offsetsRead(log, 'read_uncommitted'),
      };
      report.check(`${name}, at the end`, { ...read, lastStableOffset, highWatermark }, final);
    }
  },
};
