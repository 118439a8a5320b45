import { createHistogram, type Histogram } from './histogram.ts';

/** What is counted of one node over a run. Counts only grow; rates are differences of counts. */
export interface NodeMetrics {
  /** Records whose service ended (consuming nodes), or that were sent (producers), or appended (topics). */
  recordsIn: number;
  /** Records handed to the producer half (processors). Producers count what is acknowledged, topics what is fetched, both elsewhere. */
  recordsOut: number;
  /** Dropped by the node's own condition. */
  filtered: number;
  /** Services that failed for good. */
  failed: number;
  /** Attempts repeated, in place or by a retry topic, and microseconds waited in place before them. */
  retried: number;
  backoffUs: number;
  /** Sent to a dead letter topic. */
  deadLettered: number;
  /** Of those that failed or went to a dead letter topic: refused by a full pool, never served. */
  rejected: number;
  /** Known from the table of ids, and not done again. */
  deduplicated: number;
  /** Read a second time or more often. */
  processedAgain: number;
  /** Never read because retention deleted them first, and because a reset jumped over them. */
  expiredUnread: number;
  skippedByReset: number;
  /** Offsets passed that held no record to read: compacted away, aborted, or markers. */
  steppedOver: number;
  /** Microseconds of service, over all members. */
  busyUs: number;
  /** From send() of the copy read here to the end of its service; null for nodes that do not consume. */
  latency: Histogram | null;
  /** From the source's send() to the end of service here. */
  endToEnd: Histogram | null;
  lagRecordsMax: number;
  lagSecondsMax: number;
  lagRecordsSum: number;
  lagSecondsSum: number;
  lagSamples: number;
}

export function createNodeMetrics(consumes: boolean): NodeMetrics {
  return {
    recordsIn: 0,
    recordsOut: 0,
    filtered: 0,
    failed: 0,
    retried: 0,
    backoffUs: 0,
    deadLettered: 0,
    rejected: 0,
    deduplicated: 0,
    processedAgain: 0,
    expiredUnread: 0,
    skippedByReset: 0,
    steppedOver: 0,
    busyUs: 0,
    latency: consumes ? createHistogram() : null,
    endToEnd: consumes ? createHistogram() : null,
    lagRecordsMax: 0,
    lagSecondsMax: 0,
    lagRecordsSum: 0,
    lagSecondsSum: 0,
    lagSamples: 0,
  };
}
