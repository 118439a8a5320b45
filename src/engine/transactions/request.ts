/** Requests to a transaction coordinator, from producers and from leaders of partitions. Plain data. */
import type { Endpoint } from '../broker/clusterState.ts';
import type { ProducerIdAndEpoch, TransactionError } from './coordinator.ts';

/** What every request has. */
interface RequestHead {
  /** Unique in the run; events of the request carry it. */
  readonly number: number;
  /** Index of the transactional id. */
  readonly id: number;
  /** Who asks: the end of a link. */
  readonly from: Endpoint;
  /** `request.timeout.ms` of who asks. */
  readonly timeoutUs: number;
  /** The broker it was sent to, and which of its lives has the answer. */
  coordinator: number;
  coordinatorIncarnation: number;
  answer: TransactionAnswer | null;
}

export interface TransactionAnswer extends ProducerIdAndEpoch {
  readonly error: TransactionError;
}

/** InitProducerId of a producer that starts. */
export interface InitRequest extends RequestHead {
  readonly type: 'init';
  readonly producer: number;
  /** The producer's own count of its requests and lives: an answer to an earlier one is stale. */
  readonly generation: number;
  readonly transactionTimeoutMs: number;
}

/** EndTxn */
export interface EndTransactionRequest extends RequestHead, ProducerIdAndEpoch {
  readonly type: 'end';
  readonly producer: number;
  readonly generation: number;
  readonly result: 'COMMIT' | 'ABORT';
}

/** AddPartitionsToTxn of a leader that holds a produce request back until it knows (KIP-890). */
export interface AddPartitionsRequest extends RequestHead, ProducerIdAndEpoch {
  readonly type: 'add';
  readonly partitions: readonly number[];
  /** Slot of the produce request. */
  readonly produce: number;
}

/** AddPartitionsToTxn of a group's coordinator for its partition of `__consumer_offsets`, which holds a TxnOffsetCommit back until it knows (KIP-890). */
export interface AddOffsetsRequest extends RequestHead, ProducerIdAndEpoch {
  readonly type: 'offsets';
  readonly partitions: readonly number[];
  /** Slot and number of the TxnOffsetCommit. */
  readonly commit: number;
  readonly commitId: number;
}

export type TransactionRequest = InitRequest | EndTransactionRequest | AddPartitionsRequest | AddOffsetsRequest;

/** About what Kafka's schemas take, with a transactional id of some twenty characters. */
export function requestSizeBytes(request: TransactionRequest): number {
  return request.type === 'add' || request.type === 'offsets' ? 100 + request.partitions.length * 4 : 90;
}

/** Bytes of any of the answers. */
export const answerSizeBytes = 40;
