import { accuracySuite } from './accuracy.ts';
import { historiesSuite } from './histories.ts';
import * as assignors from './kafka/assignors.ts';
import { classicProtocolSuite } from './kafka/classicProtocol.ts';
import { cleanerSuite } from './kafka/cleaner.ts';
import { consumerProtocolSuite } from './kafka/consumerProtocol.ts';
import { coordinatorPartitionSuite } from './kafka/coordinatorPartition.ts';
import { leaderElectionSuite } from './kafka/leaderElection.ts';
import { leaderEpochSuite } from './kafka/leaderEpoch.ts';
import { murmur2Suite } from './kafka/murmur2.ts';
import { producerBatchingSuite } from './kafka/producerBatching.ts';
import { producerStateSuite } from './kafka/producerState.ts';
import { quotaSuite } from './kafka/quota.ts';
import { recordBatchSuite } from './kafka/recordBatch.ts';
import { replicaPlacementSuite } from './kafka/replicaPlacement.ts';
import { retentionSuite } from './kafka/retention.ts';
import { transactionsSuite } from './kafka/transactions.ts';
import type { ConformanceSuite } from './suite.ts';

/** A module that counts its cases itself. */
interface CountingModule {
  readonly file: string;
  readonly name: string;
  readonly run: (data: unknown) => {
    passed: number;
    failed: readonly { name: string; detail: string }[];
    skipped: readonly { reason: string; count: number }[];
  };
}

function adopt(module: CountingModule): ConformanceSuite {
  return {
    file: module.file,
    run(data, report) {
      const { passed, failed, skipped } = module.run(data);
      report.add({ passed, failures: failed.map(({ name, detail }) => `${name}\n      ${detail}`) });
      for (const { reason, count } of skipped) report.skip(module.name, reason, count);
    },
  };
}

/** All suites, in the order of the table. */
export const suites: readonly ConformanceSuite[] = [
  murmur2Suite,
  producerBatchingSuite,
  coordinatorPartitionSuite,
  recordBatchSuite,
  retentionSuite,
  replicaPlacementSuite,
  leaderEpochSuite,
  leaderElectionSuite,
  quotaSuite,
  producerStateSuite,
  transactionsSuite,
  cleanerSuite,
  adopt(assignors),
  consumerProtocolSuite,
  classicProtocolSuite,
  accuracySuite,
  historiesSuite,
];
