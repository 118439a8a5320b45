import type { RecordName } from './history.ts';

/** Jepsen's names of the anomalies (jepsen.tests.kafka); G1a is the aborted read, G1c the circle of transactions that read each other. */
export const anomalyKinds = [
  'inconsistent-offsets',
  'lost-write',
  'duplicate',
  'G1a',
  'precommitted-read',
  'poll-skip',
  'nonmonotonic-poll',
  'int-poll-skip',
  'int-nonmonotonic-poll',
  'nonmonotonic-send',
  'int-send-skip',
  'int-nonmonotonic-send',
  'unseen',
  'G1c',
] as const;

export type AnomalyKind = (typeof anomalyKinds)[number];

/** One thing that no single log read in order would show. */
export interface Anomaly {
  readonly kind: AnomalyKind;
  /** Topic and partition; of a circle the first one. */
  readonly partition: string;
  /** Indices in the history of the operations that show it. */
  readonly operations: readonly number[];
  readonly records: readonly RecordName[];
  readonly sentence: string;
  /** Why the contract lets it be; null: it does not. */
  readonly allowed: string | null;
}

/** What a check found. Every anomaly is counted; of each kind the first ones are kept, forbidden and allowed apart. */
export interface Verdict {
  readonly forbidden: Record<AnomalyKind, number>;
  readonly allowed: Record<AnomalyKind, number>;
  readonly anomalies: readonly Anomaly[];
}

/** A verdict while it is being made. */
export interface Findings {
  readonly forbidden: Record<AnomalyKind, number>;
  readonly allowed: Record<AnomalyKind, number>;
  readonly anomalies: Anomaly[];
}

/** Anomalies of one kind that are kept with their operations; a broken run can show one at every read. */
export const anomaliesKeptMax = 32;

function noCounts(): Record<AnomalyKind, number> {
  return Object.fromEntries(anomalyKinds.map((kind) => [kind, 0])) as Record<AnomalyKind, number>;
}

/** Findings with nothing in them. */
export function createFindings(): Findings {
  return { forbidden: noCounts(), allowed: noCounts(), anomalies: [] };
}

/** Counts an anomaly and keeps it while there is room. `describe` is asked only then. */
export function addFinding(
  findings: Findings,
  kind: AnomalyKind,
  allowed: string | null,
  describe: () => Pick<Anomaly, 'partition' | 'operations' | 'records' | 'sentence'>,
): void {
  const counts = allowed === null ? findings.forbidden : findings.allowed;
  counts[kind]++;
  if (counts[kind] <= anomaliesKeptMax) findings.anomalies.push({ kind, ...describe(), allowed });
}
