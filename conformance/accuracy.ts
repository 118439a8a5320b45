/** Right answers known from theory: queues in their steady state, fluid cases to the record. */
import { checkFluidCase, type FluidCase } from './accuracy/fluid.ts';
import { checkCrashCase, checkRetryCase } from './accuracy/failures.ts';
import { checkRetentionCase } from './accuracy/retention.ts';
import { checkGuaranteeCase } from './accuracy/guarantees.ts';
import { checkLostAnswersCase } from './accuracy/lostAnswers.ts';
import { checkReplicationCase } from './accuracy/replication.ts';
import { checkTransactionCase } from './accuracy/transactions.ts';
import { checkQueueingCase } from './accuracy/queueing.ts';
import type { QueueingCase } from './accuracy/reading.ts';
import { checkAssignmentCase } from './accuracy/assignments.ts';
import { checkConservationCase } from './accuracy/conservation.ts';
import { checkDeterminismCase } from './accuracy/determinism.ts';
import { checkHashCase } from './accuracy/hashing.ts';
import { readExperiment } from './accuracy/experiments.ts';
import { checkExperiment, recordsOfRun } from './accuracy/statistics.ts';
import type { ConformanceSuite } from './suite.ts';

interface CasesFile {
  readonly queueing?: readonly QueueingCase[];
  readonly exact?: readonly (FluidCase & { readonly group: string })[];
  readonly published?: readonly { readonly id: string; readonly title: string }[];
}

/** Where the other exact cases belong. */
const later = 'comes with the issue "Groups, guarantees and the ledger"';

/** Runs every case whose set-up can be read from its words; all others are skips with a reason. */
export const accuracySuite: ConformanceSuite = {
  file: 'accuracy/cases.json',
  isShared: true,
  run(data, report) {
    const { queueing = [], exact = [], published = [] } = data as CasesFile;
    const { index, of } = report.share;
    const mine = (_entry: unknown, number: number): boolean => number % of === index;
    for (const entry of queueing.filter(mine)) {
      if (checkRetryCase(entry, report)) continue;
      const experiment = readExperiment(entry, recordsOfRun(entry, report.seeds));
      if (experiment === null) checkQueueingCase(entry, queueing, report);
      else checkExperiment(entry, experiment, report);
    }
    for (const entry of exact.filter(mine)) {
      if (checkReplicationCase(entry, report) || checkTransactionCase(entry, report) || checkLostAnswersCase(entry, report)) continue;
      if (checkCrashCase(entry, exact, report) || checkGuaranteeCase(entry, report)) continue;
      if (checkDeterminismCase(entry, report) || checkConservationCase(entry, report)) continue;
      if (checkHashCase(entry, report) || checkAssignmentCase(entry, exact, report)) continue;
      if (entry.group === 'fluid') checkFluidCase(entry, report);
      else if (entry.group === 'retention') checkRetentionCase(entry, report);
      else report.skip(`${entry.id} ${entry.title}`, later);
    }
    for (const entry of published.filter(mine))
      report.skip(`${entry.id} ${entry.title}`, 'a published measurement, not a right answer: compared with the calibration issue');
  },
};
