import { describe, expect, test } from 'vitest';
import type { Statement } from './ast.ts';
import { formatColumns, formatStatement } from './formatStatement.ts';
import { parseColumns, parseStatements, prepareStatement } from './parse.ts';

const read = (text: string): Statement => prepareStatement(parseStatements(`${text};`)[0]!);
/** Without places, which differ between a text and the same written anew. */
const bare = (value: unknown): string =>
  JSON.stringify(value, (key, part: unknown) => (key === 'at' ? undefined : typeof part === 'bigint' ? `${part}n` : part));

describe('statements as text', () => {
  test('[SQL-15] a query has a clause a line and an alias for every source', () => {
    const text = `create table o with (partitions = 2, kafka_topic = 't') as select a.id as \`key\`, count(*) total from a left join b within 5 seconds grace period 1 minute
      on a.id = b.id window tumbling (size 1 hour, grace period 0 seconds) where b.x is null group by a.id, b.\`y z\` having count(*) > 1 emit final`;
    expect(formatStatement(read(text))).toBe(
      [
        "CREATE TABLE O WITH (KAFKA_TOPIC='t', PARTITIONS=2) AS SELECT",
        '  A.ID `key`,',
        '  COUNT(*) TOTAL',
        'FROM A A',
        'LEFT OUTER JOIN B B WITHIN 5 SECONDS GRACE PERIOD 1 MINUTES ON ((A.ID = B.ID))',
        'WINDOW TUMBLING ( SIZE 1 HOURS , GRACE PERIOD 0 SECONDS ) ',
        'WHERE (B.X IS NULL)',
        'GROUP BY A.ID, B.`y z`',
        'HAVING (COUNT(*) > 1)',
        'EMIT FINAL',
      ].join('\n'),
    );
  });

  test.each([
    "CREATE OR REPLACE SOURCE STREAM IF NOT EXISTS s (`k` INT KEY, v ARRAY<STRUCT<a INT>>, h BYTES HEADER('it''s')) WITH (kafka_topic = 't', retention_ms = 5)",
    "CREATE TABLE t (k INT PRIMARY KEY) WITH (kafka_topic = 't')",
    'CREATE STREAM o AS SELECT *, s.*, n->*, `f` FROM s AS `s` PARTITION BY (a, b)',
    'CREATE STREAM o AS SELECT * FROM s PARTITION BY ()',
    'SELECT * FROM s WINDOW HOPPING (SIZE 1 DAY, ADVANCE BY 2 HOURS, RETENTION 3 DAYS) GROUP BY x EMIT CHANGES LIMIT 3',
    'SELECT * FROM s WINDOW SESSION (5 MINUTES) GROUP BY x',
    'SELECT * FROM a JOIN b WITHIN (1 SECOND, 2 SECONDS) ON a.x = b.x FULL JOIN c ON a.x = c.x RIGHT JOIN d ON a.x = d.x',
    "CREATE SINK CONNECTOR IF NOT EXISTS c WITH ('a.b' = 1, d = TRUE)",
    'CREATE TYPE IF NOT EXISTS t AS MAP<STRING, DECIMAL(4, 2)>',
    'DROP STREAM IF EXISTS s DELETE TOPIC',
    'DROP CONNECTOR c',
    'DROP TYPE IF EXISTS `t`',
    'ALTER TABLE t ADD COLUMN `column` INT, ADD d STRING',
    "INSERT INTO s WITH (query_id = 'q') SELECT * FROM t",
    "INSERT INTO s (a, `b`) VALUES (1, 'x')",
    'INSERT INTO s VALUES (-1.50, NULL, MAP(1 := STRUCT(a := 2E3)))',
    'SHOW ALL TOPICS EXTENDED',
    'LIST SOURCE CONNECTORS',
    'SHOW CONNECTOR PLUGINS',
    'DESCRIBE `a` EXTENDED',
    'DESCRIBE STREAMS EXTENDED',
    'DESCRIBE FUNCTION abs',
    'EXPLAIN q_1',
    'EXPLAIN SELECT a FROM s',
    'TERMINATE ALL',
    'PAUSE q',
    'RESUME q',
    "SET 'a' = 'it''s'",
    "ALTER SYSTEM 'a' = 'b'",
    "UNSET 'a'",
    "DEFINE x = 'y'",
    'UNDEFINE x',
    'PRINT Orders FROM BEGINNING INTERVAL 2 LIMIT 3',
    'ASSERT NOT EXISTS TOPIC t WITH (partitions = 3) TIMEOUT 5 SECONDS',
    'ASSERT SCHEMA SUBJECT s ID 3 TIMEOUT 1 MINUTE',
  ])('[SQL-15] %s reads the same when written', (text) => {
    const statement = read(text);
    const written = formatStatement(statement);
    expect(bare(sorted(read(written))), written).toBe(bare(sorted(statement)));
  });

  test('[SQL-15] columns are written as a schema', () => {
    const columns = parseColumns('`ID` INT KEY, `v` STRUCT<`a` VARCHAR>');
    expect(formatColumns(columns)).toBe('ID INTEGER KEY, `v` STRUCT<`a` STRING>');
  });
});

/** Properties are written sorted by name, and types by their longer names. */
function sorted(statement: Statement): unknown {
  const text = JSON.stringify(statement, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part));
  const plain = JSON.parse(text.replaceAll('"name":"INT"', '"name":"INTEGER"')) as { properties?: { name: string }[] };
  plain.properties?.sort((one, other) => (one.name < other.name ? -1 : 1));
  return plain;
}
