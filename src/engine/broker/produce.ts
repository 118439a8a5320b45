import type { RecordColumns } from '../log/columns.ts';
import type { BrokerContext } from './context.ts';

/** One batch of one partition on its way: what the accumulator drained. Pooled by the producer, who owns it again once answered. */
export interface ProducerBatch {
  /** Global partition index. */
  partition: number;
  count: number;
  /** Size of the v2 batch in bytes, header included. */
  sizeBytes: number;
  /** When the batch was opened, microseconds. */
  createdUs: number;
  baseTimestampMs: number;
  maxTimestampMs: number;
  columns: RecordColumns;
}

export interface ProduceRequest {
  producer: number;
  broker: number;
  acks: 'all' | '1' | '0';
  batches: ProducerBatch[];
  /** Sum of the batches' sizes. */
  sizeBytes: number;
  /** Answer, one entry a batch: base offset, or -1 with the error. */
  baseOffsets: number[];
  /** Kafka's error names; `NONE` when written. */
  errors: ('NONE' | 'MESSAGE_TOO_LARGE' | 'NOT_LEADER_OR_FOLLOWER')[];
}

/**
 * Sends a produce request at the clock's now: pays the network, then the handler and the disk of the broker, appends, and schedules
 * `ProduceAnswered` for the producer. Even at zero cost, the append and the answer are events of their own. Returns the slot.
 */
export function submitProduce(_ctx: BrokerContext, _request: ProduceRequest): number {
  throw new Error('unimplemented');
}
