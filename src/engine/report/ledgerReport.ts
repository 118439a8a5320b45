/** The ledger as it is told: legs, routes from source to sink, and the causes of every count. Plain JSON; a record is counted once in each account. */
import type { Ending, LedgerFate } from '../ledger/endings.ts';

/** What a node sent to its topics, one record sent to two topics counting twice. All but `sent` and `writtenUnknown` add up to `sent`. */
export interface LedgerSend {
  readonly node: string;
  /** Topic nodes. */
  readonly topics: readonly string[];
  readonly sent: number;
  readonly acknowledged: number;
  /** The client gave them up: refused, `delivery.timeout.ms` or `max.block.ms` over, too large. */
  readonly givenUp: number;
  /** The client crashed with them. */
  readonly forgotten: number;
  /** Waiting in the client, on the way, or unanswered. */
  readonly underWay: number;
  /** Of those given up and forgotten: written all the same, which the client does not know. */
  readonly writtenUnknown: number;
  /** Written once more by a client that did not know that they were written. */
  readonly writtenAgain: number;
}

/** Records of one source at one sink, through one of the topics it reads, by identity: `made` is the sum of `deliveredOnce`, `duplicated`, all endings and `underWay`. */
export interface LedgerRoute extends Readonly<Record<Ending, number>> {
  readonly source: string;
  readonly sink: string;
  /** Node of the topic. */
  readonly topic: string;
  /** Records the source has made so far. */
  readonly made: number;
  readonly deliveredOnce: number;
  /** Records delivered more than once, and how many deliveries were too many. */
  readonly duplicated: number;
  readonly extraDeliveries: number;
  /** Of those delivered: first delivered after a later record of the source with the same key at the sink. */
  readonly reordered: number;
  readonly underWay: number;
  /** Causes of what is not `deliveredOnce` or `underWay`: their `id`. */
  readonly causes: readonly number[];
}

/** Offsets `from` to `to`, not included, of one partition. */
export interface OffsetRange {
  readonly topicNode: string;
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/** Records `from` to `to`, not included, of one source. */
export interface SequenceRange {
  readonly source: string;
  readonly from: number;
  readonly to: number;
}

/** Something that happened once or over a while, and the records it happened to. */
export interface LedgerCause {
  readonly id: number;
  readonly fate: LedgerFate;
  /** Node on whose leg it happened: who read or sent. */
  readonly node: string;
  /** When the event that led to it happened, first and last. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** From when on records are counted under it: a member that crashes with records loses them when somebody goes on behind them. */
  readonly countedMs: number;
  /** `node-number` of the member, and the broker, it happened to; null where there is none. */
  readonly member: string | null;
  readonly broker: number | null;
  /** Whole sentence. */
  readonly sentence: string;
  /** Records on this leg, exact. */
  readonly records: number;
  readonly offsets: readonly OffsetRange[];
  readonly sequences: readonly SequenceRange[];
  /** Records counted and in none of the ranges, of which only so many are kept. */
  readonly recordsLeftOut: number;
}
