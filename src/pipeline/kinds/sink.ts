import { clientConfig } from './client.ts';
import { consumerConfig } from './consumer.ts';
import type { KindDefinition } from './definition.ts';
import { failureConfig, idempotenceConfig } from './failures.ts';
import { poolConfig } from './pool.ts';
import { serviceTimeConfig } from './serviceTime.ts';

export const sink = {
  kind: 'sink', role: 'sink', family: 'Views and sinks', label: 'Sink', glyph: 'sink', defaultName: 'sink',
  summary: 'A system at the edge that takes records in: a view, an index, a gateway, a user interface.',
  config: [
    { name: 'write.batch.records', type: 'integer', default: 1, min: 1, max: 100_000, unit: 'records', section: 'Writing', source: 'simulation', prominent: true, live: true, help: 'Records in one write; a write takes one service time, however many it holds.' },
    { name: 'rate.limit', type: 'number', default: 0, min: 0, max: 10_000_000, unit: '1/s', section: 'Writing', source: 'simulation', prominent: true, live: true, help: 'Records a second one instance is allowed; 0 for no limit.' },
    { name: 'write.mode', type: 'enum', default: 'append', values: ['append', 'upsert'], section: 'Writing', source: 'simulation', help: 'Append: every delivery is a row of its own. Upsert: a row a key, the last write wins, a null value deletes it; what is delivered again changes nothing.' },
    ...serviceTimeConfig(1),
    ...poolConfig,
    ...failureConfig,
    ...idempotenceConfig,
    ...consumerConfig,
    ...clientConfig,
  ],
} as const satisfies KindDefinition;
