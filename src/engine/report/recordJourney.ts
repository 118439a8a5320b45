/** The way of one record through a pipeline, as it is shown: every copy in a log, every time a member had one of them, and what each microsecond went to. Plain JSON. */

/** What a record, or somebody who has it, was doing. A copy's stages lead up to the moment readers may see it, a delivery's from there to the end of its service. */
export type StageKind =
  /** send() waits for `buffer.memory`. */
  | 'buffer'
  /** In an open batch: neither full nor `linger.ms` old. */
  | 'linger'
  /** The batch is ready and waits for its request: requests in flight, a leader that is not known. */
  | 'send'
  /** From the first request to the one that has it written. */
  | 'retry'
  /** Over the network to the leader: latency and bytes, nothing waited for. */
  | 'network'
  /** Queues at the leader: network, request handlers, quotas, links. */
  | 'request-queue'
  /** The leader's request handler. */
  | 'handler'
  /** Until the in-sync replicas have it: below the high watermark. */
  | 'replication'
  /** Its transaction is not committed yet, and its reader reads committed records only. */
  | 'transaction'
  /** An earlier delivery of the same copy to the group, which ended without an effect or will be repeated. */
  | 'earlier'
  /** Until it is in a fetch answer at the member. */
  | 'fetch'
  /** In the client's buffer until poll() hands it out. */
  | 'buffered'
  /** Handed out, and its offset or its transaction comes first. */
  | 'before-service'
  /** Handed out with others, and they are served first. */
  | 'turn'
  /** Waits between attempts. */
  | 'backoff'
  | 'service'
  /** Service was held up: an outage, no memory to send, or a node that became slower. */
  | 'stalled';

/** A stretch of virtual time, [fromUs, toUs). */
export interface JourneyStage {
  readonly kind: StageKind;
  readonly fromUs: number;
  readonly toUs: number;
}

/** One copy of the record in one log, or on its way there. */
export interface JourneyCopy {
  readonly id: number;
  /** Delivery whose service made it; -1 for what the source sent. */
  readonly parent: number;
  /** Copy that the same batch had left in the log before it was sent again; -1 for none. */
  readonly duplicateOf: number;
  /** Node that sent it, and whether as its output or because it failed there. */
  readonly writtenBy: string;
  readonly as: 'output' | 'retry' | 'dead-letter';
  readonly topicNode: string;
  readonly topic: string;
  readonly partition: number;
  /** -1 while it is in no log. */
  readonly offset: number;
  readonly key: string | null;
  /** toPositive(murmur2(key)); null without a key, where the partition is the one batches stick to (KIP-794). */
  readonly keyHash: number | null;
  /** Partitions its producer chose among: the partition is the hash modulo these. */
  readonly partitions: number;
  readonly broker: number;
  readonly leaderEpoch: number;
  /** When it was given to the producer. */
  readonly handedUs: number;
  /** -1 where it has not happened. */
  readonly appendedUs: number;
  readonly visibleUs: number;
  /** When its producer heard that it is written, or gave it up: the disk and the replicas acks waits for are in this, not in the readers' way. */
  readonly answeredUs: number;
  readonly acks: string;
  /** Requests it was in, and how many of them found it written before. */
  readonly requests: number;
  readonly recognised: number;
  readonly outcome: 'under-way' | 'written' | 'readable' | 'aborted' | 'refused' | 'cut-off';
  /** Kafka's error name as its producer heard it; NONE. */
  readonly error: string;
  readonly stages: readonly JourneyStage[];
}

/** One time a member had a copy. */
export interface JourneyDelivery {
  readonly id: number;
  readonly copy: number;
  readonly node: string;
  readonly group: string;
  /** Number of the member at its node. */
  readonly member: number;
  /** How many deliveries of the copy to the group there were before. */
  readonly before: number;
  /** `handed-back` and what follows it ended before the service did; the record is delivered again. */
  readonly outcome:
    'under-way' | 'served' | 'filtered' | 'failed' | 'retried' | 'dead-lettered' | 'duplicate' | 'handed-back' | 'crashed' | 'aborted';
  /** Attempts repeated in place. */
  readonly retries: number;
  /** End of its service, or when the member lost it; -1 before. */
  readonly endUs: number;
  /** When the member heard that an offset behind it is committed; -1 before, and always in share groups. */
  readonly committedUs: number;
  /** From where readers may see the copy to the end. */
  readonly stages: readonly JourneyStage[];
  /** The whole way from where the record was made: these add up to `endUs` minus `madeUs`. */
  readonly way: readonly JourneyStage[];
}

export interface RecordJourney {
  /** Producer that made it, and its number there: the record's identity. */
  readonly source: string;
  readonly sequence: number;
  readonly madeUs: number;
  /** Up to where it was followed. */
  readonly untilUs: number;
  /** Whether every reader of every copy is done with it; else it was followed to the run's present moment. */
  readonly complete: boolean;
  readonly copies: readonly JourneyCopy[];
  readonly deliveries: readonly JourneyDelivery[];
}
