/** What Kafka's dump-log tool must print of a log, from the log's own columns and figures: the files are not looked at. */
import type { Block, PartitionLog, Segment } from '../../src/engine/log/logState.ts';
import { BatchMarker } from '../../src/engine/log/logState.ts';
import { fileNameOfOffset } from '../../src/engine/log/kafkaFiles.ts';
import { blocksOfSegment } from '../../src/engine/log/partitionFiles.ts';
import type { ProducerEntry } from '../../src/engine/log/producerEntry.ts';
import { decrementSequence, incrementSequence, lastBatchOf } from '../../src/engine/log/producerEntry.ts';
import type { RecordBytes } from '../../src/engine/log/recordBatch.ts';
import { BatchAttribute, compressionCodecs } from '../../src/engine/log/recordBatch.ts';
import { batchEnd, batchLastOffset, batchSizeAt, recordOffsetAt } from '../../src/engine/log/search.ts';
import type { Scenario } from './scenario.ts';

const decoder = new TextDecoder();
const optional = (value: number): string => (value < 0 ? 'OptionalLong.empty' : `OptionalLong[${value}]`);

/** One batch with what its header says. */
interface BatchRow {
  readonly block: Block;
  readonly index: number;
  readonly attributes: number;
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly baseSequence: number;
  readonly marker: number;
  readonly position: number;
  readonly sizeBytes: number;
  readonly maxTimestampMs: number;
}

function batchesOf(log: PartitionLog, segment: Segment): BatchRow[] {
  const blocks = blocksOfSegment(log, segment);
  const segmentPosition = blocks[0]?.startPosition ?? 0;
  return blocks.flatMap((block) => {
    const batches = block.batches!;
    return Array.from({ length: block.batchCount }, (_, index) => ({
      block,
      index,
      attributes: batches.attributes[index]!,
      baseOffset: batches.baseOffset[index]!,
      lastOffset: batchLastOffset(block, batches, index),
      baseSequence: batches.producers?.baseSequence[index] ?? -1,
      marker: batches.producers?.marker[index] ?? BatchMarker.none,
      position: batches.position[index]! - segmentPosition,
      sizeBytes: batchSizeAt(block, batches, index),
      maxTimestampMs: batches.maxTimestampMs[index]!,
    }));
  });
}

/** Lines of a `.log`: batches and, after each, its records. The checksum is left to the tool, which says whether it is valid. */
export function expectedLogLines({ log, encoding }: Scenario, segment: Segment): string[] {
  return [
    `Log starting offset: ${segment.baseOffset}`,
    ...batchesOf(log, segment).flatMap((row) => {
      const { block, index } = row;
      const batches = block.batches!;
      const lines = [batchLine(row)];
      for (let i = batches.firstRecord[index]!; i < batchEnd(block, batches, index); i++) {
        lines.push(recordLine(row, i, row.marker === BatchMarker.none ? encoding.resolve(block.columns!, i) : null));
      }
      return lines;
    }),
  ];
}

function batchLine(row: BatchRow): string {
  const { block, index, attributes, baseOffset, lastOffset, baseSequence } = row;
  const batches = block.batches!;
  const lastSequence = baseSequence < 0 ? -1 : incrementSequence(baseSequence, lastOffset - baseOffset);
  const horizonMs = (attributes & BatchAttribute.deleteHorizon) !== 0 ? batches.baseTimestampMs[index]! : -1;
  return [
    `baseOffset: ${baseOffset} lastOffset: ${lastOffset} count: ${batchEnd(block, batches, index) - batches.firstRecord[index]!}`,
    `baseSequence: ${baseSequence} lastSequence: ${lastSequence}`,
    `producerId: ${batches.producers?.producerId[index] ?? -1} producerEpoch: ${batches.producers?.producerEpoch[index] ?? -1}`,
    `partitionLeaderEpoch: ${batches.leaderEpoch[index]}`,
    `isTransactional: ${(attributes & BatchAttribute.transactional) !== 0} isControl: ${(attributes & BatchAttribute.control) !== 0}`,
    `deleteHorizonMs: ${optional(horizonMs)} position: ${row.position} ${timestampType(attributes)}: ${row.maxTimestampMs}`,
    `size: ${row.sizeBytes} magic: 2 compresscodec: ${compressionCodecs[attributes & BatchAttribute.compressionMask]} isvalid: true`,
  ].join(' ');
}

function timestampType(attributes: number): string {
  return (attributes & BatchAttribute.logAppendTime) !== 0 ? 'LogAppendTime' : 'CreateTime';
}

/** `record` null: the marker that a control batch holds. */
function recordLine(row: BatchRow, index: number, record: RecordBytes | null): string {
  const { block, attributes, baseOffset, baseSequence } = row;
  const offset = recordOffsetAt(block, index);
  const appendTime = (attributes & BatchAttribute.logAppendTime) !== 0;
  const timestampMs = appendTime ? row.maxTimestampMs : Math.floor(block.columns!.timestampUs[index]! / 1000);
  const sequence = baseSequence < 0 ? -1 : incrementSequence(baseSequence, offset - baseOffset);
  const sizes =
    record === null ? 'keySize: 4 valueSize: 6' : `keySize: ${record.key?.length ?? -1} valueSize: ${record.value?.length ?? -1}`;
  const names = record?.headers.map((header) => decoder.decode(header.key)).join(',') ?? '';
  const line = `| offset: ${offset} ${timestampType(attributes)}: ${timestampMs} ${sizes} sequence: ${sequence} headerKeys: [${names}]`;
  return line + (record === null ? markerText(row) : contentText(record));
}

function markerText({ block, index, marker }: BatchRow): string {
  const type = marker === BatchMarker.commit ? 'COMMIT' : 'ABORT';
  return ` endTxnMarker: ${type} coordinatorEpoch: ${block.batches!.producers!.coordinatorEpoch[index]}`;
}

function contentText({ key, value }: RecordBytes): string {
  return (key === null ? '' : ` key: ${decoder.decode(key)}`) + (value === null ? '' : ` payload: ${decoder.decode(value)}`);
}

/** Places an offset index may name: the last offset of each batch and where it begins. */
export function indexableBatches({ log }: Scenario, segment: Segment): Set<string> {
  return new Set(batchesOf(log, segment).map(({ lastOffset, position }) => `offset: ${lastOffset} position: ${position}`));
}

/** Entries a time index may have: at each batch that raises it, the largest timestamp so far and the batch's last offset. */
export function indexableTimestamps({ log }: Scenario, segment: Segment): Set<string> {
  let largestMs = -1;
  const entries = new Set<string>();
  for (const { maxTimestampMs, lastOffset } of batchesOf(log, segment)) {
    if (maxTimestampMs <= largestMs) continue;
    largestMs = maxTimestampMs;
    entries.add(`timestamp: ${maxTimestampMs} offset: ${lastOffset}`);
  }
  return entries;
}

/** Gaps the tool tells of on its error output; it expects every file to begin at offset 0. */
export function expectedGaps({ log }: Scenario, segment: Segment): string[] {
  const gaps: string[] = [];
  let last = -1;
  for (const { block, index } of batchesOf(log, segment)) {
    const batches = block.batches!;
    for (let i = batches.firstRecord[index]!; i < batchEnd(block, batches, index); i++) {
      const offset = recordOffsetAt(block, i);
      if (offset !== last + 1) gaps.push(`  ${last} is followed by ${offset}`);
      last = offset;
    }
  }
  return gaps;
}

/** Lines of a `.txnindex`. */
export function expectedTransactionLines({ transactionIndex }: Segment): string[] {
  return transactionIndex.map(
    ({ producerId, firstOffset, lastOffset, lastStableOffset }) =>
      `version: 0 producerId: ${producerId} firstOffset: ${firstOffset} lastOffset: ${lastOffset} lastStableOffset: ${lastStableOffset}`,
  );
}

/** Lines of each `.snapshot` by its name; the one at the log's end holds the producers as they are now. */
export function expectedSnapshots({ log }: Scenario): Map<string, string[]> {
  const snapshots = new Map<string, string[]>();
  const note = (offset: number, entries: Iterable<ProducerEntry>): void => {
    const sorted = [...entries].sort((a, b) => a.producerId - b.producerId);
    snapshots.set(`${fileNameOfOffset(offset)}.snapshot`, sorted.map(snapshotLine));
  };
  const taken = log.producers?.snapshots ?? [];
  // Rolls before the log knew any producer.
  const known = taken[0]?.offset ?? log.logEndOffset;
  for (const { baseOffset } of log.segments) if (baseOffset > log.logStartOffset && baseOffset < known) note(baseOffset, []);
  for (const { offset, entries } of taken) note(offset, entries);
  note(log.logEndOffset, log.producers?.producers.values() ?? []);
  return snapshots;
}

function snapshotLine(entry: ProducerEntry): string {
  const last = lastBatchOf(entry);
  const head =
    `producerId: ${entry.producerId} producerEpoch: ${entry.producerEpoch} coordinatorEpoch: ${entry.coordinatorEpoch} ` +
    `currentTxnFirstOffset: ${optional(entry.transactionFirstOffset)} lastTimestamp: ${entry.lastTimestampMs}`;
  if (last === undefined) return head;
  const { lastSequence, lastOffset, offsetDelta } = last;
  const firstSequence = decrementSequence(lastSequence, offsetDelta);
  return `${head} firstSequence: ${firstSequence} lastSequence: ${lastSequence} lastOffset: ${lastOffset} offsetDelta: ${offsetDelta} timestamp: ${entry.lastTimestampMs}`;
}
