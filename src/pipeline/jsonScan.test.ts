import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scanJson } from './jsonScan.ts';

const limits = { depth: 32, values: 1_000, fields: 100 };
const codes = (text: string) => scanJson(text, limits).map((problem) => problem.code);

describe('scanJson', () => {
  test('a valid text has no problems', () => {
    expect(codes(' {"a": [1, -2.5e-3, true, null, "x\\u00e9\\n"], "b": {}} ')).toEqual([]);
  });

  test('says line and column of the first thing that is wrong', () => {
    expect(scanJson('{\n  "a": 1,\n  b: 2\n}', limits)).toMatchObject([{ code: 'json.syntax', line: 3, column: 3 }]);
  });

  test.each([
    ['', 'json.truncated'],
    ['{"a":[1,2', 'json.truncated'],
    ['"abc', 'json.truncated'],
    ['"a\\u00', 'json.truncated'],
    ['[1,]', 'json.syntax'],
    ['{"a":NaN}', 'json.syntax'],
    ['-Infinity', 'json.syntax'],
    ['"\\x"', 'json.syntax'],
    ['[1] 2', 'json.syntax'],
    ['{"a":1e400}', 'json.number-too-large'],
    ['{"a":1,"a":2}', 'json.duplicate-key'],
    ['{"__proto__":1}', 'json.forbidden-key'],
    ['{"\\u005f_proto__":1}', 'json.forbidden-key'],
    ['{"a":{"constructor":{}}}', 'json.forbidden-key'],
  ])('%s: %s', (text, code) => {
    expect(codes(text)).toEqual([code]);
  });

  test('a million levels stop at the limit, without overflowing the stack', () => {
    expect(codes('['.repeat(1_000_000))).toEqual(['json.too-deep']);
    expect(codes('{"a":'.repeat(1_000_000))).toEqual(['json.too-deep']);
  });

  test('too many values stop at the limit', () => {
    expect(codes(`[${'1,'.repeat(2_000)}1]`)).toEqual(['json.too-many-values']);
  });

  test('too many fields of one object stop at the limit', () => {
    const fields = Array.from({ length: 101 }, (_, index) => `"${index}":1`);
    expect(codes(`{${fields.join(',')}}`)).toEqual(['json.too-many-values']);
  });

  test('paths are JSON pointers', () => {
    expect(scanJson('{"a/b":[0,{"c":1,"c":2}]}', limits)[0]?.path).toBe('/a~1b/1/c');
  });

  test('agrees with JSON.parse on any text (seed 1)', () => {
    const text = fc.oneof(
      fc.json({ maxDepth: 5 }),
      fc.string({
        unit: fc.constantFrom('{', '}', '[', ']', ',', ':', '"', 'a', '1', '-', '.', 'e', '\\', 'u', ' ', 'true', 'null', '\n'),
      }),
      fc.json({ maxDepth: 4 }).chain((json) => fc.nat(json.length).map((at) => json.slice(0, at))),
    );
    fc.assert(
      fc.property(text, (candidate) => {
        let parses = true;
        try {
          JSON.parse(candidate);
        } catch {
          parses = false;
        }
        const problems = codes(candidate).filter((code) => code === 'json.syntax' || code === 'json.truncated');
        expect(problems.length === 0).toBe(parses);
      }),
      { seed: 1, numRuns: 1_000 },
    );
  });

  test('every beginning of a document is called truncated (seed 1)', () => {
    const object = fc
      .dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }))
      .map((value) => JSON.stringify({ first: [true, 1.5e-7], ...value }));
    fc.assert(
      fc.property(object, fc.double({ min: 0, max: 1, noNaN: true }), (text, share) => {
        fc.pre(!/__proto__|constructor|prototype|"first".*"first"/.test(text));
        expect(codes(text.slice(0, Math.floor(share * (text.length - 1))))).toEqual(['json.truncated']);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
