import { describe, expect, test } from 'vitest';
import { aggregated, exploded, typeTextOf, valueOf } from '../expressions/expressionFixture.ts';
import { decimal } from '../types/decimal.ts';

describe('text', () => {
  test.each([
    ["SUBSTRING('stream', 2)", 'tream'],
    ["SUBSTRING('stream', -3, 2)", 'ea'],
    ["SUBSTRING('stream', 0, 2)", 'st'],
    ["INSTR('CORPORATE FLOOR', 'OR')", 2],
    ["INSTR('CORPORATE FLOOR', 'OR', 3, 2)", 14],
    ["INSTR('CORPORATE FLOOR', 'OR', -3, 2)", 2],
    ["INSTR('a', 'b')", 0],
    ["LPAD('foo', 7, 'Bar')", 'BarBfoo'],
    ["RPAD('foo', 2, 'x')", 'fo'],
    ["INITCAP('hello  wORLD')", 'Hello  World'],
    ["CONCAT('a', NULL, 'b')", 'ab'],
    ["CONCAT_WS('-', 'a', NULL, 'b')", 'a-b'],
    ["ELT(2, 'a', 'b')", 'b'],
    ["FIELD('b', 'a', 'b')", 2],
    ["TRIM('  x ')", 'x'],
    ['CHR(75)', 'K'],
    ["CHR('\\u004b')", 'K'],
    ["MD5('abc')", '900150983cd24fb0d6963f7d28e17f72'],
    ["ENCODE('0x4578616D706C65', 'hex', 'utf8')", 'Example'],
    ["FROM_BYTES(TO_BYTES('fe', 'hex'), 'hex')", 'FE'],
    ["MASK('My Test $123')", 'Xx-Xxxx--nnn'],
    ["MASK_KEEP_RIGHT('Abc1', 2, '?', '!', '#', NULL)", '?!c1'],
    ["REPLACE('a.b.c', '.', '/')", 'a/b/c'],
    ["UCASE('ß')", 'SS'],
    ["BIGINT_FROM_BYTES(TO_BYTES('000000005BB75CE1', 'hex'))", 1538743521n],
  ])('[SQL-117] %s', (text, value) => expect(valueOf(text)).toEqual(value));

  test('[SQL-117] parts of texts are arrays and maps', () => {
    expect(valueOf("SPLIT('a,b,,c', ',')")).toEqual(['a', 'b', '', 'c']);
    expect(valueOf("SPLIT('ab', '')")).toEqual(['a', 'b']);
    expect(valueOf("SPLIT_TO_MAP('a=1;b=2;c', ';', '=')")).toEqual(
      new Map([
        ['a', '1'],
        ['b', '2'],
      ]),
    );
  });

  test("[SQL-118] regular expressions are Java's", () => {
    expect(valueOf("REGEXP_EXTRACT('(\\w+)@(\\w+)', 'me@host', 2)")).toBe('host');
    expect(valueOf("REGEXP_EXTRACT_ALL('\\d+', 'a1b22')")).toEqual(['1', '22']);
    expect(valueOf("REGEXP_REPLACE('a-b', '(\\p{Lower})-(\\p{Lower})', '$2$1')")).toBe('ba');
    expect(valueOf("REGEXP_SPLIT_TO_ARRAY('a1b22c', '\\d+')")).toEqual(['a', 'b', 'c']);
    expect(valueOf("REGEXP_EXTRACT('\\Qa.b\\E', 'xa.b')")).toBe('a.b');
    expect(valueOf("REGEXP_EXTRACT('[', 'x')")).toBeNull();
  });
});

describe('collections', () => {
  test('[SQL-119] arrays are searched, sorted, joined and compared as sets', () => {
    expect(valueOf("ARRAY_SORT(ARRAY[3, NULL, 1], 'DESC')")).toEqual([3, 1, null]);
    expect(valueOf('ARRAY_UNION(ARRAY[1, 2], ARRAY[2, 3])')).toEqual([1, 2, 3]);
    expect(valueOf('ARRAY_EXCEPT(ARRAY[1, 2, 1, 3], ARRAY[3])')).toEqual([1, 2]);
    expect(valueOf('ARRAY_INTERSECT(ARRAY[1, 2], ARRAY[2])')).toEqual([2]);
    expect(valueOf("ARRAY_JOIN(ARRAY[1.50, NULL], '|')")).toBe('1.50|null');
    expect(valueOf('ARRAY_MAX(ARRAY[1, NULL, 3])')).toBe(3);
    expect(valueOf('SLICE(ARRAY[1, 2, 3], 2, NULL)')).toEqual([2, 3]);
    expect(valueOf('GENERATE_SERIES(3, 1)')).toEqual([3, 2, 1]);
    expect(valueOf('ARRAY_CONTAINS(ARRAY[1, 2], 3)')).toBe(false);
    expect(valueOf('ARRAY_LENGTH(ARRAY_REMOVE(ARRAY_CONCAT(ARRAY[1], ARRAY[1, 2]), 1))')).toBe(1);
    expect(valueOf('ARRAY_DISTINCT(ARRAY[1, 1])')).toEqual([1]);
    expect(valueOf('ARRAY_MIN(ARRAY[2, 1])')).toBe(1);
  });

  test('[SQL-120] maps are listed in the order of a HashMap', () => {
    expect(valueOf("MAP_KEYS(MAP('z' := 1, 'a' := 2))")).toEqual(['a', 'z']);
    expect(valueOf("MAP_VALUES(MAP('z' := 1, 'a' := 2))")).toEqual([2, 1]);
    expect(valueOf("ENTRIES(MAP('b' := 1, 'a' := 2), true)")).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
    expect(typeTextOf("ENTRIES(MAP('b' := 1), true)")).toBe('ARRAY<STRUCT<`K` STRING, `V` INTEGER>>');
    expect(valueOf("AS_MAP(ARRAY['a', 'b'], ARRAY[1])")).toEqual(
      new Map([
        ['a', 1],
        ['b', null],
      ]),
    );
    expect(valueOf("MAP_UNION(MAP('a' := 1), MAP('a' := 2))")).toEqual(new Map([['a', 2]]));
  });
});

describe('numbers', () => {
  test('[SQL-121] are rounded, halves up, in their own type', () => {
    expect(valueOf('ROUND(2.5E0)')).toBe(3n);
    expect(valueOf('ROUND(-2.5E0)')).toBe(-2n);
    expect(valueOf('ROUND(-1.235, 2)')).toEqual(decimal(-1230n, 3));
    expect(valueOf('ROUND(1234.5E0, -2)')).toBe(1200);
    expect(valueOf('TRUNC(-1.9)')).toEqual(decimal(-1n, 0));
    expect(typeTextOf('ROUND(12.34)')).toBe('DECIMAL(2, 0)');
    expect(valueOf('CEIL(-1.5)')).toEqual(decimal(-10n, 1));
    expect(valueOf('FLOOR(1.5E0)')).toBe(1);
    expect(valueOf('ABS(-3)')).toBe(3);
    expect(valueOf('SIGN(-3.2E0)')).toBe(-1);
    expect(valueOf('GREATEST(1, NULL, 3)')).toBe(3);
    expect(typeTextOf('LEAST(1.5, 22.25)')).toBe('DECIMAL(4, 2)');
  });
});

describe('null', () => {
  test('[SQL-122] is replaced and made', () => {
    expect(valueOf('COALESCE(NULL, 2, 3)')).toBe(2);
    expect(valueOf('IFNULL(A, 5)', { A: 'INT' }, [null])).toBe(5);
    expect(valueOf("NULLIF('a', 'a')")).toBeNull();
  });
});

const rows = (...values: (number | null)[]) => values.map((value) => [value]);

describe('aggregates', () => {
  test('[SQL-123] sum, count and average what is not null', () => {
    expect(aggregated('SUM(V)', { V: 'INT' }, rows(1, null, 2))).toEqual([1, 1, 3]);
    expect(aggregated('COUNT(V)', { V: 'INT' }, rows(1, null, 2))).toEqual([1n, 1n, 2n]);
    expect(aggregated('COUNT(*)', { V: 'INT' }, rows(1, null))).toEqual([1n, 2n]);
    expect(aggregated('AVG(V)', { V: 'INT' }, rows(1, null, 2))).toEqual([1, 1, 1.5]);
    expect(aggregated('MAX(V)', { V: 'INT' }, rows(null, 3, 2))).toEqual([null, 3, 3]);
    expect(aggregated('MIN(V)', { V: 'INT' }, rows(3, 2, 4))).toEqual([3, 2, 2]);
    expect(aggregated('STDDEV_SAMP(V)', { V: 'INT' }, rows(1, 3, 5)).at(-1)).toBe(4);
    expect(aggregated('STDDEV_SAMPLE(V)', { V: 'INT' }, rows(1, 3, 5)).at(-1)).toBe(2);
    expect(
      aggregated('CORRELATION(X, Y)', { X: 'INT', Y: 'INT' }, [
        [1, 2],
        [2, 4],
        [3, 6],
      ]).at(-1),
    ).toBe(1);
  });

  test('[SQL-124] collect values, the first, the last, the greatest', () => {
    expect(aggregated('COLLECT_LIST(V)', { V: 'INT' }, rows(1, null, 1)).at(-1)).toEqual([1, null, 1]);
    expect(aggregated('COLLECT_SET(V)', { V: 'INT' }, rows(1, null, 1)).at(-1)).toEqual([1, null]);
    expect(aggregated('LATEST_BY_OFFSET(V)', { V: 'INT' }, rows(1, null))).toEqual([1, 1]);
    expect(aggregated('LATEST_BY_OFFSET(V, false)', { V: 'INT' }, rows(1, null))).toEqual([1, null]);
    expect(aggregated('LATEST_BY_OFFSET(V, 2)', { V: 'INT' }, rows(1, 2, 3)).at(-1)).toEqual([2, 3]);
    expect(aggregated('EARLIEST_BY_OFFSET(V, 2)', { V: 'INT' }, rows(1, 2, 3)).at(-1)).toEqual([1, 2]);
    expect(aggregated('TOPK(V, 2)', { V: 'INT' }, rows(1, 3, 3, 2)).at(-1)).toEqual([3, 3]);
    expect(aggregated('TOPKDISTINCT(V, 2)', { V: 'INT' }, rows(1, 3, 3, 2)).at(-1)).toEqual([3, 2]);
    expect(
      aggregated('TOPK(V, W, 2)', { V: 'INT', W: 'STRING' }, [
        [1, 'a'],
        [5, 'b'],
      ]).at(-1),
    ).toEqual([
      [5, 'b'],
      [1, 'a'],
    ]);
    expect(aggregated('HISTOGRAM(V)', { V: 'STRING' }, [['a'], ['b'], ['a']]).at(-1)).toEqual(
      new Map([
        ['a', 2n],
        ['b', 1n],
      ]),
    );
    expect(aggregated('ATTR(V)', { V: 'INT' }, rows(1, 1, 2))).toEqual([1, 1, null]);
    expect(aggregated('COUNT_DISTINCT(V)', { V: 'INT' }, rows(1, 1, 2)).at(-1)).toBe(2n);
    const limit = { 'ksql.functions.collect_list.limit': '2', 'ksql.functions.collect_set.limit': '1' };
    expect(aggregated('COLLECT_LIST(V)', { V: 'INT' }, rows(1, 2, 3), limit).at(-1)).toEqual([1, 2]);
    expect(aggregated('COLLECT_SET(V)', { V: 'INT' }, rows(1, 2, 3), limit).at(-1)).toEqual([1]);
    expect(() => aggregated('EARLIEST_BY_OFFSET(V, V)', { V: 'INT' }, [])).toThrow(
      "Parameter 2 passed to function EARLIEST_BY_OFFSET must be a literal constant, but was expression: 'V'",
    );
  });
});

describe('dates and times', () => {
  test.each([
    ["FORMAT_TIMESTAMP(PARSE_TIMESTAMP('2021-03-04 05:06:07', 'yyyy-MM-dd HH:mm:ss'), 'dd/MM/yyyy hh:mm a')", '04/03/2021 05:06 AM'],
    ["TIMESTAMPTOSTRING(1526075913000, 'yyyy-MM-dd''T''HH:mm:ssX')", '2018-05-11T21:58:33Z'],
    ["TIMESTAMPTOSTRING(1526075913000, 'yyyy-MM-dd HH:mm:ss XXX', 'America/Los_Angeles')", '2018-05-11 14:58:33 -07:00'],
    ["STRINGTOTIMESTAMP('2018-05-11 21:58:33.123', 'yyyy-MM-dd HH:mm:ss.SSS')", 1526075913123n],
    ["STRINGTOTIMESTAMP('05/11/18 14:58 PDT', 'MM/dd/yy HH:mm z')", null],
    ["STRINGTOTIMESTAMP('2018-05-11 14:58:33', 'yyyy-MM-dd HH:mm:ss', 'America/Los_Angeles')", 1526075913000n],
    ["UNIX_DATE(PARSE_DATE('12 Mar 2000', 'dd MMM yyyy'))", 11028],
    ["CAST(PARSE_TIME('1:02 pm', 'h:mm a') AS STRING)", '13:02'],
    ["UNIX_DATE(PARSE_DATE('2003-12-24-01-01', 'yyyy-MM-dd'))", 12410],
    ["PARSE_TIME('2000 01:02', 'yyyy HH:mm')", null],
    ["FORMAT_DATE(FROM_DAYS(18765), 'EEEE d MMMM uuuu')", 'Tuesday 18 May 2021'],
    ["FORMAT_TIME(CAST('01:02:03' AS TIME), 'HHmmss')", '010203'],
    ["CAST(DATEADD(DAYS, 3, CAST('2020-02-27' AS DATE)) AS STRING)", '2020-03-01'],
    ["CAST(TIMESUB(HOURS, 2, CAST('01:00' AS TIME)) AS STRING)", '23:00'],
    ['CAST(TIMESTAMPADD(SECONDS, 5, FROM_UNIXTIME(0)) AS STRING)', '1970-01-01T00:00:05.000'],
    ["UNIX_TIMESTAMP(CONVERT_TZ(FROM_UNIXTIME(0), 'UTC', '+05:30'))", 19800000n],
    ['UNIX_TIMESTAMP()', 1600000000000n],
    ['UNIX_DATE()', 18518],
    ["STRINGTODATE('20200229', 'yyyyMMdd')", 18321],
    ["DATETOSTRING(0, 'D')", '1'],
    ["PARSE_TIMESTAMP('2020-13-01', 'yyyy-MM-dd')", null],
  ])('[SQL-126] %s', (text, value) => expect(valueOf(text)).toEqual(value));
});

describe('JSON', () => {
  test.each([
    [`EXTRACTJSONFIELD('{"a": {"b": [1, {"c": "x"}]}}', '$.a.b[1].c')`, 'x'],
    [`EXTRACTJSONFIELD('{"a": 1.50}', '$.a')`, '1.50'],
    [`EXTRACTJSONFIELD('{"a": {"b": 12345678901234567890}}', '$.a')`, '{"b":12345678901234567890}'],
    [`EXTRACTJSONFIELD('{"a": null}', '$.b')`, null],
    [`EXTRACTJSONFIELD('{"a": 1', '$.a')`, null],
    [`TO_JSON_STRING(STRUCT(b := 1.50, a := ARRAY['x', NULL]))`, '{"A":["x",null],"B":1.50}'],
    ['TO_JSON_STRING(1E10)', '1.0E10'],
    [`TO_JSON_STRING(CAST('2020-01-02' AS DATE))`, '"2020-01-02"'],
    [`IS_JSON_STRING('[1, 2')`, false],
    [`IS_JSON_STRING('')`, false],
    [`JSON_ARRAY_CONTAINS('[1, 2.0, "x", null]', 2E0)`, true],
    [`JSON_ARRAY_CONTAINS('[1]', 1E0)`, false],
    [`JSON_ARRAY_LENGTH('[1, [2, 3]]')`, 2],
    [`JSON_CONCAT('{"a": 1}', '{"a": 2, "b": 3}')`, '{"a":2,"b":3}'],
    [`JSON_CONCAT('[1]', '{"a": 2}', '3')`, '[1,{"a":2},3]'],
  ])('[SQL-127] %s', (text, value) => expect(valueOf(text)).toEqual(value));

  test('[SQL-127] is taken apart into texts', () => {
    expect(valueOf(`JSON_ITEMS('[1, {"a": "x"}]')`)).toEqual(['1', '{"a":"x"}']);
    expect(valueOf(`JSON_KEYS('{"a": 1, "b": 2}')`)).toEqual(['a', 'b']);
    expect(valueOf(`JSON_RECORDS('{"a": "x", "b": [1]}')`)).toEqual(
      new Map([
        ['a', 'x'],
        ['b', '[1]'],
      ]),
    );
  });
});

describe('URLs', () => {
  const url = 'https://user@docs.example.com:8080/a%20b/c?x=1&y=%C3%A4&z#part';
  test.each([
    [`URL_EXTRACT_HOST('${url}')`, 'docs.example.com'],
    [`URL_EXTRACT_PORT('${url}')`, 8080],
    [`URL_EXTRACT_PATH('${url}')`, '/a b/c'],
    [`URL_EXTRACT_QUERY('${url}')`, 'x=1&y=ä&z'],
    [`URL_EXTRACT_PARAMETER('${url}', 'y')`, 'ä'],
    [`URL_EXTRACT_PARAMETER('${url}', 'z')`, ''],
    [`URL_EXTRACT_FRAGMENT('${url}')`, 'part'],
    [`URL_EXTRACT_PROTOCOL('${url}')`, 'https'],
    [`URL_EXTRACT_HOST('not a url')`, null],
    [`URL_EXTRACT_PORT('http://example.com')`, null],
    [`URL_ENCODE_PARAM('a b&ä')`, 'a+b%26%C3%A4'],
    [`URL_DECODE_PARAM('a+b%26%C3%A4')`, 'a b&ä'],
    [`URL_DECODE_PARAM('%zz')`, null],
  ])('[SQL-128] %s', (text, value) => expect(valueOf(text)).toEqual(value));
});

describe('table functions', () => {
  test('[SQL-129] make rows of an array, or of every choice of its values', () => {
    expect(exploded('EXPLODE(ARRAY[1, 2])')).toEqual([1, 2]);
    expect(exploded('EXPLODE(A)', { A: 'ARRAY<INT>' }, [null])).toEqual([]);
    expect(exploded("CUBE_EXPLODE(ARRAY['a', NULL, 'b'])")).toEqual([
      [null, null, null],
      [null, null, 'b'],
      ['a', null, null],
      ['a', null, 'b'],
    ]);
    expect(() => exploded('EXPLODE(A)', { A: 'MAP<STRING, INT>' })).toThrow(
      "Function 'explode' does not accept parameters (MAP<STRING, INTEGER>).\nValid alternatives are:\nexplode(ARRAY<DECIMAL> input)\nexplode(ARRAY<T> list)",
    );
  });
});
