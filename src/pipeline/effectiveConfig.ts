/** A node's configs with the defaults filled in. */
import type { Cluster, Config, ConfigValue, PipelineNode } from './document.ts';
import { clusterConfig } from './kinds/cluster.ts';
import type { ConfigDefinition } from './kinds/definition.ts';
import { kindOf } from './kinds/index.ts';

function filled(rows: readonly ConfigDefinition[], config: Config): Readonly<Record<string, ConfigValue>> {
  const effective = Object.create(null) as Record<string, ConfigValue>;
  for (const row of rows) effective[row.name] = Object.hasOwn(config, row.name) ? config[row.name]! : row.default;
  return effective;
}

/** Every config of the node's kind, set or default, on an object without a prototype. Names the kind does not have are left out. */
export function effectiveConfig(node: PipelineNode): Readonly<Record<string, ConfigValue>> {
  return filled(kindOf(node.kind).config, node.config);
}

/** The same for the cluster. */
export function effectiveClusterConfig(cluster: Cluster): Readonly<Record<string, ConfigValue>> {
  return filled(clusterConfig, cluster.config);
}

/** The consumer group a processor or sink belongs to: its `group.id`, or its own name when that is empty. Null for producers and topics. */
export function groupIdOf(node: PipelineNode): string | null {
  const { role } = kindOf(node.kind);
  if (role === 'producer' || role === 'topic') return null;
  const groupId = effectiveConfig(node)['group.id'];
  return typeof groupId === 'string' && groupId !== '' ? groupId : node.name;
}
