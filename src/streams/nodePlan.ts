import type { PhysicalTopology } from '../sql/operators/structure.ts';
import type { Topology } from '../sql/operators/topology.ts';
import type { DataSource } from '../sql/plan/catalogue.ts';
import type { StoredTable } from '../sql/plan/storedTable.ts';

/** One stream processor, planned. */
export interface NodePlan {
  readonly nodeId: string;
  readonly queryId: string;
  readonly applicationId: string;
  /** The program; shared by all runs, which have their own state of it. */
  readonly topology: Topology;
  /** Its sub-topologies, and the internal topics between them and of its stores. */
  readonly physical: PhysicalTopology;
  /** Names of topics, in the order in which the text names their sources. */
  readonly sourceTopics: readonly string[];
  /** The topic of the result; of a chain with branches, that of its end. */
  readonly sinkTopic: string;
  /** All topics that it writes to. */
  readonly sinkTopics: readonly string[];
  readonly sink: DataSource;
  readonly result: 'stream' | 'table';
  /** Where tasks keep the rows of a table for those who ask; null for a stream, and for a chain of operators. */
  readonly stored: StoredTable | null;
  /** The node's whole text. */
  readonly sql: string;
  /** The one statement that makes it, with the topic of its result, and what was SET for it; null for a chain of operators. */
  readonly statement: PlannedStatement | null;
}

/** A statement that has been executed, as it would be told to ksqlDB. */
export interface PlannedStatement {
  /** Without its semicolon where it was put together here. */
  readonly text: string;
  readonly settings: Readonly<Record<string, string>>;
}
