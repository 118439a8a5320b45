import type { ClientRecovery } from '../broker/clientRecovery.ts';
import type { ProduceRequest } from '../broker/produceRequest.ts';
import type { RandomStream } from '../kernel/random.ts';
import type { ValueSize, Workload } from '../workload/arrivals.ts';
import type { WorkloadSettings } from '../workload/settings.ts';
import type { Accumulator } from './accumulator.ts';
import type { ProducerCompression } from './compression.ts';
import type { ProducerTransaction } from './transactionGate.ts';

/** Compiled config of one producer client. */
export interface ProducerClientConfig {
  readonly acks: 'all' | '1' | '0';
  readonly batchSizeBytes: number;
  readonly lingerUs: number;
  readonly bufferMemoryBytes: number;
  readonly maxBlockUs: number;
  readonly maxRequestBytes: number;
  readonly maxInFlight: number;
  readonly adaptivePartitioning: boolean;
  /** Idempotence is in force: `enable.idempotence` with acks=all and at most five requests in flight. */
  readonly idempotent: boolean;
  readonly retries: number;
  readonly retryBackoffUs: number;
  readonly retryBackoffMaxUs: number;
  readonly reconnectBackoffUs: number;
  readonly requestTimeoutUs: number;
  readonly deliveryTimeoutUs: number;
  readonly metadataMaxAgeUs: number;
}

/** Plain data; fields beyond the contract's are the producer's own. */
export interface ProducerState {
  /** Node of the document it belongs to, and for a processor's member the member's index (-1 for a source). */
  readonly node: string;
  readonly member: number;
  /** Topics it writes to. A source sends every record to each of them. */
  readonly topics: readonly number[];
  config: ProducerClientConfig;
  /** Records for which send() was called, acknowledged, refused (buffer full for max.block.ms, too large, error answer). */
  sentRecords: number;
  ackedRecords: number;
  failedRecords: number;
  /** Bytes that keys, values and their lengths of the records sent take in batches. */
  sentBytes: number;
  /** Records in open or in-flight batches. */
  pendingRecords: number;
  /** Whether a send() is waiting for buffer memory. */
  blocked: boolean;

  readonly index: number;
  /** Its end of links: -2 - index of its node. */
  readonly endpoint: number;
  readonly seed: number;
  /** Name of its random streams. */
  readonly name: string;
  /** Path id its records carry; a member's records bring their own. */
  readonly path: number;
  /** Whether sizes come from a value template, whose function is attached from outside. */
  readonly hasTemplate: boolean;
  settings: WorkloadSettings | null;
  source: SourceState | null;
  accumulator: Accumulator | null;
  readonly stickyStream: RandomStream;
  /** Unanswered requests by broker. */
  inFlight: number[];
  /** Counts the owner's crashes: answers to requests of an earlier life are ignored. */
  incarnation: number;
  /** Records that were pending when the owner crashed. */
  forgottenRecords: number;
  /** Time of the wake that is scheduled, Infinity when none is; wakes of other generations are stale. */
  wakeUs: number;
  wakeGeneration: number;
  /** Whether a flush() is under way: everything in the buffer is ready, until all of it is answered. */
  flushing: boolean;
  /** Memory the record to send next found missing; 0 while nothing misses. */
  neededBytes: number;
  spareRequests: OwnProduceRequest[];
  /** Version of the cluster's metadata it knows. */
  metadataVersion: number;
  /** Given when its client starts; -1 without idempotence. */
  producerId: number;
  producerEpoch: number;
  /** Jitter of its backoffs. */
  readonly retryStream: RandomStream;
  /** What it goes through after something was refused or lost; null while all is well. */
  recovery: ProducerRecovery | null;
  /** null when it compresses nothing and no topic of its does. */
  readonly compression: ProducerCompression | null;
  /** Of a producer with a `transactional.id`; null otherwise. */
  readonly transaction: ProducerTransaction | null;
}

/** A produce request as its producer keeps it. */
export interface OwnProduceRequest extends ProduceRequest {
  /** The producer's life it belongs to; -1: given up, and its answer is for nobody. */
  incarnation: number;
  /** The broker's life it was sent in. */
  brokerIncarnation: number;
}

/** What a producer client keeps until everything is well again. */
export interface ProducerRecovery extends ClientRecovery {
  /** By local partition: the sequence after batches that expired though they may be in the log. */
  readonly unresolved: Map<number, number>;
  /** Local partitions whose sequences begin anew with the next epoch. */
  rewrite: number[];
  /** Earliest moment at which something can follow without an answer; Infinity when nothing can. */
  nextUs: number;
}

/** The application of a source: it sends what its workload brings, one record after the other. */
export interface SourceState {
  workload: Workload;
  /** Index in the workload's chunk of the next record to send, and the place of the topic it goes to next. */
  cursor: number;
  slot: number;
  /** Records of the chunk that are counted in `sentBytes`. */
  settled: number;
  ended: boolean;
  /** Arrival of the last record of the chunk before, -1 at first. */
  lastArrivalUs: number;
  /** When send() last returned after waiting: no record was sent before. */
  freeFromUs: number;
  /** When the waiting send() gives up; Infinity while none waits. */
  deadlineUs: number;
  /** Moment of the append before, for telling moments of the sender apart. */
  lastAppendUs: number;
  /** Live edits not yet reached, because the application still works off what arrived before them. */
  changes: { atUs: number; settings: WorkloadSettings }[];
  /** False makes every arrival an event of its own: slow, same results. For tests. */
  looksAhead: boolean;
  /** State when the last look ahead began, to go back to. */
  saved: SavedPoint;
}

export interface SavedPoint {
  timeUs: number;
  cursor: number;
  slot: number;
  used: number;
  lastAppendUs: number;
  sticky: { partition: number; producedBytes: number }[];
  words: Uint32Array;
}

/** Functions that render value sizes, by producer state: kept apart, as the state is plain data. */
const valueSizes = new WeakMap<ProducerState, ValueSize>();

/** Gives a producer the function its template's sizes come from. Needed again after the state was restored from a copy. */
export function attachValueSize(state: ProducerState, valueSize: ValueSize): void {
  valueSizes.set(state, valueSize);
}

/** The attached function, null for a producer without a template. Throws when it has a template and nothing was attached. */
export function valueSizeOf(state: ProducerState): ValueSize | null {
  if (!state.hasTemplate) return null;
  const valueSize = valueSizes.get(state);
  if (valueSize === undefined)
    throw new Error(
      `Producer "${state.node}" has a value template, but nothing to render it: call attachValueSize after restoring its state.`,
    );
  return valueSize;
}
