/** A node of stream processing compiled for a run: its topology with topics by their index. Immutable, so never part of a run's state. */
import type { Topology } from '../../sql/operators/topology.ts';
import type { ValueReader } from '../values/reader.ts';
import type { TaskRun } from './taskRun.ts';

/** A sub-topology: for each partition there is a task of it. */
export interface TaskGroup {
  readonly id: number;
  /** Indexes of the topics it reads, internal ones among them. */
  readonly topics: readonly number[];
  /** Tasks: the most partitions that a topic it reads has. */
  readonly partitions: number;
  /** Numbers of its stores. */
  readonly stores: readonly number[];
}

/** What a topic is to the topology: a source by its name, or an internal topic by its channel. */
export type TopicRole = { readonly kind: 'source'; readonly name: string } | { readonly kind: 'channel'; readonly channel: number };

export interface StreamsLayout {
  readonly applicationId: string;
  readonly topology: Topology;
  readonly groups: readonly TaskGroup[];
  /** By topic index, those that it reads. */
  readonly roles: ReadonlyMap<number, TopicRole>;
  /** Indexes of the topics of its results, by the names that the topology writes them by. */
  readonly sinks: ReadonlyMap<string, number>;
  /** By channel: index of the internal topic. */
  readonly channels: readonly number[];
  /** By store: index of its changelog; -1 where it has none. */
  readonly changelogs: readonly number[];
  /** Of a store whose changelog is the topic it is read from: records there are no entries, but what the source reads. */
  readonly isSource: readonly boolean[];
  /** Tables that every instance has as a whole, with the indexes of their topics, which no task reads. */
  readonly globals: readonly { readonly topic: number; readonly store: number }[];
  /** Topics that are read from the beginning, whatever `auto.offset.reset` says. */
  readonly earliestTopics: readonly number[];
  /** Whether stores outlive their member's process (`default.dsl.store`). */
  readonly isPersistent: boolean;
}

/** What runs: the layout with what reads values of a run. */
export interface StreamsProgram {
  readonly layout: StreamsLayout;
  readonly reader: ValueReader;
  readonly run: TaskRun;
  /** Headers of the records of each root of paths, values as bytes in base64. */
  readonly headers: readonly (readonly { readonly key: string; readonly value: string | null }[])[];
}

/** In the place of a task's name: what fills the global tables of an instance. */
export const globalsName = 'global';

/** Name of a task as Kafka Streams writes it (`TaskId.toString`). */
export const taskName = (group: number, partition: number): string => `${group}_${partition}`;
