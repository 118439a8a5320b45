import { describe, expect, test } from 'vitest';
import type { Statement } from './ast.ts';
import { parseColumnName, parseColumns, parseStatements, prepareStatement } from './parse.ts';
import { SqlError } from './sqlError.ts';

const only = (text: string): Statement => {
  const [first, ...others] = parseStatements(text);
  expect(others).toEqual([]);
  return prepareStatement(first!);
};

function failure(text: string): SqlError {
  try {
    for (const statement of parseStatements(text)) prepareStatement(statement);
  } catch (error) {
    if (error instanceof SqlError) return error;
    throw error;
  }
  throw new Error(`${text} was read`);
}

describe('texts', () => {
  test('[SQL-2] statements keep their text and place', () => {
    const text = " -- first\nSET 'a'='b';\n\n  DROP STREAM s ; UNSET 'a';";
    expect(parseStatements(text).map(({ text: own, at, offset }) => [own, at, offset])).toEqual([
      ["SET 'a'='b';", { line: 2, column: 1 }, 10],
      ['DROP STREAM s ;', { line: 4, column: 3 }, 26],
      ["UNSET 'a';", { line: 4, column: 19 }, 42],
    ]);
    expect(parseStatements(' /* none */ ')).toEqual([]);
  });

  test('[SQL-2] what cannot be read throws at once, what is wrong otherwise when its turn comes', () => {
    expect(() => parseStatements('DROP STREAM `a b`; DROP STREAM;')).toThrow('line 1:31: Syntax Error');
    const [good, bad] = parseStatements('DROP STREAM a; DROP STREAM `a b`;');
    expect(prepareStatement(good!)).toMatchObject({ name: 'A' });
    expect(() => prepareStatement(bad!)).toThrow(
      "Illegal argument at Line: 1, Col: 28. Source names may only contain alphanumeric values, '_' or '-'. Got: 'a b'",
    );
  });
});

describe('statements', () => {
  test.each<[string, object]>([
    ['LIST PROPERTIES', { kind: 'list', what: 'PROPERTIES' }],
    ['SHOW ALL TOPICS EXTENDED', { kind: 'list', what: 'TOPICS', all: true, extended: true }],
    ['SHOW TOPICS', { kind: 'list', what: 'TOPICS', all: false, extended: false }],
    ['LIST STREAMS EXTENDED', { kind: 'list', what: 'STREAMS', extended: true }],
    ['SHOW TABLES', { kind: 'list', what: 'TABLES', extended: false }],
    ['SHOW FUNCTIONS', { kind: 'list', what: 'FUNCTIONS' }],
    ['SHOW CONNECTORS', { kind: 'list', what: 'CONNECTORS', scope: null }],
    ['SHOW SINK CONNECTORS', { kind: 'list', what: 'CONNECTORS', scope: 'SINK' }],
    ['SHOW CONNECTOR PLUGINS', { kind: 'list', what: 'CONNECTOR PLUGINS' }],
    ['SHOW TYPES', { kind: 'list', what: 'TYPES' }],
    ['SHOW VARIABLES', { kind: 'list', what: 'VARIABLES' }],
    ['SHOW QUERIES EXTENDED', { kind: 'list', what: 'QUERIES', extended: true }],
    ['DESCRIBE a EXTENDED', { kind: 'describe', what: 'source', name: 'A', extended: true }],
    ['DESCRIBE STREAMS', { kind: 'describe', what: 'streams', name: null, extended: false }],
    ['DESCRIBE TABLES EXTENDED', { kind: 'describe', what: 'tables', extended: true }],
    ['DESCRIBE FUNCTION Abs', { kind: 'describe', what: 'function', name: 'Abs' }],
    ['DESCRIBE FUNCTION', { kind: 'describe', what: 'source', name: 'FUNCTION' }],
    ['DESCRIBE CONNECTOR c', { kind: 'describe', what: 'connector', name: 'C' }],
    ['PRINT Orders', { kind: 'print', topic: 'Orders', fromBeginning: false, interval: null, limit: null }],
    ["PRINT 'a.b' FROM BEGINNING INTERVAL 3 LIMIT 5", { kind: 'print', topic: 'a.b', fromBeginning: true, interval: 3, limit: 5 }],
    ['TERMINATE q_1', { kind: 'terminate', queryId: 'Q_1' }],
    ['TERMINATE ALL', { kind: 'terminate', queryId: null }],
    ['PAUSE q', { kind: 'pause', queryId: 'Q' }],
    ['RESUME ALL', { kind: 'resume', queryId: null }],
    ["SET 'a' = 'b''c'", { kind: 'set', property: 'a', value: "b'c" }],
    ["ALTER SYSTEM 'a' = 'b'", { kind: 'alterSystem', property: 'a', value: 'b' }],
    ["UNSET 'a'", { kind: 'unset', property: 'a' }],
    ["DEFINE Select = 'b'", { kind: 'define', variable: 'Select', value: 'b' }],
    ['UNDEFINE x', { kind: 'undefine', variable: 'x' }],
    ['DROP STREAM IF EXISTS s DELETE TOPIC', { kind: 'drop', source: 'STREAM', name: 'S', ifExists: true, deleteTopic: true }],
    ['DROP TABLE t', { kind: 'drop', source: 'TABLE', name: 'T', ifExists: false, deleteTopic: false }],
    ['DROP CONNECTOR IF EXISTS c', { kind: 'dropConnector', name: 'C', ifExists: true }],
    ['DROP TYPE t', { kind: 'dropType', name: 'T', ifExists: false }],
    ['EXPLAIN q', { kind: 'explain', queryId: 'Q', statement: null }],
    ['EXPLAIN SHOW', { kind: 'explain', queryId: 'SHOW', statement: null }],
    ['EXPLAIN SELECT 1 FROM s', { kind: 'explain', queryId: null, statement: { kind: 'query', query: { from: { name: 'S' } } } }],
    ['CREATE TYPE IF NOT EXISTS t AS INT', { kind: 'createType', name: 'T', ifNotExists: true, type: { kind: 'simple', name: 'INT' } }],
    [
      "CREATE SINK CONNECTOR IF NOT EXISTS c WITH ('a.b' = 1, d = TRUE)",
      { kind: 'createConnector', connector: 'SINK', name: 'C', ifNotExists: true, properties: [{ name: 'a.b' }, { name: 'D' }] },
    ],
    ['CREATE SOURCE CONNECTOR c WITH (a = NULL)', { kind: 'createConnector', connector: 'SOURCE', ifNotExists: false }],
    [
      'ALTER STREAM s ADD COLUMN a INT, ADD b STRING, ADD column INT',
      { kind: 'alterSource', source: 'STREAM', name: 'S', columns: [{ name: 'A' }, { name: 'B' }, { name: 'COLUMN' }] },
    ],
    ["INSERT INTO s WITH (query_id = 'q') SELECT * FROM t", { kind: 'insertSelect', target: 'S', properties: [{ name: 'QUERY_ID' }] }],
    ['INSERT INTO s VALUES (1, -2.0, a)', { kind: 'insertValues', target: 'S', columns: [], values: [{}, { text: '-2.0' }, {}] }],
    ['INSERT INTO s (a, `b`) VALUES (1, NULL)', { kind: 'insertValues', columns: ['A', 'b'], values: [{}, { kind: 'null' }] }],
    [
      'ASSERT NOT EXISTS TOPIC t WITH (partitions = 3) TIMEOUT 5 SECONDS',
      { kind: 'assertTopic', topic: 't', exists: false, properties: [{}], timeout: { milliseconds: 5000 } },
    ],
    ["ASSERT SCHEMA SUBJECT 'x-value' ID 3", { kind: 'assertSchema', subject: 'x-value', id: 3, exists: true, timeout: null }],
  ])('[SQL-3] %s', (text, expected) => expect(only(`${text};`)).toMatchObject(expected));

  test('[SQL-3] sources: columns with their place in key, value and headers, and properties', () => {
    const text =
      "create or replace source stream if not exists s (k int key, v array<string>, h array<struct<key string, value bytes>> headers, x bytes header('x')) with (kafka_topic = 't', partitions = 2, wrap_single_value = false);";
    expect(only(text)).toMatchObject({
      kind: 'createSource',
      source: 'STREAM',
      name: 'S',
      orReplace: true,
      ifNotExists: true,
      readOnly: true,
      elements: [
        { name: 'K', constraint: 'KEY', type: { kind: 'simple', name: 'INT' } },
        { name: 'V', constraint: null, type: { kind: 'array' } },
        { name: 'H', constraint: 'HEADERS' },
        { name: 'X', constraint: { header: 'x' } },
      ],
      properties: [
        { name: 'KAFKA_TOPIC', value: { kind: 'string', value: 't' } },
        { name: 'PARTITIONS', value: { kind: 'integer', value: 2 } },
        { name: 'WRAP_SINGLE_VALUE', value: { kind: 'boolean', value: false } },
      ],
    });
    expect(only("CREATE TABLE t (k INT PRIMARY KEY) WITH (kafka_topic = 't');")).toMatchObject({
      source: 'TABLE',
      elements: [{ constraint: 'PRIMARY KEY' }],
    });
  });

  test('[SQL-3] queries: all clauses', () => {
    const text = `CREATE TABLE o WITH (value_format = 'JSON') AS
      SELECT *, a.*, b->*, f(b) AS c, d e FROM s a
      WINDOW HOPPING (SIZE 10 SECONDS, ADVANCE BY 1 SECOND, RETENTION 1 DAY, GRACE PERIOD 2 MINUTES)
      WHERE x > 1 GROUP BY (b, c), d PARTITION BY e HAVING COUNT(*) > 1 EMIT FINAL;`.replace('(b, c), d', '(b, c)');
    expect(only(text)).toMatchObject({
      kind: 'createAsSelect',
      source: 'TABLE',
      properties: [{ name: 'VALUE_FORMAT' }],
      query: {
        select: [
          { kind: 'all', source: null },
          { kind: 'all', source: 'A' },
          { kind: 'structAll', base: { name: 'B' } },
          { kind: 'single', alias: 'C' },
          { kind: 'single', alias: 'E' },
        ],
        from: { name: 'S', alias: 'A' },
        joins: [],
        window: {
          kind: 'HOPPING',
          size: { value: 10, unit: 'SECONDS', milliseconds: 10_000 },
          advance: { milliseconds: 1000 },
          retention: { milliseconds: 86_400_000 },
          grace: { milliseconds: 120_000 },
        },
        where: { kind: 'comparison' },
        groupBy: [{ name: 'B' }, { name: 'C' }],
        partitionBy: [{ name: 'E' }],
        having: { kind: 'comparison' },
        emit: 'FINAL',
        limit: null,
      },
    });
  });

  test('[SQL-3] joins: kinds, windows before and after, grace', () => {
    const text = `SELECT * FROM a JOIN b WITHIN 5 MINUTES GRACE PERIOD 1 HOUR ON a.x = b.x LEFT OUTER JOIN c AS d WITHIN (1 SECOND, 2 SECONDS) ON a.x = d.x
      RIGHT JOIN e ON a.x = e.x FULL OUTER JOIN f ON a.x = f.x INNER JOIN g ON a.x = g.x EMIT CHANGES LIMIT 3;`;
    expect(only(text)).toMatchObject({
      query: {
        joins: [
          {
            type: 'INNER',
            right: { name: 'B', alias: 'B' },
            within: { before: { milliseconds: 300_000 }, after: { milliseconds: 300_000 }, grace: { milliseconds: 3_600_000 } },
          },
          {
            type: 'LEFT',
            right: { name: 'C', alias: 'D' },
            within: { before: { milliseconds: 1000 }, after: { milliseconds: 2000 }, grace: null },
          },
          { type: 'RIGHT', within: null },
          { type: 'OUTER' },
          { type: 'INNER' },
        ],
        emit: 'CHANGES',
        limit: 3,
      },
    });
  });

  test.each<[string, object | null]>([
    ['TUMBLING (SIZE 1 MINUTE)', { kind: 'TUMBLING', size: { milliseconds: 60_000 }, retention: null, grace: null }],
    ['w TUMBLING (SIZE 1 MINUTE, GRACE PERIOD 0 SECONDS)', { kind: 'TUMBLING', grace: { milliseconds: 0 } }],
    ['SESSION (30 SECONDS, RETENTION 1 HOUR)', { kind: 'SESSION', gap: { milliseconds: 30_000 }, retention: { milliseconds: 3_600_000 } }],
  ])('[SQL-3] WINDOW %s', (window, expected) => {
    expect(only(`SELECT * FROM s WINDOW ${window} GROUP BY a;`)).toMatchObject({ query: { window: expected } });
  });

  test('[SQL-3] a persistent query emits changes unless it says otherwise, a query alone without EMIT is a pull query', () => {
    expect(only('CREATE STREAM o AS SELECT * FROM s;')).toMatchObject({ query: { emit: 'CHANGES' } });
    expect(only('INSERT INTO o SELECT * FROM s;')).toMatchObject({ query: { emit: 'CHANGES' } });
    expect(only('SELECT * FROM s;')).toMatchObject({ query: { emit: null } });
    expect(failure('CREATE STREAM o AS SELECT * FROM s LIMIT 3;').message).toContain(
      "CREATE STREAM AS SELECT statements don't support LIMIT clause.",
    );
  });

  test('[SQL-3] schemas and names of columns can be read by themselves', () => {
    expect(parseColumns('`ID` BIGINT KEY, `V` STRUCT<`a` INTEGER>')).toMatchObject([{ name: 'ID', constraint: 'KEY' }, { name: 'V' }]);
    expect(parseColumns('  ')).toEqual([]);
    expect(parseColumnName('ts')).toBe('TS');
    expect(parseColumnName('s.`ts`')).toBe('ts');
    expect(() => parseColumnName('a + 1')).toThrow('Cannot parse text that is not column reference: a + 1');
  });

  test('[SQL-7] EMIT and PARTITION are aliases unless a clause begins with them', () => {
    const from = (text: string) => (only(text) as Extract<Statement, { kind: 'query' }>).query.from.alias;
    expect(from('SELECT * FROM s EMIT CHANGES;')).toBe('S');
    expect(from('SELECT * FROM s emit EMIT CHANGES;')).toBe('EMIT');
    expect(from('SELECT * FROM s PARTITION BY a EMIT CHANGES;')).toBe('S');
    expect(from('SELECT * FROM s partition;')).toBe('PARTITION');
    expect(only('SELECT key, header emit FROM source;')).toMatchObject({
      query: { select: [{}, { alias: 'EMIT' }], from: { name: 'SOURCE' } },
    });
  });

  test.each([
    ['SELECT x.a FROM s t;', "Failed to prepare statement: 'X' is not a valid stream/table name or alias."],
    ['SELECT x.* FROM s;', "Failed to prepare statement: 'X' is not a valid stream/table name or alias."],
    [
      "CREATE STREAM s (a INT PRIMARY KEY) WITH (kafka_topic = 't');",
      "Line: 1, Col: 18: Column `A` is a 'PRIMARY KEY' column: please use 'KEY' for streams.",
    ],
    [
      "CREATE TABLE s (a INT KEY) WITH (kafka_topic = 't');",
      "Line: 1, Col: 17: Column `A` is a 'KEY' column: please use 'PRIMARY KEY' for tables.",
    ],
    ['CREATE STREAM s (a INT, `a` INT, b INT, A INT);', 'Failed to prepare statement: Duplicate column names: `A`'],
    ["CREATE STREAM s (a INT) WITH (p = 1, p = 'x');", "Failed to prepare statement: Multiple entries with same key: P='x' and P=1"],
    ['INSERT INTO s (a, b) VALUES (1);', 'Failed to prepare statement: Expected number columns and values to match: 2, 1'],
    ['SELECT * FROM s LIMIT 1.5;', 'Failed to prepare statement: Value must be integer for command: LIMIT'],
    ["SELECT a AT TIME ZONE 'UTC' FROM s;", 'Failed to prepare statement: not yet implemented'],
  ])('[SQL-8] %s is refused', (text, message) => expect(failure(text).message.startsWith(message), failure(text).message).toBe(true));
});

describe('syntax errors', () => {
  test.each([
    ["RUN SCRIPT 'x';", "line 1:1: Syntax Error\nUnknown statement 'RUN'\nDid you mean 'PRINT'?"],
    ['SELCT * FROM s;', "line 1:1: Syntax Error\nUnknown statement 'SELCT'\nDid you mean 'SELECT'?"],
    ['ASSERT VALUES s (1);', "line 1:8: Syntax Error\nSyntax error at or near 'VALUES' at line 1:8"],
    [
      'CREATE STREAM from (a INT);',
      "line 1:15: Syntax Error\n\"from\" is a reserved keyword and it can't be used as an identifier. You can use it as an identifier by escaping it as 'from' ",
    ],
    ['CREATE STREAM s (a INT (KEY));', "line 1:25: Syntax Error\nExpecting {'STRING', INTEGER_VALUE}"],
    ['SELECT a\nFROM s GROUP BY b, (c, d);', "line 2:22: Syntax Error\nmissing ')' at ','"],
    ['SELECT * FROM s ORDER BY a;', 'line 1:23: Syntax Error\n'],
    ['SELECT * FROM s', 'line 1:16: Syntax Error\nSyntax error at or near "<EOF>"\n\';\' is missing'],
    ['SELECT f(a FROM s;', 'line 1:12: Syntax Error\n'],
    ['SELECT * FROM s WHERE # = 1;', "line 1:23: Syntax Error\nSyntax error at or near '#' at line 1:23"],
  ])('[SQL-9] %s', (text, message) => expect(failure(text).message).toBe(message));

  test('[SQL-9] an error holds what was found and all that was expected, whatever its message says of it', () => {
    const { at, mismatch } = failure('SELECT * FROM s WINDOW TUMBLING (SIZE 5 SECONDS x);');
    expect(at).toEqual({ line: 1, column: 49 });
    expect(mismatch).toEqual({ found: 'x', expected: ["','", "')'"] });
    expect(failure('SELECT * FROM s ORDER BY a;').mismatch?.expected).toContain("'WHERE'");
    expect(failure('DROP STREAM').mismatch).toEqual({ found: '<EOF>', expected: ["'IF'", 'name of a stream or table'] });
  });
});
