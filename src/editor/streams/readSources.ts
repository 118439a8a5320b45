import { documentStore } from '../stores/documentStore.ts';
import type { TriedRecord } from './sandbox.ts';
import { interleaved, lastRecords, topicPlaces } from './topicRecords.ts';

/** The last records of some topics in the run, in the order in which one task would take them. */
export async function readSources(topics: readonly string[], limit: number): Promise<TriedRecord[]> {
  const places = topicPlaces(documentStore.getState().document).filter(({ name }) => topics.includes(name));
  const each = await Promise.all(
    places.map(async (place) =>
      (await lastRecords(place, limit)).map(({ partition, offset, key, value, timestampMs }): TriedRecord => {
        return { id: `${place.name} ${partition} ${offset}`, topic: place.name, partition, offset, key, value, timestampMs };
      }),
    ),
  );
  return interleaved(each).slice(-limit);
}
