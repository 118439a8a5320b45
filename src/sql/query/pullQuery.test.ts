import { describe, expect, it } from 'vitest';
import { jsonText } from '../formats/jsonText.ts';
import { parseExpression } from '../syntax/parse.ts';
import { formatExpression } from '../syntax/formatExpression.ts';
import { asked, memoryServer, produce, refusalOf, rowsOf } from './handMade.ts';
import { answerLines } from './answerJson.ts';
import { disjunctsOf, rewriteCondition } from './predicates.ts';
import { protobufAnswer } from './protobufAnswer.ts';

const stream = "CREATE STREAM orders (customer STRING KEY, amount INT) WITH (kafka_topic = 'orders');";
const counted = `${stream} CREATE TABLE counts AS SELECT customer, COUNT(*) AS n, SUM(amount) AS total FROM orders GROUP BY customer;`;
const windowed = (window: string) =>
  `${stream} CREATE TABLE counts AS SELECT customer, COUNT(*) AS n FROM orders WINDOW ${window} GROUP BY customer;`;
const scanless = { 'ksql.query.pull.table.scan.enabled': 'false' };

function filled(text: string, settings: Readonly<Record<string, string>> = {}) {
  const server = memoryServer(text, settings);
  produce(
    server,
    'orders',
    ['b', '{"AMOUNT": 1}', 1000],
    ['a', '{"AMOUNT": 2}', 1500],
    ['c', '{"AMOUNT": 3}', 2200],
    ['a', '{"AMOUNT": 4}', 2700],
  );
  return server;
}

describe('the condition', () => {
  it.each([
    ['a = 1 AND (b = 2 OR c = 3)', ['((A = 1) AND (B = 2))', '((A = 1) AND (C = 3))']],
    ['a IN (1, 2) AND b = 3', ['((A = 1) AND (B = 3))', '((A = 2) AND (B = 3))']],
    ['a BETWEEN 1 AND 2', ['((A >= 1) AND (A <= 2))']],
    ['NOT (a = 1 OR b = 2)', ['((NOT (A = 1)) AND (NOT (B = 2)))']],
    ['NOT (NOT (a = 1))', ['(A = 1)']],
    ["a NOT LIKE 'x%'", ["(A LIKE 'x%')"]],
    ["ROWTIME > '1970-01-01T00:00:01'", ['(ROWTIME > 1000)']],
  ])('[SQL-360] %s becomes alternatives', (text, expected) => {
    expect(disjunctsOf(rewriteCondition(parseExpression(text))).map((one) => formatExpression(one))).toEqual(expected);
  });
});

describe('rows', () => {
  it('[SQL-361] keys are looked up one after the other, as the condition names them', () => {
    const server = filled(counted, scanless);
    expect(asked(server, "SELECT * FROM counts WHERE customer = 'a';")).toEqual([
      '`CUSTOMER` STRING KEY, `N` BIGINT, `TOTAL` INTEGER',
      'a 2 6',
    ]);
    expect(asked(server, "SELECT * FROM counts WHERE customer IN ('c', 'missing', 'a');").slice(1)).toEqual(['c 1 3', 'a 2 6']);
    expect(asked(server, "SELECT * FROM counts WHERE customer = 'a' AND n > 2;")).toHaveLength(1);
  });

  it('[SQL-361] a range of one text key is read in the order of its bytes; other conditions read all rows where that is allowed', () => {
    expect(asked(filled(counted, scanless), "SELECT n, customer FROM counts WHERE customer >= 'b';").slice(1)).toEqual(['1 b', '1 c']);
    const server = filled(counted);
    expect(asked(server, 'SELECT customer FROM counts;').slice(1)).toEqual(['a', 'b', 'c']);
    expect(rowsOf(server, 'SELECT customer FROM counts WHERE total + 1 > 3;')).toEqual(['a', 'c']);
  });

  it('[SQL-362] bounds of windows choose among the windows of a key; sessions cannot be scanned', () => {
    const server = filled(windowed('TUMBLING (SIZE 1 SECOND)'));
    const from = (bounds: string) => asked(server, `SELECT * FROM counts WHERE customer = 'a'${bounds};`).slice(1);
    expect(from('')).toEqual(['a 1000 2000 1', 'a 2000 3000 1']);
    expect(from(' AND windowstart > 1000')).toEqual(['a 2000 3000 1']);
    expect(from(" AND windowend <= '1970-01-01T00:00:02'")).toEqual(['a 1000 2000 1']);
    expect(rowsOf(server, 'SELECT * FROM counts WHERE windowstart = 1000;')).toEqual(['a 1000 2000 1', 'b 1000 2000 1']);
    const sessions = filled(windowed('SESSION (2 SECONDS)'));
    expect(asked(sessions, "SELECT customer, windowstart, windowend, rowtime FROM counts WHERE customer = 'a';")).toEqual([
      '`CUSTOMER` STRING KEY, `WINDOWSTART` BIGINT KEY, `WINDOWEND` BIGINT KEY, `ROWTIME` BIGINT',
      'a 1500 2700 2700',
    ]);
    expect(refusalOf(sessions, 'SELECT * FROM counts;')).toContain('Table scan unsupported on session tables');
  });

  it('[SQL-365] LIMIT takes the first rows that the condition lets through', () => {
    const server = filled(counted);
    expect(asked(server, 'SELECT customer FROM counts WHERE total < 6 LIMIT 1;').slice(1)).toEqual(['b']);
    expect(asked(server, 'SELECT customer FROM counts LIMIT 0;')).toHaveLength(1);
  });

  it('[SQL-368] rows are those of the query’s stores: windows that are not emitted yet, groups that HAVING leaves out not', () => {
    const server =
      filled(`${stream} CREATE TABLE counts AS SELECT customer, COUNT(*) AS n FROM orders WINDOW TUMBLING (SIZE 1 SECOND, GRACE PERIOD 1 DAY) GROUP BY customer EMIT FINAL;
      CREATE TABLE many AS SELECT customer, COUNT(*) AS n, AS_VALUE(customer) AS c FROM orders GROUP BY customer HAVING COUNT(*) > 1;
      CREATE TABLE both AS SELECT m.customer, m.n FROM many m WHERE m.n < 3;`);
    expect(server.recordsOf('COUNTS')).toEqual([]);
    expect(asked(server, "SELECT * FROM counts WHERE customer = 'b';").slice(1)).toEqual(['b 1000 2000 1']);
    expect(asked(server, 'SELECT * FROM many;').slice(1)).toEqual(['a 2 a']);
    expect(asked(server, 'SELECT * FROM both;').slice(1)).toEqual(['a 2']);
    produce(server, 'orders', ['a', '{}', 3000]);
    expect(asked(server, 'SELECT * FROM both;').slice(1)).toEqual([]);
  });

  it('[SQL-366] a source table has its rows kept, and headers among its columns', () => {
    const server = memoryServer(
      "CREATE SOURCE TABLE t (k INT PRIMARY KEY, h BYTES HEADER('id'), v INT) WITH (kafka_topic = 't', key_format = 'JSON');",
    );
    produce(server, 't', ['1', '{"V": 1}', 0], ['2', '{"V": 2}', 0], ['1', null, 0]);
    expect(asked(server, 'SELECT * FROM t;')).toEqual(["`K` INTEGER KEY, `H` BYTES HEADER('id'), `V` INTEGER", '2 null 2']);
  });
});

describe('answers', () => {
  it('[SQL-376] are lines of JSON, in which dates and times are texts', () => {
    const server =
      memoryServer(`CREATE SOURCE TABLE t (k INT PRIMARY KEY, d DATE, s STRUCT<c TIMESTAMP, b BYTES>, l ARRAY<TIME>, m MAP<STRING, DECIMAL(4, 2)>)
      WITH (kafka_topic = 't', key_format = 'JSON');`);
    produce(server, 't', ['1', '{"D": 1, "S": {"C": 1001}, "L": [61000], "M": {"X": 1.50}}', 0]);
    const [answer] = server.execute('SELECT * FROM t;');
    if (answer?.kind !== 'rows') throw new Error('no rows');
    expect(answerLines(answer).map(jsonText)).toEqual([
      '{"header":{"queryId":"query_1","schema":"`K` INTEGER KEY, `D` DATE, `S` STRUCT<`C` TIMESTAMP, `B` BYTES>, `L` ARRAY<TIME>, `M` MAP<STRING, DECIMAL(4, 2)>"}}',
      '{"row":{"columns":[1,"1970-01-02",{"C":"1970-01-01T00:00:01.001","B":null},["00:01:01"],{"X":1.50}]}}',
    ]);
  });

  it('[SQL-375] are messages of Protocol Buffers for those who ask for them', () => {
    const server = filled(counted);
    const [answer] = server.execute("SELECT customer, total, MAP('T' := 1, 'C' := 2) AS m FROM counts WHERE customer = 'a';");
    if (answer?.kind !== 'rows') throw new Error('no rows');
    const { schema, encode } = protobufAnswer(answer.columns);
    expect(schema).toBe(
      [
        'syntax = "proto3";\n\nmessage ConnectDefault1 {\n  string CUSTOMER = 1;\n  int32 TOTAL = 2;\n  repeated ConnectDefault2Entry M = 3;\n',
        '  message ConnectDefault2Entry {\n    string key = 1;\n    int32 value = 2;\n  }\n}\n',
      ].join('\n'),
    );
    expect([...encode(answer.rows[0]!.columns)]).toEqual([10, 1, 97, 16, 6, 26, 5, 10, 1, 67, 16, 2, 26, 5, 10, 1, 84, 16, 1]);
    expect([...encode(['', null, null])]).toEqual([]);
  });
});

describe('refusals', () => {
  const only = "SELECT * FROM counts WHERE customer = 'a'";
  it.each([
    [
      {},
      `${only} LIMIT -1;`,
      "Pull queries don't support negative integers in the LIMIT clause. See https://cnfl.io/queries for more info.",
    ],
    [{}, 'SELECT customer FROM counts GROUP BY customer;', "Pull queries don't support GROUP BY clauses."],
    [{}, 'SELECT rowoffset FROM counts;', "Pull queries don't support the following columns in SELECT clauses: `ROWOFFSET`\n"],
    [{}, 'SELECT *, n FROM counts;', 'Pull queries only support wildcards in the projects if they are the only expression'],
    [
      {},
      'SELECT * FROM counts WHERE customer = 1;',
      'Error in WHERE expression: Cannot compare CUSTOMER (STRING) to 1 (INTEGER) with EQUAL.\nStatement: (CUSTOMER = 1)',
    ],
    [{}, 'SELECT * FROM counts WHERE customer IN (NULL);', 'Primary key columns can not be NULL: (CUSTOMER = null)'],
    [{}, 'SELECT * FROM counts WHERE n IS NULL;', 'Unsupported expression in WHERE clause: (N IS NULL).'],
    [{}, 'SELECT * FROM counts WHERE n LIKE 1;', 'The column type for Like condition must be VARCHAR. The column type is BIGINT'],
    [
      {},
      'SELECT n FROM counts WHERE n BETWEEN true AND false;',
      'Invalid expression: Cannot compare N (BIGINT) to true (BOOLEAN) with GREATER_THAN_OR_EQUAL.. expression: ((N >= true) AND (N <= false)), schema:`CUSTOMER` STRING KEY, `N` BIGINT, `TOTAL` INTEGER, `ROWTIME` BIGINT, `CUSTOMER` STRING',
    ],
    [scanless, 'SELECT * FROM counts;', 'Missing WHERE clause.'],
    [scanless, 'SELECT * FROM counts WHERE n > 1;', 'WHERE clause missing key column for disjunct: (N > 1).'],
    [scanless, "SELECT * FROM counts WHERE customer <> 'a';", "Bound on key columns '[`CUSTOMER` STRING KEY]' must currently be '='. "],
    [
      scanless,
      "SELECT * FROM counts WHERE customer > 'a' AND customer < 'c';",
      'A comparison condition on the key column cannot be combined with other comparisons',
    ],
    [
      scanless,
      'SELECT * FROM counts WHERE customer = UCASE(customer);',
      'A comparison must be between a key column and a resolvable expression.',
    ],
    [
      scanless,
      "SELECT * FROM counts WHERE customer = 'a' OR customer > 'b';",
      'Query requires table scan to be enabled. Table scans can be enabled by setting ksql.query.pull.table.scan.enabled=true',
    ],
  ])('[SQL-363] under %j, %s is refused', (settings, text, expected) => {
    expect(refusalOf(filled(counted, settings), text)).toContain(expected);
  });

  it('[SQL-362] bounds of windows that say the same twice are refused', () => {
    const server = filled(windowed('TUMBLING (SIZE 1 SECOND)'));
    const refusal = (bounds: string) => refusalOf(server, `SELECT * FROM counts WHERE customer = 'a' AND ${bounds};`);
    expect(refusal('windowstart > 1 AND windowstart > 2')).toContain('Duplicate `WINDOWSTART` bounds on: GREATER_THAN.');
    expect(refusal('windowend = 1000 AND windowend > 2')).toContain('cannot be combined with other `WINDOWEND` bounds');
    expect(refusal("windowstart > 'yesterday'")).toMatch(/^Failed to parse timestamp 'yesterday': /);
    expect(refusal('windowstart <> 1')).toContain('Unsupported `WINDOWSTART` bounds: NOT_EQUAL.');
  });

  it('[SQL-366] a table that no query keeps has no rows to be asked for', () => {
    const server = memoryServer("CREATE TABLE t (k INT PRIMARY KEY, v INT) WITH (kafka_topic = 't');");
    expect(refusalOf(server, 'SELECT * FROM t;')).toContain(
      "The `T` table isn't queryable. To derive a queryable table, you can do 'CREATE TABLE QUERYABLE_T AS SELECT * FROM T'. See https://cnfl.io/queries for more info.",
    );
  });

  it('[SQL-367] the value of a key is of its type without a cast', () => {
    const text =
      "CREATE STREAM s (k INT KEY, v INT) WITH (kafka_topic = 's'); CREATE TABLE t AS SELECT k, COUNT(*) AS n FROM s GROUP BY k;";
    const server = memoryServer(text);
    expect(refusalOf(server, "SELECT * FROM t WHERE k IN ('10', 8);")).toContain(
      "'10' can not be converted to the type of the key column: K INTEGER KEY",
    );
    expect(refusalOf(server, "SELECT * FROM t WHERE k = CAST('x' AS INT);")).not.toBe('none');
    server.execute('INSERT INTO s (k, v) VALUES (8, 1);');
    expect(asked(server, "SELECT * FROM t WHERE k = CAST('8' AS INT);").slice(1)).toEqual(['8 1']);
  });
});
