import type { Place, TopicChoice } from './pickedPartition.ts';

interface Properties {
  readonly topics: readonly TopicChoice[];
  readonly place: Place;
  readonly onPick: (place: Place) => void;
}

/** Fields for a topic and one of its partitions. */
export function PartitionPicker({ topics, place, onPick }: Properties) {
  const partitions = topics.find(({ id }) => id === place.topicNode)?.partitions ?? 0;
  return (
    <>
      <select
        className="lj-select"
        aria-label="Topic"
        value={place.topicNode}
        onChange={(event) => onPick({ topicNode: event.target.value, partition: 0, offset: 0 })}
      >
        {topics.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      <select
        className="lj-select"
        aria-label="Partition"
        value={place.partition}
        onChange={(event) => onPick({ ...place, partition: Number(event.target.value), offset: 0 })}
      >
        {Array.from({ length: partitions }, (_, partition) => (
          <option key={partition} value={partition}>
            partition {partition}
          </option>
        ))}
      </select>
    </>
  );
}
