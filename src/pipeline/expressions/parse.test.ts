import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseBranches, parseFields } from './lists.ts';
import { parseCondition, parseExpression, parseLastingExpression } from './parse.ts';

function parsed(text: string) {
  const result = parseExpression(text);
  if (!result.ok) throw new Error(`${result.column}: ${result.message}`);
  return result.expression;
}

function failed(text: string) {
  const result = parseCondition(text);
  if (result.ok) throw new Error(`"${text}" was accepted`);
  return result;
}

describe('parseExpression', () => {
  test('[VAL-4] precedence: or, and, not, comparison, sum, product, sign', () => {
    expect(parsed('not value.a + 2 * 3 > 4 and key = "x" or value.b')).toEqual(
      parsed('((not ((value.a + (2 * 3)) > 4)) and (key = "x")) or value.b'),
    );
    expect(parsed('10 - 3 - 2')).toEqual(parsed('(10 - 3) - 2'));
  });

  test('[VAL-4] every way to name a field', () => {
    expect(parsed('value.order.items[0]["odd name"].in')).toEqual({ kind: 'value', path: ['order', 'items', '0', 'odd name', 'in'] });
    expect(parsed('value.items.0.price')).toEqual({ kind: 'value', path: ['items', '0', 'price'] });
    expect(parsed('value')).toEqual({ kind: 'value', path: [] });
  });

  test('[VAL-5] only = null and != null ask for null', () => {
    expect(parsed('value.a = null')).toEqual({ kind: 'isNull', operand: { kind: 'value', path: ['a'] }, negated: false });
    expect(parsed('null <> value.a')).toMatchObject({ kind: 'isNull', negated: true });
  });

  test('[VAL-4] lists, patterns, keywords in any case, quotes inside texts', () => {
    expect(parsed(`key NOT IN ('a', "b")`)).toMatchObject({ kind: 'in', negated: true, choices: [{ value: 'a' }, { value: 'b' }] });
    expect(parsed('value.name like "a%"')).toMatchObject({ kind: 'like', pattern: 'a%', negated: false });
    expect(parsed(`"say ""hi"""`)).toEqual({ kind: 'literal', value: 'say "hi"' });
    expect(parsed('-1.5e3')).toEqual({ kind: 'literal', value: -1500 });
  });

  test.each([
    ['amount > 100', 1, 'value.amount'],
    ['Value.amount > 100', 1, 'small letters'],
    ['value.amount > ', 16, 'Write a field'],
    ['value.a && value.b', 9, '`and`'],
    ['value.amount + 1', 1, 'Compare it'],
    ['"text', 1, 'at its end'],
    ['(value.a > 1', 13, 'Put a )'],
    ['value.a > 1 value.b', 13, 'operator'],
    ['1 < value.a < 3', 13, 'a < b and b < c'],
    ['trim(key) = "a"', 1, 'upper, lower'],
    ['upper(key, 2) = "a"', 1, 'Give it 1'],
    ['key in ()', 5, 'in ("a", "b")'],
    ['key like 5', 10, 'like "abc%"'],
    ['5ms > 3', 1, 'Leave units out'],
    ['value.a > 1e999', 11, '1e308'],
    ['', 1, 'value.amount > 100'],
    ['key = “a”', 7, 'straight quotes'],
  ])('[VAL-4] %s is refused with its place and a remedy', (text, column, remedy) => {
    expect(failed(text)).toMatchObject({ line: 1, column });
    expect(failed(text).remedy).toContain(remedy);
  });

  test('[VAL-4] deep nesting is refused before the stack ends', () => {
    expect(failed(`${'('.repeat(500)}true${')'.repeat(500)}`)).toMatchObject({ column: 101 });
    expect(failed(`${'not '.repeat(900)}true`)).toMatchObject({ column: 401 });
    expect(failed('-'.repeat(4_000))).toMatchObject({ column: 101 });
    expect(failed(' '.repeat(5_000))).toMatchObject({ column: 4_001 });
  });

  test('[VAL-6] partition and offset cannot be kept in a record', () => {
    expect(parseLastingExpression('concat(key, partition)')).toMatchObject({ ok: false, column: 13 });
    expect(parseCondition('partition = 3 and offset > 10').ok).toBe(true);
  });

  test('[VAL-4] any text gives an answer, never an exception (seed 1)', () => {
    const pieces = fc.constantFrom(
      'value',
      '.a',
      '(',
      ')',
      ' and ',
      'not ',
      '=',
      '<',
      '"x"',
      "'",
      '1',
      '.5',
      ',',
      'in',
      'like',
      '[',
      ']',
      'upper',
      '-',
      '%',
      'é',
      '💧',
      ' ',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(pieces).map((list) => list.join('')),
        ),
        (text) => {
          const result = parseCondition(text);
          if (!result.ok)
            expect([result.column >= 1 && result.column <= text.length + 1, result.message, result.remedy]).toEqual([
              true,
              expect.any(String),
              expect.any(String),
            ]);
        },
      ),
      { seed: 1, numRuns: 1000 },
    );
  });
});

describe('lists of expressions', () => {
  test('[VAL-4] fields: named, bare, with odd names; blank lines skipped', () => {
    const result = parseFields(['total = value.price * value.count', 'customer', '', '"odd name" = key', '__proto__ = 1']);
    expect(result.ok && result.fields.map((field) => field.name)).toEqual(['total', 'customer', 'odd name', '__proto__']);
    expect(result.ok && result.fields[1]!.expression).toEqual({ kind: 'value', path: ['customer'] });
  });

  test('[VAL-4] a wrong field names line, column and remedy', () => {
    expect(parseFields(['a', 'b = value.c +'])).toMatchObject({ ok: false, line: 2, column: 14 });
    expect(parseFields(['value.a.total'])).toMatchObject({ ok: false, remedy: 'Write for example total = value.a.total.' });
    expect(parseFields(['a', 'a = key'])).toMatchObject({ ok: false, line: 2 });
    expect(parseFields(['a = offset'])).toMatchObject({ ok: false, line: 1, column: 5 });
    expect(parseFields(['= 3'])).toMatchObject({ ok: false, line: 1 });
  });

  test('[VAL-4] branches: conditions, then the rest', () => {
    const result = parseBranches(['large: value.amount > 100', 'odd: key = "a:b"', 'rest']);
    expect(result.ok && result.branches.map((branch) => [branch.name, branch.condition === null])).toEqual([
      ['large', false],
      ['odd', false],
      ['rest', true],
    ]);
  });

  test('[VAL-4] a wrong branch names line, column and remedy', () => {
    expect(parseBranches(['rest', 'large: value.a > 1'])).toMatchObject({
      ok: false,
      line: 2,
      message: expect.stringContaining('No record reaches'),
    });
    expect(parseBranches(['value.a > 1'])).toMatchObject({
      ok: false,
      line: 1,
      remedy: 'Write name: condition, for instance large: value.a > 1.',
    });
    expect(parseBranches(['a: value.x >'])).toMatchObject({ ok: false, line: 1, column: 13 });
    expect(parseBranches(['a:'])).toMatchObject({ ok: false });
    expect(parseBranches(['a: true', 'a: false'])).toMatchObject({ ok: false, line: 2 });
    expect(parseBranches(['', ' '])).toMatchObject({ ok: false });
  });
});
