import { coordinatorPartitionSuite } from './kafka/coordinatorPartition.ts';
import { murmur2Suite } from './kafka/murmur2.ts';
import { producerBatchingSuite } from './kafka/producerBatching.ts';
import type { ConformanceSuite } from './suite.ts';

/** All suites, in the order of the table. */
export const suites: readonly ConformanceSuite[] = [murmur2Suite, producerBatchingSuite, coordinatorPartitionSuite];
