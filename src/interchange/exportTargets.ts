/** What a pipeline can be exported to, with the words people choose by. */
export const exportTargets = {
  'kafka-topics': { label: 'Topics script', summary: 'A shell script for kafka-topics.sh that creates the topics, and sets quotas.' },
  'docker-compose': { label: 'Docker Compose', summary: 'Apache Kafka 4 in KRaft mode with the topics, for one machine.' },
  strimzi: { label: 'Strimzi', summary: 'Kafka, KafkaNodePool and KafkaTopic resources for Kubernetes.' },
  properties: { label: 'Client properties', summary: 'One .properties file for each Kafka client.' },
  ksqldb: { label: 'ksqlDB', summary: 'The SQL nodes as one script for ksqlDB, every statement after what it needs.' },
} as const;

export type ExportTarget = keyof typeof exportTargets;
