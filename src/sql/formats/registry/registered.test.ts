import { describe, expect, it } from 'vitest';
import { hexText } from '../../types/bytes.ts';
import { decimal } from '../../types/decimal.ts';
import type { SqlType, SqlValue } from '../../types/sqlType.ts';
import { primitive } from '../../types/typeText.ts';
import type { FormatName } from '../format.ts';
import { createSerde, wrongMapKeys } from '../format.ts';
import type { Column, SchemaUse } from '../serde.ts';
import { SchemaRegistry, subjectOf } from './schemaRegistry.ts';

const use = (registry: SchemaRegistry, given: Partial<SchemaUse> = {}): SchemaUse => ({
  ...{ registry, subject: subjectOf('t', false), id: null, writesNewest: false, fullName: null, nullable: 'none' },
  ...given,
});

const columns: readonly Column[] = [
  { name: 'I', type: primitive.INTEGER },
  { name: 'L', type: primitive.BIGINT },
  { name: 'D', type: primitive.DOUBLE },
  { name: 'B', type: primitive.BOOLEAN },
  { name: 'S', type: primitive.STRING },
  { name: 'X', type: primitive.BYTES },
  { name: 'N', type: { base: 'DECIMAL', precision: 4, scale: 2 } },
  { name: 'DA', type: primitive.DATE },
  { name: 'TI', type: primitive.TIME },
  { name: 'TS', type: primitive.TIMESTAMP },
  { name: 'A', type: { base: 'ARRAY', item: primitive.INTEGER } },
  { name: 'M', type: { base: 'MAP', key: primitive.STRING, value: primitive.BIGINT } },
  { name: 'R', type: { base: 'STRUCT', fields: [{ name: 'F', type: primitive.STRING }] } },
];
const row: readonly SqlValue[] = [
  ...[1, -2n, 1.5, true, 'é', Uint8Array.of(1, 255), decimal(-129n, 2), 18_000, 3_600_001, 1_700_000_000_001],
  ...[[1, 2], new Map([['k', 9_007_199_254_740_993n]]), ['x']],
];

function serde(
  format: FormatName,
  given: Partial<SchemaUse> = {},
  of: readonly Column[] = columns,
  isUnwrapped = false,
  registry = new SchemaRegistry(),
) {
  return createSerde(format, { columns: of, isUnwrapped, delimiter: ',', schema: use(registry, given) });
}

describe('rows', () => {
  it.each<[FormatName, Partial<SchemaUse>]>([
    ['AVRO', {}],
    ['JSON_SR', {}],
    ['PROTOBUF', {}],
    ['PROTOBUF', { nullable: 'optional' }],
    ['PROTOBUF', { nullable: 'wrapper' }],
    ['PROTOBUF_NOSR', {}],
    ['PROTOBUF_NOSR', { nullable: 'optional' }],
  ])('[SQL-337] a row of every type is the same after %s %j', (format, given) => {
    const { serialise, deserialise } = serde(format, given);
    expect(deserialise(serialise(row))).toEqual(row);
  });

  it('[SQL-335] nulls stay nulls in AVRO and JSON_SR, and in PROTOBUF where they are told apart; else they are defaults', () => {
    const nulls = columns.map(() => null);
    const after = (format: FormatName, nullable: SchemaUse['nullable'] = 'none') => {
      const { serialise, deserialise } = serde(format, { nullable });
      return deserialise(serialise(nulls));
    };
    expect(after('AVRO')).toEqual(nulls);
    expect(after('JSON_SR')).toEqual(nulls);
    const lists = [[], new Map(), null];
    expect(after('PROTOBUF', 'optional')).toEqual([...nulls.slice(0, 10), ...lists]);
    expect(after('PROTOBUF', 'wrapper')).toEqual([...nulls.slice(0, 10), ...lists]);
    expect(after('PROTOBUF')).toEqual([0, 0n, 0, false, '', new Uint8Array(0), null, null, null, null, ...lists]);
  });

  it('[SQL-337] a payload begins with a zero and the id; PROTOBUF names the message then; without a registry there is nothing before it', () => {
    const one: readonly Column[] = [{ name: 'A', type: primitive.INTEGER }];
    const registry = new SchemaRegistry();
    registry.register('other', { type: 'AVRO', text: '"int"', references: [] });
    const hex = (format: FormatName, isUnwrapped = false, values: readonly SqlValue[] = [1]) =>
      hexText(serde(format, {}, one, isUnwrapped, registry).serialise(values) as Uint8Array);
    expect(hex('AVRO')).toBe('0000000002' + '0202');
    expect(hex('PROTOBUF')).toBe('0000000003' + '00' + '0801');
    expect(hex('AVRO', true)).toBe('0000000001' + '02');
    expect(hex('JSON_SR')).toBe(`0000000004${hexText(new TextEncoder().encode('{"A":1}'))}`);
    expect(hex('PROTOBUF_NOSR')).toBe('0801');
    expect(serde('AVRO', {}, one, true, registry).serialise([null])).toBeNull();
    expect(() => serde('AVRO', {}, one).deserialise('{"A":1}')).toThrow('Unknown magic byte!');
    expect(() => serde('AVRO', {}, one).deserialise(Uint8Array.of(0, 0, 0, 0, 9, 2))).toThrow('no schema with id 9');
  });

  it('[SQL-338] a payload is read by the schema it was written with: fields by name in any case, narrower numbers, texts of anything', () => {
    const registry = new SchemaRegistry();
    const text = '{"type":"record","name":"W","fields":[{"name":"b","type":"int"},{"name":"A","type":"int"},{"name":"Z","type":"string"}]}';
    const id = registry.register('t-value', { type: 'AVRO', text, references: [] });
    const payload = Uint8Array.of(0, 0, 0, 0, id, 2, 4, 2, 120);
    const reading = (name: string, type: SqlType) => serde('AVRO', {}, [{ name, type }], false, registry).deserialise(payload);
    expect(reading('B', primitive.BIGINT)).toEqual([1n]);
    expect(reading('A', primitive.STRING)).toEqual(['2']);
    expect(reading('MISSING', primitive.STRING)).toEqual([null]);
    expect(() => reading('A', primitive.DOUBLE)).toThrow('Cannot deserialize type int32 as type float64 for path: ->A');
    expect(() => serde('AVRO', {}, [{ name: 'K', type: primitive.INTEGER }], true, registry).deserialise(payload)).toThrow(
      'Cannot deserialize type struct as type int32',
    );
  });

  it('[SQL-339] rows are written with the schema whose id was named: fields by name, those that only it has by their default', () => {
    const registry = new SchemaRegistry();
    const fields = '{"name":"A","type":"int"},{"name":"N","type":["null","string"],"default":null},{"name":"D","type":"int","default":7}';
    const id = registry.register('x', { type: 'AVRO', text: `{"type":"record","name":"P","fields":[${fields}]}`, references: [] });
    const one: readonly Column[] = [{ name: 'A', type: primitive.INTEGER }];
    const all: readonly Column[] = [...one, { name: 'N', type: primitive.STRING }, { name: 'D', type: primitive.INTEGER }];
    const payload = serde('AVRO', { id }, one, false, registry).serialise([1]);
    expect(serde('AVRO', { id }, all, false, registry).deserialise(payload)).toEqual([1, null, 7]);
    expect(() => serde('AVRO', { id }, one, false, registry).serialise([null])).toThrow('null used for required schema');
    expect(() => serde('AVRO', { id }, [{ name: 'Q', type: primitive.INTEGER }], false, registry).serialise([1])).toThrow(
      'misses field with name: Q',
    );
  });

  it('[SQL-336] of several messages the named one is written, and its place tells which one is read', () => {
    const registry = new SchemaRegistry();
    const text = 'syntax = "proto3"; message P { uint32 k = 1; } message Q { string k = 1; message In { string k = 1; } }';
    const id = registry.register('x', { type: 'PROTOBUF', text, references: [] });
    const one: readonly Column[] = [{ name: 'k', type: primitive.STRING }];
    const write = (fullName: string) => serde('PROTOBUF', { id, fullName }, one, false, registry).serialise(['a']) as Uint8Array;
    expect(hexText(write('Q'))).toBe('0000000001' + '0202' + '0a0161');
    expect(hexText(write('Q.In'))).toBe('0000000001' + '040200' + '0a0161');
    expect(serde('PROTOBUF', {}, one, false, registry).deserialise(write('Q'))).toEqual(['a']);
    expect(() => write('R')).toThrow('has no message R. It has: P, Q, Q.In.');
  });
});

describe('a registry', () => {
  it('[SQL-340] a schema has one id under all subjects, and each subject its versions', () => {
    const registry = new SchemaRegistry();
    const [int, long] = ['"int"', '"long"'].map((text) => ({ type: 'AVRO', text, references: [] }) as const);
    expect([
      registry.register('a', int!),
      registry.register('a', long!),
      registry.register('b', int!),
      registry.register('a', int!),
    ]).toEqual([1, 2, 1, 1]);
    expect([registry.latest('a'), registry.latest('b'), registry.latest('c')]).toEqual([2, 1, null]);
    expect(registry.register('d', { type: 'JSON', text: '{}', references: [] }, 40)).toBe(40);
    expect(registry.has(40)).toBe(true);
    expect(() => registry.schema(9)).toThrow('there is no schema with id 9');
  });

  it('[SQL-341] a format names what it cannot say: names that Avro does not take, keys that are no texts, arrays of arrays in PROTOBUF', () => {
    const of = (type: SqlType, name = 'A'): readonly Column[] => [{ name, type }];
    expect(() => serde('AVRO', {}, of(primitive.INTEGER, '1A')).serialise([1])).toThrow(
      'Schema is not compatible with Avro: Illegal initial character: 1A',
    );
    const byInteger: SqlType = { base: 'ARRAY', item: { base: 'MAP', key: primitive.INTEGER, value: primitive.INTEGER } };
    expect(wrongMapKeys('AVRO', of(byInteger))).toBe('Avro only supports MAPs with STRING keys');
    expect(wrongMapKeys('PROTOBUF', of(byInteger))).toContain('PROTOBUF format only supports MAP types with STRING keys');
    expect(wrongMapKeys('JSON', of(byInteger))).toBe('JSON only supports MAP types with STRING keys');
    expect(wrongMapKeys('JSON', columns)).toBeNull();
    const nested: SqlType = { base: 'ARRAY', item: { base: 'ARRAY', item: primitive.INTEGER } };
    expect(() => serde('PROTOBUF', {}, of(nested)).serialise([[[1]]])).toThrow('Array cannot be nested');
  });

  it('[SQL-342] the schema of columns is what ksqlDB registers: optional fields, records and entries of maps named after their place', () => {
    const registered = (format: FormatName, given: Partial<SchemaUse> = {}) => {
      const registry = new SchemaRegistry();
      const some = columns.filter(({ name }) => ['I', 'N', 'M', 'R'].includes(name));
      serde(format, given, some, false, registry).serialise([1, decimal(1n, 2), new Map(), ['x']]);
      return registry.schema(1).text;
    };
    const avro = registered('AVRO');
    expect(avro).toContain('"name":"KsqlDataSourceSchema","namespace":"io.confluent.ksql.avro_schemas"');
    expect(avro).toContain('{"name":"I","type":["null","int"],"default":null}');
    expect(avro).toContain('"name":"KsqlDataSourceSchema_M"');
    expect(avro).toContain('"connect.internal.type":"MapEntry"');
    expect(avro).toContain('"name":"KsqlDataSourceSchema_R"');
    expect(registered('PROTOBUF', { nullable: 'optional' })).toBe(
      [
        'syntax = "proto3";',
        '',
        'import "confluent/meta.proto";',
        'import "confluent/type/decimal.proto";',
        '',
        'message ConnectDefault1 {',
        '  optional int32 I = 1;',
        '  optional confluent.type.Decimal N = 2 [(confluent.field_meta) = { params: [{ key: "precision", value: "4" }, { key: "scale", value: "2" }] }];',
        '  repeated ConnectDefault2Entry M = 3;',
        '  optional ConnectDefault3 R = 4;',
        '',
        '  message ConnectDefault2Entry {',
        '    optional string key = 1;',
        '    optional int64 value = 2;',
        '  }',
        '',
        '  message ConnectDefault3 {',
        '    optional string F = 1;',
        '  }',
        '}',
        '',
      ].join('\n'),
    );
    expect(registered('JSON_SR')).toContain('"I":{"connect.index":0,"oneOf":[{"type":"null"},{"type":"integer","connect.type":"int32"}]}');
  });
});
