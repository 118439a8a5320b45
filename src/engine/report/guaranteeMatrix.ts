import type { Guarantee } from '../../pipeline/guaranteeNames.ts';

/** One sink under one guarantee, all seeds together. Plain JSON. */
export interface GuaranteeRow {
  /** Id and name of the sink. */
  readonly node: string;
  readonly name: string;
  readonly guarantee: Guarantee;
  /** Records that reached the sink under any guarantee, and were old enough when this run ended. */
  readonly expected: number;
  /** Of those: served once, more than once, not at all. */
  readonly once: number;
  readonly duplicated: number;
  readonly lost: number;
  /** Deliveries beyond the first. */
  readonly extraDeliveries: number;
  /** Records served after a later one of the same key. */
  readonly reordered: number;
  /** End-to-end latency; of several seeds the worst. null where nothing came. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly perSecond: number;
  /** What was seen, in a few words. */
  readonly verdict: string;
}

export interface GuaranteeMatrix {
  readonly name: string;
  readonly seeds: readonly number[];
  readonly durationMs: number;
  readonly rows: readonly GuaranteeRow[];
}
