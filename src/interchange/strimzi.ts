import { Document } from 'yaml';
import type { PipelineDocument } from '../pipeline/index.ts';
import type { Exported, ExportOptions } from './exportTypes.ts';
import { commentText, labelValue, resourceNames } from './quoting.ts';
import { strimziCluster } from './strimziCluster.ts';
import { exportedTopics, topicFindings } from './topics.ts';

/** `kafka-cluster.yaml` with the cluster, and `kafka-topics.yaml`: one `kafka.strimzi.io/v1` KafkaTopic a topic. The resource's name is made fit for Kubernetes; `topicName` is the true one. */
export function exportStrimzi(document: PipelineDocument, options: ExportOptions = {}): Exported {
  const nameOf = resourceNames();
  const cluster = labelValue(options.clusterName ?? document.name, 'logjam');
  const resources = exportedTopics(document).map(({ node, partitions, replicationFactor, config }) => {
    const resource = {
      apiVersion: 'kafka.strimzi.io/v1',
      kind: 'KafkaTopic',
      metadata: { name: nameOf(node.name), labels: { 'strimzi.io/cluster': cluster } },
      spec: {
        topicName: node.name,
        partitions,
        replicas: replicationFactor,
        ...(config.length === 0 ? {} : { config: Object.fromEntries(config) }),
      },
    };
    // A topic called `on` or `1_000` must stay a text for readers of YAML 1.1, too.
    const yaml = new Document(resource, { compat: 'yaml-1.1' });
    return yaml.toString({ lineWidth: 0 });
  });
  const head = `# Topics of the pipeline "${commentText(document.name)}", made by Logjam. The label strimzi.io/cluster must name your Kafka resource.\n`;
  const topics = { path: 'kafka-topics.yaml', text: head + resources.join('---\n') };
  const brokers = strimziCluster(document, cluster);
  return { files: [topics, brokers.file], findings: [...topicFindings(document), ...brokers.findings] };
}
