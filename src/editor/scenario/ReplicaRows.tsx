import type { ReactElement } from 'react';
import { ChoiceRow } from './FormRow.tsx';

interface Properties {
  readonly replicas: readonly number[];
  readonly brokers: readonly number[];
  readonly wordsOf: (broker: number) => string;
  readonly readOnly: boolean;
  readonly onChoose: (replicas: readonly number[]) => void;
}

const none = 'none';

/** A broker at a place of the list; one that stands elsewhere in it changes places, `null` takes the place away. */
export function withReplica(replicas: readonly number[], at: number, broker: number | null): readonly number[] {
  if (broker === null) return replicas.filter((_, index) => index !== at);
  const elsewhere = replicas.indexOf(broker);
  const next = [...replicas];
  if (elsewhere >= 0 && at < replicas.length) next[elsewhere] = replicas[at]!;
  else if (elsewhere >= 0) next.splice(elsewhere, 1);
  next[Math.min(at, next.length)] = broker;
  return next;
}

/** The brokers of a partition, the preferred leader first; the row after the last one adds another. */
export function ReplicaRows({ replicas, brokers, wordsOf, readOnly, onChoose }: Properties): ReactElement {
  const rows = replicas.length < brokers.length ? [...replicas, null] : replicas;
  return (
    <>
      {rows.map((replica, index) => {
        const mayGo = replica === null || replicas.length > 1;
        const known = replica === null || brokers.includes(replica) ? brokers : [...brokers, replica];
        const options = [
          ...(mayGo ? [[none, replica === null ? 'none' : 'take out']] : []),
          ...known.map((broker) => [String(broker), wordsOf(broker)]),
        ] as [string, string][];
        return (
          <ChoiceRow
            key={index}
            label={index === 0 ? 'Leader' : `Replica ${index + 1}`}
            value={replica === null ? none : String(replica)}
            options={options}
            readOnly={readOnly}
            onChoose={(text) => onChoose(withReplica(replicas, index, text === none ? null : Number(text)))}
          />
        );
      })}
    </>
  );
}
