/** What a server answers to statements that are no queries, named and shaped as in its REST API (`KsqlEntity` and its kinds). */
import type { SqlBase } from '../types/sqlType.ts';

export interface SchemaInfo {
  readonly type: SqlBase;
  readonly fields: readonly FieldInfo[] | null;
  readonly memberSchema: SchemaInfo | null;
  readonly parameters?: { readonly precision: number; readonly scale: number };
}

export interface FieldInfo {
  readonly name: string;
  readonly schema: SchemaInfo;
  readonly fieldType?: 'KEY' | 'HEADER';
  readonly headerKey?: string;
}

export interface SourceInfo {
  readonly type: 'STREAM' | 'TABLE';
  readonly name: string;
  readonly topic: string;
  readonly keyFormat: string;
  readonly valueFormat: string;
  readonly isWindowed: boolean;
}

export type QueryState = 'RUNNING' | 'PAUSED';

export interface RunningQueryInfo {
  readonly id: string;
  readonly queryString: string;
  readonly sinks: readonly string[];
  readonly sinkKafkaTopics: readonly string[];
  readonly queryType: 'PERSISTENT';
  readonly statusCount: Readonly<Partial<Record<QueryState, number>>>;
  readonly state: string;
}

export interface SourceDescription {
  readonly name: string;
  readonly windowType: string | null;
  readonly readQueries: readonly RunningQueryInfo[];
  readonly writeQueries: readonly RunningQueryInfo[];
  readonly fields: readonly FieldInfo[];
  readonly type: 'STREAM' | 'TABLE';
  /** The column that holds the time of records; empty where there is none. */
  readonly timestamp: string;
  readonly extended: boolean;
  readonly keyFormat: string;
  readonly valueFormat: string;
  readonly topic: string;
  /** Both 0 where the topic is not there. */
  readonly partitions: number;
  readonly replication: number;
  readonly statement: string;
  /** Sources that are made from this one and have to be dropped before it. */
  readonly sourceConstraints: readonly string[];
}

export interface QueryDescription {
  readonly id: string;
  readonly statementText: string;
  readonly windowType: string | null;
  readonly fields: readonly FieldInfo[];
  readonly sources: readonly string[];
  readonly sinks: readonly string[];
  readonly topology: string;
  readonly queryType: 'PERSISTENT' | 'PUSH';
  /** Null for a statement that was only explained. */
  readonly state: QueryState | null;
}

export interface FunctionSignature {
  readonly arguments: readonly { readonly name: string; readonly type: string; readonly isVariadic: boolean }[];
  readonly returnType: string;
}

export type FunctionType = 'SCALAR' | 'TABLE' | 'AGGREGATE';

type Answer =
  | {
      readonly '@type': 'currentStatus';
      readonly commandId: string;
      readonly commandStatus: { readonly status: 'SUCCESS'; readonly message: string; readonly queryId: string | null };
      readonly commandSequenceNumber: number;
    }
  | { readonly '@type': 'warning_entity'; readonly message: string }
  | { readonly '@type': 'terminate_query'; readonly queryId: string; readonly wasTerminated: true }
  | { readonly '@type': 'streams'; readonly streams: readonly SourceInfo[] }
  | { readonly '@type': 'tables'; readonly tables: readonly SourceInfo[] }
  | { readonly '@type': 'queries'; readonly queries: readonly RunningQueryInfo[] }
  | { readonly '@type': 'query_descriptions'; readonly queryDescriptions: readonly QueryDescription[] }
  | { readonly '@type': 'kafka_topics'; readonly topics: readonly { readonly name: string; readonly replicaInfo: readonly number[] }[] }
  | {
      readonly '@type': 'kafka_topics_extended';
      readonly topics: readonly {
        readonly name: string;
        readonly replicaInfo: readonly number[];
        readonly consumerCount: number;
        readonly consumerGroupCount: number;
      }[];
    }
  | {
      readonly '@type': 'properties';
      readonly properties: readonly { readonly name: string; readonly scope: 'KSQL'; readonly value: string }[];
      readonly overwrittenProperties: readonly string[];
      readonly defaultProperties: readonly string[];
    }
  | {
      readonly '@type': 'function_names';
      readonly functions: readonly { readonly name: string; readonly type: FunctionType; readonly category: string }[];
    }
  | {
      readonly '@type': 'describe_function';
      readonly name: string;
      readonly type: FunctionType;
      readonly category: string;
      readonly functions: readonly FunctionSignature[];
    }
  | { readonly '@type': 'type_list'; readonly types: Readonly<Record<string, SchemaInfo>> }
  | { readonly '@type': 'variables'; readonly variables: readonly { readonly name: string; readonly value: string }[] }
  | { readonly '@type': 'sourceDescription'; readonly sourceDescription: SourceDescription }
  | { readonly '@type': 'source_descriptions'; readonly sourceDescriptions: readonly SourceDescription[] }
  | { readonly '@type': 'queryDescription'; readonly queryDescription: QueryDescription }
  | { readonly '@type': 'assert_topic'; readonly topicName: string; readonly exists: boolean }
  | { readonly '@type': 'assert_schema'; readonly subject: string | null; readonly id: number | null; readonly exists: boolean };

export type Entity = Answer & {
  readonly statementText: string;
  /** What went well, but not as one may think. */
  readonly warnings: readonly string[];
};
