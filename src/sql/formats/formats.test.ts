import { describe, expect, it } from 'vitest';
import type { SqlType, SqlValue } from '../types/sqlType.ts';
import type { FormatName } from './format.ts';
import { createSerde, refusedColumn } from './format.ts';
import { jsonText, parseJson } from './jsonText.ts';
import type { Column, Payload } from './serde.ts';

const types: Record<string, SqlType> = {
  b: { base: 'BOOLEAN' },
  i: { base: 'INTEGER' },
  l: { base: 'BIGINT' },
  d: { base: 'DOUBLE' },
  s: { base: 'STRING' },
  y: { base: 'BYTES' },
  n: { base: 'DECIMAL', precision: 5, scale: 2 },
  a: { base: 'ARRAY', item: { base: 'INTEGER' } },
  m: { base: 'MAP', key: { base: 'STRING' }, value: { base: 'BIGINT' } },
  r: { base: 'STRUCT', fields: [{ name: 'F', type: { base: 'STRING' } }] },
  t: { base: 'TIMESTAMP' },
};

/** Columns by their letters, named in upper case. */
const columns = (letters: string): Column[] => [...letters].map((letter) => ({ name: letter.toUpperCase(), type: types[letter]! }));
const serde = (format: FormatName, letters: string, isUnwrapped = false, delimiter = ',') =>
  createSerde(format, { columns: columns(letters), isUnwrapped, delimiter });

describe('JSON', () => {
  const every: SqlValue[] = [
    true,
    -7,
    9007199254740993n,
    1e10,
    'x"y',
    Uint8Array.of(1, 255),
    { unscaled: 1230n, scale: 2 },
    [1, null],
    new Map([['k', 5n]]),
    ['f'],
    12,
  ];
  const text =
    '{"B":true,"I":-7,"L":9007199254740993,"D":1.0E10,"S":"x\\"y","Y":"Af8=","N":12.30,"A":[1,null],"M":{"k":5},"R":{"F":"f"},"T":12}';

  it('[SQL-203] rows are written as Java writes them and read back without loss', () => {
    expect(serde('JSON', 'bildsynamrt').serialise(every)).toBe(text);
    expect(serde('JSON', 'bildsynamrt').deserialise(text)).toEqual(every);
  });

  it('[SQL-204] columns are found by their name, else by it in upper case; what is missing is null, what is more is not read', () => {
    expect(serde('JSON', 'is').deserialise('{"i":1,"z":2}')).toEqual([1, null]);
    expect(serde('JSON', 'is').deserialise('{"i":1,"I":2,"S":null}')).toEqual([2, null]);
  });

  it('[SQL-204] numbers are read from texts, texts from anything; what fits no column throws', () => {
    expect(serde('JSON', 'ilsn').deserialise('{"I":"12","L":3.9,"S":{"a":[1.50]},"N":"1.5"}')).toEqual([
      12,
      3n,
      '{"a":[1.50]}',
      { unscaled: 150n, scale: 2 },
    ]);
    const misfits: [string, string][] = [
      ['i', '{"I":"x"}'],
      ['b', '{"B":"true"}'],
      ['n', '{"N":1.234}'],
      ['n', '{"N":1234.5}'],
      ['a', '{"A":{}}'],
      ['i', '[1]'],
      ['i', '{"I":1'],
    ];
    for (const [letters, payload] of misfits) expect(() => serde('JSON', letters).deserialise(payload), payload).toThrow();
  });

  it('[SQL-205] a single column may stand alone', () => {
    expect(serde('JSON', 'i', true).serialise([5])).toBe('5');
    expect(serde('JSON', 'i', true).deserialise('5')).toEqual([5]);
    expect(serde('JSON', 'i', true).serialise([null])).toBeNull();
    expect(serde('JSON', 'i').serialise([null])).toBe('{"I":null}');
  });

  it('[SQL-203] a document keeps its numbers and its order', () => {
    const document = '{"b":[1.0,1E3,-0.10],"a":"\\u00e9\\n"}';
    expect(jsonText(parseJson(` ${document} `))).toBe('{"b":[1.0,1E3,-0.10],"a":"é\\n"}');
    for (const wrong of ['{"a"}', '[1,]', '01', '"', 'nul', '{} x', '"\\x"'])
      expect(() => parseJson(wrong), wrong).toThrow(/^JSON: expected/);
  });
});

describe('DELIMITED', () => {
  it.each<[string, string, SqlValue[], string]>([
    ['isd', ',', [1, 'a', 2.5], '1,a,2.5'],
    ['sis', ',', ['a,b', null, 'say "x"'], '"a,b",,"say ""x"""'],
    ['ss', ',', ['-1', ' x'], '"-1"," x"'],
    ['ii', ',', [-1, -2], '"-1",-2'],
    ['sn', '\t', ['a,b', { unscaled: 5n, scale: 2 }], 'a,b\t0.05'],
    ['by', '|', [true, Uint8Array.of(7)], 'true|Bw=='],
  ])('[SQL-206] columns of %s are written with %s between them and read back', (letters, delimiter, row, text) => {
    expect(serde('DELIMITED', letters, false, delimiter).serialise(row)).toBe(text);
    expect(serde('DELIMITED', letters, false, delimiter).deserialise(text)).toEqual(row);
  });

  it('[SQL-206] a line of another number of fields, or with a field that does not parse, throws', () => {
    expect(() => serde('DELIMITED', 'is').deserialise('1')).toThrow('Unexpected field count, csvFields:1 schemaFields:2');
    expect(() => serde('DELIMITED', 'i').deserialise('x')).toThrow();
    expect(() => serde('DELIMITED', 'i').deserialise('')).toThrow('No fields in record');
  });
});

describe('KAFKA and NONE', () => {
  it.each<[string, SqlValue, Payload]>([
    ['i', -2, Uint8Array.of(255, 255, 255, 254)],
    ['l', 258n, Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 2)],
    ['d', 1, Uint8Array.of(63, 240, 0, 0, 0, 0, 0, 0)],
    ['s', 'é', Uint8Array.of(195, 169)],
  ])('[SQL-207] %s %s is the bytes of Kafka’s serializer', (letter, value, bytes) => {
    const written = serde('KAFKA', letter).serialise([value])!;
    // A text stands for its UTF-8.
    expect(typeof written === 'string' ? new TextEncoder().encode(written) : written).toEqual(bytes);
    expect(serde('KAFKA', letter).deserialise(bytes)).toEqual([value]);
  });

  it('[SQL-207] bytes of another length throw; NONE holds nothing', () => {
    expect(() => serde('KAFKA', 'i').deserialise(Uint8Array.of(1))).toThrow('INTEGER');
    expect(serde('NONE', '').serialise([])).toBeNull();
  });

  it('[SQL-208] each format says which column it cannot hold', () => {
    expect(refusedColumn('KAFKA', columns('ib'))?.name).toBe('B');
    expect(refusedColumn('DELIMITED', columns('bma'))?.name).toBe('M');
    expect(refusedColumn('JSON', columns('bildsynamrt'))).toBeNull();
  });
});
