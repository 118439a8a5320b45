/** The files of a partition's directory beside those of its segments, and all of them together, as a broker that was shut down leaves them. */
import type { RecordEncoding } from './encodeBatch.ts';
import { fileNameOfOffset, segmentToKafkaFiles } from './kafkaFiles.ts';
import { leaderEpochCheckpoint } from './leaderEpochs.ts';
import type { Block, PartitionLog, Segment } from './logState.ts';
import type { ProducerSnapshot } from './producerEntry.ts';
import { producerSnapshotFile, takeProducerSnapshot } from './producerSnapshots.ts';
import { createProducerStates } from './producerStates.ts';
import type { CompressionCodec } from './recordBatch.ts';

export interface PartitionFile {
  readonly name: string;
  /** When it was written last, ms of virtual time: a broker takes it for the age of a segment without timestamps. */
  readonly modifiedMs: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Files of one or more segments, and what differs from what the run counted. */
export interface PartitionFiles {
  readonly files: readonly PartitionFile[];
  /** Base offsets of batches whose size is not the one the run counted: compressed ones, and those sized before their bytes were known. */
  readonly sizeMismatches: readonly number[];
  /** Batches written uncompressed because their codec cannot be written here, by codec. */
  readonly uncompressed: ReadonlyMap<CompressionCodec, number>;
}

/** Blocks of a segment, oldest first. */
export function blocksOfSegment(log: PartitionLog, segment: Pick<Segment, 'baseOffset'>): Block[] {
  return log.blocks.filter((block) => block.segmentBaseOffset === segment.baseOffset);
}

/** Number of the first block of a segment that must be made resident before `segmentFiles`, or -1. */
export function missingBlockForFiles(log: PartitionLog, segment: Pick<Segment, 'baseOffset'>): number {
  return blocksOfSegment(log, segment).find((block) => block.columns === null)?.number ?? -1;
}

/** The files of one segment, one after the other, so that a large partition never has to be in memory as a whole. */
export function segmentFiles(log: PartitionLog, segment: Segment, encoding: RecordEncoding): PartitionFiles {
  const made = segmentToKafkaFiles(segment, blocksOfSegment(log, segment), log.config, encoding);
  const modifiedMs = segment.lastModifiedMs;
  const files: PartitionFile[] = [
    { name: `${made.name}.log`, modifiedMs, bytes: made.log },
    { name: `${made.name}.index`, modifiedMs, bytes: made.index },
    { name: `${made.name}.timeindex`, modifiedMs, bytes: made.timeIndex },
  ];
  if (made.transactionIndex.length > 0) files.push({ name: `${made.name}.txnindex`, modifiedMs, bytes: made.transactionIndex });
  return { files, sizeMismatches: made.sizeMismatches, uncompressed: made.uncompressed };
}

/** Producer snapshots, `leader-epoch-checkpoint` and `partition.metadata`. `topicId` as Kafka writes it (`topicIdOf`). */
export function stateFiles(log: PartitionLog, topicId: string): PartitionFile[] {
  const modifiedMs = log.segments[log.segments.length - 1].lastModifiedMs;
  return [
    ...snapshotsOf(log).map((snapshot) => ({
      name: `${fileNameOfOffset(snapshot.offset)}.snapshot`,
      modifiedMs,
      bytes: producerSnapshotFile(snapshot),
    })),
    { name: 'leader-epoch-checkpoint', modifiedMs, bytes: asciiBytes(leaderEpochCheckpoint(log.epochs)) },
    { name: 'partition.metadata', modifiedMs, bytes: asciiBytes(`version: 0\ntopic_id: ${topicId}`) },
  ];
}

/**
 * All snapshots there are and the one that closing the log takes at its end. Kafka takes one at each roll, of a log without producers too: those
 * are empty.
 */
function snapshotsOf(log: PartitionLog): readonly ProducerSnapshot[] {
  // Taking a snapshot puts new arrays into the state and changes nothing in the old ones, so a copy of its top is enough.
  const closed = log.producers === null ? createProducerStates() : { ...log.producers };
  takeProducerSnapshot(closed, log.logEndOffset);
  const { snapshots } = closed;
  const known = log.producers === null ? log.logEndOffset : (snapshots[0]?.offset ?? 0);
  const before = log.segments.filter(({ baseOffset }) => baseOffset > log.logStartOffset && baseOffset < known);
  return [...before.map(({ baseOffset }) => ({ offset: baseOffset, entries: [] })), ...snapshots];
}

function asciiBytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

const base64Url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** A topic id of 128 bits, given as four 32-bit numbers, as Kafka writes it (Uuid.toString): 22 characters, never beginning with `-`. */
export function topicIdOf(words: readonly [number, number, number, number]): string {
  let bits = words.map((word) => (word >>> 0).toString(2).padStart(32, '0')).join('');
  // Uuid.randomUuid draws again instead.
  if (bits.startsWith('111110')) bits = `0${bits.slice(1)}`;
  const groups = bits.padEnd(132, '0').match(/.{6}/g)!;
  return groups.map((group) => base64Url[parseInt(group, 2)]).join('');
}
