/** For tests: any design with its groups in the consumer protocol. */
import type { PipelineDocument } from '../../../pipeline/document.ts';
import { kindOf } from '../../../pipeline/kinds/index.ts';

/** What Kafka's client refuses then. */
const classicOnly = ['partition.assignment.strategy', 'session.timeout.ms', 'heartbeat.interval.ms'];

/** The design with all of its groups, or every second one, in the consumer protocol, with sessions short enough to end in a test. */
export function inConsumerProtocol(document: PipelineDocument, every = 1): PipelineDocument {
  const groups: string[] = [];
  const nodes = document.nodes.map((node) => {
    const { role } = kindOf(node.kind);
    if (role !== 'sink' && role !== 'processor') return node;
    const group = String(node.config['group.id'] ?? node.name);
    if (!groups.includes(group)) groups.push(group);
    if (groups.indexOf(group) % every !== 0) return node;
    const config = Object.fromEntries(Object.entries(node.config).filter(([name]) => !classicOnly.includes(name)));
    return { ...node, config: { ...config, 'group.protocol': 'consumer' } };
  });
  const settings = { 'group.consumer.session.timeout.ms': 6_000, 'group.consumer.heartbeat.interval.ms': 700 };
  return { ...document, nodes, cluster: { config: { ...document.cluster.config, ...settings } } };
}
