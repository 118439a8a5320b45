import type { KindDefinition } from './definition.ts';

const compacted = { name: 'cleanup.policy', is: ['compact', 'compact,delete'] };
const tiered = { name: 'remote.storage.enable', is: [true] };

export const topic = {
  kind: 'topic', role: 'topic', family: 'Log', label: 'Topic', glyph: 'topic', defaultName: 'topic',
  summary: 'A log, split into partitions: ordered, append-only, read by many at their own pace.',
  config: [
    { name: 'partitions', type: 'integer', default: 1, min: 1, max: 10_000, section: 'Topic', source: 'kafka', prominent: true, help: 'Number of logs the topic is split into; the most members of a group that can work at once.' },
    { name: 'replication.factor', type: 'integer', default: 1, min: 1, max: 32_767, section: 'Topic', source: 'kafka', prominent: true, help: 'Copies of each partition, on different brokers; one leads, the others follow.' },
    { name: 'cleanup.policy', type: 'enum', default: 'delete', values: ['delete', 'compact', 'compact,delete'], section: 'Retention', source: 'kafka', help: 'Delete old segments, or keep the last value of each key, or both.' },
    { name: 'retention.ms', type: 'integer', default: 604_800_000, min: -1, max: Number.MAX_SAFE_INTEGER, unit: 'ms', section: 'Retention', source: 'kafka', prominent: true, live: true, help: 'Segments whose newest record is older than this are deleted. -1: never.' },
    { name: 'retention.bytes', type: 'integer', default: -1, min: -1, max: Number.MAX_SAFE_INTEGER, unit: 'bytes', section: 'Retention', source: 'kafka', live: true, help: 'A partition larger than this loses its oldest segments, never below this size. -1: no limit.' },
    { name: 'segment.bytes', type: 'integer', default: 1_073_741_824, min: 14, max: 2_147_483_647, unit: 'bytes', section: 'Segments', source: 'kafka', help: 'A segment is rolled before it grows past this. Kafka 4 refuses less than 1 MiB; the simulator allows it, with a finding.' },
    { name: 'segment.ms', type: 'integer', default: 604_800_000, min: 1, max: Number.MAX_SAFE_INTEGER, unit: 'ms', section: 'Segments', source: 'kafka', help: 'An append rolls the segment when its first record is older than this. An idle partition never rolls.' },
    { name: 'segment.index.bytes', type: 'integer', default: 10_485_760, min: 4, max: 2_147_483_647, unit: 'bytes', section: 'Segments', source: 'kafka', help: 'Size of the offset index; a full index rolls the segment.' },
    { name: 'index.interval.bytes', type: 'integer', default: 4_096, min: 0, max: 2_147_483_647, unit: 'bytes', section: 'Segments', source: 'kafka', help: 'About one index entry for so many bytes of log.' },
    { name: 'message.timestamp.type', type: 'enum', default: 'CreateTime', values: ['CreateTime', 'LogAppendTime'], section: 'Topic', source: 'kafka', help: 'Whether a record\'s timestamp is the producer\'s or the broker\'s.' },
    { name: 'max.message.bytes', type: 'integer', default: 1_048_588, min: 0, max: 2_147_483_647, unit: 'bytes', section: 'Topic', source: 'kafka', help: 'Largest batch the topic accepts.' },
    { name: 'min.insync.replicas', type: 'integer', default: 1, min: 1, max: 32_767, section: 'Topic', source: 'kafka', help: 'Copies that must be in sync, or writes with acks=all are refused and nothing new becomes readable.' },
    { name: 'unclean.leader.election.enable', type: 'boolean', default: false, section: 'Topic', source: 'kafka', help: 'When no in-sync replica is left, a copy that lacks records may lead: available again at once, and the missing records are lost.' },
    { name: 'compression.type', type: 'enum', default: 'producer', values: ['producer', 'uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'], section: 'Topic', source: 'kafka', help: 'How the broker stores batches. Producer: as they came.' },
    { name: 'min.cleanable.dirty.ratio', type: 'number', default: 0.5, min: 0, max: 1, section: 'Compaction', source: 'kafka', live: true, when: compacted, help: 'The log is compacted once this part of it has not been looked at by the cleaner.' },
    { name: 'min.compaction.lag.ms', type: 'integer', default: 0, min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'ms', section: 'Compaction', source: 'kafka', live: true, when: compacted, help: 'A record stays as it is at least this long.' },
    { name: 'max.compaction.lag.ms', type: 'integer', default: Number.MAX_SAFE_INTEGER, min: 1, max: Number.MAX_SAFE_INTEGER, unit: 'ms', section: 'Compaction', source: 'kafka', live: true, when: compacted, help: 'The log is compacted at the latest when its first dirty record is this old, whatever the ratio. Default: never for this reason.' },
    { name: 'delete.retention.ms', type: 'integer', default: 86_400_000, min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'ms', section: 'Compaction', source: 'kafka', live: true, when: compacted, help: 'How long tombstones and transaction markers stay after compaction has first seen them.' },
    { name: 'remote.storage.enable', type: 'boolean', default: false, section: 'Tiered storage', source: 'kafka', help: 'Closed segments are copied to the remote tier, and the brokers\' disks keep only the local part.' },
    { name: 'local.retention.ms', type: 'integer', default: -2, min: -2, max: Number.MAX_SAFE_INTEGER, unit: 'ms', section: 'Tiered storage', source: 'kafka', when: tiered, help: 'How long segments stay on the brokers\' disks once they are copied. -2: as retention.ms.' },
    { name: 'local.retention.bytes', type: 'integer', default: -2, min: -2, max: Number.MAX_SAFE_INTEGER, unit: 'bytes', section: 'Tiered storage', source: 'kafka', when: tiered, help: 'How much of a partition stays on the brokers\' disks once it is copied. -2: as retention.bytes.' },
  ],
} as const satisfies KindDefinition;
