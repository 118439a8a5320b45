/** What a producer asks of a broker. Plain data. */
import type { RecordColumns } from '../log/columns.ts';

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
  errors: ('NONE' | 'MESSAGE_TOO_LARGE' | 'RECORD_LIST_TOO_LARGE' | 'NOT_LEADER_OR_FOLLOWER')[];
}
