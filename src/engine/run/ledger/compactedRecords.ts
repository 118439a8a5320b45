/** For the ledger: records that the log cleaner takes out before some group has read them. */
import { noteEnding, rootOf } from '../../ledger/deliveries.ts';
import { addOffsets, causeOf, noCause } from '../../ledger/causes.ts';
import { createFetchedRecords, type FetchedRecords, type PartitionLog, readBatches } from '../../log/partitionLog.ts';
import type { EngineContext } from '../state.ts';
import { isUnread, lowestUnread } from './ledgerReading.ts';

/** A record of a log that is about to be cleaned. */
export interface CleanedRecord {
  readonly offset: number;
  readonly source: number;
  readonly sequence: number;
}

const read = createFetchedRecords(-1, 1024);

/** Records of a partition before `upTo` that some group has not read; none without a ledger. All of them are resident. */
export function unreadRecords(ctx: EngineContext, index: number, upTo: number): CleanedRecord[] {
  const { ledger } = ctx;
  const { log, topic } = ctx.partitions[index]!;
  if (ledger === null || ctx.topics[topic]!.internal === true) return [];
  const found: CleanedRecord[] = [];
  eachRecord(log, { from: lowestUnread(ctx, ledger, index, topic), upTo }, ({ columns }, i, offset) => {
    found.push({ offset, source: rootOf(ctx.paths, columns.path[i]!), sequence: columns.sequence[i]! });
  });
  return found;
}

/** Of records that were in a log before it was cleaned: those that are not there any more have ended for the groups that have not read them. */
export function endCompacted(ctx: EngineContext, index: number, before: readonly CleanedRecord[]): void {
  const { ledger } = ctx;
  if (ledger === null || before.length === 0) return;
  const { log, topic } = ctx.partitions[index]!;
  const kept = new Set<number>();
  const last = before.at(-1)!.offset;
  eachRecord(log, { from: before[0]!.offset, upTo: last + 1 }, (_, __, offset) => kept.add(offset));
  const { nowUs } = ctx.events;
  for (const record of before) {
    if (kept.has(record.offset)) continue;
    ctx.groups.forEach((_, group) => {
      const sinks = ledger.sinksOfGroup[group]![topic]!;
      if (sinks.length === 0 || !isUnread(ctx, group, index, record.offset)) return;
      noteEnding(ledger, sinks, record, 'compacted');
      const cause = causeOf(ledger, { ...noCause, fate: 'compacted', code: 'compacted', node: ledger.nodeOfGroup[group]! }, nowUs);
      addOffsets(cause, index, record.offset, record.offset + 1);
    });
  }
}

function eachRecord(
  log: PartitionLog,
  { from, upTo }: { readonly from: number; readonly upTo: number },
  take: (records: FetchedRecords, index: number, offset: number) => void,
): void {
  for (let offset = Math.max(from, log.logStartOffset); offset < upTo; offset = read.nextOffset) {
    readBatches(log, { offset, limit: log.logEndOffset, maxBytes: Infinity, maxRecords: 4096, atLeastOne: true }, read);
    for (let i = 0; i < read.count; i++) {
      const at = read.offsets === null ? read.baseOffset + i : read.offsets[i]!;
      if (at >= offset && at < upTo) take(read, i, at);
    }
    if (read.nextOffset <= offset) return;
  }
}
