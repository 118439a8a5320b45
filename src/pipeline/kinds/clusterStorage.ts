import type { ConfigDefinition } from './definition.ts';

/** What brokers do to the segments of all topics: deletion and compaction (Kafka's ServerLogConfigs and CleanerConfig). */
export const cleanerConfig: readonly ConfigDefinition[] = [
  { name: 'log.retention.check.interval.ms', type: 'integer', default: 300_000, min: 1, max: Number.MAX_SAFE_INTEGER, unit: 'ms', section: 'Retention and cleaning', source: 'kafka', help: 'How often brokers look for segments to delete.' },
  { name: 'log.cleaner.backoff.ms', type: 'integer', default: 15_000, min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'ms', section: 'Retention and cleaning', source: 'kafka', help: 'How long a cleaner thread sleeps when no log needs compaction.' },
  { name: 'log.cleaner.threads', type: 'integer', default: 1, min: 0, max: 1_000, section: 'Retention and cleaning', source: 'kafka', help: 'Threads of one broker that compact logs.' },
  { name: 'log.cleaner.dedupe.buffer.size', type: 'integer', default: 134_217_728, min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'bytes', section: 'Retention and cleaning', source: 'kafka', help: 'Memory for the keys of all cleaner threads of one broker, 24 bytes a key; what does not fit waits for the next pass.' },
  { name: 'log.cleaner.io.max.bytes.per.second', type: 'number', default: 0, min: 0, max: 1e12, unit: 'bytes/s', section: 'Retention and cleaning', source: 'kafka', help: 'Most bytes a second the cleaner reads and writes. 0: no limit, which is Kafka\'s default.' },
];

/** Client quotas for every client (Kafka's default quota entity), and their window. */
export const quotaConfig: readonly ConfigDefinition[] = [
  { name: 'quota.producer.bytes.per.second', type: 'number', default: 0, min: 0, max: 1e12, unit: 'bytes/s', section: 'Quotas', source: 'simulation', help: 'What one client may write to one broker (Kafka\'s producer_byte_rate); above it answers are held back. 0: no quota.' },
  { name: 'quota.consumer.bytes.per.second', type: 'number', default: 0, min: 0, max: 1e12, unit: 'bytes/s', section: 'Quotas', source: 'simulation', help: 'What one client may read from one broker (Kafka\'s consumer_byte_rate); above it answers are held back. 0: no quota.' },
  { name: 'quota.window.num', type: 'integer', default: 11, min: 1, max: 1_000, section: 'Quotas', source: 'kafka', help: 'Samples kept to measure a client\'s rate.' },
  { name: 'quota.window.size.seconds', type: 'integer', default: 1, min: 1, max: 3_600, unit: 's', section: 'Quotas', source: 'kafka', help: 'Length of one sample.' },
];

/** The remote tier of topics with remote.storage.enable. */
export const tieredStorageConfig: readonly ConfigDefinition[] = [
  { name: 'remote.log.manager.task.interval.ms', type: 'integer', default: 30_000, min: 1, max: Number.MAX_SAFE_INTEGER, unit: 'ms', section: 'Tiered storage', source: 'kafka', help: 'How often a leader copies closed segments to the remote tier and deletes what is too old there.' },
  { name: 'remote.storage.latency.ms', type: 'number', default: 50, min: 0, max: 600_000, unit: 'ms', section: 'Tiered storage', source: 'simulation', fidelity: 'assumed', help: 'Time before the first byte of a read from the remote tier. Default: the order of an object store.' },
  { name: 'remote.storage.bytes.per.second', type: 'number', default: 100_000_000, min: 0, max: 1e12, unit: 'bytes/s', section: 'Tiered storage', source: 'simulation', fidelity: 'assumed', help: 'Copying to and reading from the remote tier, for each broker; 0 for no limit.' },
  { name: 'remote.storage.price.per.gb.month', type: 'number', default: 0.023, min: 0, max: 1_000_000, unit: 'USD', section: 'Tiered storage', source: 'simulation', fidelity: 'assumed', help: 'Price of one GB of the remote tier for a month, for the report\'s storage cost.' },
];
