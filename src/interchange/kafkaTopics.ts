import type { PipelineDocument } from '../pipeline/index.ts';
import type { Exported, ExportOptions } from './exportTypes.ts';
import { clientQuotas, type Quotas } from './brokerConfig.ts';
import { commentText, shellWord } from './quoting.ts';
import type { ExportedTopic } from './topics.ts';
import { exportedTopics, topicFindings } from './topics.ts';

function createCommand({ node, partitions, replicationFactor, config }: ExportedTopic): string {
  // Options and values are one word each: a name that begins with a dash is still a value.
  const words = [
    '"$KAFKA_TOPICS" --bootstrap-server "$BOOTSTRAP_SERVER" --create --if-not-exists',
    shellWord(`--topic=${node.name}`),
    `--partitions ${partitions}`,
    `--replication-factor ${replicationFactor}`,
    ...config.map(([name, value]) => shellWord(`--config=${name}=${String(value)}`)),
  ];
  return words.join(' \\\n  ');
}

/** Kafka's default quota entity: what holds for every client without a quota of its own. */
function quotaCommand({ producerByteRate, consumerByteRate }: Quotas): string {
  const rates = [
    ...(producerByteRate === null ? [] : [`producer_byte_rate=${producerByteRate}`]),
    ...(consumerByteRate === null ? [] : [`consumer_byte_rate=${consumerByteRate}`]),
  ];
  return [
    '"$KAFKA_CONFIGS" --bootstrap-server "$BOOTSTRAP_SERVER" --alter',
    '--entity-type clients --entity-default',
    `--add-config ${rates.join(',')}`,
  ].join(' \\\n  ');
}

/** The text of a POSIX shell script that creates every topic and sets the quotas. It stops at the first command that fails. */
export function topicsScript(document: PipelineDocument, bootstrapServer: string): string {
  const topics = exportedTopics(document);
  const quotas = clientQuotas(document);
  const lines = [
    '#!/bin/sh',
    `# Topics of the pipeline "${commentText(document.name)}", made by Logjam.`,
    '# Topics that exist already are left as they are.',
    'set -eu',
    `default_bootstrap_server=${shellWord(bootstrapServer)}`,
    'BOOTSTRAP_SERVER="${BOOTSTRAP_SERVER:-$default_bootstrap_server}"',
    'KAFKA_TOPICS="${KAFKA_TOPICS:-kafka-topics.sh}"',
    ...(quotas === null ? [] : ['KAFKA_CONFIGS="${KAFKA_CONFIGS:-kafka-configs.sh}"']),
    ...topics.map((topic) => `\n${createCommand(topic)}`),
    ...(quotas === null ? [] : [`\n${quotaCommand(quotas)}`]),
  ];
  return `${lines.join('\n')}\n`;
}

/** `create-topics.sh` for Kafka's own `kafka-topics.sh`. */
export function exportKafkaTopics(document: PipelineDocument, options: ExportOptions = {}): Exported {
  const text = topicsScript(document, options.bootstrapServer ?? 'localhost:9092');
  return { files: [{ path: 'create-topics.sh', text }], findings: topicFindings(document) };
}
