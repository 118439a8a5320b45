import { clientConfig } from './client.ts';
import { consumerConfig } from './consumer.ts';
import type { ConfigDefinition, KindDefinition } from './definition.ts';
import { producerClientConfig } from './producer.ts';
import { serviceTimeConfig } from './serviceTime.ts';

const exactlyOnce = { name: 'processing.guarantee', is: ['exactly_once_v2'] };

/** What a Kafka Streams application is told (StreamsConfig), with its defaults. */
const streamsConfig: readonly ConfigDefinition[] = [
  { name: 'application.id', type: 'string', default: '', maxLength: 249, section: 'Application', source: 'kafka', help: 'Name of the application: its consumer group, and the beginning of the names of its internal topics. Empty: for SQL as ksqlDB names its queries (_confluent-ksql-default_query_ and the query), else the node\'s own name.' },
  { name: 'processing.guarantee', type: 'enum', default: 'at_least_once', values: ['at_least_once', 'exactly_once_v2'], section: 'Guarantee', source: 'kafka', prominent: true, help: 'At least once: results, changes of state and offsets are written one after the other. Exactly once: all of them in one transaction.' },
  { name: 'commit.interval.ms', type: 'integer', default: 30_000, min: 0, max: 2_147_483_647, unit: 'ms', section: 'Guarantee', source: 'kafka', help: 'How often tasks commit. While it is not set it is 100 with exactly_once_v2, as in Kafka Streams.' },
  { name: 'transaction.timeout.ms', type: 'integer', default: 10_000, min: 1, max: 2_147_483_647, unit: 'ms', section: 'Guarantee', source: 'kafka', when: exactlyOnce, help: 'With exactly_once_v2: the coordinator aborts a transaction that is open longer. 10 s is Kafka Streams\' default.' },
  { name: 'num.standby.replicas', type: 'integer', default: 0, min: 0, max: 100, section: 'State', source: 'kafka', help: 'Copies of each state store that other members keep up to date, so that they take over without reading the whole changelog.' },
  { name: 'acceptable.recovery.lag', type: 'integer', default: 10_000, min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'records', section: 'State', source: 'kafka', help: 'How far behind its changelog a copy may be for its member to be given the active task.' },
  { name: 'max.warmup.replicas', type: 'integer', default: 2, min: 1, max: 1_000, section: 'State', source: 'kafka', help: 'Most copies that are built up at a time before tasks move to them.' },
  { name: 'probing.rebalance.interval.ms', type: 'integer', default: 600_000, min: 60_000, max: Number.MAX_SAFE_INTEGER, unit: 'ms', section: 'State', source: 'kafka', help: 'How often the group looks whether such a copy has caught up.' },
  { name: 'default.dsl.store', type: 'enum', default: 'rocksDB', values: ['rocksDB', 'in_memory'], section: 'State', source: 'kafka', help: 'Where state is kept. rocksDB outlives a restart of its member; in memory, all of it is read again from the changelog.' },
  { name: 'replication.factor', type: 'integer', default: -1, min: -1, max: 32_767, section: 'State', source: 'kafka', help: 'Copies of the application\'s internal topics. -1: the brokers\' default, which is 1.' },
  { name: 'max.task.idle.ms', type: 'integer', default: 0, min: -1, max: Number.MAX_SAFE_INTEGER, unit: 'ms', section: 'Processing', source: 'kafka', help: 'How long a task that reads several partitions waits for one without records, so that it takes records in the order of their times. 0: until it is known that nothing more is there now; -1: not at all.' },
];

/** What Kafka Streams decides by itself (StreamsConfig.CONSUMER_DEFAULT_OVERRIDES and its assignor) is no config of such a node. */
const decided: ReadonlySet<string> = new Set(['group.id', 'group.remote.assignor', 'partition.assignment.strategy', 'commit.mode', 'auto.commit.interval.ms', 'poll.idle.ms']);

/** Kafka Streams' defaults where they are not the consumer's, and what is left of its choices. */
const overrides: Readonly<Record<string, Partial<ConfigDefinition>>> = {
  instances: { help: 'Stream threads this node starts with. More than there are tasks stay idle.' },
  'max.poll.records': { default: 1_000 },
  'group.protocol': { values: ['classic'], help: 'Classic: the leader of the group deals out tasks, as StreamsPartitionAssignor does.' },
};

function streamsProcessor(rows: readonly ConfigDefinition[], reset: 'earliest' | 'latest'): readonly ConfigDefinition[] {
  const consumer = consumerConfig
    .filter(({ name, when }) => !decided.has(name) && !when?.is.includes('share') && !name.startsWith('share.'))
    .map(({ when, ...row }): ConfigDefinition => ({
      ...row,
      ...(when !== undefined && when.name !== 'group.protocol' && { when }),
      ...overrides[row.name],
      ...(row.name === 'auto.offset.reset' && { default: reset }),
    }));
  return [...rows, ...serviceTimeConfig(0), ...streamsConfig, ...consumer, ...producerClientConfig, ...clientConfig];
}

export const sql = {
  kind: 'sql', role: 'processor', family: 'Process', label: 'SQL', glyph: 'sql', defaultName: 'query',
  summary: 'A query in ksqlDB\'s SQL that runs for ever: filters, joins, windows and aggregates, with state stores and their changelogs.',
  config: streamsProcessor([
    { name: 'sql', type: 'string', default: '', maxLength: 100_000, section: 'Operation', source: 'simulation', prominent: true, help: 'Statements of ksqlDB: one CREATE STREAM or TABLE … AS SELECT, or INSERT INTO … SELECT, and the CREATE STREAM or TABLE it needs before. All SQL nodes know each other\'s streams and tables; a topic whose producer has a JSON template is a stream by itself. Topics that are read are wired in, the one that is written is wired out.' },
  ], 'latest'),
} as const satisfies KindDefinition;

export const operators = {
  kind: 'operators', role: 'processor', family: 'Process', label: 'Operators', glyph: 'operators', defaultName: 'topology',
  summary: 'A chain of Kafka Streams\' operators: filters, maps, groups, windows, aggregates and joins, with state stores and their changelogs.',
  config: streamsProcessor([
    { name: 'operators', type: 'string', default: '', maxLength: 100_000, section: 'Operation', source: 'simulation', prominent: true, help: 'One operator a line, from `stream topic` or `table topic` to `to topic`: filter, filterNot, map {total = price * qty}, flatMap items as item, selectKey, branch condition to topic, merge topic, peek, repartition, groupByKey, groupBy customer, windowedBy tumbling 5 seconds grace 1 second (or hopping … advance …, sliding, session), count as n, aggregate sum(x) as s, reduce {n = n + next_n}, suppress untilWindowCloses, deduplicate by id within 10 minutes, join, leftJoin or outerJoin topic (within 10 seconds, on field), join or leftJoin globalTable topic (on field), toStream, toTable. Expressions are SQL\'s.' },
  ], 'earliest'),
} as const satisfies KindDefinition;
