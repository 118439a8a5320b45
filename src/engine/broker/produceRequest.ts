/** What a producer asks of a broker. Plain data. */
import type { BatchToAppend } from '../log/partitionLog.ts';
import type { BatchFate } from './batchWritten.ts';

/**
 * One batch of one partition on its way, as it is appended: what the accumulator drained. Its sequence is set when it is drained, and kept when it is sent again.
 * Pooled by the producer, who owns it again once answered.
 */
export interface ProducerBatch extends BatchToAppend {
  /** Global partition index. */
  partition: number;
  /** Size of the v2 batch in bytes, header included, as it goes over the wire (compressed); `storedBytes` where the topic has no compression of its own. */
  sizeBytes: number;
  /** Handler time it takes besides the request's own, for (de)compressing; microseconds. */
  handlerUs: number;
  /** When the batch was opened, microseconds. `delivery.timeout.ms` runs from here. */
  createdUs: number;
  /** Times it was put back to be sent again. */
  attempts: number;
  /** For the ledger: whether a broker has written it, and what is known beyond that once it comes back or is given up. */
  isWritten: boolean;
  fate: BatchFate | null;
}

/** Error names of Kafka as a producer meets them, for one batch. NONE: written, also for a batch that was there already (DUPLICATE_SEQUENCE_NUMBER). */
export type ProduceError =
  | 'NONE'
  | 'MESSAGE_TOO_LARGE'
  | 'RECORD_LIST_TOO_LARGE'
  | 'NOT_LEADER_OR_FOLLOWER'
  | 'NOT_ENOUGH_REPLICAS'
  | 'NOT_ENOUGH_REPLICAS_AFTER_APPEND'
  | 'REQUEST_TIMED_OUT'
  | 'KAFKA_STORAGE_ERROR'
  | 'NETWORK_EXCEPTION'
  | 'OUT_OF_ORDER_SEQUENCE_NUMBER'
  | 'UNKNOWN_PRODUCER_ID'
  | 'INVALID_PRODUCER_EPOCH'
  | 'INVALID_TXN_STATE'
  | 'INVALID_PRODUCER_ID_MAPPING'
  | 'INVALID_RECORD'
  | 'CONCURRENT_TRANSACTIONS'
  | 'TRANSACTION_COORDINATOR_FENCED'
  | 'COORDINATOR_NOT_AVAILABLE'
  | 'NOT_COORDINATOR';

/** What the leader has learned of a request's transaction from its coordinator, in step with the batches (KIP-890). */
export interface TransactionCheck {
  /** Guards of `startVerification`, 0 where the transaction is open in the log. */
  readonly guards: number[];
  /** Refused with this instead of being appended. */
  readonly errors: ProduceError[];
}

export interface ProduceRequest {
  producer: number;
  /** The client's end of the link: endpoint -2 - index of the producer's node. */
  client: number;
  broker: number;
  /** The connection it was sent on: `presentConnection` of its producer, or the number of one that its client has closed. */
  connection: number;
  acks: 'all' | '1' | '0';
  batches: ProducerBatch[];
  /** Sums over its batches. */
  sizeBytes: number;
  storedBytes: number;
  handlerUs: number;
  /** Unique in the run, given by `submitProduce`; events of the request carry it, so that those of an earlier one in the same slot are known. */
  requestId: number;
  /** When it was sent, and `request.timeout.ms`: the client gives it up at their sum; with acks=all its broker waits as long for the replicas. */
  sentUs: number;
  timeoutUs: number;
  /** When `delivery.timeout.ms` of its oldest batch is over. */
  expiresUs: number;
  /** Answer, one entry a batch: base offset, or -1 with the error. */
  baseOffsets: number[];
  /** Kafka's error names; `NONE` when written. */
  errors: ProduceError[];
}
