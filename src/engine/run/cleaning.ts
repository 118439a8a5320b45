/** The log cleaners of a run: their configs, the sizes of keys and headers they need, and their lines on the timeline. */
import { cleanerConfig, type CleanerState, createCleanerState, onCleanerRound } from '../broker/cleaner.ts';
import { firstCoordinatorKey } from '../group/offsets/offsetsState.ts';
import type { RecordPartSizes } from '../log/cleaner/cleanedContents.ts';
import type { CleanerRecords } from '../log/cleaner/cleanerBatch.ts';
import type { LogCleaningResult } from '../log/cleaning.ts';
import type { RecordColumns } from '../log/columns.ts';
import { noHeadersBytes } from '../log/recordSize.ts';
import { settleSinks } from '../metrics/observe.ts';
import { headerBytesAt } from '../producer/context.ts';
import { internKey, type KeyRange, keySize, type KeyTable, keyText } from '../workload/keys.ts';
import { noteDeletion } from '../ledger/expiry.ts';
import { numberOf, type Settings } from './configs.ts';
import { shareLogsMoved } from './groups/shareGroups.ts';
import { type CleanedRecord, endCompacted, unreadRecords } from './ledger/compactedRecords.ts';
import { readExpiringOf } from './ledger/ledgerReading.ts';
import type { EngineContext } from './state.ts';
import { addEntry } from './views/timeline.ts';

/** The cleaner threads of all brokers, as the cluster's configs have them. */
export function createCleaners(cluster: Settings, brokers: number): CleanerState {
  const config = cleanerConfig({
    backoffMs: numberOf(cluster, 'log.cleaner.backoff.ms'),
    threads: numberOf(cluster, 'log.cleaner.threads'),
    dedupeBufferBytes: numberOf(cluster, 'log.cleaner.dedupe.buffer.size'),
    ioBytesPerSecond: numberOf(cluster, 'log.cleaner.io.max.bytes.per.second'),
  });
  return createCleanerState(config, brokers);
}

/** EventKind.CleanerRound. Returns the number of a block that must be made resident first, or -1. */
export function cleanerRound(ctx: EngineContext, thread: number): number {
  // Retention of compacted logs is part of it: see the retention check.
  settleSinks(ctx);
  let before: readonly CleanedRecord[] = [];
  return onCleanerRound(ctx, thread, {
    partsOf: partSizes(ctx),
    keyOf: sameKeys(ctx.keys),
    cleaning: (partition, upTo) => {
      before = unreadRecords(ctx, partition, upTo);
    },
    cleaned: (partition, result) => {
      endCompacted(ctx, partition, before);
      noteCleaning(ctx, partition, result);
    },
    deleting: (partition, upTo) => readExpiringOf(ctx, partition, upTo),
    deleted: (partition, records) => noteDeleted(ctx, partition, records),
  });
}

function noteDeleted(ctx: EngineContext, partition: number, records: number): void {
  const { topic, log } = ctx.partitions[partition]!;
  const { node, name, internal } = ctx.topics[topic]!;
  const timeUs = ctx.events.nowUs;
  if (ctx.ledger !== null && internal !== true) noteDeletion(ctx.ledger, partition, log.logStartOffset, timeUs);
  shareLogsMoved(ctx);
  addEntry(ctx, { timeUs, code: 'retention.deleted', node, text: `Retention deleted ${records} records of ${name}.` });
}

/** Whether a key is one of `__consumer_offsets`, which are kept by themselves. */
function isCoordinatorKey(key: number): boolean {
  return key >= firstCoordinatorKey && key < 2 * firstCoordinatorKey;
}

/** Key sizes from the key table; headers are those of the source that made the record. */
function partSizes(ctx: EngineContext): RecordPartSizes {
  return (records, index) => {
    // The log gives the cleaner its own columns.
    const path = (records as CleanerRecords & RecordColumns).path[index]!;
    const key = records.key[index]!;
    return {
      keySize: key < 0 ? -1 : isCoordinatorKey(key) ? ctx.offsets.keys[key - firstCoordinatorKey]!.bytes.length : keySize(ctx.keys, key),
      headersSize: noHeadersBytes + (path < 0 ? 0 : headerBytesAt(ctx, path)),
    };
  };
}

/**
 * The same key may have several ids: of two numbered ranges, or of a list and a range. Then every key is known by the id its text has. Null where no two ids
 * can be the same key.
 */
function sameKeys(keys: KeyTable): ((key: number) => number) | null {
  const { ranges, texts } = keys;
  const overlap = (a: KeyRange, b: KeyRange): boolean =>
    a !== b && b.prefix.startsWith(a.prefix) && /^\d*$/.test(b.prefix.slice(a.prefix.length));
  if (ranges.length === 0 || (texts.length === 0 && !ranges.some((a) => ranges.some((b) => overlap(a, b))))) return null;
  const known = new Map<number, number>();
  return (key) => {
    if (isCoordinatorKey(key)) return key;
    let id = known.get(key);
    if (id === undefined) known.set(key, (id = internKey(keys, keyText(keys, key))));
    return id;
  };
}

function noteCleaning(ctx: EngineContext, partitionIndex: number, result: LogCleaningResult): void {
  const { topic, partition } = ctx.partitions[partitionIndex]!;
  const { node, name } = ctx.topics[topic]!;
  const records = `from ${grouped(result.recordsBefore)} to ${grouped(result.recordsAfter)} records`;
  const merged =
    result.segmentsBefore > result.segmentsAfter ? `, ${grouped(result.segmentsBefore)} segments to ${grouped(result.segmentsAfter)}` : '';
  addEntry(ctx, {
    timeUs: ctx.events.nowUs,
    code: 'cleaner.cleaned',
    node: node === '' ? null : node,
    text: `Cleaner: ${name}-${partition} ${records}${merged}.`,
  });
}

/** 40000 as 40,000. */
function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
