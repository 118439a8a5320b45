/** What the exports of brokers have in common. */
import type { ConfigValue, Finding, PipelineDocument } from '../pipeline/index.ts';
import { clusterConfig, effectiveClusterConfig, sameConfigValue } from '../pipeline/index.ts';

/** Kafka's own broker configs that differ from Kafka's default, in the order of the cluster's rows. */
export function brokerConfig(document: PipelineDocument): readonly (readonly [string, ConfigValue])[] {
  const effective = effectiveClusterConfig(document.cluster);
  return clusterConfig
    .filter((row) => row.source === 'kafka' && !sameConfigValue(effective[row.name]!, row.default))
    .map((row) => [row.name, effective[row.name]!] as const);
}

/** KRaft wants an odd number of voters: as many as the cluster asks for, where there are `most` nodes for them. */
export function controllerCount(document: PipelineDocument, most: number): number {
  const wanted = Math.min(Number(effectiveClusterConfig(document.cluster)['controller.quorum.voters.count']), most);
  return wanted % 2 === 0 ? wanted - 1 : wanted;
}

export interface Quotas {
  /** Whole bytes a second for every client; null for none. */
  readonly producerByteRate: number | null;
  readonly consumerByteRate: number | null;
}

/** The quotas every client has, null when there are none. */
export function clientQuotas(document: PipelineDocument): Quotas | null {
  const effective = effectiveClusterConfig(document.cluster);
  const rate = (name: string) => (Number(effective[name]) > 0 ? Math.max(1, Math.round(Number(effective[name]))) : null);
  const producerByteRate = rate('quota.producer.bytes.per.second');
  const consumerByteRate = rate('quota.consumer.bytes.per.second');
  return producerByteRate === null && consumerByteRate === null ? null : { producerByteRate, consumerByteRate };
}

/** A controller count the export cannot follow. */
export function controllerFindings(document: PipelineDocument, exported: number): readonly Finding[] {
  const wanted = Number(effectiveClusterConfig(document.cluster)['controller.quorum.voters.count']);
  if (wanted === exported || !Object.hasOwn(document.cluster.config, 'controller.quorum.voters.count')) return [];
  const config = 'controller.quorum.voters.count';
  const message = `${config} is ${wanted}; the export has ${exported} controllers, an odd number for which there are nodes.`;
  const remedy = 'Use an odd number, not above brokers.';
  return [{ severity: 'info', code: 'export.controllers', path: `/cluster/config/${config}`, config, message, remedy }];
}
