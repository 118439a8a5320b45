/** What a run keeps of its share groups (KIP-932), as plain data: groups at their coordinator, partitions at their leaders, members, requests and writes on their way. */
import type { SlotTable } from '../broker/slots.ts';
import { createSlotTable } from '../broker/slots.ts';
import type { ConsumerContext } from '../consumer/context.ts';
import type { FetchedRecords } from '../log/partitionLog.ts';
import type { AcknowledgementBatch } from './acknowledge.ts';
import type { ShareLimits, SharePartition } from './sharePartition.ts';

/** Where a share group begins in a partition nobody has read for it yet (`share.auto.offset.reset`). `durationUs` counts with `by_duration` alone. */
export interface ShareReset {
  readonly strategy: 'earliest' | 'latest' | 'by_duration';
  readonly durationUs: number;
}

/** One share group. */
export interface ShareGroupState {
  readonly index: number;
  readonly limits: ShareLimits;
  readonly reset: ShareReset;
  readonly isolation: 'read_uncommitted' | 'read_committed';
  /** By global partition index; only those of the topics it reads. */
  readonly partitions: Map<number, SharePartition>;
}

export interface ShareClientConfig {
  /** `share.acknowledgement.mode` */
  readonly explicit: boolean;
  /** `share.acquire.mode` is `record_limit`. */
  readonly recordLimit: boolean;
  /** What explicit acknowledgement says of a record whose service failed. */
  readonly onFailure: 'release' | 'reject';
  /** `share.acknowledgement.renew`, in explicit mode alone. */
  readonly renews: boolean;
}

/** Acknowledgements of one partition, to go with the next request to its leader. */
export interface PendingAcknowledgements {
  readonly partition: number;
  readonly batches: AcknowledgementBatch[];
}

/** The client of one member of a share group (ShareConsumerImpl, ShareConsumeRequestManager). Its index is that of the member. */
export interface ShareMember {
  readonly index: number;
  config: ShareClientConfig;
  /** Answers not handed out yet, oldest first. */
  queue: FetchedRecords[];
  acknowledgements: PendingAcknowledgements[];
  /** By broker: request in flight, as its slot (-1 for none), and when the next one may be sent after a failure. */
  readonly inFlight: Int32Array;
  readonly retryUs: Float64Array;
  failures: number;
  /** Broker the next fetch begins with, so that none starves the others. */
  rotation: number;
  /** Fetches so far, for the partition each begins with. */
  turn: number;
  /** When the event comes that wakes the member for a broker that can be tried again; Infinity for none. */
  retryDueUs: number;
  /** By broker: when the event comes that looks whether a fetch has waited for long enough; Infinity for none. One is set again when it comes early. */
  readonly expiryUs: Float64Array;
  /** When the locks of the poll in progress are to be renewed, and when the event comes that looks; Infinity for neither. */
  renewUs: number;
  renewCheckUs: number;
}

/** A request of a member on its way to a broker, and its answer on the way back. */
export interface ShareRequest {
  readonly type: 'fetch' | 'acknowledge' | 'close';
  /** Unique among all share requests of the run; its events carry it. */
  readonly id: number;
  readonly member: number;
  /** Life of the member that sent it. */
  readonly life: number;
  readonly broker: number;
  readonly sentUs: number;
  state: 'travelling' | 'waiting' | 'answering';
  readonly acknowledgements: readonly PendingAcknowledgements[];
  acknowledged: boolean;
  /** Writes to `__share_group_state` that the answer waits for. */
  writesLeft: number;
  /** Of a fetch: partitions in the order they are looked at. */
  readonly partitions: readonly number[];
  fetchDone: boolean;
  deadlineUs: number;
  fetched: FetchedRecords[];
  /** A partition was refused: its leader is another broker. */
  refused: boolean;
}

/** A WriteShareGroupState on its way. */
export interface ShareWrite {
  readonly id: number;
  readonly group: number;
  readonly partition: number;
  /** Leader that sent it, and which of its lives. */
  readonly broker: number;
  readonly incarnation: number;
  /** Request whose answer waits for it: slot and number; -1 for none. */
  readonly slot: number;
  readonly requestId: number;
  attempts: number;
  isWritten: boolean;
}

export interface ShareState {
  /** By group index; null for groups of another protocol. */
  readonly groups: (ShareGroupState | null)[];
  /** By member index; null likewise. */
  readonly members: (ShareMember | null)[];
  readonly requests: SlotTable<ShareRequest>;
  readonly writes: SlotTable<ShareWrite>;
  /** Numbers given to requests and writes so far. */
  requestIds: number;
  writeIds: number;
}

export interface ShareContext extends ConsumerContext {
  readonly share: ShareState;
}

export const createShareState = (groups: (ShareGroupState | null)[]): ShareState => ({
  groups,
  members: [],
  requests: createSlotTable(),
  writes: createSlotTable(),
  requestIds: 0,
  writeIds: 0,
});

export function createShareMember(index: number, brokers: number, config: ShareClientConfig): ShareMember {
  return {
    index,
    config,
    queue: [],
    acknowledgements: [],
    inFlight: new Int32Array(brokers).fill(-1),
    retryUs: new Float64Array(brokers),
    failures: 0,
    rotation: 0,
    turn: 0,
    retryDueUs: Infinity,
    expiryUs: new Float64Array(brokers).fill(Infinity),
    renewUs: Infinity,
    renewCheckUs: Infinity,
  };
}

/** The share group of a member; its group must be one. */
export const shareGroupOf = (ctx: ShareContext, member: number): ShareGroupState => ctx.share.groups[ctx.members[member].group]!;
