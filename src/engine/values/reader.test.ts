import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseWorkloadCsv } from '../../pipeline/csv.ts';
import { parseFields } from '../../pipeline/expressions/lists.ts';
import { parseExpression } from '../../pipeline/expressions/parse.ts';
import { parseTemplate } from '../../pipeline/templates/parseTemplate.ts';
import { createKeyTable, internKey, keyText } from '../workload/keys.ts';
import { compileTemplate } from './compileTemplate.ts';
import { createPathTable, extendPath, pathsMax, sourceOf } from './paths.ts';
import {
  compileCondition,
  compileKey,
  compileMapSize,
  createValueReader,
  valueJson,
  valueText,
  type SourceValues,
  type ValueStep,
} from './reader.ts';
import type { RecordIdentity } from './recordIdentity.ts';

function expression(text: string) {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.expression;
}

function fields(...lines: string[]) {
  const parsed = parseFields(lines);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.fields;
}

function templateValues(text: string): SourceValues {
  const parsed = parseTemplate(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return { kind: 'template', template: compileTemplate(parsed.template, { seed: 1, name: 'source' }) };
}

function rows(text: string): SourceValues {
  const parsed = parseWorkloadCsv(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return { kind: 'rows', rows: parsed.rows };
}

function world(values: SourceValues, ...steps: ValueStep[]) {
  const keys = createKeyTable();
  const names = ['ann', 'bob', 'a"b'].map((text) => internKey(keys, text));
  const keyAt = (sequence: number) => names[sequence % 3]!;
  const paths = createPathTable(1);
  const reader = createValueReader({ seed: 1, sources: [{ name: 'source', values, keyAt }], steps }, paths, keys);
  let path = 0;
  for (const step of steps.keys()) path = extendPath(paths, path, step);
  const record = (sequence: number, more: Partial<RecordIdentity> = {}): RecordIdentity => ({
    path, sequence, key: keyAt(sequence), size: 0, timestampUs: 5_000_999, partition: 2, offset: 40, ...more,
  }); // prettier-ignore
  return { keys, paths, reader, record, path };
}

const shop = '{"who": "{{key}}", "amount": {{integer 1 100}}, "n": {{sequence}}, "deep": {"list": [1, "{{sequence}}"]}, "none": null}';

describe('expressions over records', () => {
  test.each([
    ['value.n = 4', true],
    ['value.n == 4 and value.none = null', true],
    ['value.none > 1', false],
    ['value.none < 1', false],
    ['value.none = value.none', false],
    ['value.none != 1', false],
    ['not value.none > 1', true],
    ['value.missing.deeper = null', true],
    ['value.toString = null', true],
    ['value.deep.list[1] = 4', true],
    ['value.deep != null', true],
    ['value.deep = value.deep', false],
    ['value.n = "4"', false],
    ['value.n != "4"', true],
    ['key = "bob"', true],
    ['timestamp = 5000 and partition = 2 and offset = 40', true],
    ['key in ("ann", "bob")', true],
    ['key not in ("ann", "bob")', false],
    ['value.none not in (1)', false],
    ['key like "b_b"', true],
    ['key like "%b%"', true],
    ['key not like "a%"', true],
    ['upper(key) = "BOB" and length(key) = 3', true],
    ['substring("logjam", 4) = "jam" and substring("logjam", 1, 3) = "log"', true],
    ['concat(key, "-", value.n, value.none) = "bob-4"', true],
    ['key + "-" + 1 = "bob-1"', true],
    ['coalesce(value.none, 7) = 7', true],
    ['round(2.345, 2) = 2.35 and floor(-1.5) = -2 and abs(-3) = 3', true],
    ['1 / 0 = null and value.none + 1 = null and 7 % 4 = 3', true],
    ['contains(key, "ob") and contains(value.deep.list, 1)', true],
    ['true or value.n', true],
    ['value.n', false],
  ])('[VAL-5] %s is %s', (text, holds) => {
    const { reader, record } = world(templateValues(shop), { kind: 'pass' });
    expect(compileCondition(reader, expression(text))(record(4))).toBe(holds);
  });

  test('[VAL-5] like agrees with a regular expression (seed 7)', () => {
    const { reader, record } = world(rows('at_ms,value\n0,x'));
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', '%', '_') }),
        fc.string({ unit: fc.constantFrom('a', 'b') }),
        (pattern, text) => {
          const condition = compileCondition(reader, { kind: 'like', operand: { kind: 'literal', value: text }, pattern, negated: false });
          const regular = new RegExp(`^${pattern.replaceAll('%', '.*').replaceAll('_', '.')}$`);
          expect(condition(record(0))).toBe(regular.test(text));
        },
      ),
      { seed: 7, numRuns: 500 },
    );
  });

  test('[VAL-1] records of different paths go through one condition', () => {
    const { reader, paths, record } = world(templateValues(shop), { kind: 'map', fields: fields('n = value.n * 2') });
    const condition = compileCondition(reader, expression('value.n = 8'));
    expect([condition(record(4)), condition(record(4, { path: 0 })), condition(record(8, { path: 0 }))]).toEqual([true, false, true]);
    expect(sourceOf(paths, 1)).toBe(0);
  });
});

describe('values made again', () => {
  test('[VAL-2] a map over a map over a re-key: text, JSON and size agree', () => {
    const first: ValueStep = {
      kind: 'map',
      fields: fields('who = value.who', 'twice = value.amount * 2', 'key', 'k = key', '"o""d" = value.deep'),
    };
    const rekey: ValueStep = { kind: 'rekey', expression: expression('value.twice') };
    const last = fields(
      'who = upper(value.who)',
      'twice',
      'before = value.k',
      'now = key',
      'at = timestamp',
      'all = value',
      'list = value["o""d"].list[1]',
    );
    const { reader, keys, paths, record } = world(templateValues(shop), first, rekey, { kind: 'map', fields: last });
    const newKey = compileKey(reader, rekey.expression);
    const size = compileMapSize(reader, last);
    for (let sequence = 0; sequence < 30; sequence++) {
      const before = record(sequence, { path: paths.parents[paths.parents[3]!]! });
      const key = internKey(keys, newKey(before)!);
      const bytes = size(record(sequence, { path: paths.parents[3]!, key }));
      const after = record(sequence, { key, size: bytes });
      const text = valueText(reader, after)!;
      expect(new TextEncoder().encode(text).length).toBe(bytes);
      const json = JSON.parse(text);
      expect(JSON.parse(JSON.stringify(valueJson(reader, after)))).toEqual(json);
      const who = ['ann', 'bob', 'a"b'][sequence % 3]!;
      expect(json).toMatchObject({ who: who.toUpperCase(), before: who, now: keyText(keys, key), at: 5000, list: sequence });
      expect(json.now).toBe(String(json.twice));
    }
  });

  test('[VAL-2] templates are padded to the size, and cut for looking', () => {
    const { reader, record } = world(templateValues('{"n": {{sequence}}}'), { kind: 'pass' });
    expect(valueText(reader, record(3, { size: 12 }))).toBe('{"n":3}     ');
    expect(valueText(reader, record(3, { size: 1e9 }), 9)).toBe('{"n":3}  ');
    expect(valueText(reader, record(3, { size: 7 }), 4)).toBe('{"n"');
  });

  test('[VAL-7] filler: printable, of its size, the same for the same record, and no fields', () => {
    const { reader, record } = world({ kind: 'filler' }, { kind: 'pass' });
    const text = valueText(reader, record(3, { size: 1000 }))!;
    expect(text).toMatch(/^[a-z]{1000}$/);
    expect(valueText(reader, record(3, { size: 1000 }))).toBe(text);
    expect(valueText(reader, record(4, { size: 1000 }))).not.toBe(text);
    expect(valueText(reader, record(3, { size: 1e8 }), 5)).toBe(text.slice(0, 5));
    expect(valueJson(reader, record(3, { size: 1000 }))).toBe(null);
  });

  test('[VAL-7] a null value stays null through a map', () => {
    const { reader, record } = world(rows('at_ms,key,value\n0,a,'), { kind: 'map', fields: fields('a = 1') });
    expect(compileMapSize(reader, fields('a = 1'))(record(0, { path: 0, size: -1 }))).toBe(-1);
    expect([valueText(reader, record(0, { size: -1 })), valueJson(reader, record(0, { size: -1 }))]).toEqual([null, null]);
    expect(compileCondition(reader, expression('value = null and value.a = null'))(record(0, { size: -1 }))).toBe(true);
  });

  test('[VAL-7] replayed rows: JSON where it is JSON, text where not', () => {
    const { reader, record } = world(rows('at_ms,value\n0,"{""a"":{""b"":2},""__proto__"":5}"\n1,plain'), { kind: 'pass' });
    const sum = compileCondition(reader, expression('value.a.b = 2 and value["__proto__"] = 5'));
    expect([sum(record(0)), sum(record(1))]).toEqual([true, false]);
    expect(compileCondition(reader, expression('value = "plain"'))(record(1))).toBe(true);
    expect(valueText(reader, record(1, { size: 6 }))).toBe('plain ');
  });

  test('[VAL-2] a field called __proto__ is a field', () => {
    const { reader, record } = world(templateValues('{"__proto__": {{sequence}}}'), {
      kind: 'map',
      fields: fields('__proto__ = value["__proto__"]'),
    });
    expect(valueText(reader, record(5, { size: 0 }))).toBe('{"__proto__":5}');
    expect(JSON.stringify(valueJson(reader, record(5)))).toBe('{"__proto__":5}');
  });
});

describe('paths', () => {
  test('[VAL-1] the same steps give the same id; a full table keeps the path', () => {
    const paths = createPathTable(2);
    const a = extendPath(paths, 0, 7);
    expect([extendPath(paths, 0, 8), extendPath(paths, 1, 7), extendPath(paths, 0, 7), extendPath(paths, 0, 8)]).toEqual([
      a + 1,
      a + 2,
      a,
      a + 1,
    ]);
    let path = a;
    for (let i = 0; i < pathsMax; i++) path = extendPath(paths, path, 1);
    expect(paths.parents.length).toBe(pathsMax);
    expect(paths.overflows).toBeGreaterThan(0);
    expect(sourceOf(paths, path)).toBe(0);
  });
});
