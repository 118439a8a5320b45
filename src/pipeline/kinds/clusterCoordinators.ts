import type { ConfigDefinition } from './definition.ts';

/** What brokers that coordinate consumer groups follow. */
export const clusterGroupConfig: readonly ConfigDefinition[] = [
  { name: 'group.initial.rebalance.delay.ms', type: 'integer', default: 3_000, min: 0, max: 600_000, unit: 'ms', section: 'Groups', source: 'kafka', help: 'How long an empty group waits for more members before its first rebalance.' },
  { name: 'group.consumer.session.timeout.ms', type: 'integer', default: 45_000, min: 1, max: 2_147_483_647, unit: 'ms', section: 'Groups', source: 'kafka', help: 'Without a heartbeat for this long, a member of a group with group.protocol=consumer is taken for dead.' },
  { name: 'group.consumer.heartbeat.interval.ms', type: 'integer', default: 5_000, min: 1, max: 2_147_483_647, unit: 'ms', section: 'Groups', source: 'kafka', help: 'How often members of groups with group.protocol=consumer say they live; the broker tells them.' },
  { name: 'group.consumer.max.size', type: 'integer', default: 2_147_483_647, min: 1, max: 2_147_483_647, section: 'Groups', source: 'kafka', help: 'Members a group with group.protocol=consumer may have.' },
  { name: 'group.consumer.assignors', type: 'list', default: ['uniform', 'range'], maxLength: 2, section: 'Groups', source: 'kafka', help: 'How brokers may deal out partitions; the first is taken by groups that name none.' },
  { name: 'offsets.topic.num.partitions', type: 'integer', default: 50, min: 1, max: 10_000, section: 'Groups', source: 'kafka', help: 'Partitions of __consumer_offsets; decides which broker coordinates a group.' },
  { name: 'offsets.topic.replication.factor', type: 'integer', default: 3, min: 1, max: 32_767, section: 'Groups', source: 'kafka', help: 'Copies of __consumer_offsets. While it is not set: at most as many as there are brokers.' },
  { name: 'offsets.topic.segment.bytes', type: 'integer', default: 104_857_600, min: 1, max: 2_147_483_647, unit: 'bytes', section: 'Groups', source: 'kafka', help: 'Segment size of __consumer_offsets. Only closed segments are compacted; a coordinator that takes over reads all that is there.' },
  { name: 'offsets.commit.timeout.ms', type: 'integer', default: 5_000, min: 1, max: 2_147_483_647, unit: 'ms', section: 'Groups', source: 'kafka', help: 'How long a commit waits for the copies of __consumer_offsets before it is answered with an error.' },
  { name: 'offsets.retention.minutes', type: 'integer', default: 10_080, min: 1, max: 2_147_483_647, unit: 'minutes', section: 'Groups', source: 'kafka', help: 'How long the offsets of a group without members are kept. One that comes back later begins where auto.offset.reset says.' },
  { name: 'offsets.retention.check.interval.ms', type: 'integer', default: 600_000, min: 1, max: 2_147_483_647, unit: 'ms', section: 'Groups', source: 'kafka', help: 'How often coordinators look for offsets to expire.' },
  { name: 'offsets.load.bytes.per.second', type: 'number', default: 50_000_000, min: 0, max: 1_000_000_000_000, unit: 'bytes/s', section: 'Groups', source: 'simulation', help: 'How fast a coordinator that takes over a group replays its partition of __consumer_offsets, beside reading it from the disk. Assumed; 0: no time.' },
];

/** What brokers that coordinate transactions follow. */
export const clusterTransactionConfig: readonly ConfigDefinition[] = [
  { name: 'transaction.max.timeout.ms', type: 'integer', default: 900_000, min: 1, max: 2_147_483_647, unit: 'ms', section: 'Transactions', source: 'kafka', help: 'Longest transaction.timeout.ms a producer may ask for.' },
  { name: 'transaction.abort.timed.out.transaction.cleanup.interval.ms', type: 'integer', default: 10_000, min: 1, max: 2_147_483_647, unit: 'ms', section: 'Transactions', source: 'kafka', help: 'How often the coordinator looks for transactions that have taken too long, and aborts them.' },
  { name: 'transaction.state.log.num.partitions', type: 'integer', default: 50, min: 1, max: 10_000, section: 'Transactions', source: 'kafka', help: 'Partitions of __transaction_state; decides which broker coordinates a transactional id.' },
  { name: 'transaction.state.log.replication.factor', type: 'integer', default: 3, min: 1, max: 32_767, section: 'Transactions', source: 'kafka', help: 'Copies of __transaction_state. While it is not set: at most as many as there are brokers.' },
  { name: 'transaction.state.log.min.isr', type: 'integer', default: 2, min: 1, max: 32_767, section: 'Transactions', source: 'kafka', help: 'Copies of __transaction_state that must be in sync, or transactions stop. While it is not set: at most its replication factor.' },
];
