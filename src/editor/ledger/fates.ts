/** What may become of a record, in words. One list; bars, counts and sentences are made of it. */
import type { LedgerRoute } from '../../workers/protocol.ts';

/** The counts of a route. */
export type Fate = Exclude<keyof LedgerRoute, 'source' | 'sink' | 'topic' | 'made' | 'extraDeliveries' | 'causes'>;

export interface FateWords {
  readonly label: string;
  /** What the count means, a whole sentence. */
  readonly meaning: string;
  readonly tone: 'calm' | 'rising' | 'breached' | 'failed' | 'neutral' | 'waiting';
  /** `intended`: by the design, nothing to explain; `open`: not decided yet. */
  readonly kind: 'arrived' | 'trouble' | 'intended' | 'open';
}

export const fateWords = {
  deliveredOnce: {
    label: 'delivered once',
    meaning: 'The sink has processed them exactly once.',
    tone: 'calm',
    kind: 'arrived',
  },
  duplicated: {
    label: 'duplicated',
    meaning: 'The sink has processed them more than once: a copy was made at the sink or anywhere before it.',
    tone: 'rising',
    kind: 'trouble',
  },
  reordered: {
    label: 'reordered',
    meaning:
      'They arrived after a later record of their source with the same key. They are among the delivered ones. Keys are those at the sink: after a new key, records of several partitions meet, of which Kafka promises no order.',
    tone: 'rising',
    kind: 'trouble',
  },
  lost: {
    label: 'lost',
    meaning:
      'They are gone: committed by a reader that never processed them, forgotten by a processor that crashed, or cut off with a leader.',
    tone: 'breached',
    kind: 'trouble',
  },
  expired: {
    label: 'expired',
    meaning: 'Retention deleted them before they were read.',
    tone: 'breached',
    kind: 'trouble',
  },
  skipped: {
    label: 'skipped',
    meaning: 'A reader began behind them, by auto.offset.reset or at an offset past them.',
    tone: 'breached',
    kind: 'trouble',
  },
  givenUp: {
    label: 'given up',
    meaning: 'A producer gave them up or crashed with them before they were known to be written.',
    tone: 'failed',
    kind: 'trouble',
  },
  failed: {
    label: 'failed',
    meaning: 'Their service failed for good, and the reader went on without them.',
    tone: 'failed',
    kind: 'trouble',
  },
  deadLettered: {
    label: 'dead-lettered',
    meaning: 'Their service failed at every attempt: they stand in a dead letter topic.',
    tone: 'failed',
    kind: 'trouble',
  },
  archived: {
    label: 'archived',
    meaning: 'A share group gave them up: rejected, or delivered as often as its brokers allow.',
    tone: 'failed',
    kind: 'trouble',
  },
  aborted: {
    label: 'aborted',
    meaning: 'Their transaction was aborted: a read_committed reader is not handed them.',
    tone: 'neutral',
    kind: 'intended',
  },
  filtered: {
    label: 'filtered',
    meaning: 'A condition dropped them, or they took a branch that does not lead here.',
    tone: 'neutral',
    kind: 'intended',
  },
  deduplicated: {
    label: 'deduplicated',
    meaning: 'An idempotent consumer knew their ids and left them out.',
    tone: 'neutral',
    kind: 'intended',
  },
  compacted: {
    label: 'compacted',
    meaning: 'The log cleaner took them out before they were read: later records have their keys.',
    tone: 'neutral',
    kind: 'intended',
  },
  underWay: {
    label: 'under way',
    meaning: 'They wait in a producer or a topic, or are being processed now.',
    tone: 'waiting',
    kind: 'open',
  },
} as const satisfies Readonly<Record<Fate, FateWords>>;

const fates = Object.keys(fateWords) as Fate[];

/** What people look for, so that 0 is an answer. */
const always: ReadonlySet<Fate> = new Set(['deliveredOnce', 'duplicated', 'lost']);

/** The counts that a route shows, in their order. */
export function shownFates(route: LedgerRoute, chosen: Fate | null): readonly Fate[] {
  return fates.filter((fate) => route[fate] > 0 || always.has(fate) || fate === chosen);
}

/** What a route's records are divided into: a reordered one is a delivered one, too. */
export function partsOf(route: LedgerRoute): readonly { readonly fate: Fate; readonly records: number }[] {
  return fates.filter((fate) => fate !== 'reordered' && route[fate] > 0).map((fate) => ({ fate, records: route[fate] }));
}

/** The sum of the parts, which should be what was produced. */
export function sumOf(route: LedgerRoute): number {
  return partsOf(route).reduce((sum, { records }) => sum + records, 0);
}
