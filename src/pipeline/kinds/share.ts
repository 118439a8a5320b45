import type { ConfigDefinition } from './definition.ts';

const when = { name: 'group.protocol', is: ['share'] };

/** What members of share groups (KIP-932) take beside what every consumer takes: the client's configs, then the group's. */
export const shareConfig: readonly ConfigDefinition[] = [
  { name: 'share.acknowledgement.mode', type: 'enum', default: 'implicit', values: ['implicit', 'explicit'], section: 'Share group', source: 'kafka', when, help: 'Implicit: the next poll accepts all records of the one before. Explicit: each record is accepted, released for another delivery when its service fails, or rejected.' },
  { name: 'share.acknowledgement.renew', type: 'boolean', default: false, section: 'Share group', source: 'simulation', when: { name: 'share.acknowledgement.mode', is: ['explicit'] }, help: 'Whether the application renews the locks of a poll it is still busy with, every half of group.share.record.lock.duration.ms (AcknowledgeType.RENEW, KIP-1222, Kafka 4.2), so that nobody else gets its records meanwhile. What was fetched and waits for the next poll is not renewed: share.acquire.mode=record_limit fetches nothing ahead.' },
  { name: 'share.acquire.mode', type: 'enum', default: 'batch_optimized', values: ['batch_optimized', 'record_limit'], section: 'Share group', source: 'kafka', when, help: 'Batch optimized: whole batches are acquired, so a poll may return more than max.poll.records. Record limit: exactly max.poll.records at most, from one broker at a time.' },
  { name: 'share.auto.offset.reset', type: 'string', default: 'latest', maxLength: 60, section: 'Share group', source: 'kafka', when, help: 'Where the group begins in a partition it has never read: latest, earliest, or by_duration: and an ISO 8601 duration, such as by_duration:PT1H.' },
  { name: 'share.isolation.level', type: 'enum', default: 'read_uncommitted', values: ['read_uncommitted', 'read_committed'], section: 'Share group', source: 'kafka', when, help: 'Read committed: records of open and aborted transactions are not handed out.' },
];

/** What brokers hold share groups to. */
export const clusterShareConfig: readonly ConfigDefinition[] = [
  { name: 'group.share.record.lock.duration.ms', type: 'integer', default: 30_000, min: 1_000, max: 3_600_000, unit: 'ms', section: 'Share groups', source: 'kafka', help: 'How long a member of a share group has a record to itself. Then it can be delivered again.' },
  { name: 'group.share.delivery.count.limit', type: 'integer', default: 5, min: 2, max: 10, section: 'Share groups', source: 'kafka', help: 'Deliveries of a record to a share group after which it is archived.' },
  { name: 'group.share.partition.max.record.locks', type: 'integer', default: 2_000, min: 100, max: 10_000, unit: 'records', section: 'Share groups', source: 'kafka', help: 'Records from the first that is not done with to the last acquired, for one share group in one partition. Nothing new is acquired beyond.' },
  { name: 'group.share.session.timeout.ms', type: 'integer', default: 45_000, min: 1, max: 2_147_483_647, unit: 'ms', section: 'Share groups', source: 'kafka', help: 'Without a heartbeat for this long, a member of a share group is taken for dead.' },
  { name: 'group.share.heartbeat.interval.ms', type: 'integer', default: 5_000, min: 1, max: 2_147_483_647, unit: 'ms', section: 'Share groups', source: 'kafka', help: 'How often members of share groups say they live; the broker tells them.' },
  { name: 'group.share.max.size', type: 'integer', default: 200, min: 1, max: 1_000, section: 'Share groups', source: 'kafka', help: 'Members a share group may have.' },
  { name: 'share.coordinator.state.topic.num.partitions', type: 'integer', default: 50, min: 1, max: 10_000, section: 'Share groups', source: 'kafka', help: 'Partitions of __share_group_state; decides which broker keeps the state of a share group in a partition.' },
  { name: 'share.coordinator.state.topic.replication.factor', type: 'integer', default: 3, min: 1, max: 32_767, section: 'Share groups', source: 'kafka', help: 'Copies of __share_group_state. While it is not set: at most as many as there are brokers.' },
  { name: 'share.coordinator.state.topic.min.isr', type: 'integer', default: 2, min: 1, max: 32_767, section: 'Share groups', source: 'kafka', help: 'Copies of __share_group_state that must be in sync. While it is not set: at most its replication factor.' },
];
