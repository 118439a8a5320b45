/** A partition taken out of a run as Kafka's directory, segment by segment, while the run may go on. */
import type { CompressRecords, RecordEncoding } from '../../log/encodeBatch.ts';
import type { PartitionFile } from '../../log/partitionFiles.ts';
import { topicIdWords } from '../../broker/topicIds.ts';
import { stateFiles, topicIdOf } from '../../log/partitionFiles.ts';
import type { PartitionLog, Segment } from '../../log/logState.ts';
import type { CompressionCodec } from '../../log/recordBatch.ts';
import { immutableParts } from '../../log/residency.ts';
import type { Run } from '../build.ts';
import { recordResolver } from './recordBytes.ts';

export interface PartitionExport {
  /** `orders-0`, as a broker names the directory. */
  readonly directory: string;
  /** The log as it stood at the beginning: its files are made with `segmentFiles`, its blocks brought back with `provideBlock`. */
  readonly log: PartitionLog;
  readonly encoding: RecordEncoding;
  readonly stateFiles: readonly PartitionFile[];
}

/** Begins an export of a partition, by its number in the run. What the run does from now on is not part of it. */
export function beginPartitionExport(run: Run, partition: number, compress: CompressRecords): PartitionExport {
  const { log, topic, partition: number } = run.ctx.partitions[partition];
  const still = stillCopy(log);
  return {
    directory: `${run.ctx.topics[topic].name}-${number}`,
    log: still,
    encoding: { resolve: recordResolver(run, partition), compress },
    stateFiles: stateFiles(still, topicIdIn(run, topic)),
  };
}

/** A copy of a log's lists that shares all columns with it: what these hold never changes. */
function stillCopy(log: PartitionLog): PartitionLog {
  immutableParts(log, new Set(), { tails: true });
  const blocks = log.blocks.map((block) => ({ ...block }));
  return { ...log, segments: log.segments.map((segment) => ({ ...segment })), blocks, tail: null, outbox: [], deletions: [] };
}

/** Lets go of a segment's columns in the export; the run keeps its own. */
export function releaseExported({ log }: PartitionExport, segment: Pick<Segment, 'baseOffset'>): void {
  for (const block of log.blocks) {
    if (block.segmentBaseOffset !== segment.baseOffset) continue;
    block.columns = null;
    block.batches = null;
    block.offsets = null;
  }
}

/** The id of a topic, by its number in the run: the same in every run of the seed. */
export function topicIdIn({ ctx }: Run, topic: number): string {
  return topicIdOf(topicIdWords(ctx.plan.seed, ctx.topics[topic].name));
}

/** What whoever uses exported files must know, as sentences. */
export function exportNotes(uncompressed: ReadonlyMap<CompressionCodec, number>): string[] {
  const codecs = [...uncompressed].map(
    ([codec, batches]) =>
      `${batches === 1 ? '1 batch' : `${batches} batches`} of ${codec} could not be compressed here and stand in the files uncompressed, without the attribute.`,
  );
  return [
    ...codecs,
    'Timestamps count from the start of the run, so to a broker they are of January 1970: set retention.ms=-1 on its topic before it reads the directory, or it deletes the records.',
    'partition.metadata names a topic id of ours: write the id of your own topic into it, or delete the file.',
  ];
}
