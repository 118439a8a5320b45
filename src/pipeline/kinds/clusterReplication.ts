import type { ConfigDefinition } from './definition.ts';

/** Kafka's own ReplicaSelector, by the name brokers take. */
export const rackAwareSelector = 'org.apache.kafka.common.replica.RackAwareReplicaSelector';

/** How followers keep up (Kafka's ReplicationConfigs). */
export const replicationConfig: readonly ConfigDefinition[] = [
  { name: 'replica.lag.time.max.ms', type: 'integer', default: 30_000, min: 1, max: Number.MAX_SAFE_INTEGER, unit: 'ms', section: 'Replication', source: 'kafka', help: 'A follower that has not caught up with its leader for this long leaves the in-sync replicas.' },
  { name: 'replica.fetch.wait.max.ms', type: 'integer', default: 500, min: 0, max: 2_147_483_647, unit: 'ms', section: 'Replication', source: 'kafka', help: 'Longest time a leader holds a follower\'s fetch back while nothing new is there.' },
  { name: 'replica.fetch.max.bytes', type: 'integer', default: 1_048_576, min: 0, max: 2_147_483_647, unit: 'bytes', section: 'Replication', source: 'kafka', help: 'Most bytes of one partition in one answer to a follower; a first batch larger than this still comes whole.' },
  { name: 'replica.fetch.response.max.bytes', type: 'integer', default: 10_485_760, min: 0, max: 2_147_483_647, unit: 'bytes', section: 'Replication', source: 'kafka', help: 'Most bytes in one whole answer to a follower.' },
  { name: 'replica.fetch.backoff.ms', type: 'integer', default: 1_000, min: 0, max: 2_147_483_647, unit: 'ms', section: 'Replication', source: 'kafka', help: 'How long a follower waits after a fetch that failed.' },
  { name: 'replica.selector.class', type: 'enum', default: 'none', values: ['none', rackAwareSelector], section: 'Replication', source: 'kafka', help: 'Whether leaders send consumers with a client.rack to an in-sync replica in that rack (KIP-392). None: all read from leaders.' },
  { name: 'auto.leader.rebalance.enable', type: 'boolean', default: true, section: 'Replication', source: 'kafka', help: 'Whether the controller gives partitions back to their preferred leaders by itself.' },
  { name: 'leader.imbalance.check.interval.seconds', type: 'integer', default: 300, min: 1, max: 2_147_483_647, unit: 's', section: 'Replication', source: 'kafka', help: 'How often the controller looks for partitions that are not led by their preferred leader.' },
];

/** The controller quorum, and how it learns that a broker lives. */
export const controllerConfig: readonly ConfigDefinition[] = [
  { name: 'broker.session.timeout.ms', type: 'integer', default: 9_000, min: 1, max: 2_147_483_647, unit: 'ms', section: 'Controller', source: 'kafka', help: 'Without a heartbeat for this long, the controller fences a broker: it loses its leaderships and its place among the in-sync replicas.' },
  { name: 'broker.heartbeat.interval.ms', type: 'integer', default: 2_000, min: 1, max: 2_147_483_647, unit: 'ms', section: 'Controller', source: 'kafka', help: 'How often a broker tells the controller that it lives.' },
  { name: 'controlled.shutdown.enable', type: 'boolean', default: true, section: 'Controller', source: 'kafka', help: 'Whether a broker that is stopped hands over its leaderships first.' },
  { name: 'controller.quorum.voters.count', type: 'integer', default: 3, min: 1, max: 99, section: 'Controller', source: 'simulation', help: 'Controllers in the quorum; a majority must live. With one, the loss of the controller ends all decisions.' },
  { name: 'controller.quorum.fetch.timeout.ms', type: 'integer', default: 2_000, min: 0, max: 2_147_483_647, unit: 'ms', section: 'Controller', source: 'kafka', help: 'A voter that cannot fetch from the active controller for this long asks for an election.' },
  { name: 'controller.quorum.election.timeout.ms', type: 'integer', default: 1_000, min: 1, max: 2_147_483_647, unit: 'ms', section: 'Controller', source: 'kafka', help: 'How long a voter waits for the others\' votes before it tries again; a random part of it is waited before.' },
];
