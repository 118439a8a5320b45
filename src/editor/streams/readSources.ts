import type { Catalogue } from '../../sql/plan/catalogue.ts';
import { documentStore } from '../stores/documentStore.ts';
import type { TriedRecord } from './sandbox.ts';
import { sourceOfTopic, sourceRecord } from './sourceRecords.ts';
import { interleaved, lastRecords, topicPlaces } from './topicRecords.ts';

/** The last records of some topics in the run, in the order in which one task would take them. */
export async function readSources(topics: readonly string[], catalogue: Catalogue, limit: number): Promise<TriedRecord[]> {
  const places = topicPlaces(documentStore.getState().document).filter(({ name }) => topics.includes(name));
  const each = await Promise.all(
    places.map(async (place) => {
      const source = sourceOfTopic(catalogue, place.name);
      return (await lastRecords(place, limit)).map((view): TriedRecord => {
        return { ...sourceRecord(view, source), id: `${place.name} ${view.partition} ${view.offset}`, topic: place.name };
      });
    }),
  );
  return interleaved(each).slice(-limit);
}
