import type { KindDefinition } from './definition.ts';

export const topic = {
  kind: 'topic', role: 'topic', family: 'Log', label: 'Topic', glyph: 'topic', defaultName: 'topic',
  summary: 'A log, split into partitions: ordered, append-only, read by many at their own pace.',
  config: [
    { name: 'partitions', type: 'integer', default: 1, min: 1, max: 10_000, section: 'Topic', source: 'kafka', prominent: true, help: 'Number of logs the topic is split into; the most members of a group that can work at once.' },
    { name: 'replication.factor', type: 'integer', default: 1, min: 1, max: 32_767, section: 'Topic', source: 'kafka', prominent: true, help: 'Copies of each partition, written to exports. The simulation has one copy for now.' },
    { name: 'cleanup.policy', type: 'enum', default: 'delete', values: ['delete', 'compact', 'compact,delete'], section: 'Retention', source: 'kafka', help: 'Delete old segments, or keep the last value of each key. The simulation deletes; compaction is only exported for now.' },
    { name: 'retention.ms', type: 'integer', default: 604_800_000, min: -1, max: Number.MAX_SAFE_INTEGER, unit: 'ms', section: 'Retention', source: 'kafka', prominent: true, live: true, help: 'Segments whose newest record is older than this are deleted. -1: never.' },
    { name: 'retention.bytes', type: 'integer', default: -1, min: -1, max: Number.MAX_SAFE_INTEGER, unit: 'bytes', section: 'Retention', source: 'kafka', live: true, help: 'A partition larger than this loses its oldest segments, never below this size. -1: no limit.' },
    { name: 'segment.bytes', type: 'integer', default: 1_073_741_824, min: 14, max: 2_147_483_647, unit: 'bytes', section: 'Segments', source: 'kafka', help: 'A segment is rolled before it grows past this. Kafka 4 refuses less than 1 MiB; the simulator allows it, with a finding.' },
    { name: 'segment.ms', type: 'integer', default: 604_800_000, min: 1, max: Number.MAX_SAFE_INTEGER, unit: 'ms', section: 'Segments', source: 'kafka', help: 'An append rolls the segment when its first record is older than this. An idle partition never rolls.' },
    { name: 'segment.index.bytes', type: 'integer', default: 10_485_760, min: 4, max: 2_147_483_647, unit: 'bytes', section: 'Segments', source: 'kafka', help: 'Size of the offset index; a full index rolls the segment.' },
    { name: 'index.interval.bytes', type: 'integer', default: 4_096, min: 0, max: 2_147_483_647, unit: 'bytes', section: 'Segments', source: 'kafka', help: 'About one index entry for so many bytes of log.' },
    { name: 'message.timestamp.type', type: 'enum', default: 'CreateTime', values: ['CreateTime', 'LogAppendTime'], section: 'Topic', source: 'kafka', help: 'Whether a record\'s timestamp is the producer\'s or the broker\'s.' },
    { name: 'max.message.bytes', type: 'integer', default: 1_048_588, min: 0, max: 2_147_483_647, unit: 'bytes', section: 'Topic', source: 'kafka', help: 'Largest batch the topic accepts.' },
    { name: 'min.insync.replicas', type: 'integer', default: 1, min: 1, max: 32_767, section: 'Topic', source: 'kafka', help: 'Copies that must be in sync for acks=all, written to exports.' },
  ],
} as const satisfies KindDefinition;
