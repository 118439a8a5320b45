import { Document } from 'yaml';
import type { Finding, PipelineDocument } from '../pipeline/index.ts';
import { effectiveClusterConfig } from '../pipeline/index.ts';
import { rackOf } from '../pipeline/racks.ts';
import { brokerConfig, controllerCount, controllerFindings } from './brokerConfig.ts';
import type { Exported } from './exportTypes.ts';
import { topicsScript } from './kafkaTopics.ts';
import { commentText, labelValue } from './quoting.ts';
import { topicFindings } from './topics.ts';

const image = 'apache/kafka:4.1.0';
/** Any 16 bytes in URL-safe base64 do; the same ones every time keep the file the same. */
const clusterId = 'LogjamLogjamLogjamLogg';
const internalPort = 19_092;
const firstHostPort = 29_092;
const scriptPath = '/etc/logjam/create-topics.sh';

function brokerName(number: number): string {
  return `broker-${number}`;
}

/** Kafka's broker configs set in the pipeline, by the names the image takes them under. */
function brokerSettings(document: PipelineDocument): Record<string, string> {
  return Object.fromEntries(
    brokerConfig(document).map(([name, value]) => [`KAFKA_${name.replaceAll('.', '_').toUpperCase()}`, String(value)]),
  );
}

/** Compose puts variables in where a text has a dollar sign; two of them are one. */
function composeText(text: string): string {
  return text.replaceAll('$', '$$$$');
}

function brokerService(document: PipelineDocument, number: number, brokers: number): unknown {
  const effective = effectiveClusterConfig(document.cluster);
  const controllers = controllerCount(document, brokers);
  const isController = number <= controllers;
  const rack = rackOf(effective, number - 1);
  const copies = String(Math.min(3, brokers));
  const copiesInSync = brokers >= 3 ? '2' : '1';
  const voters = Array.from({ length: controllers }, (_, index) => `${index + 1}@${brokerName(index + 1)}:9093`);
  const hostPort = firstHostPort + number - 1;
  return {
    image,
    hostname: brokerName(number),
    ports: [`${hostPort}:9092`],
    environment: {
      CLUSTER_ID: clusterId,
      KAFKA_NODE_ID: String(number),
      KAFKA_PROCESS_ROLES: isController ? 'broker,controller' : 'broker',
      KAFKA_CONTROLLER_QUORUM_VOTERS: voters.join(','),
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_INTER_BROKER_LISTENER_NAME: 'INTERNAL',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT',
      KAFKA_LISTENERS: `INTERNAL://:${internalPort},EXTERNAL://:9092${isController ? ',CONTROLLER://:9093' : ''}`,
      KAFKA_ADVERTISED_LISTENERS: `INTERNAL://${brokerName(number)}:${internalPort},EXTERNAL://localhost:${hostPort}`,
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      ...(rack === null ? {} : { KAFKA_BROKER_RACK: composeText(rack) }),
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: String(effective['offsets.topic.replication.factor']),
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: String(effective['transaction.state.log.replication.factor']),
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: String(effective['transaction.state.log.min.isr']),
      KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: copies,
      KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR: copiesInSync,
      ...brokerSettings(document),
    },
    healthcheck: {
      test: ['CMD', '/opt/kafka/bin/kafka-broker-api-versions.sh', '--bootstrap-server', `localhost:${internalPort}`],
      interval: '10s',
      timeout: '10s',
      retries: 12,
      start_period: '20s',
    },
  };
}

function composeFile(document: PipelineDocument, brokers: number): string {
  const names = Array.from({ length: brokers }, (_, index) => brokerName(index + 1));
  const services = names.map((name, index) => [name, brokerService(document, index + 1, brokers)] as const);
  const init = {
    image,
    depends_on: Object.fromEntries(names.map((name) => [name, { condition: 'service_healthy' }])),
    environment: {
      BOOTSTRAP_SERVER: `${brokerName(1)}:${internalPort}`,
      KAFKA_TOPICS: '/opt/kafka/bin/kafka-topics.sh',
      KAFKA_CONFIGS: '/opt/kafka/bin/kafka-configs.sh',
    },
    volumes: [`./create-topics.sh:${scriptPath}:ro`],
    entrypoint: ['/bin/sh', scriptPath],
    restart: 'no',
  };
  // Compose and Kubernetes read YAML 1.1 here and there, where a bare `no` is false: such texts get quotes.
  const yaml = new Document(
    { name: labelValue(document.name, 'logjam'), services: { ...Object.fromEntries(services), 'create-topics': init } },
    { aliasDuplicateObjects: false, compat: 'yaml-1.1' },
  );
  yaml.commentBefore = ` Apache Kafka for the pipeline "${commentText(document.name)}", made by Logjam.\n From this machine: localhost:${firstHostPort}. Start: docker compose up`;
  return yaml.toString({ lineWidth: 0 });
}

/** `docker-compose.yaml` for Apache Kafka 4 in KRaft mode, with the topics script its last service runs. */
export function exportDockerCompose(document: PipelineDocument): Exported {
  const brokers = Number(effectiveClusterConfig(document.cluster)['brokers']);
  const findings: Finding[] = [...topicFindings(document), ...controllerFindings(document, controllerCount(document, brokers))];
  if (brokers > 9) {
    const message = `The compose file starts ${brokers} brokers on one machine.`;
    findings.push({
      severity: 'warning',
      code: 'export.many-brokers',
      path: '/cluster/config/brokers',
      config: 'brokers',
      message,
      remedy: 'Lower brokers before you export, if the machine is not meant for that.',
    });
  }
  return {
    files: [
      { path: 'docker-compose.yaml', text: composeFile(document, brokers) },
      { path: 'create-topics.sh', text: topicsScript(document, `${brokerName(1)}:${internalPort}`) },
    ],
    findings,
  };
}
