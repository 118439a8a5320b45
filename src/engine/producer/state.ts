import type { ProduceRequest } from '../broker/produceRequest.ts';
import type { RandomStream } from '../kernel/random.ts';
import type { ValueSize, Workload } from '../workload/arrivals.ts';
import type { WorkloadSettings } from '../workload/settings.ts';
import type { Accumulator } from './accumulator.ts';

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
}

/** A produce request as its producer keeps it. */
export interface OwnProduceRequest extends ProduceRequest {
  incarnation: number;
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
