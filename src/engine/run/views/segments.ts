/** A partition's log as people look into it: its segments, their batches and indexes, the bytes of a batch. Changes nothing. */
import type { PartitionState } from '../../broker/context.ts';
import { createByteSink, writtenBytes } from '../../log/byteSink.ts';
import type { CompressRecords } from '../../log/encodeBatch.ts';
import { encodeBlockBatch, residentColumns } from '../../log/encodeBatch.ts';
import { fileNameOfOffset } from '../../log/kafkaFiles.ts';
import type { BatchColumns, Block, Segment } from '../../log/logState.ts';
import { BatchMarker } from '../../log/logState.ts';
import { blocksOfSegment, stateFiles } from '../../log/partitionFiles.ts';
import { lastStableOffsetOf } from '../../log/partitionLog.ts';
import { BatchAttribute, compressionCodecs } from '../../log/recordBatch.ts';
import { batchEnd, batchIndexAt, batchLastOffset, batchSizeAt, blockIndexAt } from '../../log/search.ts';
import { addToIndexes, closeIndexes, createIndexBuilder } from '../../log/segmentIndexes.ts';
import { batchFields, unpackedFields } from '../../report/batchFields.ts';
import type {
  BatchBytes,
  BatchPage,
  BatchSummary,
  PartitionLogView,
  SegmentFile,
  SegmentIndexes,
  SegmentView,
} from '../../report/segmentView.ts';
import type { Run } from '../build.ts';
import { topicIdIn } from './partitionExport.ts';
import { recordResolver } from './recordBytes.ts';

/** Instead of an answer: this block of the partition must be made resident first. */
export interface MissingBlock {
  readonly missing: number;
}

/** The log of a partition, by its number in the run, as its leader's directory stands now. Needs no block. */
export function partitionLogView(run: Run, partition: number): PartitionLogView {
  const { log, topic, partition: number } = run.ctx.partitions[partition];
  return {
    topic: run.ctx.topics[topic].name,
    partition: number,
    logStartOffset: log.logStartOffset,
    highWatermark: log.highWatermark,
    lastStableOffset: lastStableOffsetOf(log),
    logEndOffset: log.logEndOffset,
    sizeBytes: log.sizeBytes,
    compacted: log.config.cleanupPolicy.compact,
    cleanerCheckpoint: log.cleanerCheckpoint,
    epochs: log.epochs.map(({ epoch, startOffset }) => ({ epoch, startOffset })),
    producers: log.producers?.producers.size ?? 0,
    segments: segmentViews(run.ctx.partitions[partition]),
    files: stateFiles(log, topicIdIn(run, topic)).map(({ name, bytes }) => ({ name, bytes: bytes.length })),
  };
}

/** Where a segment is: copied ones are in the remote tier, those the broker still has on its disk too. */
function tierOf(tier: PartitionState['tier'], baseOffset: number, endOffset: number): SegmentView['tier'] {
  if (tier === null || endOffset > tier.copiedUpTo) return 'local';
  return baseOffset < tier.localStartOffset ? 'remote' : 'both';
}

interface Contents {
  batches: number;
  records: number;
  markers: number;
}

/** One walk over all blocks: a log may have thousands of both. */
function segmentViews({ log, tier }: PartitionState): SegmentView[] {
  const contents = new Map<number, Contents>(log.segments.map(({ baseOffset }) => [baseOffset, { batches: 0, records: 0, markers: 0 }]));
  for (const block of log.blocks) {
    const held = contents.get(block.segmentBaseOffset)!;
    held.batches += block.batchCount;
    held.records += block.recordCount - block.controlRecords;
    held.markers += block.controlRecords;
  }
  return log.segments.map((segment, i) => segmentView({ log, tier }, i, contents.get(segment.baseOffset)!));
}

function segmentView({ log, tier }: Pick<PartitionState, 'log' | 'tier'>, index: number, contents: Contents): SegmentView {
  const segment = log.segments[index];
  const next = log.segments[index + 1] as Segment | undefined;
  return {
    baseOffset: segment.baseOffset,
    endOffset: next?.baseOffset ?? log.logEndOffset,
    active: next === undefined,
    sizeBytes: segment.sizeBytes,
    ...contents,
    createdMs: segment.createdMs,
    largestTimestampMs: segment.largestTimestampMs,
    offsetIndexEntries: segment.offsetIndexEntries,
    timeIndexEntries: segment.timeIndexEntries,
    abortedTransactions: segment.transactionIndex.length,
    files: filesOfSegment(segment),
    tier: tierOf(tier, segment.baseOffset, next?.baseOffset ?? log.logEndOffset),
  };
}

/** The files as their entries fill them; a broker reserves `segment.index.bytes` for each index of the active segment. */
function filesOfSegment({ baseOffset, sizeBytes, offsetIndexEntries, timeIndexEntries, transactionIndex }: Segment): SegmentFile[] {
  const name = fileNameOfOffset(baseOffset);
  const files = [
    { name: `${name}.log`, bytes: sizeBytes },
    { name: `${name}.index`, bytes: offsetIndexEntries * 8 },
    { name: `${name}.timeindex`, bytes: timeIndexEntries * 12 },
  ];
  return transactionIndex.length === 0 ? files : [...files, { name: `${name}.txnindex`, bytes: transactionIndex.length * 34 }];
}

/** The segment that begins at an offset, with its blocks; null when it is gone. */
function segmentAt(
  run: Run,
  partition: number,
  baseOffset: number,
): { readonly segment: Segment; readonly blocks: readonly Block[] } | null {
  const { log } = run.ctx.partitions[partition];
  const segment = log.segments.find((candidate) => candidate.baseOffset === baseOffset);
  return segment === undefined ? null : { segment, blocks: blocksOfSegment(log, segment) };
}

/** Up to `limit` batches of a segment from its batch number `from` on; null when there is no such segment any more. */
export function batchesOf(
  run: Run,
  partition: number,
  wanted: { readonly segmentBase: number; readonly from: number; readonly limit: number },
): { readonly page: BatchPage | null } | MissingBlock {
  const found = segmentAt(run, partition, wanted.segmentBase);
  if (found === null) return { page: null };
  const { blocks } = found;
  const start = blocks.length === 0 ? 0 : blocks[0].startPosition;
  const batches: BatchSummary[] = [];
  let before = 0;
  for (const block of blocks) {
    const first = Math.max(0, wanted.from - before);
    before += block.batchCount;
    if (first >= block.batchCount || batches.length >= wanted.limit) continue;
    if (block.columns === null) return { missing: block.number };
    for (let i = first; i < block.batchCount && batches.length < wanted.limit; i++)
      batches.push(summaryOf(block, block.batches!, i, start));
  }
  return { page: { from: wanted.from, total: before, batches } };
}

const markerNames = {
  [BatchMarker.none]: null,
  [BatchMarker.commit]: 'COMMIT',
  [BatchMarker.abort]: 'ABORT',
  [BatchMarker.emptied]: null,
} as const;

function summaryOf(block: Block, batches: BatchColumns, i: number, segmentStart: number): BatchSummary {
  const { producers } = batches;
  const attributes = batches.attributes[i];
  const id = producers === null ? -1 : producers.producerId[i];
  const marker = producers === null ? BatchMarker.none : (producers.marker[i] as keyof typeof markerNames);
  return {
    baseOffset: batches.baseOffset[i],
    lastOffset: batchLastOffset(block, batches, i),
    position: batches.position[i] - segmentStart,
    sizeBytes: batchSizeAt(block, batches, i),
    records: batchEnd(block, batches, i) - batches.firstRecord[i],
    leaderEpoch: batches.leaderEpoch[i],
    producer: id < 0 ? null : { id, epoch: producers!.producerEpoch[i], baseSequence: producers!.baseSequence[i] },
    transactional: (attributes & BatchAttribute.transactional) !== 0,
    control: markerNames[marker],
    compression: compressionCodecs[attributes & BatchAttribute.compressionMask] ?? 'unknown',
    maxTimestampMs: batches.maxTimestampMs[i],
  };
}

/** Both indexes of a segment, made anew from its batches; null when there is no such segment any more. Needs all blocks of the segment. */
export function indexesOf(run: Run, partition: number, segmentBase: number): { readonly indexes: SegmentIndexes | null } | MissingBlock {
  const found = segmentAt(run, partition, segmentBase);
  if (found === null) return { indexes: null };
  const { segment, blocks } = found;
  const { config } = run.ctx.partitions[partition].log;
  const builder = createIndexBuilder(segmentBase);
  for (const block of blocks) {
    if (block.columns === null) return { missing: block.number };
    const batches = block.batches!;
    for (let i = 0; i < block.batchCount; i++) {
      const batch = {
        lastOffset: batchLastOffset(block, batches, i),
        maxTimestampMs: batches.maxTimestampMs[i],
        position: batches.position[i] - blocks[0].startPosition,
        sizeBytes: batchSizeAt(block, batches, i),
      };
      addToIndexes(builder, batch, config.indexIntervalBytes);
    }
  }
  const { segments } = run.ctx.partitions[partition].log;
  if (segment !== segments[segments.length - 1]) closeIndexes(builder);
  return {
    indexes: {
      offsets: Float64Array.from(builder.offsets),
      positions: Float64Array.from(builder.positions),
      timestampsMs: Float64Array.from(builder.timestampsMs),
      timestampOffsets: Float64Array.from(builder.timestampOffsets),
    },
  };
}

/** The bytes of the batch that begins at an offset, with its fields; null when there is no such batch any more. */
export function batchBytesOf(
  run: Run,
  partition: number,
  baseOffset: number,
  compress: CompressRecords,
): { readonly batch: BatchBytes | null } | MissingBlock {
  const { log } = run.ctx.partitions[partition];
  if (log.blocks.length === 0 || baseOffset < log.blocks[0].baseOffset || baseOffset >= log.logEndOffset) return { batch: null };
  const block = log.blocks[blockIndexAt(log, baseOffset)];
  if (block.columns === null) return { missing: block.number };
  const { batches } = residentColumns(block);
  const i = batchIndexAt(block, batches, baseOffset);
  if (i >= block.batchCount || batches.baseOffset[i] !== baseOffset) return { batch: null };
  const plain: { records: Uint8Array<ArrayBuffer> | null } = { records: null };
  const sink = createByteSink(batchSizeAt(block, batches, i) + 1024);
  const { missingCodec } = encodeBlockBatch(sink, block, i, {
    resolve: recordResolver(run, partition),
    compress: (codec, records) => {
      plain.records = new Uint8Array(records);
      return compress(codec, records);
    },
  });
  const bytes = writtenBytes(sink);
  const unpacked = missingCodec === null && plain.records !== null ? plain.records : null;
  return {
    batch: {
      baseOffset,
      bytes,
      fields: batchFields(bytes),
      unpacked: unpacked === null ? null : { bytes: unpacked, fields: unpackedFields(unpacked, bytes) },
      missingCodec,
    },
  };
}
