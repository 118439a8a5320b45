import { describe, expect, it } from 'vitest';
import { planned } from './handMade.ts';
import { schemaText } from './schema.ts';

const json = "WITH (kafka_topic = 'in', format = 'JSON')";
const stream = `CREATE STREAM s (k INT KEY, v INT, w STRING) ${json};`;
const table = `CREATE TABLE t (k INT PRIMARY KEY, v INT) WITH (kafka_topic = 'right', format = 'JSON');`;

const sink = (text: string, name: string) => planned(text).planner.catalogue.source(name);
const failure = (text: string): string => {
  try {
    planned(text);
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
};

describe('sources', () => {
  it('[SQL-230] a source has its columns, the formats that WITH names, and those of the settings where it names none', () => {
    const source = sink(
      `CREATE STREAM s (k STRING KEY, a INT, b DECIMAL(4, 2)) WITH (kafka_topic = 'in', value_format = 'delimited', value_delimiter = 'TAB');`,
      'S',
    );
    expect(schemaText(source.schema)).toBe('`K` STRING KEY, `A` INTEGER, `B` DECIMAL(4, 2)');
    expect(source.keyFormat).toEqual({ format: 'KAFKA', wrapping: null, delimiter: ',' });
    expect(source.valueFormat).toEqual({ format: 'DELIMITED', wrapping: null, delimiter: '\t' });
    expect(failure("CREATE STREAM s (a INT) WITH (kafka_topic = 'in');")).toContain("missing the 'VALUE_FORMAT' property");
    expect(
      planned("CREATE STREAM s (a INT) WITH (kafka_topic = 'in');", {
        'ksql.persistence.default.format.value': 'JSON',
      }).planner.catalogue.source('S').valueFormat.format,
    ).toBe('JSON');
  });

  it('[SQL-231] a source that is missing is told with those of its name in other letters', () => {
    expect(failure(`${stream} CREATE STREAM o AS SELECT * FROM \`s\`;`)).toBe(
      's does not exist.\nDid you mean S? Hint: try removing double quotes from the source name.',
    );
    expect(failure(`CREATE STREAM \`s\` (v INT) ${json}; CREATE STREAM o AS SELECT * FROM s;`)).toBe(
      'S does not exist.\nDid you mean "s"? Hint: wrap the source name in double quotes to make it case-sensitive.',
    );
    const two = `${stream.replace(' s ', ' `Ss` ')} ${stream.replace(' s ', ' `sS` ')}`;
    expect(failure(`${two} DROP STREAM ss;`)).toBe(
      'Stream SS does not exist.\nDid you mean "Ss" (STREAM) or "sS" (STREAM)? Hint: wrap the source name in double quotes to make it case-sensitive.',
    );
  });

  it.each([
    [`CREATE TABLE s (k INT, v INT) ${json};`, 'Tables require a PRIMARY KEY.'],
    [`${stream} ${stream}`, "Cannot add stream 'S': A stream with the same name already exists"],
    [`CREATE STREAM s (rowtime INT) ${json};`, "'ROWTIME' is a reserved column name."],
    [`CREATE STREAM s (k MAP<STRING, INT> KEY, v INT) ${json};`, 'Map keys, including types that contain maps, are not supported'],
    [
      "CREATE STREAM s (v ARRAY<INT>) WITH (kafka_topic = 'in', format = 'DELIMITED');",
      "The 'DELIMITED' format does not support type 'ARRAY'",
    ],
    [
      "CREATE STREAM s (a INT, b INT) WITH (kafka_topic = 'in', value_format = 'KAFKA');",
      "The 'KAFKA' format only supports a single field.",
    ],
    ["CREATE STREAM s (v STRING) WITH (kafka_topic = 'in', format = 'JSON', timestamp = 'v');", 'Timestamp column, `V`, should be'],
    ["CREATE STREAM s (v STRING) WITH (kafka_topic = 'in', format = 'CSV');", 'Unknown format: CSV'],
  ])('[SQL-231] %s is refused', (text, message) => expect(failure(text)).toContain(message));
});

describe('queries over one source', () => {
  it('[SQL-232] SELECT makes the sink: columns of the key first, names for what has none, the formats of the source', () => {
    const source = sink(`${stream} CREATE STREAM o AS SELECT v + 1, k AS id, w FROM s;`, 'O');
    expect(schemaText(source.schema)).toBe('`ID` INTEGER KEY, `KSQL_COL_0` INTEGER, `W` STRING');
    expect([source.topic, source.keyFormat.format, source.keyFormat.wrapping]).toEqual(['O', 'JSON', 'UNWRAP_SINGLES']);
  });

  it('[SQL-233] rows that the condition does not hold for, and records that do not fit, are left out; tombstones pass', () => {
    const { feed, logs } = planned(`${stream} CREATE STREAM o AS SELECT k, v * 2 AS d, ROWTIME AS time FROM s WHERE v > 1;`);
    expect(feed('O', ['in', '1', '{"V":1}', 5], ['in', '2', '{"v":"2"}', 6], ['in', '3', '{"V":[]}', 7])).toEqual([
      '2 {"D":4,"TIME":6} @6',
    ]);
    expect(logs[0]).toContain('Failed to deserialize a record of in');
  });

  it('[SQL-234] PARTITION BY makes the key, of a new name where it is an expression', () => {
    const text = `${stream} CREATE STREAM o AS SELECT v + 1 AS more, k, w FROM s PARTITION BY v + 1;`;
    expect(schemaText(sink(text, 'O').schema)).toBe('`MORE` INTEGER KEY, `K` INTEGER, `W` STRING');
    expect(planned(text).feed('O', ['in', '1', '{"V":1,"W":"x"}', 5])).toEqual(['2 {"K":1,"W":"x"} @5']);
  });

  it('[SQL-235] table functions make one row per element, side by side', () => {
    const text = `CREATE STREAM s (k INT KEY, a ARRAY<INT>, b ARRAY<INT>) ${json} ; CREATE STREAM o AS SELECT k, EXPLODE(a) + 1 AS x, EXPLODE(b) AS y FROM s;`;
    expect(planned(text).feed('O', ['in', '1', '{"A":[1,2],"B":[7]}', 5])).toEqual(['1 {"X":2,"Y":7} @5', '1 {"X":3,"Y":null} @5']);
  });

  it('[SQL-236] GROUP BY with a window: results per key and window, HAVING over them', () => {
    const text = `${stream} CREATE TABLE o AS SELECT w, COUNT(*) AS n, SUM(v) + 1 AS total, WINDOWSTART AS ws FROM s WINDOW TUMBLING (SIZE 10 MILLISECONDS) GROUP BY w HAVING COUNT(*) > 1;`;
    expect(schemaText(sink(text, 'O').schema)).toBe('`W` STRING KEY, `N` BIGINT, `TOTAL` INTEGER, `WS` BIGINT');
    const records = [1, 2, 3].map((v) => ['in', '1', `{"V":${String(v)},"W":"a"}`, v * 4] as const);
    expect(planned(text).feed('O', ...records)).toEqual(['"a"[0,10) {"N":2,"TOTAL":4,"WS":0} @8']);
  });

  it.each([
    ['SELECT v FROM s', 'must include the key column K in its projection (eg, SELECT K...)'],
    ['SELECT k, nothing FROM s', "SELECT column 'NOTHING' cannot be resolved."],
    ['SELECT k, v AS rowtime FROM s', '`ROWTIME` is a reserved column name.'],
    ['SELECT k FROM s', 'The projection contains no value columns.'],
    ['SELECT k, v AS a, w AS a FROM s', 'Duplicate value columns found in schema: `A` STRING'],
    ['SELECT k, k AS k2, v FROM s', 'The projection contains a key column (`K`) more than once'],
    ['SELECT k, v FROM s WHERE v', 'Type error in WHERE expression: Should evaluate to boolean but is V (INTEGER) instead.'],
    ['SELECT k, COUNT(*) AS n FROM s GROUP BY k', 'Your SELECT query produces a TABLE'],
    ['SELECT k, v FROM s EMIT FINAL', 'EMIT FINAL is only supported for windowed aggregations.'],
  ])('[SQL-237] CREATE STREAM o AS %s is refused', (query, message) =>
    expect(failure(`${stream} CREATE STREAM o AS ${query};`)).toContain(message),
  );

  it.each([
    ['SELECT v, COUNT(*) AS n FROM s GROUP BY w', 'Non-aggregate SELECT expression(s) not part of GROUP BY: V'],
    ['SELECT COUNT(*) AS n FROM s GROUP BY w', 'must include the grouping expression W in its projection'],
    ['SELECT w, v FROM s GROUP BY w, v', 'GROUP BY requires aggregate functions'],
    ['SELECT w, SUM(COUNT(*)) AS n FROM s GROUP BY w', 'Aggregate functions can not be nested: SUM(COUNT())'],
    ['SELECT COUNT(*) AS n FROM s', 'without a GROUP BY clause'],
  ])('[SQL-237] CREATE TABLE o AS %s is refused', (query, message) =>
    expect(failure(`${stream} CREATE TABLE o AS ${query};`)).toContain(message),
  );
});

describe('joins', () => {
  const right = `CREATE STREAM r (k INT KEY, x INT) WITH (kafka_topic = 'right', format = 'JSON');`;

  it('[SQL-238] a join is keyed by the column that SELECT names; names that both sides have are prefixed', () => {
    const text = `${stream} ${table} CREATE STREAM o AS SELECT s.k, s.v, t.v, w FROM s LEFT JOIN t ON s.k = t.k;`;
    expect(schemaText(sink(text, 'O').schema)).toBe('`S_K` INTEGER KEY, `S_V` INTEGER, `T_V` INTEGER, `W` STRING');
    expect(planned(text).feed('O', ['in', '1', '{"V":1}', 5], ['right', '1', '{"V":9}', 6], ['in', '1', '{"V":2}', 7])).toEqual([
      '1 {"S_V":1,"T_V":null,"W":null} @5',
      '1 {"S_V":2,"T_V":9,"W":null} @7',
    ]);
  });

  it('[SQL-239] a join on expressions has a key of its own, ROWKEY', () => {
    const text = `${stream} ${right} CREATE STREAM o AS SELECT ROWKEY AS id, v, x FROM s JOIN r WITHIN 1 SECOND ON v + 1 = x + 1;`;
    expect(schemaText(sink(text, 'O').schema)).toBe('`ID` INTEGER KEY, `V` INTEGER, `X` INTEGER');
    expect(planned(text).feed('O', ['in', '1', '{"V":3}', 5], ['right', '2', '{"X":3}', 6])).toEqual(['4 {"V":3,"X":3} @6']);
  });

  it.each([
    ['SELECT * FROM s JOIN r ON s.k = r.k', 'joins must have a WITHIN clause'],
    ['SELECT * FROM s JOIN t ON s.k = t.v', "stream-table joins require to join on the table's primary key. Got S.K = T.V."],
    ['SELECT * FROM t JOIN s ON s.k = t.k', 'table-stream joins are not supported; only stream-table joins. Got T [INNER] JOIN S.'],
    ['SELECT * FROM s JOIN t ON s.w = t.k', "Invalid join condition: types don't match. Got S.W{STRING} = T.K{INTEGER}."],
    ['SELECT s.v FROM s JOIN t ON s.k = t.k', 'must include the join expressions S.K or T.K in its projection'],
    ['SELECT k FROM s JOIN t ON s.k = t.k', "Column 'K' is ambiguous."],
    ['SELECT * FROM s JOIN s ON s.k = s.k', 'self joins are not yet supported.'],
    ['SELECT * FROM s JOIN t ON s.k > t.k', 'Only equality join criteria is supported.'],
  ])('[SQL-240] %s is refused', (query, message) =>
    expect(failure(`${stream} ${right} ${table} CREATE STREAM o AS ${query};`)).toContain(message),
  );
});

describe('other statements', () => {
  it('[SQL-241] INSERT … VALUES writes to the topic, what is not named is null; INSERT … SELECT is a query of its own', () => {
    const text = `${stream} CREATE STREAM o AS SELECT * FROM s; INSERT INTO s (rowtime, k, v) VALUES (7, 1, 2); CREATE STREAM p (k INT KEY, v INT, w STRING) WITH (kafka_topic = 'p', format = 'JSON'); INSERT INTO p SELECT * FROM o;`;
    const { feed, planner } = planned(text);
    expect(feed('p')).toEqual(['1 {"V":2,"W":null} @7']);
    expect(planner.queries.map(({ id }) => id)).toEqual(['CSAS_O_0', 'INSERTQUERY_1']);
    expect(failure(`${stream} ${table} INSERT INTO t SELECT * FROM s;`)).toContain('T is a table.');
    expect(failure(`${stream} INSERT INTO s (nothing) VALUES (1);`)).toContain('Column name `NOTHING` does not exist.');
  });

  it('[SQL-242] a source that is dropped, or replaced, takes its query along', () => {
    const replaced = planned(
      `${stream} CREATE STREAM o AS SELECT * FROM s; CREATE OR REPLACE STREAM o AS SELECT *, v + 1 AS more FROM s;`,
    ).planner;
    expect(replaced.queries).toHaveLength(1);
    expect(schemaText(replaced.catalogue.source('O').schema)).toContain('`MORE` INTEGER');
    expect(planned(`${stream} CREATE STREAM o AS SELECT * FROM s; DROP STREAM o;`).planner.queries).toHaveLength(0);
    expect(failure('DROP STREAM nothing;')).toContain('NOTHING does not exist');
  });

  it('[SQL-243] types that were made can be used by their names', () => {
    const text = `CREATE TYPE point AS STRUCT<x INT, y INT>; CREATE STREAM s (p point) ${json}; CREATE STREAM o AS SELECT p->x + 1 AS more, p->* FROM s;`;
    expect(schemaText(sink(text, 'O').schema)).toBe('`MORE` INTEGER, `X` INTEGER, `Y` INTEGER');
  });
});

describe('formats and settings', () => {
  it('[SQL-330] a list of WHERE that has no type in common is an invalid predicate, as the code of the condition is what fails', () => {
    expect(failure(`${stream} CREATE STREAM out AS SELECT * FROM s WHERE v IN (1, 'a');`)).toBe(
      'Invalid Predicate: invalid input syntax for type INTEGER: "a".',
    );
  });

  it('[SQL-331] COLLECT_LIST of a query keeps to the limit of the session', () => {
    const { feed } = planned(`${stream} CREATE TABLE out AS SELECT k, COLLECT_LIST(v) AS l FROM s GROUP BY k;`, {
      'ksql.functions.collect_list.limit': '1',
    });
    expect(feed('OUT', ['in', '1', '{"V":1}', 0], ['in', '1', '{"V":2}', 0])).toEqual(['1 {"L":[1]} @0', '1 {"L":[1]} @0']);
  });
});
