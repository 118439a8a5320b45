import { describe, expect, test } from 'vitest';
import { parseStatements } from '../sql/syntax/parse.ts';
import { pipeline } from './handMade.ts';
import { ksqlScript } from './script.ts';

const template = { 'value.template': '{"id": {{sequence}}, "to": {"city": "x"}, "amount": {{number 1 9 2}}}' };

describe('ksqlScript', () => {
  test('[STP-9] every statement stands after what it needs, with the topics that the wires say', () => {
    const document = pipeline(
      {
        shop: ['producer', template],
        orders: ['topic'],
        totals: ['sql', { sql: 'CREATE TABLE totals AS SELECT id, COUNT(*) AS n FROM large GROUP BY id;' }],
        'totals-t': ['topic'],
        large: [
          'sql',
          {
            sql: "-- large ones\nDEFINE least = '5';\nSET 'ksql.a'='it''s'; CREATE STREAM large AS SELECT * FROM orders WHERE amount > ${least};",
          },
        ],
        'large-t': ['topic'],
        other: [
          'sql',
          {
            sql: "CREATE TYPE city AS STRUCT<name STRING>; CREATE STREAM raw (c city) WITH (KAFKA_TOPIC='raw', VALUE_FORMAT='JSON'); CREATE STREAM copy WITH (KAFKA_TOPIC='copy') AS SELECT * FROM raw;",
          },
        ],
        raw: ['topic'],
        copy: ['topic'],
      },
      ...['shop > orders', 'orders > large', 'large > large-t', 'large-t > totals', 'totals > totals-t', 'raw > other', 'other > copy'],
    );
    const { text, findings } = ksqlScript(document);
    expect(findings).toEqual([]);
    expect(text).toBe(`CREATE TYPE city AS STRUCT<name STRING>;

CREATE STREAM raw (c city) WITH (KAFKA_TOPIC='raw', VALUE_FORMAT='JSON');

CREATE STREAM ORDERS (
  ROWKEY STRING KEY,
  ID BIGINT,
  \`TO\` STRUCT<\`CITY\` STRING>,
  AMOUNT DOUBLE
) WITH (KAFKA_TOPIC='orders', KEY_FORMAT='KAFKA', VALUE_FORMAT='JSON');

SET 'ksql.a'='it''s';
CREATE STREAM LARGE WITH (KAFKA_TOPIC='large-t') AS SELECT *
FROM ORDERS ORDERS
WHERE (AMOUNT > 5)
EMIT CHANGES;
UNSET 'ksql.a';

CREATE STREAM copy WITH (KAFKA_TOPIC='copy') AS SELECT * FROM raw;

CREATE TABLE TOTALS WITH (KAFKA_TOPIC='totals-t') AS SELECT
  ID,
  COUNT(*) N
FROM LARGE LARGE
GROUP BY ID
EMIT CHANGES;
`);
    expect(parseStatements(text!)).toHaveLength(8);
  });

  test('[STP-9] nodes that cannot run are left out, with the reason', () => {
    const { text, findings } = ksqlScript(pipeline({ q: ['sql', { sql: 'CREATE' }] }));
    expect(text).toBeNull();
    expect(findings.map(({ code }) => code)).toEqual(['sql.syntax']);
  });
});
