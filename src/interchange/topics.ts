/** What the topic exports have in common. */
import type { ConfigValue, Finding, PipelineDocument, PipelineNode } from '../pipeline/index.ts';
import { effectiveConfig, kindOf, sameConfigValue, topicNameRefusal } from '../pipeline/index.ts';

export interface ExportedTopic {
  readonly node: PipelineNode;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Kafka's topic configs that differ from their default, in the order of the kind's rows. */
  readonly config: readonly (readonly [string, ConfigValue])[];
}

/** The pipeline's topics, in the document's order. */
export function exportedTopics(document: PipelineDocument): readonly ExportedTopic[] {
  return document.nodes
    .filter((node) => kindOf(node.kind).role === 'topic')
    .map((node) => {
      const effective = effectiveConfig(node);
      return {
        node,
        partitions: Number(effective['partitions']),
        replicationFactor: Number(effective['replication.factor']),
        config: kindOf(node.kind)
          .config.filter((row) => row.source === 'kafka' && row.name !== 'partitions' && row.name !== 'replication.factor')
          .filter((row) => !sameConfigValue(effective[row.name]!, row.default))
          .filter((row) => row.when === undefined || row.when.is.includes(effective[row.when.name]!))
          .map((row) => [row.name, effective[row.name]!] as const),
      };
    });
}

/** What Kafka 4 would refuse of these topics. */
export function topicFindings(document: PipelineDocument): readonly Finding[] {
  const names = new Set<string>();
  const topics = exportedTopics(document);
  if (topics.length === 0) {
    const message = 'The pipeline has no topics to create.';
    return [{ severity: 'warning', code: 'export.no-topics', path: '/nodes', message, remedy: 'Add a topic before you export.' }];
  }
  return topics.flatMap(({ node, config }): Finding[] => {
    const path = `/nodes/${document.nodes.indexOf(node)}`;
    const findings: Finding[] = [];
    const refusal = topicNameRefusal(node.name) ?? (names.has(node.name) ? `Two topics are called "${node.name}".` : null);
    names.add(node.name);
    if (refusal !== null) {
      findings.push({
        severity: 'error',
        code: 'export.topic-name',
        path,
        node: node.id,
        message: refusal,
        remedy: 'Rename the topic, then export again.',
      });
    }
    const segmentBytes = config.find(([name]) => name === 'segment.bytes')?.[1];
    if (typeof segmentBytes === 'number' && segmentBytes < 1_048_576) {
      const message = `segment.bytes of "${node.name}" is ${segmentBytes}; Kafka 4 refuses less than 1048576.`;
      findings.push({
        severity: 'warning',
        code: 'export.small-segments',
        path: `${path}/config/segment.bytes`,
        node: node.id,
        config: 'segment.bytes',
        message,
        remedy: 'Raise segment.bytes before you use the export.',
      });
    }
    if (config.some(([name]) => name === 'remote.storage.enable')) {
      const message = `"${node.name}" needs brokers with a remote tier; others refuse it (Tiered Storage functionality is disabled in the broker).`;
      findings.push({
        severity: 'warning',
        code: 'export.remote-storage',
        path: `${path}/config/remote.storage.enable`,
        node: node.id,
        config: 'remote.storage.enable',
        message,
        remedy: 'Set remote.log.storage.system.enable and a RemoteStorageManager of your object store on the brokers.',
      });
    }
    return findings;
  });
}
