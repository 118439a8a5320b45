import { describe, expect, test } from 'vitest';
import type { Expression } from './ast.ts';
import { formatExpression } from './formatExpression.ts';
import { parseExpression, parseTypeName } from './parse.ts';
import { SqlError } from './sqlError.ts';

const formatted = (text: string) => formatExpression(parseExpression(text));

function failure(text: string): SqlError {
  try {
    parseExpression(text);
  } catch (error) {
    if (error instanceof SqlError) return error;
    throw error;
  }
  throw new Error(`${text} was read`);
}

/** Without places, which differ between a text and the same written anew. */
const bare = (expression: Expression) =>
  JSON.parse(
    JSON.stringify(expression, (key, value: unknown) => (key === 'at' ? undefined : typeof value === 'bigint' ? `${value}n` : value)),
  ) as unknown;

describe('expressions', () => {
  test.each([
    ['a or b and not c = 1', '(A OR (B AND (NOT (C = 1))))'],
    ['not a and b', '((NOT A) AND B)'],
    ['a + b * c - d', '((A + (B * C)) - D)'],
    ['a - b - c', '((A - B) - C)'],
    ['-a * b', '(-A * B)'],
    ['- -a', '- -A'],
    ['a - -1', '(A - -1)'],
    ['2-1', '(2 - 1)'],
    ['- -1', '- -1'],
    ['a || b + c', 'CONCAT(A, (B + C))'],
    ['a % b / c', '((A % B) / C)'],
    ['a = b + 1 and c between 1 and 2 or d', '(((A = (B + 1)) AND (C BETWEEN 1 AND 2)) OR D)'],
    ['a not between 1 and 2', '(NOT (A BETWEEN 1 AND 2))'],
    ['a not in (1, b = c)', '(NOT (A IN (1, (B = C))))'],
    ["a like '%x' escape '!'", "(A LIKE '%x' ESCAPE '!')"],
    ['a is not null', '(A IS NOT NULL)'],
    ['a is not distinct from b', '(NOT (A IS DISTINCT FROM B))'],
    ['a != b', '(A <> B)'],
    ['(a)', 'A'],
  ])('[SQL-4] %s is %s', (text, expected) => expect(formatted(text)).toBe(expected));

  test('[SQL-4] comparisons do not chain', () => {
    expect(failure('a = b = c').at).toEqual({ line: 1, column: 7 });
  });

  test('[SQL-4] a binary operation stands where its operator does, everything else where it begins', () => {
    expect(parseExpression('abc\n  + f(x)')).toMatchObject({
      at: { line: 2, column: 3 },
      left: { at: { line: 1, column: 1 } },
      right: { at: { line: 2, column: 5 }, args: [{ at: { line: 2, column: 7 } }] },
    });
  });

  test('[SQL-5] numbers have the type of how they are written', () => {
    const literal = (text: string) => bare(parseExpression(text));
    expect(literal('2147483647')).toEqual({ kind: 'integer', value: 2147483647 });
    expect(literal('-2147483648')).toEqual({ kind: 'integer', value: -2147483648 });
    expect(literal('2147483648')).toEqual({ kind: 'bigint', value: '2147483648n' });
    expect(literal('-9223372036854775808')).toEqual({ kind: 'bigint', value: '-9223372036854775808n' });
    expect(literal('1.')).toEqual({ kind: 'decimal', text: '1' });
    expect(literal('-.50')).toEqual({ kind: 'decimal', text: '-0.50' });
    expect(literal('007.10')).toEqual({ kind: 'decimal', text: '7.10' });
    expect(literal('1E3')).toEqual({ kind: 'double', value: 1000 });
  });

  test('[SQL-5] numbers out of range are refused', () => {
    expect(failure('9223372036854775808').message).toContain('Invalid numeric literal: 9223372036854775808');
    expect(failure('1 + 1E309').message).toContain('Number overflows DOUBLE: 1E309');
    expect(failure('1 + 1E309').at).toEqual({ line: 1, column: 5 });
  });

  test('[SQL-6] lambdas know their parameters, and outer ones, within their body only', () => {
    const body = (text: string) => JSON.stringify(bare(parseExpression(text)));
    expect(body('F(a, x => x + y)')).toContain('{"kind":"lambdaVariable","name":"X"},"right":{"kind":"column","source":null,"name":"Y"}');
    expect(formatted('transform(m, (k, v) => k, (k, v) => reduce(v, 0, s => s + k))')).toBe(
      'TRANSFORM(M, (K, V) => K, (K, V) => REDUCE(V, 0, (S) => (S + K)))',
    );
    expect(parseExpression('F(a, x => x) + x')).toMatchObject({ right: { kind: 'column', name: 'X' } });
  });

  test('[SQL-6] lambdas are the last arguments, and not the first', () => {
    expect(() => parseExpression('F(x => x)')).toThrow(SqlError);
    expect(() => parseExpression('F(a, x => x, b)')).toThrow(SqlError);
    expect(formatted('F((x), (x))')).toBe('F(X, X)');
  });

  test('[SQL-6] a unit of time is an argument where it cannot be a name', () => {
    expect(bare(parseExpression('timestampadd(SECONDS, 5, t)'))).toMatchObject({
      args: [{ kind: 'interval', unit: 'SECONDS', value: '1n' }, {}, {}],
    });
    expect(parseExpression('f(MILLISECOND)')).toMatchObject({ args: [{ kind: 'interval', unit: 'MILLISECONDS' }] });
    expect(parseExpression('f(SECOND)')).toMatchObject({ args: [{ kind: 'column', name: 'SECOND' }] });
  });

  test('[SQL-7] free words are names; ARRAY, MAP and STRUCT with what follows them are not', () => {
    expect(formatted('date + key + array + struct')).toBe('(((DATE + KEY) + ARRAY) + STRUCT)');
    expect(formatted("array[1, 2][1] = map('a' := 1)['a']")).toBe("(ARRAY[1, 2][1] = MAP('a':=1)['a'])");
    expect(formatted('struct(a := 1, `b` := array[])->a')).toBe('STRUCT(A:=1, b:=ARRAY[])->A');
    expect(formatted('s.a->b->`c`[1]')).toBe('S.A->B->c[1]');
  });

  test('[SQL-8] no map has a key twice, no escape is longer than a character', () => {
    expect(failure("map('a' := 1, 'a' := 2)").message).toContain("Multiple entries with same key: 'a'=2 and 'a'=1");
    expect(failure("a like 'b' escape 'cd'").message).toContain('Line: 1, Col: 19: Expected single character escape but got: cd');
  });

  test('[SQL-9] what is nested too deep is refused, not overflowing', () => {
    expect(failure('('.repeat(100_000)).message).toContain('Statement is too large to parse');
    expect(failure('-a'.replace('-', '- '.repeat(100_000))).message).toContain('Statement is too large to parse');
    expect(formatted('('.repeat(50) + 'a' + ')'.repeat(50))).toBe('A');
  });
});

describe('types', () => {
  test('[SQL-3] types nest; T ARRAY is ARRAY<T>', () => {
    expect(bare(parseTypeName('map<string, struct<`a` int array, b decimal(4, 2)>>') as never)).toEqual({
      kind: 'map',
      key: { kind: 'simple', name: 'STRING', parameters: [] },
      value: {
        kind: 'struct',
        fields: [
          { name: 'a', type: { kind: 'array', item: { kind: 'simple', name: 'INT', parameters: [] } } },
          { name: 'B', type: { kind: 'simple', name: 'DECIMAL', parameters: [4, 2] } },
        ],
      },
    });
    expect(parseTypeName('VARCHAR(255)')).toMatchObject({ kind: 'simple', name: 'VARCHAR', parameters: [255] });
    expect(() => parseTypeName('DECIMAL(4.5, 2)')).toThrow('Value must be integer for command: DECIMAL(PRECISION)');
    expect(() => parseTypeName('MAP<NULL, INT>')).toThrow("Syntax error at or near 'NULL' at line 1:5");
  });
});

describe('expressions as text', () => {
  test.each([
    ["CASE WHEN a THEN 1 ELSE 'b''c' END", "(CASE WHEN A THEN 1 ELSE 'b''c' END)"],
    ['case a when 1 then 2 end', '(CASE A WHEN 1 THEN 2 END)'],
    ['cast(a as struct<b varchar, c int>)', 'CAST(A AS STRUCT<B STRING, C INTEGER>)'],
    ['cast(a as array<decimal(4,2)>)', 'CAST(A AS ARRAY<DECIMAL(4, 2)>)'],
    ['count(*) + count()', '(COUNT(*) + COUNT(*))'],
    ['true and null', '(true AND null)'],
    ['1.5E3 + 1E-3 + 0E0', '((1.5E3 + 1E-3) + 0E0)'],
    ['0.0000001 + 0.00000012', '(1E-7 + 1.2E-7)'],
    ['1.10', '1.10'],
  ])('[SQL-11] %s is written %s', (text, expected) => expect(formatted(text)).toBe(expected));

  test('[SQL-11] with quotes where they are needed, the text reads as the same expression', () => {
    for (const text of [
      '`a b`->`Select`[`1`] + `FROM`.`x``y` + `1E3` + "lower" + UPPER + `KEY` + 1_0',
      'case when not (a = 1 or b) then -(-c) else array[map(1 := struct(`x` := 2)), - -1] end',
      "f(a, (`x`, y) => x || y || 'it''s') not in (1, -2.50, 3E2, 99999999999)",
      'cast(a as map<string, struct<`b` integer, c decimal(3, 1)>>) is not distinct from null',
      "a not like '%' escape '!' and b not between c and d and timestampadd(DAYS, 1, t) <> t",
    ]) {
      const expression = parseExpression(text);
      const written = formatExpression(expression, 'asNeeded');
      expect(bare(parseExpression(written)), written).toEqual(bare(normal(expression)));
    }
  });
});

/** A negated predicate is written as NOT of the predicate, as in ksqlDB, and read so. */
function normal(value: Expression): Expression {
  const negated = 'negated' in value && value.negated && value.kind !== 'isNull';
  const distinct = value.kind === 'comparison' && value.operator === 'IS NOT DISTINCT FROM';
  const parts = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, normalPart(part)])) as unknown as Expression;
  if (negated) return { kind: 'not', operand: { ...parts, negated: false } as Expression, at: value.at };
  if (distinct) return { kind: 'not', operand: { ...parts, operator: 'IS DISTINCT FROM' } as Expression, at: value.at };
  return parts;
}

function normalPart(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(normalPart);
  return typeof part === 'object' && part !== null ? normal(part as Expression) : part;
}
