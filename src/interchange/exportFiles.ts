import { governed, type PipelineDocument } from '../pipeline/index.ts';
import { exportClientProperties } from './clientProperties.ts';
import { exportDockerCompose } from './dockerCompose.ts';
import type { Exported, ExportOptions } from './exportTypes.ts';
import type { ExportTarget } from './exportTargets.ts';
import { exportKafkaTopics } from './kafkaTopics.ts';
import { exportKsqlScript } from './ksqlScript.ts';
import { exportStrimzi } from './strimzi.ts';

const exporters: Readonly<Record<ExportTarget, (document: PipelineDocument, options: ExportOptions) => Exported>> = {
  'kafka-topics': exportKafkaTopics,
  'docker-compose': exportDockerCompose,
  strimzi: exportStrimzi,
  properties: exportClientProperties,
  ksqldb: exportKsqlScript,
};

/** The files of one target. Only what Kafka itself knows is exported; what the simulation alone knows stays in the document. */
export function exportFiles(document: PipelineDocument, target: ExportTarget, options: ExportOptions = {}): Exported {
  return exporters[target](governed(document), options);
}
