/** Which protocol a group speaks, and what its coordinator demands. */
import type { ConsumerGroupConfig } from '../../group/consumerProtocol/consumerGroup.ts';
import type { GroupType } from '../../group/groupState.ts';
import { numberOf, type Settings } from '../configs.ts';
import type { Topology } from '../topology.ts';

/** `group.protocol` of the group's nodes; the document was checked to be of one mind. */
export function groupTypeOf({ nodes }: Topology, group: number): GroupType {
  const protocol = nodes.find((node) => node.group === group)?.settings['group.protocol'];
  return protocol === 'consumer' || protocol === 'share' ? protocol : 'classic';
}

export function consumerGroupConfig(cluster: Settings): ConsumerGroupConfig {
  const assignors = cluster['group.consumer.assignors'];
  return {
    sessionTimeoutUs: numberOf(cluster, 'group.consumer.session.timeout.ms') * 1000,
    heartbeatIntervalUs: numberOf(cluster, 'group.consumer.heartbeat.interval.ms') * 1000,
    maxSize: numberOf(cluster, 'group.consumer.max.size'),
    assignor: Array.isArray(assignors) && assignors[0] === 'range' ? 'range' : 'uniform',
  };
}
