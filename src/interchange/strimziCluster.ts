import { Document } from 'yaml';
import type { ConfigValue, Finding, PipelineDocument } from '../pipeline/index.ts';
import { effectiveClusterConfig } from '../pipeline/index.ts';
import { racksOf } from '../pipeline/racks.ts';
import { brokerConfig, clientQuotas, controllerCount, controllerFindings } from './brokerConfig.ts';
import type { ExportedFile } from './exportTypes.ts';
import { commentText } from './quoting.ts';

const gib = 1_073_741_824;

/** Strimzi keeps these prefixes of broker configs for itself, with two exceptions (KafkaClusterSpec.FORBIDDEN_PREFIXES). */
function isForbidden(name: string): boolean {
  if (name === 'controller.quorum.election.timeout.ms' || name === 'controller.quorum.fetch.timeout.ms') return false;
  return name.startsWith('broker.') || name.startsWith('controller.');
}

function nodePool(name: 'controller' | 'broker', replicas: number, cluster: string, diskBytes: number): unknown {
  const sized = name === 'broker' && diskBytes > 0;
  const volume = sized
    ? { id: 0, type: 'persistent-claim', size: `${Math.ceil(diskBytes / gib)}Gi`, deleteClaim: false, kraftMetadata: 'shared' }
    : { id: 0, type: 'ephemeral', kraftMetadata: 'shared' };
  return {
    apiVersion: 'kafka.strimzi.io/v1',
    kind: 'KafkaNodePool',
    metadata: { name, labels: { 'strimzi.io/cluster': cluster } },
    spec: { replicas, roles: [name], storage: { type: 'jbod', volumes: [volume] } },
  };
}

function kafka(document: PipelineDocument, cluster: string, config: readonly (readonly [string, ConfigValue])[]): unknown {
  const quotas = clientQuotas(document);
  const { producerByteRate = null, consumerByteRate = null } = quotas ?? {};
  return {
    apiVersion: 'kafka.strimzi.io/v1',
    kind: 'Kafka',
    metadata: { name: cluster },
    spec: {
      kafka: {
        listeners: [{ name: 'plain', port: 9092, type: 'internal', tls: false }],
        config: { 'auto.create.topics.enable': false, ...Object.fromEntries(config) },
        ...(racksOf(effectiveClusterConfig(document.cluster)).length === 0 ? {} : { rack: { topologyKey: 'topology.kubernetes.io/zone' } }),
        ...(quotas === null
          ? {}
          : {
              quotas: {
                type: 'kafka',
                ...(producerByteRate === null ? {} : { producerByteRate }),
                ...(consumerByteRate === null ? {} : { consumerByteRate }),
              },
            }),
      },
      entityOperator: { topicOperator: {} },
    },
  };
}

function clusterFindings(document: PipelineDocument, controllers: number): readonly Finding[] {
  const racks = racksOf(effectiveClusterConfig(document.cluster)).length;
  const info = (config: string, code: string, message: string, remedy: string): Finding => ({
    severity: 'info',
    code,
    path: `/cluster/config/${config}`,
    config,
    message,
    remedy,
  });
  const forbidden = brokerConfig(document)
    .filter(([name]) => isForbidden(name))
    .map(([name]) =>
      info(name, 'export.strimzi-config', `Strimzi keeps ${name} for itself; it is not exported.`, 'Nothing needs to be done.'),
    );
  const zones =
    racks === 0
      ? []
      : [
          info(
            'broker.racks',
            'export.racks',
            `Strimzi takes racks from the nodes' label topology.kubernetes.io/zone, not from the ${racks} names in the pipeline.`,
            'Label the nodes, or name another label in spec.kafka.rack.',
          ),
        ];
  return [...forbidden, ...zones, ...controllerFindings(document, controllers)];
}

/** `kafka-cluster.yaml`: a `Kafka` resource with the pipeline's broker configs, and its node pools. */
export function strimziCluster(
  document: PipelineDocument,
  cluster: string,
): { readonly file: ExportedFile; readonly findings: readonly Finding[] } {
  const effective = effectiveClusterConfig(document.cluster);
  const controllers = controllerCount(document, Number.POSITIVE_INFINITY);
  const resources = [
    nodePool('controller', controllers, cluster, 0),
    nodePool('broker', Number(effective['brokers']), cluster, Number(effective['disk.capacity.bytes'])),
    kafka(
      document,
      cluster,
      brokerConfig(document).filter(([name]) => !isForbidden(name)),
    ),
  ];
  const head = `# The cluster of the pipeline "${commentText(document.name)}", made by Logjam. Apply it before the topics.\n`;
  const text = resources.map((resource) => `---\n${new Document(resource, { compat: 'yaml-1.1' }).toString({ lineWidth: 0 })}`).join('');
  return { file: { path: 'kafka-cluster.yaml', text: head + text }, findings: clusterFindings(document, controllers) };
}
