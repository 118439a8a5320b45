import type { Scenario } from '../scenario.ts';
import { compressed, headers, idempotent, leaderEpochs, nullsAndSizes, transactions, truncated } from './batches.ts';
import { compacted, compactedTransactions } from './compacted.ts';
import { randomHistory } from './random.ts';
import { appendTimeRun, compactedRun, plainRun, replicatedRun, segmentsRun, transactionsRun } from './runs.ts';

/** Every log that Kafka is given, by the name of its topic. */
export const scenarios: readonly { readonly topic: string; readonly make: (topic: string) => Scenario }[] = [
  { topic: 'plain', make: plainRun },
  { topic: 'append-time', make: appendTimeRun },
  { topic: 'segments', make: segmentsRun },
  { topic: 'run-transactions', make: transactionsRun },
  { topic: 'run-compacted', make: compactedRun },
  { topic: 'run-replicated', make: replicatedRun },
  { topic: 'headers', make: headers },
  { topic: 'nulls', make: nullsAndSizes },
  { topic: 'idempotent', make: idempotent },
  { topic: 'transactions', make: transactions },
  { topic: 'leader-epochs', make: leaderEpochs },
  { topic: 'truncated', make: truncated },
  { topic: 'compacted', make: compacted },
  { topic: 'compacted-transactions', make: compactedTransactions },
  { topic: 'compressed', make: compressed },
  ...[1, 2, 3].map((seed) => ({ topic: `random-${seed}`, make: (topic: string) => randomHistory(topic, seed) })),
];
