import { clientConfig } from './client.ts';
import { keysAndValues, workload } from './workload.ts';
import type { ConfigDefinition, KindDefinition } from './definition.ts';

/** Kafka's ProducerConfig, for producers and for the producing half of processors. */
export const producerClientConfig: readonly ConfigDefinition[] = [
  { name: 'acks', type: 'enum', default: 'all', values: ['all', '1', '0'], section: 'Delivery', source: 'kafka', prominent: true, help: 'Who must have a batch before it counts as sent: all in-sync replicas, the leader alone, or nobody.' },
  { name: 'enable.idempotence', type: 'boolean', default: true, section: 'Delivery', source: 'kafka', help: 'Batches are numbered, so that a retry neither doubles nor reorders them. In force with acks=all and at most 5 requests in flight.' },
  { name: 'retries', type: 'integer', default: 2_147_483_647, min: 0, max: 2_147_483_647, section: 'Delivery', source: 'kafka', help: 'How often a batch is sent again after an error that may pass; delivery.timeout.ms ends it sooner.' },
  { name: 'delivery.timeout.ms', type: 'integer', default: 120_000, min: 0, max: 2_147_483_647, unit: 'ms', section: 'Delivery', source: 'kafka', help: 'Longest time from send() until a record is acknowledged or counted as failed.' },
  { name: 'retry.backoff.max.ms', type: 'integer', default: 1_000, min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'ms', section: 'Delivery', source: 'kafka', help: 'Longest wait between two tries; each wait doubles from retry.backoff.ms on.' },
  { name: 'reconnect.backoff.ms', type: 'integer', default: 50, min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'ms', section: 'Delivery', source: 'kafka', help: 'How long the client waits before it connects again to a broker it has lost.' },
  { name: 'batch.size', type: 'integer', default: 16_384, min: 0, max: 2_147_483_647, unit: 'bytes', section: 'Batching', source: 'kafka', prominent: true, help: 'A batch of one partition is sent at once when it is this full.' },
  { name: 'linger.ms', type: 'number', default: 5, min: 0, max: 2_147_483_647, unit: 'ms', section: 'Batching', source: 'kafka', prominent: true, help: 'Longest time an unfull batch waits for more records. 5 since Kafka 4.0.' },
  { name: 'buffer.memory', type: 'integer', default: 33_554_432, min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'bytes', section: 'Batching', source: 'kafka', help: 'Memory for batches not yet sent; a batch takes batch.size of it even when nearly empty.' },
  { name: 'max.block.ms', type: 'integer', default: 60_000, min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'ms', section: 'Batching', source: 'kafka', help: 'How long send() waits for buffer memory before the record is refused.' },
  { name: 'max.request.size', type: 'integer', default: 1_048_576, min: 0, max: 2_147_483_647, unit: 'bytes', section: 'Batching', source: 'kafka', help: 'Largest request, and largest record.' },
  { name: 'max.in.flight.requests.per.connection', type: 'integer', default: 5, min: 1, max: 2_147_483_647, section: 'Batching', source: 'kafka', help: 'Unanswered requests to one broker.' },
  { name: 'compression.type', type: 'enum', default: 'none', values: ['none', 'gzip', 'snappy', 'lz4', 'zstd'], section: 'Batching', source: 'kafka', help: 'How batches are compressed, on the wire and on the brokers\' disks.' },
  { name: 'compression.ratio', type: 'number', default: 0, min: 0, max: 1, section: 'Batching', source: 'simulation', fidelity: 'assumed', when: { name: 'compression.type', is: ['gzip', 'snappy', 'lz4', 'zstd'] }, help: 'Compressed size divided by plain size. 0: from the codec, measured for gzip, assumed for the others.' },
  { name: 'partitioner.adaptive.partitioning.enable', type: 'boolean', default: true, section: 'Partitioning', source: 'kafka', help: 'Records without a key go to partitions with shorter queues more often (KIP-794).' },
];

/** A producer that writes in transactions; the records of one are the simulation's own word. */
export const transactionConfig: readonly ConfigDefinition[] = [
  { name: 'transactional.id', type: 'string', default: '', maxLength: 200, section: 'Transactions', source: 'kafka', help: 'Records are written in transactions under this id: read_committed readers see a transaction whole or not at all. Empty: none.' },
  { name: 'transaction.timeout.ms', type: 'integer', default: 60_000, min: 1, max: 2_147_483_647, unit: 'ms', section: 'Transactions', source: 'kafka', help: 'The coordinator aborts a transaction that is open longer.' },
  { name: 'transaction.records', type: 'integer', default: 100, min: 1, max: 10_000_000, unit: 'records', section: 'Transactions', source: 'simulation', help: 'Records of one transaction, with a transactional.id.' },
  { name: 'transaction.abort.every', type: 'integer', default: 0, min: 0, max: 1_000_000, section: 'Transactions', source: 'simulation', help: 'With a transactional.id, the application aborts every n-th transaction: 10 for one in ten. 0: none.' },
];

export const producer = {
  kind: 'producer', role: 'producer', family: 'Produce', label: 'Producer', glyph: 'producer', defaultName: 'producer',
  summary: 'An application that writes records to one or more topics.',
  config: [...workload, ...keysAndValues, ...producerClientConfig, ...clientConfig, ...transactionConfig],
} as const satisfies KindDefinition;
