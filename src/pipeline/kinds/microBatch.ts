import { clientConfig } from './client.ts';
import { consumerConfig } from './consumer.ts';
import type { ConfigDefinition, KindDefinition } from './definition.ts';
import { producerClientConfig } from './producer.ts';
import { serviceTimeConfig } from './serviceTime.ts';

/** What a query in micro-batches decides by itself: it fetches when a batch begins, all of the batch, and notes offsets when it is done. */
const decided: ReadonlySet<string> = new Set(['prefetch', 'max.poll.records', 'commit.mode', 'auto.commit.interval.ms', 'poll.idle.ms']);

const consumer = consumerConfig
  .filter(({ name, when }) => !decided.has(name) && !name.startsWith('share.') && when?.name !== 'share.acknowledgement.mode')
  .map((row): ConfigDefinition => (row.name === 'group.protocol' ? { ...row, values: ['classic', 'consumer'] } : row));

export const microBatch = {
  kind: 'micro-batch', role: 'processor', family: 'Process', label: 'Micro-batch', glyph: 'micro-batch', defaultName: 'batch-query',
  summary: 'A streaming query that works in batches, as Spark does: what is there at each trigger is one batch, and its results come all together at its end.',
  config: [
    { name: 'trigger.interval.ms', type: 'integer', default: 0, min: 0, max: 86_400_000, unit: 'ms', section: 'Batches', source: 'simulation', prominent: true, live: true, help: 'A batch begins at each multiple of this time (Spark\'s Trigger.ProcessingTime). One that takes longer is followed by the next at once. 0, Spark\'s default: always at once.' },
    { name: 'maxOffsetsPerTrigger', type: 'integer', default: 0, min: 0, max: 2_147_483_647, unit: 'records', section: 'Batches', source: 'simulation', prominent: true, live: true, help: 'Most records of one batch, shared out by how much each partition holds. 0, Spark\'s default: all there are, so after a pause one batch takes it all.' },
    { name: 'batch.overhead.ms', type: 'number', default: 200, min: 0, max: 3_600_000, unit: 'ms', section: 'Batches', source: 'simulation', prominent: true, live: true, fidelity: 'assumed', help: 'What a batch costs before its first record: planning, the offset and commit logs, starting tasks.' },
    { name: 'executor.cores', type: 'integer', default: 1, min: 1, max: 10_000, section: 'Batches', source: 'simulation', live: true, help: 'Tasks worked on at the same time; each partition of a batch is one task, so the batch waits for the fullest.' },
    ...serviceTimeConfig(1),
    { name: 'fields', type: 'list', default: [], maxLength: 200, section: 'Operation', source: 'simulation', help: 'The new value\'s fields, one a line as `name = expression`. Empty: values pass unchanged.' },
    ...consumer,
    ...producerClientConfig,
    ...clientConfig,
  ],
} as const satisfies KindDefinition;
