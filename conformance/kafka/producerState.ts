import type { ConformanceSuite } from '../suite.ts';
import type { MiniAppend, MiniAppendResult } from './miniLog.ts';
import { appendToMiniLog, createMiniLog } from './miniLog.ts';

interface Case {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
  readonly start: number;
  readonly ops: readonly (MiniAppend & MiniAppendResult)[];
}

/** Each append of each case: its offsets, the offsets of the batch it repeats, or the error that refuses it. */
export const producerStateSuite: ConformanceSuite = {
  file: 'kafka/producer-state.json',
  run(data, report) {
    for (const { name, config, start, ops } of (data as { cases: readonly Case[] }).cases) {
      const log = createMiniLog(config, start);
      ops.forEach((operation, i) => {
        const { firstOffset, lastOffset, result, error } = operation;
        const found = appendToMiniLog(log, operation, operation.ts);
        report.check(`${name}, step ${i + 1} (${operation.op})`, found, { firstOffset, lastOffset, result, error });
      });
    }
  },
};
