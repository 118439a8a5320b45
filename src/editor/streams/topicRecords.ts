/** The last records of a topic in the run, over all its partitions in the order in which one reader would take them. */
import type { PipelineDocument } from '../../pipeline/document.ts';
import { effectiveConfig } from '../../pipeline/index.ts';
import type { RecordPage, RecordView } from '../../workers/protocol.ts';
import { readRecords } from '../run/questions.ts';

/** A record with where it stands. */
export interface TopicRecordView extends RecordView {
  readonly partition: number;
}

export interface TopicPlace {
  readonly id: string;
  readonly name: string;
  readonly partitions: number;
  /** Whether old records of a key are removed by compaction. */
  readonly isCompacted: boolean;
}

export function topicPlaces({ nodes }: PipelineDocument): readonly TopicPlace[] {
  return nodes
    .filter(({ kind }) => kind === 'topic')
    .map((node) => {
      const config = effectiveConfig(node);
      return {
        id: node.id,
        name: node.name,
        partitions: Number(config['partitions']),
        isCompacted: String(config['cleanup.policy']).includes('compact'),
      };
    });
}

/** Records of several partitions in one order: of the next ones, the earliest goes first, as a task of Kafka Streams chooses (PartitionGroup); within a partition the order stays. */
export function interleaved<T extends { readonly timestampMs: number }>(partitions: readonly (readonly T[])[]): T[] {
  const next = partitions.map(() => 0);
  const all: T[] = [];
  for (;;) {
    let chosen = -1;
    partitions.forEach((records, i) => {
      const head = records[next[i]!];
      if (head === undefined) return;
      const best = chosen < 0 ? undefined : partitions[chosen]![next[chosen]!]!;
      if (best === undefined || head.timestampMs < best.timestampMs) chosen = i;
    });
    if (chosen < 0) return all;
    all.push(partitions[chosen]![next[chosen]!]!);
    next[chosen]! += 1;
  }
}

/** Above this many partitions only the first ones are asked: the picture could not show more. */
const mostPartitions = 12;

async function lastOfPartition(topicNode: string, partition: number, limit: number): Promise<TopicRecordView[]> {
  const end = await readRecords({ topicNode, partition, offset: Number.MAX_SAFE_INTEGER, limit: 1 });
  if (end === null || end.highWatermark <= end.logStartOffset) return [];
  return recordsFrom(topicNode, partition, Math.max(end.logStartOffset, end.highWatermark - limit), limit);
}

/** At most `limit` records of a partition from an offset on; an answer has a bound of its own, so it takes several. */
export async function recordsFrom(topicNode: string, partition: number, offset: number, limit: number): Promise<TopicRecordView[]> {
  const found: TopicRecordView[] = [];
  for (let next: number | null = offset; next !== null && found.length < limit;) {
    const page: RecordPage | null = await readRecords({ topicNode, partition, offset: next, limit: limit - found.length });
    found.push(...(page?.records ?? []).map((record) => ({ ...record, partition })));
    next = page === null || page.records.length === 0 ? null : page.newerOffset;
  }
  return found;
}

/** Where each partition begins and ends, the first of them; none before there is a run. */
export async function endsOf({ id, partitions }: TopicPlace): Promise<readonly { readonly start: number; readonly end: number }[]> {
  const asked = Array.from({ length: Math.min(mostPartitions, partitions) }, (_one, partition) =>
    readRecords({ topicNode: id, partition, offset: Number.MAX_SAFE_INTEGER, limit: 1 }),
  );
  return (await Promise.all(asked)).flatMap((page) => (page === null ? [] : [{ start: page.logStartOffset, end: page.highWatermark }]));
}

/** At most `limit` of the last records of a topic; none before there is a run. */
export async function lastRecords({ id, partitions }: TopicPlace, limit: number): Promise<TopicRecordView[]> {
  const asked = Array.from({ length: Math.min(mostPartitions, partitions) }, (_one, partition) => lastOfPartition(id, partition, limit));
  return interleaved(await Promise.all(asked)).slice(-limit);
}
