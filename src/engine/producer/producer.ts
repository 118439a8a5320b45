/** Skeleton: the producer client (accumulator, sticky partitioner, sender) and the workload that feeds it. */
import type { ConfigValue } from '../../pipeline/document.ts';
import type { ProducerContext } from './context.ts';

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

/** Plain data; fields beyond these are the producer's own. */
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
  sentBytes: number;
  /** Records in open or in-flight batches. */
  pendingRecords: number;
  /** Whether a send() is waiting for buffer memory. */
  blocked: boolean;
}

export function createProducer(_options: {
  seed: number;
  /** Name of its random streams, unique in the run. */
  name: string;
  index: number;
  node: string;
  member: number;
  topics: readonly number[];
  config: ProducerClientConfig;
  /** Configs of the node for the workload (names of kinds/producer.ts, defaults filled in); null for a processor's member. */
  workload: Readonly<Record<string, ConfigValue>> | null;
  /** Path id its own records carry. */
  path: number;
  /** Size of the rendered value template of record `sequence` with key `key`, or null without a template. Pure. */
  valueSize: ((sequence: number, key: number, timestampUs: number) => number) | null;
}): ProducerState {
  throw new Error('unimplemented');
}

/** Schedules the first wake of a source. */
export function startProducer(_ctx: ProducerContext, _index: number): void {
  throw new Error('unimplemented');
}
/** EventKind.ProducerWake */
export function onProducerWake(_ctx: ProducerContext, _index: number, _generation: number): void {
  throw new Error('unimplemented');
}
/** EventKind.ProduceAnswered */
export function onProduceAnswered(_ctx: ProducerContext, _slot: number): void {
  throw new Error('unimplemented');
}
/**
 * A processor's member sends one record at now. False when there is no buffer memory: nothing was taken, the producer is `blocked`, and
 * `ProducerSpace` comes when it can be tried again. Call `flushReady` after the last record of one moment.
 */
export function sendRecord(
  _ctx: ProducerContext,
  _index: number,
  _record: { topic: number; timestampUs: number; key: number; size: number; sequence: number; path: number },
): boolean {
  throw new Error('unimplemented');
}
/** One round of the sender: drains what is ready, schedules the wake for what lingers. */
export function flushReady(_ctx: ProducerContext, _index: number): void {
  throw new Error('unimplemented');
}
/** Makes the counters exact for now (arrivals drawn ahead are taken up to now); nothing else changes. */
export function settleProducer(_ctx: ProducerContext, _index: number): void {
  throw new Error('unimplemented');
}
/** New workload or client config from now on (a live edit); records sent before stay as they are. */
export function reconfigureProducer(
  _ctx: ProducerContext,
  _index: number,
  _options: { config: ProducerClientConfig; workload: Readonly<Record<string, ConfigValue>> | null },
): void {
  throw new Error('unimplemented');
}
/** The member that owns this producer crashed: open batches and unanswered requests are forgotten. Returns the number of records forgotten. */
export function abandonProducer(_ctx: ProducerContext, _index: number): number {
  throw new Error('unimplemented');
}
