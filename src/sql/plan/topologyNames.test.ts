import { describe, expect, it } from 'vitest';
import type { PhysicalTopology } from '../operators/structure.ts';
import { planned } from './handMade.ts';

const orders = "CREATE STREAM ORDERS (ID VARCHAR KEY, CUSTOMER VARCHAR, AMOUNT INT) WITH (kafka_topic='orders', format='JSON');";
const payments = "CREATE STREAM PAYMENTS (ID VARCHAR KEY, SUM INT) WITH (kafka_topic='payments', format='JSON');";
const customers = "CREATE TABLE CUSTOMERS (ID VARCHAR PRIMARY KEY, NAME VARCHAR) WITH (kafka_topic='customers', format='JSON');";
const cities = "CREATE TABLE CITIES (ID VARCHAR PRIMARY KEY, CITY VARCHAR) WITH (kafka_topic='cities', format='JSON');";
const delimited = "CREATE TABLE CODES (ID VARCHAR PRIMARY KEY, CODE INT) WITH (kafka_topic='codes', format='DELIMITED');";

const topologyOf = (...statements: readonly string[]) => planned(statements.join('\n')).planner.queries.at(-1)!.topology;
const describeAll = (...statements: readonly string[]): PhysicalTopology => topologyOf(...statements).describe();

/** Each sub-topology as the topics that it reads and writes, and its nodes in their order. */
const shape = ({ subTopologies }: PhysicalTopology) =>
  subTopologies.map(({ sources, sinks, nodes }) => `${sources.join('+')} > ${sinks.join('+')}: ${nodes.map(({ name }) => name).join(' ')}`);

const topicsOf = ({ internalTopics }: PhysicalTopology) =>
  internalTopics.map(({ name, cleanupPolicy, retentionMs }) => `${name} ${cleanupPolicy} ${String(retentionMs)}`);

describe('names of nodes', () => {
  it("[SQL-262] nodes have Kafka Streams' names, numbered in the order in which ksqlDB puts them together", () => {
    expect(shape(describeAll(orders, 'CREATE STREAM S AS SELECT ID, AMOUNT FROM ORDERS WHERE AMOUNT > 1;'))).toEqual([
      'orders > S: KSTREAM-SOURCE-0000000000 KSTREAM-PROCESSVALUES-0000000001 KSTREAM-PEEK-0000000002 WhereFilter KSTREAM-PEEK-0000000003 Project KSTREAM-SINK-0000000004',
    ]);
    expect(shape(describeAll(customers, 'CREATE TABLE T AS SELECT ID, UCASE(NAME) N FROM CUSTOMERS;'))).toEqual([
      'customers > T: KSTREAM-SOURCE-0000000001 KTABLE-SOURCE-0000000002 KTABLE-TRANSFORMVALUES-0000000003 KTABLE-TRANSFORMVALUES-0000000004 Project KTABLE-TOSTREAM-0000000006 KSTREAM-SINK-0000000007',
    ]);
  });

  it('[SQL-262] a table is put together before the stream that is joined with it', () => {
    const text = 'CREATE STREAM S AS SELECT O.CUSTOMER, NAME FROM ORDERS O JOIN CUSTOMERS C ON O.CUSTOMER = C.ID;';
    const [first, second] = shape(describeAll(orders, customers, text));
    expect(first).toContain('customers+Join-repartition > S: KSTREAM-SOURCE-0000000001');
    expect(second).toContain(
      'orders > Join-repartition: KSTREAM-SOURCE-0000000006 KSTREAM-PROCESSVALUES-0000000007 LeftSourceKeyed-SelectKey',
    );
  });
});

describe('sub-topologies', () => {
  it('[SQL-263] an internal topic parts two of them; a store that nodes share joins them', () => {
    const physical = describeAll(orders, 'CREATE TABLE T AS SELECT CUSTOMER, COUNT(*) N FROM ORDERS GROUP BY CUSTOMER;');
    expect(physical.subTopologies.map(({ id, sources, sinks, stores }) => ({ id, sources, sinks, stores }))).toEqual([
      { id: 0, sources: ['orders'], sinks: ['Aggregate-GroupBy-repartition'], stores: [] },
      { id: 1, sources: ['Aggregate-GroupBy-repartition'], sinks: ['T'], stores: [0] },
    ]);
    const joined = describeAll(
      orders,
      payments,
      'CREATE STREAM S AS SELECT O.ID, SUM FROM ORDERS O JOIN PAYMENTS P WITHIN 1 HOUR ON O.ID = P.ID;',
    );
    expect(joined.subTopologies.map(({ sources }) => sources)).toEqual([['orders', 'payments']]);
    expect(joined.copartitioned).toEqual([['orders', 'payments']]);
  });

  it('[SQL-263] a join on a foreign key has one for each table, two topics between them', () => {
    const text = 'CREATE TABLE T AS SELECT C.ID, CITY FROM CUSTOMERS C JOIN CITIES I ON C.NAME = I.ID;';
    const physical = describeAll(customers, cities, text);
    expect(physical.subTopologies.map(({ sources, sinks }) => [sources.length, sinks.length])).toEqual([
      [2, 2],
      [2, 1],
    ]);
    expect(physical.copartitioned.map(([first]) => first)).toEqual(['cities', 'customers']);
  });
});

describe('internal topics', () => {
  it('[SQL-264] changelogs are compacted, of windows deleted as well a day after the retention, of joined streams only deleted', () => {
    const windowed = 'CREATE TABLE T AS SELECT ID, COUNT(*) N FROM ORDERS WINDOW TUMBLING (SIZE 1 HOUR, RETENTION 2 DAYS) GROUP BY ID;';
    expect(topicsOf(describeAll(orders, windowed))).toEqual(['Aggregate-Aggregate-Materialize-changelog compact,delete 259200000']);
    const grouped = 'CREATE TABLE T AS SELECT CUSTOMER, COUNT(*) N FROM ORDERS GROUP BY CUSTOMER;';
    expect(topicsOf(describeAll(orders, grouped))).toEqual([
      'Aggregate-GroupBy-repartition delete null',
      'Aggregate-Aggregate-Materialize-changelog compact null',
    ]);
    const joined =
      'CREATE STREAM S AS SELECT O.ID, SUM FROM ORDERS O LEFT JOIN PAYMENTS P WITHIN 1 HOUR GRACE PERIOD 1 HOUR ON O.ID = P.ID;';
    expect(topicsOf(describeAll(orders, payments, joined))).toEqual([
      'KSTREAM-JOINTHIS-0000000008-store-changelog delete 97200000',
      'KSTREAM-OUTEROTHER-0000000009-store-changelog delete 97200000',
      'KSTREAM-OUTERSHARED-0000000008-store-changelog compact null',
    ]);
  });

  it('[SQL-265] the topic of a table with windows stands for its changelog, and brings its store back', () => {
    const source =
      "CREATE TABLE W (ID VARCHAR PRIMARY KEY, N INT) WITH (kafka_topic='w', format='JSON', window_type='TUMBLING', window_size='10 SECONDS');";
    const topology = topologyOf(source, 'CREATE TABLE T AS SELECT ID, N FROM W;');
    expect(topology.stores).toEqual([{ name: 'KsqlTopic-Reduce', kind: 'keyValue', retentionMs: null, sourceTopic: 'w' }]);
    expect(topology.describe().internalTopics).toEqual([]);
    const state = topology.initialState();
    const run = { state, wallClockMs: 0, write: () => undefined, log: () => undefined, random: () => 0, now: () => 0 };
    const window = { startMs: 10_000, endMs: 20_000, kind: 'time' as const };
    const record = { key: '"a"', value: '{"N":5}', timestampMs: 11_000, window, headers: [], partition: 0, offset: 0 };
    topology.restoreRecord(0, record, run);
    expect([...state.stores[0]!.values()]).toMatchObject([{ key: ['a'], window, timestampMs: 11_000 }]);
    topology.restoreRecord(0, { ...record, value: null }, run);
    expect(state.stores[0]!.size).toBe(0);
  });

  it('[SQL-266] a side of a join whose keys have another format is rekeyed to that of the left one', () => {
    const text = 'CREATE STREAM S AS SELECT O.ID, CODE FROM ORDERS O JOIN CODES C ON O.ID = C.ID;';
    const physical = describeAll(orders, delimited, text);
    expect(topicsOf(physical)).toEqual([
      'RightSourceKeyed-SelectKey-repartition delete null',
      'RightSourceKeyed-Materialize-changelog compact null',
    ]);
    const { feed } = planned([orders, delimited, text].join('\n'));
    expect(feed('S', ['codes', 'a', '7', 1], ['orders', '"a"', '{"CUSTOMER":"c","AMOUNT":1}', 2])).toEqual(['"a" {"CODE":7} @2']);
  });

  it('[SQL-268] sides of a join whose statements say unequal PARTITIONS are refused, results having those of what they are made of', () => {
    const few = "CREATE STREAM FEW (ID VARCHAR KEY, V INT) WITH (kafka_topic='few', format='JSON', partitions=2);";
    const many = "CREATE TABLE MANY (ID VARCHAR PRIMARY KEY, W INT) WITH (kafka_topic='many', format='JSON', partitions=3);";
    const same = 'CREATE STREAM SAME AS SELECT * FROM FEW;';
    const join = (left: string) => `CREATE STREAM S AS SELECT ${left}.ID, W FROM ${left} JOIN MANY ON ${left}.ID = MANY.ID;`;
    const words = (left: string) =>
      `Can't join \`${left}\` with \`MANY\` since the number of partitions don't match. \`${left}\` partitions = 2; \`MANY\` partitions = 3. Please repartition either one so that the number of partitions match.`;
    expect(() => describeAll(few, many, join('FEW'))).toThrow(words('FEW'));
    expect(() => describeAll(few, many, same, join('SAME'))).toThrow(words('SAME'));
  });
});
