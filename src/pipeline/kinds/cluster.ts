import { clusterGroupConfig, clusterTransactionConfig } from './clusterCoordinators.ts';
import { controllerConfig, replicationConfig } from './clusterReplication.ts';
import { cleanerConfig, quotaConfig, tieredStorageConfig } from './clusterStorage.ts';
import type { ConfigDefinition } from './definition.ts';
import { hardwareConfig } from './hardware.ts';
import { clusterShareConfig } from './share.ts';

const brokersConfig: readonly ConfigDefinition[] = [
  { name: 'brokers', type: 'integer', default: 3, min: 1, max: 1_000, section: 'Cluster', source: 'simulation', prominent: true, help: 'Number of brokers. Replicas and leaders are placed on them as Kafka\'s controller does.' },
  { name: 'broker.racks', type: 'list', default: [], maxLength: 1_000, section: 'Cluster', source: 'simulation', prominent: true, help: 'Racks or availability zones, one a line: broker 0 is in the first, broker 1 in the second, and after the last it starts again. Copies of a partition go to different racks where they can. Empty: none.' },
  { name: 'broker.restart.ms', type: 'number', default: 5_000, min: 0, max: 86_400_000, unit: 'ms', section: 'Cluster', source: 'simulation', fidelity: 'assumed', help: 'From the start of a broker\'s process until its logs are recovered and it asks the controller to be let in.' },
];

/** The brokers, the machines they stand for, and the settings brokers hold. Costs of 0 are switched off. */
export const clusterConfig: readonly ConfigDefinition[] = [
  ...brokersConfig,
  ...hardwareConfig,
  ...replicationConfig,
  ...controllerConfig,
  ...clusterGroupConfig,
  ...clusterShareConfig,
  ...clusterTransactionConfig,
  ...cleanerConfig,
  ...quotaConfig,
  ...tieredStorageConfig,
];
