import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonBytes, jsonField, type Json } from './json.ts';
import { parseKeyList } from './keyList.ts';
import { parseTemplate } from './parseTemplate.ts';
import { parseServiceTable } from './serviceTable.ts';

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}

describe('json sizes', () => {
  test('[VAL-2] jsonBytes is the UTF-8 length of JSON.stringify (seed 2)', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ stringUnit: 'binary' }),
        fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
        (value, text) => {
          const json = [value as Json, text];
          expect(jsonBytes(json)).toBe(utf8Length(JSON.stringify(json)));
        },
      ),
      { seed: 2, numRuns: 200 },
    );
  });

  test('[VAL-4] inherited properties are no fields', () => {
    expect(jsonField({ a: 1 }, 'toString')).toBe(null);
    expect(jsonField([1, 2], 'length')).toBe(null);
    expect(jsonField([1, 2], '1')).toBe(2);
  });
});

describe('parseTemplate', () => {
  test('[VAL-3] any JSON is a template of constants (seed 3)', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value, null, 2);
        fc.pre(!text.includes('{{'));
        expect(parseTemplate(text)).toMatchObject({ ok: true, template: { slots: 0 } });
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  test('[VAL-3] generators inside texts, as whole texts, and bare', () => {
    const result = parseTemplate(
      '{"id": "o-{{sequence}}", "n": "{{integer 1 6}}", "bare": {{number 0 1 2}}, "s": "{{oneOf "a" \'b\' \\"c\\" 4}}"}',
    );
    expect(result).toMatchObject({
      ok: true,
      template: {
        slots: 4,
        root: {
          members: [
            { name: 'id', value: { kind: 'text', parts: ['o-', { index: 0 }] } },
            { name: 'n', value: { kind: 'slot', slot: { index: 1, generator: { kind: 'integer', low: 1, high: 6 } } } },
            { name: 'bare', value: { kind: 'slot', slot: { generator: { decimals: 2 } } } },
            { name: 's', value: { slot: { generator: { kind: 'oneOf', choices: ['a', 'b', 'c', 4] } } } },
          ],
        },
      },
    });
  });

  test.each([
    ['{"a": {{random}}}', 1, 9, 'The generators are'],
    ['{"a": {{oneof "x"}}}', 1, 9, 'capital O'],
    ['{\n  "a": "{{integer 1}}"\n}', 2, 11, '{{integer 1 100}}'],
    ['{"a": "{{integer 9 1}}"}', 1, 10, 'smaller one first'],
    ['{"a": "{{oneOf a b}}"}', 1, 16, 'in quotes'],
    ['{"a": "{{sequence"}', 1, 18, 'before }}'],
    ['{"a": "{{sequence ', 1, 8, 'Close it'],
    ['{"a": 1,}', 1, 9, '"name": value'],
    ["{'a': 1}", 1, 2, '"name": value'],
    ['{"a" 1}', 1, 6, '"name": value'],
    ['{"a": 1 "b": 2}', 1, 9, 'Put a ,'],
    ['{"a": 1, "a": 2}', 1, 10, 'Rename'],
    ['{"{{key}}": 1}', 1, 2, 'in values only'],
    ['hello', 1, 1, 'double quotes'],
    ['{"a": 1e400}', 1, 7, '1e308'],
    ['{"a": "\\x"}', 1, 8, 'backslash'],
    ['{} {}', 1, 4, 'Remove the rest'],
    ['', 1, 1, 'double quotes'],
    ['{"a": "{{number 0 1 9}}"}', 1, 10, 'Use 0 to 6'],
  ])('[VAL-3] %j is refused with its place and a remedy', (text, line, column, remedy) => {
    const result = parseTemplate(text);
    expect(result).toMatchObject({ ok: false, line, column });
    expect(!result.ok && result.remedy).toContain(remedy);
  });

  test('[VAL-3] deep nesting is refused before the stack ends', () => {
    expect(parseTemplate('['.repeat(100_000))).toMatchObject({ ok: false, column: 51 });
    expect(parseTemplate('{"a":'.repeat(20_000))).toMatchObject({ ok: false });
  });

  test('[VAL-3] any text gives an answer, never an exception (seed 4)', () => {
    const pieces = fc.constantFrom('{', '}', '{{', '}}', '"', '\\"', 'oneOf', ' ', '1', 'sequence', ':', ',', '[', ']', 'null', '\n', '💧');
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 40 }).map((list) => list.join('')),
        (text) => {
          expect(typeof parseTemplate(text).ok).toBe('boolean');
        },
      ),
      { seed: 4, numRuns: 1000 },
    );
  });
});

describe('key lists and service tables', () => {
  test('keys with weights', () => {
    expect(parseKeyList(['alice*3', 'bob', '', 'x*3*1', 'a * b'])).toEqual({
      ok: true,
      keys: [
        { text: 'alice', weight: 3 },
        { text: 'bob', weight: 1 },
        { text: 'x*3', weight: 1 },
        { text: 'a * b', weight: 1 },
      ],
    });
    expect(parseKeyList([])).toMatchObject({ ok: false });
    expect(parseKeyList(['a', 'b*0'])).toMatchObject({ ok: false, line: 2, column: 3 });
    expect(parseKeyList(['b*-1'])).toMatchObject({ ok: false });
    expect(parseKeyList(['*4'])).toMatchObject({ ok: false });
  });

  test('times with weights', () => {
    expect(parseServiceTable('1:0.9, 10:0.1')).toEqual({ ok: true, valuesMs: [1, 10], weights: [0.9, 0.1] });
    expect(parseServiceTable('5, 7')).toEqual({ ok: true, valuesMs: [5, 7], weights: [1, 1] });
    expect(parseServiceTable('1:2, 5ms:1')).toMatchObject({ ok: false, column: 6 });
    for (const text of ['', '1:0', '-1:1', '1:1:1', '1e9:1', 'NaN:1']) expect(parseServiceTable(text)).toMatchObject({ ok: false });
  });
});
