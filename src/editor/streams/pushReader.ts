/** Feeds a push query the records of its topics as they come. */
import type { SourceRecord } from '../../sql/operators/row.ts';
import type { Catalogue } from '../../sql/plan/catalogue.ts';
import { isDone, type PushPlan, type PushRow } from '../../sql/query/pushPlan.ts';
import { sourceOfTopic, sourceRecord } from './sourceRecords.ts';
import { endsOf, interleaved, recordsFrom, type TopicPlace } from './topicRecords.ts';

/** More at once would be felt. */
const mostAtOnce = 200;

export interface PushReader {
  /** Takes what has come since the last time; the rows it leads to. */
  readonly next: (nowMs: number) => Promise<readonly PushRow[]>;
  /** LIMIT is reached. */
  readonly isOver: () => boolean;
}

interface Part {
  readonly topic: TopicPlace;
  readonly partition: number;
  next: number;
}

/** Begins behind what there is now, or with the oldest record. Throws an Error before there is a run. */
export async function openPush(
  plan: PushPlan,
  topics: readonly TopicPlace[],
  catalogue: Catalogue,
  from: 'earliest' | 'latest',
): Promise<PushReader> {
  const state = plan.initialState();
  const read = topics.filter(({ name }) => plan.sourceTopics.includes(name));
  const parts: Part[] = [];
  for (const topic of read) {
    const ends = await endsOf(topic);
    ends.forEach(({ start, end }, partition) => parts.push({ topic, partition, next: from === 'latest' ? end : start }));
  }
  if (parts.length === 0) throw new Error('Nothing has run yet. Press Space to play, then ask again.');
  return {
    isOver: () => isDone(plan, state),
    next: async (nowMs) => {
      const fetched = await Promise.all(
        parts.map(async (part) => {
          const views = await recordsFrom(part.topic.id, part.partition, part.next, mostAtOnce);
          part.next = views.length === 0 ? part.next : views.at(-1)!.offset + 1;
          const source = sourceOfTopic(catalogue, part.topic.name);
          return views.map((view): SourceRecord & { readonly topic: string } => ({
            ...sourceRecord(view, source),
            topic: part.topic.name,
          }));
        }),
      );
      const run = { wallClockMs: nowMs, write: () => undefined, log: () => undefined, random: () => 0.5, now: () => nowMs };
      return interleaved(fetched).flatMap((record) => plan.offer(state, record.topic, record, run));
    },
  };
}
