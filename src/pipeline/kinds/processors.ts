import { callConfig } from './calls.ts';
import { clientConfig } from './client.ts';
import { consumerConfig } from './consumer.ts';
import type { ConfigDefinition, KindDefinition } from './definition.ts';
import { failureConfig, idempotenceConfig } from './failures.ts';
import { poolConfig } from './pool.ts';
import { producerClientConfig } from './producer.ts';
import { serviceTimeConfig } from './serviceTime.ts';

const exactlyOnce = { name: 'processing.guarantee', is: ['exactly_once_v2'] };

/** What a processor promises of the records it reads and writes: Kafka Streams' configs (StreamsConfig), with its defaults for exactly-once. */
export const guaranteeConfig: readonly ConfigDefinition[] = [
  { name: 'processing.guarantee', type: 'enum', default: 'at_least_once', values: ['at_least_once', 'exactly_once_v2', 'at_most_once'], section: 'Guarantee', source: 'kafka', prominent: true, help: 'At least once: as commit.mode says. Exactly once: outputs and offsets in one transaction; calls to systems outside of Kafka are not part of it. At most once (the simulation\'s word): offsets are committed before processing.' },
  { name: 'commit.interval.ms', type: 'integer', default: 100, min: 0, max: 2_147_483_647, unit: 'ms', section: 'Guarantee', source: 'kafka', when: exactlyOnce, help: 'With exactly_once_v2: how often a transaction is committed, and so how long read_committed readers wait. 100 is Kafka Streams\' default for it; 0: after every poll.' },
  { name: 'transactional.id', type: 'string', default: '', maxLength: 200, section: 'Guarantee', source: 'kafka', when: exactlyOnce, help: 'With exactly_once_v2: the member\'s number is appended, and a member that returns fences its former self. Empty: the node\'s id.' },
  { name: 'transaction.timeout.ms', type: 'integer', default: 10_000, min: 1, max: 2_147_483_647, unit: 'ms', section: 'Guarantee', source: 'kafka', when: exactlyOnce, help: 'With exactly_once_v2: the coordinator aborts a transaction that is open longer. Kafka Streams\' default is 10 s, the producer\'s own a minute.' },
];

/** Every processor is a consumer group of its own and produces to topics. */
function processor(rows: readonly ConfigDefinition[], serviceMs: number): readonly ConfigDefinition[] {
  return [...rows, ...serviceTimeConfig(serviceMs), ...poolConfig, ...guaranteeConfig, ...consumerConfig, ...producerClientConfig, ...clientConfig];
}

const conditionHelp = 'Over `key`, `value.<field>`, `timestamp`, `partition`, `offset`: comparisons, and, or, not, + - * /, texts in quotes. Example: value.amount > 100 and value.status = "ok".';

export const filter = {
  kind: 'filter', role: 'processor', family: 'Process', label: 'Filter', glyph: 'filter', defaultName: 'filter',
  summary: 'Lets through the records for which a condition holds.',
  config: processor([
    { name: 'condition', type: 'string', default: '', maxLength: 4_000, section: 'Operation', source: 'simulation', prominent: true, help: `${conditionHelp} Empty: everything passes.` },
    { name: 'pass.probability', type: 'number', default: 1, min: 0, max: 1, section: 'Operation', source: 'simulation', prominent: true, help: 'For a sketch without fields: the part of the records that pass, chosen at random among those the condition lets through.' },
  ], 0),
} as const satisfies KindDefinition;

export const map = {
  kind: 'map', role: 'processor', family: 'Process', label: 'Map', glyph: 'map', defaultName: 'map',
  summary: 'Makes a new value out of each record\'s fields.',
  config: processor([
    { name: 'fields', type: 'list', default: [], maxLength: 200, section: 'Operation', source: 'simulation', prominent: true, help: 'The new value\'s fields, one a line as `name = expression`; a bare `name` copies value.name. Empty: values pass unchanged.' },
  ], 0),
} as const satisfies KindDefinition;

export const rekey = {
  kind: 'rekey', role: 'processor', family: 'Process', label: 'Re-key', glyph: 'rekey', defaultName: 'rekey',
  summary: 'Gives each record a new key, and so a new partition.',
  config: processor([
    { name: 'key', type: 'string', default: 'key', maxLength: 4_000, section: 'Operation', source: 'simulation', prominent: true, help: 'Expression whose text is the new key, for instance value.customer.' },
  ], 0),
} as const satisfies KindDefinition;

export const branch = {
  kind: 'branch', role: 'processor', family: 'Process', label: 'Branch', glyph: 'branch', defaultName: 'branch',
  summary: 'Sends each record down the first branch whose condition holds.',
  config: processor([
    { name: 'branches', type: 'list', default: ['default'], maxLength: 50, section: 'Operation', source: 'simulation', prominent: true, help: `One branch a line as \`name: condition\`; a line without a condition takes the rest. ${conditionHelp}` },
  ], 0),
} as const satisfies KindDefinition;

export const merge = {
  kind: 'merge', role: 'processor', family: 'Process', label: 'Merge', glyph: 'merge', defaultName: 'merge',
  summary: 'Brings the records of several topics into one, unchanged.',
  config: processor([], 0),
} as const satisfies KindDefinition;

export const service = {
  kind: 'service', role: 'processor', family: 'Process', label: 'Service', glyph: 'service', defaultName: 'service',
  summary: 'A plain microservice: takes its time for each record, may fail, and passes the record on.',
  config: processor([
    { name: 'concurrency', type: 'integer', default: 1, min: 1, max: 10_000, section: 'Service time', source: 'simulation', prominent: true, help: 'Records of a poll one instance works on at the same time; a pool has threads instead (pool.threads).' },
    ...callConfig,
    ...failureConfig,
    ...idempotenceConfig,
    { name: 'fields', type: 'list', default: [], maxLength: 200, section: 'Operation', source: 'simulation', help: 'The new value\'s fields, one a line as `name = expression`. Empty: values pass unchanged.' },
  ], 1),
} as const satisfies KindDefinition;
