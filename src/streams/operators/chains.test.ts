import { describe, expect, test } from 'vitest';
import { payloadText, type Payload } from '../../sql/formats/serde.ts';
import type { TopicRecord } from '../../sql/operators/row.ts';
import { schemaText } from '../../sql/plan/schema.ts';
import { pipeline } from '../handMade.ts';
import { planStreams } from '../plan.ts';

const orders = '{"id": {{sequence}}, "customer": "c", "price": {{number 1 9}}, "qty": {{integer 1 9}}, "items": ["a", "b"], "paid": true}';
const customers = '{"name": "n", "city": "x"}';

/** A chain over orders and customers, keyed by what producers give, that may write to three topics. */
function design(...lines: readonly string[]) {
  return pipeline(
    {
      shop: ['producer', { 'value.template': orders }],
      orders: ['topic'],
      people: ['producer', { 'value.template': customers }],
      customers: ['topic'],
      chain: ['operators', { operators: lines.join('\n') }],
      out: ['topic'],
      other: ['topic'],
    },
    ...['shop > orders', 'people > customers', 'orders > chain', 'customers > chain', 'chain > out', 'chain > other'],
  );
}

const shown = (payload: Payload): string => (payload === null ? 'null' : payloadText(payload));

type Given = readonly [topic: string, key: string | null, value: unknown, timestampMs: number];

/** What a chain writes of some records: `topic key[window] value @time`. */
function run(lines: readonly string[], ...records: readonly Given[]): string[] {
  const { nodes, findings } = planStreams(design(...lines));
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  const { topology } = nodes.get('chain')!;
  const written: string[] = [];
  const write = (topic: string, { key, value, timestampMs, window }: TopicRecord) => {
    const bounds = window ? `[${window.startMs},${window.endMs})` : '';
    written.push(`${topic} ${shown(key)}${bounds} ${shown(value)} @${timestampMs}`);
  };
  const running = {
    state: topology.initialState(),
    wallClockMs: 0,
    write,
    log: (text: string) => written.push(`! ${text}`),
    random: () => 0,
    now: () => 0,
  };
  records.forEach(([topic, key, value, timestampMs], offset) =>
    topology.process(
      topic,
      { key, value: value === null ? null : JSON.stringify(value), timestampMs, window: null, headers: [], partition: 0, offset },
      running,
    ),
  );
  return written;
}

const order = (key: string | null, value: object, timestampMs = 0): Given => ['orders', key, value, timestampMs];

/** The first finding of a chain: place and message. */
function refused(...lines: readonly string[]): string {
  const found = planStreams(design(...lines)).findings.find(({ severity }) => severity === 'error');
  return found === undefined ? 'nothing' : `${found.at?.line}:${found.at?.column} ${found.message.replace(/^.*?: /, '')}`;
}

describe('chains of operators', () => {
  test('[STP-12] records are filtered, mapped and written with their key and time', () => {
    const lines = [
      'stream orders',
      'filter price > 2',
      'filterNot paid',
      'peek',
      'map {total = price * qty, id, at = rowtime, of = rowkey}',
      'to out',
    ];
    expect(
      run(
        lines,
        order('k', { id: 1, price: 1, qty: 2, paid: false }),
        order('k', { id: 2, price: 3, qty: 2, paid: false }, 7),
        order('k', { id: 3, price: 3, qty: 2, paid: true }),
      ),
    ).toEqual(['out k {"TOTAL":6.0,"ID":2,"AT":7,"OF":"k"} @7']);
  });

  test('[STP-12] flatMap makes a record of each element, in a field of its own or in the place of one', () => {
    expect(
      run(
        ['stream orders', 'flatMap items as item', 'map {id, item}', 'to out'],
        order('k', { id: 1, items: ['a', 'b'] }),
        order('k', { id: 2, items: null }),
      ),
    ).toEqual(['out k {"ID":1,"ITEM":"a"} @0', 'out k {"ID":1,"ITEM":"b"} @0']);
    expect(run(['stream orders', 'flatMap items', 'map {items}', 'to out'], order('k', { items: ['a'] }))).toEqual([
      'out k {"ITEMS":"a"} @0',
    ]);
  });

  test('[STP-12] branches take their records, the rest goes on', () => {
    const written = run(['stream orders', 'map {id}', 'branch id > 1 to other', 'to out'], order('k', { id: 1 }), order('k', { id: 2 }));
    expect(written).toEqual(['out k {"ID":1} @0', 'other k {"ID":2} @0']);
  });

  test('[STP-12] merge brings the records of both into one', () => {
    expect(refused('stream customers', 'map {name}', 'merge orders', 'to out')).toBe(
      '3:7 Merged streams have the same fields: orders has no NAME STRING.',
    );
    expect(
      run(
        ['stream customers', 'map {id = len(name)}', 'merge orders', 'to out'].map((line) =>
          line.replace('len(name)', 'cast(len(name) as bigint)'),
        ),
        ['customers', 'a', { name: 'xy' }, 1],
        order('b', { id: 9 }, 2),
      ),
    ).toEqual(['out a {"ID":2} @1', 'out b {"ID":9} @2']);
  });

  test('[STP-13] selectKey and groupBy move records to their new key', () => {
    expect(
      run(['stream orders', 'selectKey customer', 'map {id}', 'to out'], order('k', { id: 1, customer: 'c' }), order('k', { id: 2 })),
    ).toEqual(['out c {"ID":1} @0', 'out null {"ID":2} @0']);
    const { nodes } = planStreams(design('stream orders', 'groupBy customer', 'count as n', 'to out'));
    const { physical, sink } = nodes.get('chain')!;
    expect(physical.subTopologies).toHaveLength(2);
    expect(physical.internalTopics.map(({ name, kind, cleanupPolicy }) => `${kind} ${name} ${cleanupPolicy}`)).toEqual([
      'repartition KSTREAM-AGGREGATE-STATE-STORE-0000000003-repartition delete',
      'changelog KSTREAM-AGGREGATE-STATE-STORE-0000000003-changelog compact',
    ]);
    expect(schemaText(sink.schema)).toBe('`CUSTOMER` STRING KEY, `N` BIGINT');
  });

  test('[STP-13] groups are counted, aggregated and reduced', () => {
    const some = [
      order('k', { customer: 'a', price: 2, qty: 1 }),
      order('k', { customer: 'b', price: 1, qty: 1 }),
      order('k', { customer: 'a', price: 5, qty: 4 }, 3),
    ];
    expect(run(['stream orders', 'groupBy customer', 'count as n', 'to out'], ...some)).toEqual([
      'out a {"N":1} @0',
      'out b {"N":1} @0',
      'out a {"N":2} @3',
    ]);
    expect(run(['stream orders', 'groupBy customer', 'aggregate sum(price) as s, max(qty) as m', 'to out'], ...some).at(-1)).toBe(
      'out a {"S":7.0,"M":4} @3',
    );
    expect(run(['stream orders', 'map {price, qty}', 'groupByKey', 'reduce {price = price + next_price}', 'to out'], ...some).at(-1)).toBe(
      'out k {"PRICE":8.0,"QTY":4} @3',
    );
  });

  test('[STP-13] a table is grouped by what its rows say now', () => {
    const lines = ['table orders', 'groupBy customer', 'aggregate sum(qty) as s', 'to out'];
    expect(
      run(
        lines,
        order('1', { customer: 'a', qty: 2 }),
        order('2', { customer: 'a', qty: 3 }),
        order('1', { customer: 'b', qty: 2 }, 5),
      ).slice(-2),
    ).toEqual(['out a {"S":3} @5', 'out b {"S":2} @5']);
  });

  test('[STP-14] windows tumble, hop and follow sessions; late records are dropped', () => {
    const at = (...times: readonly number[]) => times.map((time) => order('k', { id: time }, time));
    const counted = (window: string, ...times: readonly number[]) =>
      run(['stream orders', 'groupByKey', `windowedBy ${window}`, 'count as n', 'to out'], ...at(...times));
    expect(counted('tumbling 10 ms', 1, 9, 12, 5)).toEqual([
      'out k[0,10) {"N":1} @1',
      'out k[0,10) {"N":2} @9',
      'out k[10,20) {"N":1} @12',
      '! Skipping record for expired window.',
    ]);
    expect(counted('tumbling 10 ms grace 5 ms', 1, 12, 5)[2]).toBe('out k[0,10) {"N":2} @5');
    expect(counted('hopping 10 ms advance 5 ms', 7)).toEqual(['out k[0,10) {"N":1} @7', 'out k[5,15) {"N":1} @7']);
    expect(counted('session 5 ms grace 1 second', 1, 4, 20).filter((line) => !line.includes('null'))).toEqual([
      'out k[1,1) {"N":1} @1',
      'out k[1,4) {"N":2} @4',
      'out k[20,20) {"N":1} @20',
    ]);
  });

  test('[STP-14] suppress untilWindowCloses tells each window once', () => {
    const lines = ['stream orders', 'groupByKey', 'windowedBy tumbling 10 ms', 'count as n', 'suppress untilWindowCloses', 'to out'];
    expect(run(lines, order('a', {}, 1), order('b', {}, 2), order('a', {}, 5), order('a', {}, 25))).toEqual([
      'out a[0,10) {"N":2} @5',
      'out b[0,10) {"N":1} @2',
    ]);
  });

  test('[STP-14] suppress untilTimeLimit tells the last change of each key after so long', () => {
    const lines = ['stream orders', 'groupByKey', 'count as n', 'suppress untilTimeLimit 10 ms', 'to out'];
    const some = [order('a', {}, 1), order('a', {}, 5), order('b', {}, 7), order('b', {}, 11), order('b', {}, 30)];
    expect(run(lines, ...some)).toEqual(['out a {"N":2} @5', 'out b {"N":3} @30']);
  });

  test('[STP-14] sliding windows end with a record or begin just after one; reduce works in sessions', () => {
    const lines = ['stream orders', 'groupByKey', 'windowedBy sliding 10 ms grace 1 second', 'count as n', 'to out'];
    expect(run(lines, order('k', {}, 20), order('k', {}, 25))).toEqual([
      'out k[10,20) {"N":1} @20',
      'out k[21,31) {"N":1} @25',
      'out k[15,25) {"N":2} @25',
    ]);
    const reduced = [
      'stream orders',
      'map {qty}',
      'groupByKey',
      'windowedBy session 5 ms grace 1 second',
      'reduce {qty = qty + next_qty}',
      'to out',
    ];
    expect(run(reduced, order('k', { qty: 2 }, 1), order('k', { qty: 3 }, 4)).at(-1)).toBe('out k[1,4) {"QTY":5} @4');
  });

  test('[STP-12] deduplicate drops what repeats a record of its key and id within a time', () => {
    const lines = ['stream orders', 'map {id}', 'deduplicate by id within 10 ms', 'to out'];
    const some = [
      order('a', { id: 1 }, 1),
      order('a', { id: 2 }, 2),
      order('a', { id: 1 }, 3),
      order('b', { id: 1 }, 4),
      order('a', { id: 1 }, 12),
    ];
    expect(run(lines, ...some)).toEqual(['out a {"ID":1} @1', 'out a {"ID":2} @2', 'out b {"ID":1} @4', 'out a {"ID":1} @12']);
  });

  const anna: Given = ['customers', 'a', { name: 'Anna', city: 'x' }, 0];

  test('[STP-15] a stream meets the row that a table has for its key', () => {
    const lines = ['stream orders', 'map {id}', 'leftJoin table customers', 'to out'];
    expect(run(lines, order('a', { id: 1 }), anna, order('a', { id: 2 }, 4))).toEqual([
      'out a {"ID":1,"NAME":null,"CITY":null} @0',
      'out a {"ID":2,"NAME":"Anna","CITY":"x"} @4',
    ]);
    expect(
      run(['stream orders', 'join table customers on customer', 'map {id, name}', 'to out'], anna, order('k', { id: 1, customer: 'a' })),
    ).toEqual(['out a {"ID":1,"NAME":"Anna"} @0']);
  });

  test('[STP-18] a stream meets the row of a global table that on names, and keeps its own key', () => {
    const joined = ['stream orders', 'map {id, customer}', 'leftJoin globalTable customers on customer', 'to out'];
    const of = (id: number, customer: string | null) => order('k', { id, customer });
    expect(run(joined, of(1, 'a'), anna, of(2, 'a'), of(3, null), ['customers', 'a', null, 3], of(4, 'a'))).toEqual([
      'out k {"ID":1,"CUSTOMER":"a","NAME":null,"CITY":null} @0',
      'out k {"ID":2,"CUSTOMER":"a","NAME":"Anna","CITY":"x"} @0',
      'out k {"ID":3,"CUSTOMER":null,"NAME":null,"CITY":null} @0',
      'out k {"ID":4,"CUSTOMER":"a","NAME":null,"CITY":null} @0',
    ]);
    const byKey = ['stream orders', 'map {id}', 'join globalTable customers', 'to out'];
    expect(run(byKey, anna, order('a', { id: 1 }), order('b', { id: 2 }))).toEqual(['out a {"ID":1,"NAME":"Anna","CITY":"x"} @0']);
    const { physical, topology } = planStreams(design(...joined)).nodes.get('chain')!;
    expect(physical.subTopologies.map(({ sources, stores }) => ({ sources, stores }))).toEqual([{ sources: ['orders'], stores: [] }]);
    expect(physical.globals).toEqual([{ topic: 'customers', store: 0 }]);
    expect(physical.internalTopics).toEqual([]);
    expect(topology.stores).toMatchObject([{ isGlobal: true, sourceTopic: 'customers' }]);
  });

  test.each([
    [
      ['table orders', 'join globalTable customers', 'to out'],
      '2:1 A table cannot be joined with the global table customers: only streams can.',
    ],
    [
      ['stream orders', 'outerJoin globalTable customers', 'to out'],
      '2:1 A stream and a global table have no outer join: a change of the table makes nothing.',
    ],
    [
      ['stream orders', 'join globalTable customers within 1 s', 'to out'],
      '2:1 A stream meets the row that a table has at that moment: leave out within.',
    ],
    [
      ['stream orders', 'join globalTable customers on id', 'to out'],
      '2:18 Keys are joined, and they differ: BIGINT here, STRING of customers. Write on, or selectKey before.',
    ],
  ])('[STP-18] %j is refused', (lines, message) => {
    expect(refused(...lines)).toBe(message);
  });

  test('[STP-15] two streams meet within a time', () => {
    const lines = ['stream orders', 'map {id, name = customer}', 'join customers within 5 ms', 'to out'];
    expect(run(lines, anna, order('a', { id: 1, customer: 'z' }, 4), order('a', { id: 2 }, 6))).toEqual([
      'out a {"ID":1,"NAME":"z","CUSTOMERS_NAME":"Anna","CITY":"x"} @4',
    ]);
  });

  test('[STP-15] two tables are joined key by key, or by a foreign key', () => {
    expect(run(['table orders', 'map {id}', 'outerJoin table customers', 'to out'], anna, order('a', { id: 1 }, 3))).toEqual([
      'out a {"ID":null,"NAME":"Anna","CITY":"x"} @0',
      'out a {"ID":1,"NAME":"Anna","CITY":"x"} @3',
    ]);
    expect(
      run(
        ['table orders', 'map {id, customer}', 'join table customers on customer', 'to out'],
        anna,
        order('1', { id: 1, customer: 'a' }, 2),
      ),
    ).toEqual(['out 1 {"ID":1,"CUSTOMER":"a","NAME":"Anna","CITY":"x"} @2']);
  });

  test('[STP-15] a stream becomes a table and a table a stream', () => {
    expect(
      run(
        ['stream orders', 'selectKey customer', 'map {id}', 'toTable', 'filter id > 1', 'toStream', 'to out'],
        order('k', { customer: 'a', id: 2 }),
        order('k', { customer: 'a', id: 1 }),
      ),
    ).toEqual(['out a {"ID":2} @0', 'out a null @0']);
  });

  test.each([
    [['filter id > 1'], '1:1 A chain begins with stream or table, not with filter.'],
    [['stream orders', 'table customers'], '2:1 A chain has one table to begin with: join or merge others.'],
    [['stream nothing', 'to out'], '1:8 Kafka topic does not exist: nothing.'],
    [['stream out', 'to other'], '1:8 Nothing says what the records of out hold.'],
    [['stream orders', 'filter id', 'to out'], '2:8 A condition has to be BOOLEAN, but this is BIGINT.'],
    [['stream orders', 'map {x = nobody}', 'to out'], '2:10 Unknown column NOBODY.'],
    [['stream orders', 'count', 'to out'], '2:1 count needs groups: write groupByKey or groupBy before it.'],
    [
      ['stream orders', 'groupByKey', 'filter id > 1'],
      '3:1 Groups are counted, aggregated or reduced next, or windowed; filter cannot stand here.',
    ],
    [['stream orders', 'groupByKey', 'aggregate upper(customer) as c', 'to out'], '3:11 UPPER is no aggregate function.'],
    [
      ['stream orders', 'groupByKey', 'count', 'suppress untilWindowCloses', 'to out'],
      '4:1 suppress waits for the end of windows: write windowedBy before the aggregate.',
    ],
    [
      ['stream orders', 'groupByKey', 'reduce {id = price}', 'to out'],
      '3:14 ID is BIGINT and has to stay so, but this is DOUBLE: cast it.',
    ],
    [['table orders', 'selectKey customer', 'to out'], '2:1 selectKey works on streams: write toStream before it.'],
    [
      ['stream orders', 'join customers', 'to out'],
      '2:1 customers is a stream: say within which time records meet (within 10 seconds), or read it as a table (join table customers).',
    ],
    [['stream orders', 'join orders within 1 s', 'to out'], '2:6 The chain reads orders already; a topic is read once.'],
    [
      ['stream orders', 'selectKey id', 'join table customers', 'to out'],
      '3:12 Keys are joined, and they differ: BIGINT here, STRING of customers. Write on, or selectKey before.',
    ],
    [['stream orders', 'flatMap id', 'to out'], '2:9 flatMap goes through an ARRAY, but this is BIGINT.'],
    [['stream orders', 'filter id > 1'], '2:1 The chain ends without a result: write to and the name of a topic.'],
    [['stream orders', 'windowdBy tumbling 1 s'], "2:1 There is no operator 'windowdBy'."],
  ])('[STP-11] %j: %s', (lines, said) => {
    expect(refused(...lines)).toBe(said);
  });

  test('[STP-12] its result is a source of SQL, a result of SQL its source; wires and partitions are checked', () => {
    const kinds = {
      shop: ['producer', { 'value.template': orders }],
      orders: ['topic', { partitions: 2 }],
      large: ['sql', { sql: 'CREATE STREAM large AS SELECT * FROM orders WHERE price > 2;' }],
      'large-t': ['topic', { partitions: 2 }],
      chain: ['operators', { operators: 'stream large-t\nmap {id, qty}\nto picked' }],
      picked: ['topic'],
      sums: ['sql', { sql: 'CREATE TABLE sums AS SELECT id, SUM(qty) AS q FROM picked GROUP BY id;' }],
      'sums-t': ['topic'],
    } as const;
    const wires = [
      'shop > orders',
      'orders > large',
      'large > large-t',
      'large-t > chain',
      'chain > picked',
      'picked > sums',
      'sums > sums-t',
    ];
    const { nodes, findings } = planStreams(pipeline(kinds, ...wires));
    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect([...nodes.values()].map(({ nodeId, applicationId }) => [nodeId, applicationId])).toEqual([
      ['large', '_confluent-ksql-default_query_CSAS_LARGE_large'],
      ['chain', 'chain'],
      ['sums', '_confluent-ksql-default_query_CTAS_SUMS_sums'],
    ]);
    const codes = (...kept: readonly string[]) =>
      planStreams(pipeline(kinds, ...kept)).findings.map(({ code, at }) => `${code} ${at?.line}`);
    expect(codes(...wires.filter((wire) => !wire.startsWith('large-t >')))).toContain('operators.not-wired 1');
    expect(codes(...wires.filter((wire) => !wire.startsWith('chain >')))).toContain('operators.not-wired 3');
    expect(codes(...wires, 'orders > chain')).toContain('operators.unused-wire undefined');
    const unequal = {
      ...kinds,
      chain: ['operators', { operators: 'stream large-t\njoin picked within 1 s\nto out' }],
      out: ['topic'],
    } as const;
    const joined = [
      'shop > orders',
      'orders > large',
      'large > large-t',
      'large-t > chain',
      'shop > picked',
      'picked > chain',
      'chain > out',
      'picked > sums',
      'sums > sums-t',
    ];
    expect(planStreams(pipeline(unequal, ...joined)).findings.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('not co-partitioned: [{large-t=2, picked=1}]'),
    );
  });
});
