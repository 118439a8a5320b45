/** How many records a log holds: fewer than its offsets where compaction left holes, or where markers stand. */
import type { PartitionLog } from './logState.ts';

/** Records between the log's start and its end, markers not counted. Of a block that begins before the log's start it is the part behind it, by offsets. */
export function recordsInLog(log: PartitionLog): number {
  let records = 0;
  for (const { baseOffset, endOffset, recordCount, controlRecords } of log.blocks) {
    if (endOffset <= log.logStartOffset) continue;
    const data = recordCount - controlRecords;
    const before = log.logStartOffset - baseOffset;
    records += before <= 0 ? data : Math.round((data * (endOffset - log.logStartOffset)) / (endOffset - baseOffset));
  }
  return records;
}
