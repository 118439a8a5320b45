/** A node's configs with the defaults filled in. */
import { applicationIdOf } from './applicationId.ts';
import type { Cluster, Config, ConfigValue, PipelineNode } from './document.ts';
import { clusterConfig } from './kinds/cluster.ts';
import type { ConfigDefinition } from './kinds/definition.ts';
import { hardwareProfiles, type HardwareFigure, type HardwareProfile } from './kinds/hardwareProfiles.ts';
import { kindOf } from './kinds/index.ts';

const transactionCopies = 'transaction.state.log.replication.factor';
const brokersDefault = Number(clusterConfig.find(({ name }) => name === 'brokers')!.default);

function filled(rows: readonly ConfigDefinition[], config: Config): Readonly<Record<string, ConfigValue>> {
  const effective = Object.create(null) as Record<string, ConfigValue>;
  for (const row of rows) effective[row.name] = Object.hasOwn(config, row.name) ? config[row.name]! : row.default;
  return effective;
}

/** Every config of the node's kind, set or default, on an object without a prototype. Names the kind does not have are left out. */
export function effectiveConfig(node: PipelineNode): Readonly<Record<string, ConfigValue>> {
  const effective = filled(kindOf(node.kind).config, node.config);
  if (isStreams(node) && !Object.hasOwn(node.config, 'commit.interval.ms') && effective['processing.guarantee'] === 'exactly_once_v2')
    return Object.assign(effective, { 'commit.interval.ms': exactlyOnceCommitMs });
  return effective;
}

/** `StreamsConfig.EOS_DEFAULT_COMMIT_INTERVAL_MS`: what an application that sets none commits by under exactly_once_v2. */
const exactlyOnceCommitMs = 100;

/** Whether a node is an application of Kafka Streams. */
export function isStreams(node: PipelineNode): boolean {
  return applicationIdOf(node) !== null;
}

function profileOf(cluster: Cluster): HardwareProfile | undefined {
  const name = String(cluster.config['hardware.profile'] ?? 'custom');
  return Object.hasOwn(hardwareProfiles, name) ? hardwareProfiles[name] : undefined;
}

/** Where a profile's figure is published, null when the cluster's profile has none for this config. */
export function profileSource(cluster: Cluster, name: string): string | null {
  const profile = profileOf(cluster);
  return profile?.figures[name as HardwareFigure]?.source ?? null;
}

/**
 * The cluster's rows with the defaults they have in this cluster: a hardware profile fills in its figures, and internal topics have at most as many
 * copies as there are brokers, since a small cluster could otherwise not have them.
 */
export function clusterRows(cluster: Cluster): readonly ConfigDefinition[] {
  const profile = profileOf(cluster);
  const brokers = Number(cluster.config['brokers'] ?? brokersDefault);
  const copies = Number(cluster.config[transactionCopies] ?? Math.min(3, brokers));
  const atMost: Readonly<Record<string, number>> = {
    'offsets.topic.replication.factor': brokers,
    [transactionCopies]: brokers,
    'transaction.state.log.min.isr': copies,
  };
  return clusterConfig.map((row) => {
    const figure = profile?.figures[row.name as HardwareFigure]?.value;
    const most = atMost[row.name];
    if (figure !== undefined) return { ...row, default: figure };
    return most !== undefined && most >= 1 && most < Number(row.default) ? { ...row, default: most } : row;
  });
}

/** The same for the cluster. */
export function effectiveClusterConfig(cluster: Cluster): Readonly<Record<string, ConfigValue>> {
  return filled(clusterRows(cluster), cluster.config);
}

/** The consumer group a processor or sink belongs to: its `group.id`, or its own name when that is empty; of a stream processor its application.id. Null for producers and topics. */
export function groupIdOf(node: PipelineNode): string | null {
  const { role } = kindOf(node.kind);
  if (role === 'producer' || role === 'topic') return null;
  const applicationId = applicationIdOf(node);
  if (applicationId !== null) return applicationId;
  const groupId = effectiveConfig(node)['group.id'];
  return typeof groupId === 'string' && groupId !== '' ? groupId : node.name;
}
