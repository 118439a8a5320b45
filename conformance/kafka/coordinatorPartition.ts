import { coordinatorPartition, kafkaAbs } from '../../src/engine/group/coordinatorPartition.ts';
import { javaTextHash } from '../../src/engine/kernel/javaHash.ts';
import type { ConformanceSuite } from '../suite.ts';

interface Row {
  readonly id: string;
  readonly javaHashCode: number;
  readonly abs: number;
  readonly of50: number;
  readonly of3: number;
}

export const coordinatorPartitionSuite: ConformanceSuite = {
  file: 'kafka/coordinator-partition.json',
  run(data, report) {
    for (const row of (data as { rows: readonly Row[] }).rows) {
      const hash = javaTextHash(row.id);
      const found = {
        javaHashCode: hash,
        abs: kafkaAbs(hash),
        of50: coordinatorPartition(row.id, 50),
        of3: coordinatorPartition(row.id, 3),
      };
      report.check(JSON.stringify(row.id), found, { javaHashCode: row.javaHashCode, abs: row.abs, of50: row.of50, of3: row.of3 });
    }
  },
};
