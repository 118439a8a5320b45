import { governed, type PipelineDocument } from '../pipeline/index.ts';
import { exportClientProperties } from './clientProperties.ts';
import { exportDockerCompose } from './dockerCompose.ts';
import type { Exported, ExportOptions } from './exportTypes.ts';
import { exportKafkaTopics } from './kafkaTopics.ts';
import { exportStrimzi } from './strimzi.ts';

/** What a pipeline can be exported to, with the words people choose by. */
export const exportTargets = {
  'kafka-topics': { label: 'Topics script', summary: 'A shell script for kafka-topics.sh that creates the topics, and sets quotas.' },
  'docker-compose': { label: 'Docker Compose', summary: 'Apache Kafka 4 in KRaft mode with the topics, for one machine.' },
  strimzi: { label: 'Strimzi', summary: 'Kafka, KafkaNodePool and KafkaTopic resources for Kubernetes.' },
  properties: { label: 'Client properties', summary: 'One .properties file for each Kafka client.' },
} as const;

export type ExportTarget = keyof typeof exportTargets;

const exporters: Readonly<Record<ExportTarget, (document: PipelineDocument, options: ExportOptions) => Exported>> = {
  'kafka-topics': exportKafkaTopics,
  'docker-compose': exportDockerCompose,
  strimzi: exportStrimzi,
  properties: exportClientProperties,
};

/** The files of one target. Only what Kafka itself knows is exported; what the simulation alone knows stays in the document. */
export function exportFiles(document: PipelineDocument, target: ExportTarget, options: ExportOptions = {}): Exported {
  return exporters[target](governed(document), options);
}
