import { describe, expect, it } from 'vitest';
import type { SqlType } from '../types/sqlType.ts';
import { primitive } from '../types/typeText.ts';
import { createSerde } from './format.ts';
import { fastReader, undecided } from './jsonReader.ts';
import { templateReader } from './jsonTemplate.ts';

const types: Readonly<Record<string, SqlType>> = {
  ...primitive,
  DECIMAL: { base: 'DECIMAL', precision: 6, scale: 2 },
  ARRAY: { base: 'ARRAY', item: primitive.INTEGER },
  MAP: { base: 'MAP', key: primitive.STRING, value: primitive.BIGINT },
  STRUCT: { base: 'STRUCT', fields: [{ name: 'A', type: primitive.INTEGER }] },
};

const texts = [
  ...['1', '-0', '0', '1.5', '1.50', '-2147483649', '4294967297', '9007199254740993', '123456789012345', '1e3', '1e400', '0.1e-5', '1.0'],
  ...['true', 'null', '"12"', '"x"', '"NaN"', '"AQI="', '""', '"é\\n"', '86400001', '[]', '[1,null]', '[1.5]', '["a"]'],
  ...['{}', '{"a":1}', '{"A":1,"a":2}', '{"2":1,"1":2}', '{"k":9007199254740993}', '{"A":null}', '0.99999999999999999999'],
];

/** A row, or why there is none; a long number beside the member makes the exact reader read it. */
function outcome(type: SqlType, member: string, isExact: boolean): unknown {
  const { deserialise } = createSerde('JSON', { columns: [{ name: 'V', type }], isUnwrapped: false, delimiter: ',' });
  try {
    return deserialise(`{"v":${member}${isExact ? ',"_":1234567890.12345678901' : ''}}`);
  } catch (error) {
    return String(error);
  }
}

describe('rows by the language’s own parser', () => {
  it.each(Object.keys(types))('[SQL-346] a %s is what the exact reader says, whatever stands there', (base) => {
    for (const member of texts)
      expect([member, outcome(types[base]!, member, false)]).toEqual([member, outcome(types[base]!, member, true)]);
  });

  it('[SQL-346] what would lose digits, order or its text is left to the exact reader', () => {
    const read = (type: SqlType, text: string) => fastReader([{ name: 'V', type }], true)(text);
    expect(read(primitive.BIGINT, '9007199254740993')).toBe(undecided);
    expect(read(primitive.STRING, '1.0')).toBe(undecided);
    expect(read(primitive.INTEGER, '0.99999999999999999999')).toBe(undecided);
    expect(read(primitive.INTEGER, '99999999999999999999e-20')).toBe(undecided);
    expect(read(types.MAP!, '{"2":1,"1":2}')).toBe(undecided);
    expect(read(primitive.INTEGER, '{')).toBe(undecided);
    expect(read(primitive.BIGINT, '12')).toEqual([12n]);
    expect(read(types.DECIMAL!, '1.5')).toEqual([{ unscaled: 150n, scale: 2 }]);
  });

  it.each(['BOOLEAN', 'INTEGER', 'BIGINT', 'DOUBLE', 'STRING', 'DECIMAL', 'DATE', 'TIMESTAMP'])(
    '[SQL-347] a %s in a text that is written as those before is what the exact reader says, whatever stands there',
    (base) => {
      const columns = [
        { name: 'A', type: primitive.INTEGER },
        { name: 'V', type: types[base]! },
      ];
      const { deserialise } = createSerde('JSON', { columns, isUnwrapped: false, delimiter: ',' });
      const usual = { BOOLEAN: 'true', STRING: '"x"' }[base] ?? '1';
      for (const member of [...texts, '01', '1.', '-', '"a\\', '"a\u0001"', '1}', '-1.25', '123456789.123456', '12345678901234.5']) {
        for (let i = 0; i < 8; i++) deserialise(`{"a": 1, "v":${usual} , "unused": "x"}`);
        const read = () => {
          try {
            return deserialise(`{"a": 1, "v":${member} , "unused": "x"}`)?.[1];
          } catch (error) {
            return /Can't convert|too|fit|overflow/.test(String(error)) ? String(error) : 'no row';
          }
        };
        const exact = outcome(types[base]!, member, true);
        const expected = Array.isArray(exact)
          ? (exact[0] as unknown)
          : /Can't convert|too|fit|overflow/.test(String(exact))
            ? exact
            : 'no row';
        expect([member, read()]).toEqual([member, expected]);
      }
    },
  );

  it('[SQL-347] how texts are written is learned of a text, and again when others come; two members for one column are never read so', () => {
    const read = templateReader([{ name: 'A', type: primitive.INTEGER }])!;
    const after = (text: string, times: number) => Array.from({ length: times }, () => read(text)).at(-1);
    expect(read('{"A":1}')).toBe(undecided);
    expect(read('{"A":2}')).toEqual([2]);
    expect(read('{"A":null}')).toEqual([null]);
    expect(read('{ "a":2}')).toBe(undecided);
    expect(after('{ "a":2}', 6)).toEqual([2]);
    expect(after('{"a":1,"A":2}', 12)).toBe(undecided);
    expect(templateReader([{ name: 'A', type: types.ARRAY! }])).toBeNull();
  });

  it('[SQL-204] members are found by the upper case of their name, the last of several, and names that objects have anyway are no members', () => {
    const read = (text: string, name: string) => fastReader([{ name, type: primitive.INTEGER }], false)(text);
    expect(read('{"aB":1,"ab":2}', 'AB')).toEqual([2]);
    expect(read('{"AB":3,"ab":2}', 'AB')).toEqual([3]);
    expect(read('{}', 'toString')).toEqual([null]);
    expect(read('{"toString":4}', 'toString')).toEqual([4]);
  });
});
