import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCsv, parseWorkloadCsv } from './csv.ts';

describe('parseCsv', () => {
  test('what RFC 4180 writes is read back (seed 5)', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', 'é') });
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 6 }), (rows) => {
        const text = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')).join('\r\n');
        const result = parseCsv(text);
        expect(result.ok && result.rows.map((row) => row.cells.map((read) => read.text))).toEqual(rows);
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  test('a wrong quote names its line and column', () => {
    expect(parseCsv('a,b\n1,"2\n3,4')).toMatchObject({ ok: false, line: 2, column: 3 });
    expect(parseCsv('a,b\n"1"x,2')).toMatchObject({ ok: false, line: 2, column: 4 });
    expect(parseCsv('"x\ny",b\n1,2"3')).toMatchObject({ ok: false, line: 3, column: 4 });
  });
});

describe('parseWorkloadCsv', () => {
  test('columns key, value, size; rows in the order of their time', () => {
    expect(parseWorkloadCsv('\ufeffat_ms,key,value,size\r\n20,b,"{""x"":1}",100\r\n0.5,,é,\r\n0.5,"",,\r\n')).toEqual({
      ok: true,
      rows: [
        { atMs: 0.5, key: null, value: 'é', sizeBytes: 2 },
        { atMs: 0.5, key: '', value: null, sizeBytes: -1 },
        { atMs: 20, key: 'b', value: '{"x":1}', sizeBytes: 100 },
      ],
    });
  });

  test('without value the other columns are the JSON value, numbers as numbers', () => {
    const result = parseWorkloadCsv('at_ms,amount,customer,vip,zip,note\n0,12.50,ann,true,007,\n');
    expect(result.ok && result.rows[0]!.value).toBe('{"amount":12.5,"customer":"ann","vip":true,"zip":"007","note":null}');
  });

  test('times alone make filler of the configured size', () => {
    expect(parseWorkloadCsv('at_ms\n1\n2')).toMatchObject({ ok: true, rows: [{ value: null, sizeBytes: null }, { atMs: 2 }] });
  });

  test.each([
    ['', 1],
    ['at_ms', 1],
    ['time,key\n1,a', 1],
    ['at_ms,at_ms\n1,2', 1],
    ['at_ms,\n1,2', 1],
    ['at_ms,key\n1,a\n\n2', 4],
    ['at_ms,key\n1,a\n-2,b', 3],
    ['at_ms\nNaN', 2],
    ['at_ms\n1e400', 2],
    ['at_ms,size\n1,2.5', 2],
    [`at_ms${',a'.repeat(300)}`, 1],
  ])('%j is refused at its line', (text, line) => {
    const result = parseWorkloadCsv(text);
    expect(result).toMatchObject({ ok: false, line });
    expect(!result.ok && result.message.length > 10 && result.remedy.length > 10).toBe(true);
  });
});
