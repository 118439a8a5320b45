import type { ConfigDefinition } from './definition.ts';

/** The brokers, the machines they stand for, and the group settings brokers hold. Costs of 0 are switched off. */
export const clusterConfig: readonly ConfigDefinition[] = [
  { name: 'brokers', type: 'integer', default: 3, min: 1, max: 1_000, section: 'Cluster', source: 'simulation', prominent: true, help: 'Number of brokers; partition leaders are placed on them in turn.' },
  { name: 'network.latency.ms', type: 'number', default: 0.5, min: 0, max: 60_000, unit: 'ms', section: 'Network', source: 'simulation', fidelity: 'assumed', prominent: true, help: 'One way between a client and a broker. Default: the order of half a round trip between two zones of one cloud region.' },
  { name: 'network.bytes.per.second', type: 'number', default: 1_250_000_000, min: 0, max: 1e12, unit: 'bytes/s', section: 'Network', source: 'simulation', fidelity: 'assumed', help: 'One broker\'s network, in each direction; 0 for no limit. Default: 10 Gbit/s.' },
  { name: 'disk.bytes.per.second', type: 'number', default: 500_000_000, min: 0, max: 1e12, unit: 'bytes/s', section: 'Disk', source: 'simulation', fidelity: 'assumed', help: 'Sustained writing of one broker\'s disk; 0 for no limit. Default: a cloud SSD volume of that class.' },
  { name: 'request.handler.ms', type: 'number', default: 0.1, min: 0, max: 60_000, unit: 'ms', section: 'Requests', source: 'simulation', fidelity: 'assumed', help: 'Handler time of one request.' },
  { name: 'num.io.threads', type: 'integer', default: 8, min: 1, max: 1_000, section: 'Requests', source: 'kafka', help: 'Request handler threads of one broker.' },
  { name: 'group.initial.rebalance.delay.ms', type: 'integer', default: 3_000, min: 0, max: 600_000, unit: 'ms', section: 'Groups', source: 'kafka', help: 'How long an empty group waits for more members before its first rebalance.' },
  { name: 'offsets.topic.num.partitions', type: 'integer', default: 50, min: 1, max: 10_000, section: 'Groups', source: 'kafka', help: 'Partitions of __consumer_offsets; decides which broker coordinates a group.' },
  { name: 'log.retention.check.interval.ms', type: 'integer', default: 300_000, min: 1, max: Number.MAX_SAFE_INTEGER, unit: 'ms', section: 'Disk', source: 'kafka', help: 'How often brokers look for segments to delete.' },
];
