/** What the coordinators of a run keep of `__consumer_offsets` besides the logs themselves: keys and values of its records by number, and writes that wait for replicas. Plain data. */
import type { MemberRecord } from '../groupState.ts';
import type { GroupRecord } from './groupRecords.ts';

/** Ids of the keys of these records begin here: above the texts of a run's key table, below its ranges. */
export const firstCoordinatorKey = 2 ** 25;

/** A key of `__consumer_offsets`. */
export interface CoordinatorKey {
  /** As Kafka serialises it: OffsetCommitKey, GroupMetadataKey, or one of a group's records. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** For people: `orders · payments-3`. */
  readonly text: string;
  /** Index of the group. */
  readonly group: number;
  /** Global index of the partition whose offset it is; -1: the group itself, or one of its members. */
  readonly partition: number;
}

/** What a coordinator writes of a classic group: when it became Stable or Empty, and when a static member came back. */
export interface WrittenGroup {
  readonly generation: number;
  readonly protocol: string;
  readonly leaderId: string;
  readonly members: readonly MemberRecord[];
}

/** A value that is too long for a record's columns; the record has its number. */
export interface CoordinatorValue {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly text: string;
  readonly record: { readonly kind: 'classic'; readonly group: WrittenGroup } | GroupRecord;
}

/** Who waits for a write: a request by its slot and number. `kind` says in which table the slot is; `place` among the partitions of a request for markers. */
export interface WriteWaiter {
  readonly kind: 'commit' | 'transaction' | 'marker' | 'heartbeat';
  readonly slot: number;
  readonly requestId: number;
  readonly place?: number;
}

/** The end of a transaction as the coordinator of a group learns it. */
export interface OffsetsMarker {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly type: 'COMMIT' | 'ABORT';
}

/** What becomes true when a write is committed. */
export type WriteEffect =
  | {
      readonly type: 'offsets';
      readonly partitions: readonly number[];
      readonly offsets: readonly number[];
      readonly waiter: WriteWaiter | null;
    }
  | {
      readonly type: 'sync';
      readonly generation: number;
      readonly client: number;
      readonly assignments: readonly (readonly [string, readonly number[]])[];
    }
  /** Of a group whose coordinator deals out the partitions: true at once, told when committed. */
  | { readonly type: 'group'; readonly waiter: WriteWaiter | null }
  | { readonly type: 'marker'; readonly marker: OffsetsMarker; readonly waiter: WriteWaiter }
  | { readonly type: 'none' };

/** A write that stands in the log and waits for its replicas. */
export interface PendingWrite {
  readonly group: number;
  /** High watermark it waits for. */
  readonly endOffset: number;
  /** `offsets.commit.timeout.ms` after it was appended. */
  readonly deadlineUs: number;
  /** When the leader's disk has it. */
  readonly writtenUs: number;
  /** Broker it was appended at. */
  readonly broker: number;
  readonly effect: WriteEffect;
}

/** One partition of `__consumer_offsets` that holds a group of the run. */
export interface OffsetsLog {
  /** Global partition index. */
  readonly index: number;
  /** In order of their offsets. */
  readonly pending: PendingWrite[];
  /** Whether a CoordinatorWriteExpired waits. */
  timerRuns: boolean;
}

/** A write that has been decided after its request's handler had ended; the run hands it to whoever sent the request. */
export interface DecidedWrite {
  readonly waiter: WriteWaiter;
  readonly error: 'NONE' | 'COORDINATOR_NOT_AVAILABLE' | 'NOT_COORDINATOR';
  /** No answer comes: the broker is gone. */
  readonly lost: boolean;
  readonly broker: number;
  readonly readyUs: number;
}

export interface OffsetsConfig {
  /** `offsets.commit.timeout.ms` */
  readonly writeTimeoutUs: number;
  /** `offsets.load.bytes.per.second`, in bytes per microsecond; 0: loading takes the time of the disk only. */
  readonly loadBytesPerUs: number;
  /** `offsets.retention.minutes` and `offsets.retention.check.interval.ms` */
  readonly retentionUs: number;
  readonly retentionCheckUs: number;
}

export interface OffsetsState {
  readonly config: OffsetsConfig;
  readonly keys: CoordinatorKey[];
  readonly values: CoordinatorValue[];
  readonly logs: OffsetsLog[];
  /** A log has rolled, so that there may be something to clean. */
  rolled: boolean;
  /** Emptied by the run. */
  readonly decided: DecidedWrite[];
}

/** Kafka's default timeout; loading costs nothing. */
export const defaultOffsetsConfig: OffsetsConfig = {
  writeTimeoutUs: 5_000_000,
  loadBytesPerUs: 0,
  retentionUs: 10_080 * 60_000_000,
  retentionCheckUs: 600_000_000,
};

/** `partitions`: global indexes of the partitions of `__consumer_offsets` that have logs. */
export function createOffsets(partitions: readonly number[] = [], config: OffsetsConfig = defaultOffsetsConfig): OffsetsState {
  return {
    config,
    keys: [],
    values: [],
    logs: partitions.map((index) => ({ index, pending: [], timerRuns: false })),
    rolled: false,
    decided: [],
  };
}
