/** What statements need of where they are executed: topics, stores, a registry. Served by a simulated run, or by topologies in memory. */
import type { SourceRecord } from '../operators/row.ts';
import type { Run } from '../operators/topology.ts';
import type { DataSource } from '../plan/catalogue.ts';
import type { MaterialisedRow } from '../plan/storedTable.ts';
import type { Lookup } from './lookup.ts';

export interface TopicInfo {
  readonly name: string;
  readonly partitions: number;
  readonly replicas: number;
}

export interface TopicReaders {
  readonly consumers: number;
  readonly groups: number;
}

export type QueryChange = 'started' | 'terminated' | 'paused' | 'resumed';

export interface QueryHost {
  /** All topics, internal ones too. */
  readonly topics: () => readonly TopicInfo[];
  readonly readersOf: (topic: string) => TopicReaders;
  /** The rows of a materialised table that a lookup reads, from all its partitions. */
  readonly rowsOf: (table: DataSource, lookup: Lookup) => Iterable<MaterialisedRow>;
  /** The records that a topic has now, in the order in which one consumer of all its partitions gets them. */
  readonly recordsOf: (topic: string) => readonly SourceRecord[];
  readonly deleteTopic: (topic: string) => void;
  /** Told of each change of a persistent query, and of push queries that are terminated. */
  readonly queryChanged: (queryId: string, change: QueryChange) => void;
  /** Whether the schema registry has a subject, or an id, or the id under the subject. */
  readonly hasSchema: (subject: string | null, id: number | null) => boolean;
  /** Where expressions are computed; its clock is also the time of records inserted without one. */
  readonly run: Omit<Run, 'state'>;
}
