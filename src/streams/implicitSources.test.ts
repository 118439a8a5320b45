import { describe, expect, test } from 'vitest';
import { schemaText } from '../sql/plan/schema.ts';
import { pipeline } from './handMade.ts';
import { implicitSources, sourceNameOf } from './implicitSources.ts';

const columnsOf = (...configs: readonly Record<string, string>[]) => {
  const producers = configs.map((config, i) => [`p${i}`, ['producer', config]] as const);
  const document = pipeline({ ...Object.fromEntries(producers), t: ['topic'] }, ...producers.map(([name]) => `${name} > t`));
  const [source] = implicitSources(document);
  return source === undefined ? null : schemaText(source.source.schema).replaceAll('`', '').replace('ROWKEY STRING KEY, ', '');
};
const ofTemplate = (...templates: readonly string[]) => columnsOf(...templates.map((template) => ({ 'value.template': template })));
const ofReplay = (csv: string) => columnsOf({ 'workload.shape': 'replay', 'workload.csv': csv });

describe('implicitSources', () => {
  test.each([
    ['{"a": {{sequence}}, "b": {{timestamp}}, "c": {{uuid}}, "d": "{{key}}"}', 'A BIGINT, B BIGINT, C STRING, D STRING'],
    ['{"a": {{integer 1 9}}, "b": {{integer 0 2147483648}}, "c": {{number 0 1}}}', 'A INTEGER, B BIGINT, C DOUBLE'],
    ['{"a": 1, "b": 2147483648, "c": 1.5, "d": true, "e": null, "f": "x"}', 'A INTEGER, B BIGINT, C DOUBLE, D BOOLEAN, E STRING, F STRING'],
    [
      '{"a": {{oneOf 1 2.5}}, "b": {{oneOf 1 null}}, "c": {{oneOf 1 "x"}}, "d": {{oneOf true false}}}',
      'A DOUBLE, B INTEGER, C STRING, D BOOLEAN',
    ],
    ['{"a": "order {{sequence}}", "b": [1, 2.5], "c": [], "d": {}}', 'A STRING, B ARRAY<DOUBLE>, C ARRAY<STRING>, D STRING'],
    [
      '{"to": {"city": "x", "n": {{integer 1 9}}, "at": [{"lat": 1.5}]}}',
      'TO STRUCT<CITY STRING, N INTEGER, AT ARRAY<STRUCT<LAT DOUBLE>>>',
    ],
    ['{"a": 1, "A": 2.5, "rowtime": 1, "rowkey": "x"}', 'A DOUBLE'],
    ['[1, 2]', null],
    ['{{sequence}}', null],
    ['{"a": ', null],
  ])('[STP-7] the template %s makes %s', (template, columns) => {
    expect(ofTemplate(template)).toBe(columns);
  });

  test('[STP-7] several producers of a topic make columns that fit all; one that is not known makes none', () => {
    expect(ofTemplate('{"a": 1, "b": {"x": 1}}', '{"a": {{sequence}}, "c": "t", "b": {"y": true}}')).toBe(
      'A BIGINT, B STRUCT<X INTEGER, Y BOOLEAN>, C STRING',
    );
    expect(ofTemplate('{"a": 1}', '')).toBeNull();
  });

  test('[STP-7] a replay makes columns of its JSON', () => {
    expect(ofReplay('at_ms,key,price,note\n0,a,1,x\n5,b,2.5,\n')).toBe('PRICE DOUBLE, NOTE STRING');
    expect(ofReplay('at_ms,value\n0,"{""a"": 1}"\n1,\n2,"{""b"": [true]}"\n')).toBe('A INTEGER, B ARRAY<BOOLEAN>');
    expect(ofReplay('at_ms,value\n0,plain\n')).toBeNull();
    expect(ofReplay('at_ms,key\n0,a\n')).toBeNull();
    expect(ofReplay('key\na\n')).toBeNull();
  });

  test('[STP-7] is named like its topic, the first where two become one', () => {
    expect(['orders', 'shop.orders-v2', '2nd', 'Äpfel'].map(sourceNameOf)).toEqual(['ORDERS', 'SHOP_ORDERS_V2', '_2ND', '_PFEL']);
    const template = { 'value.template': '{"a": {{sequence}}, "b": 1}' };
    const found = implicitSources(pipeline({ p: ['producer', template], 'a.b': ['topic'], 'a-b': ['topic'] }, 'p > a.b', 'p > a-b'));
    expect(found.map(({ source, unbounded }) => [source.name, source.topic, ...unbounded])).toEqual([['A_B', 'a.b', 'A']]);
  });

  test('[STP-8] values pass through processors that leave them alone', () => {
    const kinds = {
      p: ['producer', { 'value.template': '{"a": 1}' }],
      t: ['topic'],
      pick: ['filter'],
      picked: ['topic'],
      work: ['service'],
      done: ['topic'],
      other: ['map', { fields: ['x = value.a'] }],
      others: ['topic'],
      loop: ['merge'],
    } as const;
    const wires = [
      'p > t',
      't > pick',
      'pick > picked',
      'picked > work',
      'work > done',
      't > other',
      'other > others',
      'picked > loop',
      'loop > picked',
    ];
    expect(implicitSources(pipeline(kinds, ...wires)).map(({ source }) => source.topic)).toEqual(['t', 'picked', 'done']);
  });
});
