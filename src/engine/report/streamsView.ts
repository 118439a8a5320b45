/** A stream processor as it stands: its threads and tasks, what its stores hold, how it was restored, and what it could not handle. Plain data. */

export interface StreamsStoreView {
  /** Number of the store in the topology, and Kafka Streams' name. */
  readonly store: number;
  readonly name: string;
  readonly entries: number;
  /** About what the entries take, from a sample of them. */
  readonly bytes: number;
  /** Topic that is its changelog, empty for none; how many of its records the store has not taken up yet. */
  readonly changelog: string;
  readonly behind: number;
}

export interface StreamsTaskView {
  /** `0_1`: sub-topology and partition. */
  readonly task: string;
  readonly subTopology: number;
  readonly partition: number;
  readonly state: 'restoring' | 'running' | 'standby';
  /** Latest time of a record it has processed; null before the first. */
  readonly streamTimeMs: number | null;
  readonly processed: number;
  /** Records fetched and not processed yet. */
  readonly queued: number;
  readonly stores: readonly StreamsStoreView[];
}

export interface StreamsThreadView {
  /** Number within the node. */
  readonly member: number;
  readonly name: string;
  readonly alive: boolean;
  readonly tasks: readonly StreamsTaskView[];
  /** Tables that the instance has as a whole; empty before it has read them. */
  readonly globals: readonly StreamsStoreView[];
}

/** One restore of a store of a task. */
export interface RestoreView {
  readonly member: string;
  readonly task: string;
  readonly store: string;
  readonly startMs: number;
  /** Null while it goes on. */
  readonly endMs: number | null;
  readonly records: number;
  readonly bytes: number;
  /** Some of it was there already, on the member's disk or as a copy. */
  readonly isPartial: boolean;
}

/** A record, or a part of what was to follow from it, that could not be handled (ksqlDB's processing log). */
export interface ProcessingMessageView {
  readonly timeMs: number;
  readonly task: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly text: string;
}

/** What a report says of a stream processor. */
export interface StreamsReport {
  readonly node: string;
  readonly applicationId: string;
  readonly tasks: number;
  /** Messages of the processing log, those of them that tell of records too late for their windows, and the last ones. */
  readonly messages: number;
  readonly late: number;
  readonly lastMessages: readonly ProcessingMessageView[];
  /** All restores so far, and the last ones. */
  readonly restoreCount: number;
  readonly restores: readonly RestoreView[];
}

export interface StreamsView extends StreamsReport {
  readonly threads: readonly StreamsThreadView[];
}

/** Entries of a store, of all tasks that have it. */
export interface StoreEntriesView {
  readonly total: number;
  /** At most as many as were asked for; `value` is the entry as operators have it. */
  readonly entries: readonly { readonly task: string; readonly id: string; readonly value: unknown }[];
}
