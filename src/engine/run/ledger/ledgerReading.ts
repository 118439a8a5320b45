/**
 * Which records lie in offsets whose ending is known: read from the log between two events, before retention takes them, or as they are cut off. A block that is not
 * resident is asked for as any read asks for it, so what is known never hangs on what is in memory.
 */
import { noteEnding, rootOf } from '../../ledger/deliveries.ts';
import type { Truncation } from '../../broker/replication.ts';
import type { LedgerState, RangeToRead } from '../../ledger/state.ts';
import { addOffsets, causeOf, noCause } from '../../ledger/causes.ts';
import { createFetchedRecords, missingBlock, type PartitionLog, readBatches } from '../../log/partitionLog.ts';
import { rangeAt, RecordState } from '../../share/sharePartition.ts';
import type { EngineContext } from '../state.ts';

/** Used again for every read, and copied from before the next. */
const all = createFetchedRecords(-1, 1024);
const visible = createFetchedRecords(-1, 1024);
const record = { source: 0, sequence: 0 };

/** Reads what is waiting to be read. Returns the number of a block of `counters.missingPartition` that must be resident first, or -1. */
export function readEndings(ctx: EngineContext): number {
  const { ledger } = ctx;
  if (ledger === null) return -1;
  const { toRead } = ledger;
  while (toRead.length > 0) {
    const missing = readRange(ctx, ledger, toRead[0]!);
    if (missing >= 0) return missing;
    toRead.shift();
  }
  return -1;
}

function readRange(ctx: EngineContext, ledger: LedgerState, range: RangeToRead): number {
  const { log } = ctx.partitions[range.partition]!;
  // What is no longer in the log was read before it went.
  range.from = Math.max(range.from, log.logStartOffset);
  const to = Math.min(range.to, log.logEndOffset);
  while (range.from < to) {
    const missing = missingBlock(log, range.from);
    if (missing >= 0) {
      ctx.counters.missingPartition = range.partition;
      return missing;
    }
    const next = readSome(ctx, ledger, log, range, to);
    if (next <= range.from) break;
    range.from = next;
  }
  return -1;
}

/** One read of whole batches. Returns where the next begins. */
function readSome(ctx: EngineContext, ledger: LedgerState, log: PartitionLog, range: RangeToRead, to: number): number {
  const options = { offset: range.from, limit: log.logEndOffset, maxBytes: 1 << 20, maxRecords: 4096, atLeastOne: true };
  readBatches(log, options, all);
  const { baseOffset, offsets, nextOffset, count, columns } = all;
  const shown = new Set<number>();
  if (range.onlyHidden) {
    readBatches(log, { ...options, isolation: 'read_committed' }, visible);
    for (let i = 0; i < visible.count; i++) shown.add(visible.offsets === null ? visible.baseOffset + i : visible.offsets[i]!);
  }
  for (let i = 0; i < count; i++) {
    const offset = offsets === null ? baseOffset + i : offsets[i]!;
    if (offset < range.from || offset >= to || shown.has(offset)) continue;
    record.source = rootOf(ctx.paths, columns.path[i]!);
    record.sequence = columns.sequence[i]!;
    endFor(ctx, ledger, range, offset);
    if (range.onlyHidden) noteHidden(ctx, ledger, range, offset);
  }
  return nextOffset;
}

/** `record` has ended for those it was still to come to. */
function endFor(ctx: EngineContext, ledger: LedgerState, { partition, group, ending }: RangeToRead, offset: number): void {
  const { topic } = ctx.partitions[partition]!;
  if (group >= 0) {
    noteEnding(ledger, ledger.sinksOfGroup[group]![topic]!, record, ending);
    return;
  }
  for (let g = 0; g < ctx.groups.length; g++)
    if (isUnread(ctx, g, partition, offset)) noteEnding(ledger, ledger.sinksOfGroup[g]![topic]!, record, ending);
}

/** Whether a group is not done with an offset. A share group may be done with later ones. */
export function isUnread(ctx: EngineContext, group: number, partition: number, offset: number): boolean {
  const share = ctx.share.groups[group]?.partitions.get(partition);
  if (!share) return ctx.progress[group]!.processedUpTo[partition]! <= offset;
  if (offset < share.startOffset) return false;
  const range = share.ranges[rangeAt(share, offset)];
  return range === undefined || (range.state !== RecordState.acknowledged && range.state !== RecordState.archived);
}

/** First offset of a partition that a group is not done with. */
const firstUnread = (ctx: EngineContext, group: number, partition: number): number =>
  ctx.share.groups[group]?.partitions.get(partition)?.startOffset ?? ctx.progress[group]!.processedUpTo[partition]!;

function noteHidden(ctx: EngineContext, ledger: LedgerState, { partition, group }: RangeToRead, offset: number): void {
  const node = ctx.nodes.find((candidate) => candidate.group === group)!.index;
  const cause = causeOf(ledger, { ...noCause, fate: 'aborted', code: 'hidden', node }, ctx.events.nowUs);
  addOffsets(cause, partition, offset, offset + 1);
}

/**
 * Reads what retention is about to delete and somebody has not read; `startOf` tells where the log of a partition will begin. Returns the number of a block that is
 * needed first, or -1.
 */
export function readExpiring(ctx: EngineContext, startOf: (partition: number) => number): number {
  if (ctx.ledger === null) return -1;
  for (let index = 0; index < ctx.partitions.length; index++) {
    const missing = readExpiringOf(ctx, index, startOf(index));
    if (missing >= 0) return missing;
  }
  return -1;
}

/** The same of one partition, whose log is to begin at `upTo`. */
export function readExpiringOf(ctx: EngineContext, index: number, upTo: number): number {
  const { ledger } = ctx;
  const { log, topic } = ctx.partitions[index]!;
  if (ledger === null || ctx.topics[topic]!.internal === true || upTo <= log.logStartOffset) return -1;
  const from = Math.max(lowestUnread(ctx, ledger, index, topic), log.logStartOffset, ledger.readUpTo[index]!);
  if (from >= upTo) return -1;
  const range = noteUpTo(ledger, index, { partition: index, from, to: upTo, group: -1, ending: 'expired', onlyHidden: false });
  const missing = readRange(ctx, ledger, range);
  if (missing < 0) ledger.readUpTo[index] = upTo;
  return missing;
}

/** How far was read before stays known when a block is waited for. */
function noteUpTo(ledger: LedgerState, index: number, range: RangeToRead): RangeToRead {
  ledger.readUpTo[index] = range.from;
  return range;
}

/** First offset of a partition that some group with sinks behind it has not processed; Infinity without one. */
export function lowestUnread(ctx: EngineContext, ledger: LedgerState, index: number, topic: number): number {
  let lowest = Infinity;
  for (let g = 0; g < ctx.groups.length; g++)
    if (ledger.sinksOfGroup[g]![topic]!.length > 0) lowest = Math.min(lowest, firstUnread(ctx, g, index));
  return lowest;
}

/** What has left a partition's log at its end, for one group: records [from, to) that it had not processed are lost to it, or, of a share group, were done with as archived. */
export function endCut(
  ctx: EngineContext,
  group: number,
  truncation: Truncation,
  { from, to, isLost }: { readonly from: number; readonly to: number; readonly isLost: boolean },
): void {
  const { ledger } = ctx;
  const { partition, beside, former, heir } = truncation;
  if (ledger === null || to <= from) return;
  const { topic } = ctx.partitions[partition]!;
  const sinks = ledger.sinksOfGroup[group]![topic]!;
  for (const cut of ledger.cut) {
    if (cut.partition !== partition || cut.offset < from || cut.offset >= to) continue;
    record.source = rootOf(ctx.paths, cut.path);
    record.sequence = cut.sequence;
    noteEnding(ledger, sinks, record, isLost ? 'lost' : 'archived');
  }
  if (!isLost) return;
  const node = ctx.nodes.find((candidate) => candidate.group === group && candidate.inputs.includes(topic));
  if (node === undefined) return;
  const { nowUs: timeUs } = ctx.events;
  const code = beside ? 'cut-off' : 'leader-lost';
  const detail = ctx.cluster.controller.partitions[partition]!.recovering ? 'Unclean election' : acksOf(ctx, topic);
  addOffsets(
    causeOf(ledger, { ...noCause, fate: 'lost', code, node: node.index, broker: former, other: heir, detail, timeUs }, timeUs),
    partition,
    from,
    to,
  );
}

/** `acks` of those that write to a topic. */
function acksOf(ctx: EngineContext, topic: number): string {
  const acks = ctx.nodes
    .filter(({ outputs }) => outputs.flat().includes(topic))
    .flatMap(({ settings }) => ('acks' in settings ? [String(settings['acks'])] : []));
  return [...new Set(acks)].map((each) => `acks=${each}`).join(', ');
}
