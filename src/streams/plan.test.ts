import { describe, expect, test } from 'vitest';
import type { Config } from '../pipeline/document.ts';
import { schemaText } from '../sql/plan/schema.ts';
import { checkDocument } from './check.ts';
import { pipeline } from './handMade.ts';
import { planStreams } from './plan.ts';

const orders = '{"id": {{sequence}}, "customer": "{{key}}", "amount": {{number 1 500 2}}, "status": {{oneOf "new" "paid"}}}';

/** A shop's orders, one SQL node and its result's topic. */
const shop = (sql: string, { topic = {}, result = {} }: { readonly topic?: Config; readonly result?: Config } = {}) =>
  pipeline(
    {
      shop: ['producer', { 'value.template': orders }],
      orders: ['topic', topic],
      'query-1': ['sql', { sql }],
      large: ['topic', result],
    },
    'shop > orders',
    'orders > query-1',
    'query-1 > large',
  );

const found = (document: ReturnType<typeof pipeline>) =>
  planStreams(document).findings.map(({ severity, code, at }) =>
    [severity, code, at && `${at.line}:${at.column}`].filter(Boolean).join(' '),
  );
const only = (document: ReturnType<typeof pipeline>) => {
  const { findings } = planStreams(document);
  expect(findings).toHaveLength(1);
  return findings[0]!;
};

describe('planStreams', () => {
  test('[STP-1] an SQL node is one query; its result goes to the topic that it is wired to', () => {
    const { nodes, findings, catalogue } = planStreams(shop('CREATE STREAM large_orders AS SELECT * FROM orders WHERE amount > 100;'));
    expect(findings).toEqual([]);
    expect(nodes.get('query-1')).toMatchObject({
      ...{ queryId: 'CSAS_LARGE_ORDERS_1', applicationId: '_confluent-ksql-default_query_CSAS_LARGE_ORDERS_1' },
      ...{ sourceTopics: ['orders'], sinkTopic: 'large', result: 'stream' },
    });
    expect(schemaText(catalogue.source('LARGE_ORDERS').schema)).toBe(
      '`ROWKEY` STRING KEY, `ID` BIGINT, `CUSTOMER` STRING, `AMOUNT` DOUBLE, `STATUS` STRING'.replaceAll('STRING', 'STRING'),
    );
  });

  test('[STP-2] what one node makes or declares the others may use, wherever they stand', () => {
    const document = pipeline(
      {
        report: ['sql', { sql: 'CREATE TABLE totals AS SELECT customer, SUM(amount) AS total FROM large GROUP BY customer;' }],
        totals: ['topic'],
        pick: ['sql', { sql: "CREATE STREAM large WITH (KAFKA_TOPIC='picked') AS SELECT * FROM o WHERE amount > 100;" }],
        picked: ['topic'],
        declares: [
          'sql',
          {
            sql: "CREATE STREAM o (customer STRING, amount amounts) WITH (KAFKA_TOPIC='orders', VALUE_FORMAT='JSON'); INSERT INTO large SELECT * FROM o WHERE amount < 1;",
          },
        ],
        types: ['sql', { sql: 'CREATE TYPE amounts AS DOUBLE; CREATE STREAM again AS SELECT * FROM large;' }],
        again: ['topic'],
        orders: ['topic'],
      },
      ...[
        'orders > pick',
        'pick > picked',
        'picked > report',
        'report > totals',
        'orders > declares',
        'declares > picked',
        'picked > types',
        'types > again',
      ],
    );
    const { nodes, findings } = planStreams(document);
    expect(findings).toEqual([]);
    expect([...nodes.keys()]).toEqual(['pick', 'report', 'declares', 'types']);
    expect(nodes.get('report')).toMatchObject({ result: 'table', sinkTopic: 'totals', sourceTopics: ['picked'] });
    expect(nodes.get('declares')).toMatchObject({ queryId: 'INSERTQUERY_declares', sinkTopic: 'picked' });
  });

  test.each([
    ['a syntax error', 'CREATE STREAM a AS SELECT rowkey, id FROM orders\nWHERE;', 'error sql.syntax 2:6'],
    ['an unknown source', 'CREATE STREAM a AS\n  SELECT id FROM oders;', 'error sql.refused 2:18'],
    ['an unknown column', 'CREATE STREAM a AS SELECT amont FROM orders;', 'error sql.refused 1:27'],
    ['no query', "CREATE STREAM a (x INT) WITH (KAFKA_TOPIC='orders', VALUE_FORMAT='JSON');", 'error sql.no-query'],
    ['nothing at all', '', 'error sql.no-query'],
    ['a query alone', 'SELECT * FROM orders EMIT CHANGES;', 'error sql.statement 1:1'],
    ['what is no part of it', 'SHOW STREAMS; CREATE STREAM a AS SELECT rowkey, id FROM orders;', 'error sql.statement 1:1'],
    ['records by hand', 'INSERT INTO orders (id) VALUES (1); CREATE STREAM a AS SELECT rowkey, id FROM orders;', 'error sql.statement 1:1'],
    ['a config by SET', "SET 'auto.offset.reset'='earliest'; CREATE STREAM a AS SELECT rowkey, id FROM orders;", 'error sql.statement 1:1'],
    [
      'two queries',
      'CREATE STREAM a AS SELECT rowkey, id FROM orders; CREATE STREAM b AS SELECT rowkey, id FROM orders;',
      'error sql.several-queries 1:51',
    ],
    [
      'a topic that is not there',
      "CREATE STREAM s (id INT) WITH (KAFKA_TOPIC='Orders', VALUE_FORMAT='JSON'); CREATE STREAM a AS SELECT rowkey, id FROM orders;",
      'error sql.unknown-topic 1:32',
    ],
    [
      'a result elsewhere',
      "CREATE STREAM a WITH (KAFKA_TOPIC='orders') AS SELECT rowkey, id FROM orders;",
      'error sql.result-elsewhere 1:23',
    ],
    ['other partitions', 'CREATE STREAM a WITH (PARTITIONS=4) AS SELECT rowkey, id FROM orders;', 'error sql.topic-differs 1:23'],
    ['a division by zero', 'CREATE STREAM a AS SELECT rowkey, amount / 0 AS x FROM orders;', 'warning sql.division-by-zero 1:42'],
    ['endless groups', 'CREATE TABLE a AS SELECT id, COUNT(*) AS n FROM orders GROUP BY id;', 'info sql.endless-groups 1:65'],
  ])('[STP-3] tells the place of %s', (_what, sql, first) => {
    expect(found(shop(sql))[0]).toBe(first);
  });

  test('[STP-3] says what is wrong in ksqlDB’s words, and what to do', () => {
    expect(only(shop('CREATE STREAM a AS SELECT id FROM oders;'))).toMatchObject({
      ...{ node: 'query-1', config: 'sql', path: '/nodes/2/config/sql' },
      message: 'sql of "query-1", line 1, column 35: ODERS does not exist.',
      remedy: 'Did you mean ORDERS?',
    });
    expect(only(shop('CREATE STREAM a AS SELECT amont FROM orders;')).remedy).toBe('Did you mean AMOUNT?');
    expect(only(shop('CREATE STREAM a AS SELECT id orders;')).message).toContain('sql of "query-1", line 1');
  });

  test('[STP-3] variables and ksqlDB’s own settings are taken', () => {
    const sql =
      "DEFINE least = '100'; SET 'ksql.persistence.wrap.single.values'='false'; CREATE STREAM a AS SELECT rowkey, id FROM orders WHERE amount > ${least};";
    const { nodes, findings } = planStreams(shop(sql));
    expect(findings).toEqual([]);
    expect(nodes.get('query-1')!.sink.valueFormat.wrapping).toBe('UNWRAP_SINGLES');
  });

  test('[STP-4] every source is wired in and the result is wired out, to one topic', () => {
    const base = {
      orders: ['topic'],
      q: ['sql', { sql: "CREATE STREAM o (id INT) WITH (KAFKA_TOPIC='orders', VALUE_FORMAT='JSON'); CREATE STREAM a AS SELECT * FROM o;" }],
      a: ['topic'],
      b: ['topic'],
    } as const;
    expect(found(pipeline(base, 'q > a'))).toEqual(['error sql.source-not-wired 1:109']);
    expect(found(pipeline(base, 'orders > q'))).toEqual(['error sql.result-not-wired 1:76']);
    expect(found(pipeline(base, 'orders > q', 'q > a', 'q > b'))).toEqual(['error sql.result-ambiguous 1:76']);
    expect(found(pipeline(base, 'orders > q', 'b > q', 'q > a'))).toEqual(['warning sql.unread-wire']);
    expect(found(pipeline(base, 'orders > q', 'q > orders'))).toEqual(['error sql.reads-own-result 1:109']);
    expect(planStreams(pipeline(base, 'q > a')).nodes.size).toBe(0);
  });

  test('[STP-4] results that need each other are refused, as is a result made twice', () => {
    const kinds = {
      x: ['sql', { sql: 'CREATE STREAM a AS SELECT * FROM b;' }],
      y: ['sql', { sql: 'CREATE STREAM b AS SELECT * FROM a;' }],
      ta: ['topic'],
      tb: ['topic'],
    } as const;
    expect(found(pipeline(kinds, 'tb > x', 'x > ta', 'ta > y', 'y > tb'))).toEqual(['error sql.circle 1:1', 'error sql.circle 1:1']);
    const twice = shop('CREATE STREAM a AS SELECT rowkey, id FROM orders;');
    const second = {
      ...twice.nodes[2]!,
      id: 'query-2',
      name: 'query-2',
      config: { sql: 'CREATE OR REPLACE STREAM a AS SELECT * FROM orders;' },
    };
    const both = {
      ...twice,
      nodes: [...twice.nodes, second],
      edges: [...twice.edges, { id: 'f', source: 'orders', target: 'query-2' }, { id: 'g', source: 'query-2', target: 'large' }],
    };
    expect(only(both).message).toContain("Cannot add stream 'A': A stream with the same name already exists");
  });

  test('[STP-4] applications with the same id are refused', () => {
    const one = shop('CREATE STREAM a AS SELECT rowkey, id FROM orders;');
    const nodes = [
      ...one.nodes,
      {
        ...one.nodes[2]!,
        id: 'query-2',
        config: { sql: 'CREATE STREAM b AS SELECT rowkey, id FROM orders;', 'application.id': '_confluent-ksql-default_query_CSAS_A_1' },
      },
    ];
    const edges = [...one.edges, { id: 'f', source: 'orders', target: 'query-2' }, { id: 'g', source: 'query-2', target: 'large' }];
    expect(found({ ...one, nodes, edges })).toEqual(['error streams.same-application']);
  });

  test('[STP-5] sides of a join have equally many partitions, but for foreign keys', () => {
    const sql = (on: string) =>
      `CREATE STREAM a (id INT KEY, other INT) WITH (KAFKA_TOPIC='l', VALUE_FORMAT='JSON'); CREATE TABLE ta (id INT PRIMARY KEY, other INT) WITH (KAFKA_TOPIC='l', VALUE_FORMAT='JSON'); CREATE TABLE b (id INT PRIMARY KEY, x INT) WITH (KAFKA_TOPIC='r', VALUE_FORMAT='JSON'); ${on}`;
    const of = (query: string) =>
      pipeline(
        { l: ['topic', { partitions: 2 }], r: ['topic', { partitions: 3 }], q: ['sql', { sql: sql(query) }], out: ['topic'] },
        'l > q',
        'r > q',
        'q > out',
      );
    const refused = only(of('CREATE STREAM s AS SELECT a.id, x FROM a JOIN b ON a.id = b.id;'));
    expect(refused).toMatchObject({ severity: 'error', code: 'sql.unequal-partitions' });
    expect(refused.message).toContain(
      "Can't join A with B since the number of partitions don't match. A partitions = 2; B partitions = 3.",
    );
    expect(found(of('CREATE TABLE s AS SELECT ta.id, x FROM ta JOIN b ON ta.other = b.id;'))).toEqual([]);
  });

  test('[STP-6] findings of stream processors stand behind those of the document, and only where ids are sound', () => {
    const document = shop('CREATE STREAM a AS SELECT nothing FROM orders;');
    expect(checkDocument(document, { file: 'a.json' }).at(-1)).toMatchObject({ code: 'sql.refused', file: 'a.json' });
    const twice = { ...document, nodes: [...document.nodes, document.nodes[0]!] };
    expect(checkDocument(twice).map(({ code }) => code)).toEqual(['node.duplicate-id']);
  });

  test('[STP-6] a document is planned once', () => {
    const document = shop('CREATE STREAM a AS SELECT rowkey, id FROM orders;');
    expect(planStreams(document)).toBe(planStreams(document));
    expect(planStreams(pipeline({ t: ['topic'] })).nodes.size).toBe(0);
  });

  test('[STP-17] threads beyond the tasks are idle; at most once is none of Kafka Streams’ guarantees', () => {
    const sql = 'CREATE TABLE a AS SELECT status, COUNT(*) AS n FROM orders GROUP BY status;';
    const document = shop(sql, { topic: { partitions: 3 } });
    const withConfig = (config: Config) => ({
      ...document,
      nodes: document.nodes.map((node) => (node.kind === 'sql' ? { ...node, config: { ...node.config, ...config } } : node)),
    });
    // Three tasks before the internal topic, three behind it.
    expect(found(withConfig({ instances: 6 }))).toEqual([]);
    expect(only(withConfig({ instances: 7 })).message).toBe('"query-1" has 7 stream threads for 6 tasks: 1 of them stay idle.');
    expect(found(withConfig({ instances: 7, 'num.standby.replicas': 1 }))).toEqual([]);
    expect(checkDocument(withConfig({ instances: 6 })).map(({ code }) => code)).not.toContain('group.idle-members');
    expect(found({ ...document, guarantee: 'at-most-once' })).toEqual(['warning streams.at-most-once']);
  });
});
