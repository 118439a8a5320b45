import { describe, expect, it } from 'vitest';
import { hexBytes, hexText } from '../../types/bytes.ts';
import { decimal } from '../../types/decimal.ts';
import type { SqlValue } from '../../types/sqlType.ts';
import { ByteReader, ByteWriter } from '../byteStream.ts';
import { jsonText } from '../jsonText.ts';
import { avroReader, avroWriter } from './avroBinary.ts';
import { avroOf, connectOfAvro } from './avroConnect.ts';
import { parseAvroSchema } from './avroSchema.ts';

function written(schema: string, value: SqlValue): string {
  const out = new ByteWriter();
  avroWriter(parseAvroSchema(schema))(value, out);
  return hexText(out.finish());
}

const read = (schema: string, hex: string): SqlValue => avroReader(parseAvroSchema(schema))(new ByteReader(hexBytes(hex)));

describe('binary encoding', () => {
  it.each<[string, SqlValue, string]>([
    // The three of Avro's specification: zigzag numbers, a record, an array in blocks.
    ['"long"', -65n, '8101'],
    ['{"type":"record","name":"test","fields":[{"name":"a","type":"long"},{"name":"b","type":"string"}]}', [27n, 'foo'], '3606666f6f'],
    ['{"type":"array","items":"long"}', [3n, 27n], '04063600'],
    ['["null","string"]', null, '00'],
    ['["null","string"]', 'a', '020261'],
    ['["string","null"]', null, '02'],
    ['"boolean"', true, '01'],
    ['"int"', 2147483647, 'feffffff0f'],
    ['"int"', 1073741824, '8080808008'],
    ['"long"', -9223372036854775808n, 'ffffffffffffffffff01'],
    ['"double"', 1.5, '000000000000f83f'],
    ['"float"', 1.5, '0000c03f'],
    ['{"type":"map","values":"int"}', new Map([['a', 1]]), '0202610200'],
    ['{"type":"enum","name":"E","symbols":["A","B"]}', 'B', '02'],
    ['{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}', decimal(-129n, 2), '04ff7f'],
    ['{"type":"fixed","name":"F","size":4,"logicalType":"decimal","precision":4,"scale":2}', decimal(-129n, 2), 'ffffff7f'],
    ['["null","int","string"]', [null, 'x'], '040278'],
  ])('[SQL-332] %s is written as Avro says and read again', (schema, value, hex) => {
    expect(written(schema, value)).toBe(hex);
    expect(read(schema, hex)).toEqual(value);
  });

  it('[SQL-332] a block may say its size in bytes after a negative count; bytes that end too early are an error', () => {
    expect(read('{"type":"array","items":"long"}', '0304063600')).toEqual([3n, 27n]);
    expect(() => read('"string"', '06666f')).toThrow('Bytes end at 3 where 4 are needed.');
    expect(() => read('["null","int"]', '04')).toThrow('A union of 2 types has no type 2.');
    expect(() => written('"string"', 'x')).not.toThrow();
    expect(() => written('{"type":"enum","name":"E","symbols":["A"]}', 'Z')).toThrow('Z is no symbol of E: A.');
  });
});

describe('schemas', () => {
  it('[SQL-333] names are found within their namespace, and a record that holds itself has no type of SQL', () => {
    const inner = '{"type":"record","name":"P","namespace":"n","fields":[{"name":"x","type":"int"}]}';
    const outer = parseAvroSchema(
      `{"type":"record","name":"n.R","fields":[{"name":"a","type":${inner}},{"name":"b","type":["null","P"]}]}`,
    );
    const made = connectOfAvro(outer);
    expect(made.type === 'STRUCT' && made.fields.map(({ name, schema }) => [name, schema.name, schema.isOptional])).toEqual([
      ['a', 'n.P', false],
      ['b', 'n.P', true],
    ]);
    const cyclic = parseAvroSchema('{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]}');
    expect(() => connectOfAvro(cyclic)).toThrow('Record L holds itself.');
  });

  it.each([
    ['"nope"', '"nope" is not a defined name.'],
    ['{"type":"record","name":"1R","fields":[]}', 'Illegal initial character: 1R'],
    ['{"type":"record","name":"R","fields":[{"name":"a-b","type":"int"}]}', 'Illegal character in: a-b'],
    ['{"type":"record","fields":[]}', 'No name in schema'],
    ['{"type":"array"}', 'No items'],
    ['[{"type":"fixed","name":"F","size":1},{"type":"fixed","name":"F","size":2}]', "Can't redefine: F"],
  ])('[SQL-333] %s is no schema', (schema, message) => {
    expect(() => parseAvroSchema(schema)).toThrow(message);
  });

  it('[SQL-333] logical types are Connect’s: dates, times, timestamps and decimals, int8 and int16', () => {
    const fields = [
      '{"name":"d","type":{"type":"int","logicalType":"date"}}',
      '{"name":"t","type":{"type":"int","logicalType":"time-millis"}}',
      '{"name":"m","type":["null",{"type":"long","logicalType":"timestamp-millis"}]}',
      '{"name":"n","type":{"type":"bytes","logicalType":"decimal","precision":5,"scale":1}}',
      '{"name":"s","type":{"type":"int","connect.type":"int16"}}',
      '{"name":"f","type":"float","default":0.5}',
    ];
    const made = connectOfAvro(parseAvroSchema(`{"type":"record","name":"R","fields":[${fields.join()}]}`));
    const summary =
      made.type === 'STRUCT' ? made.fields.map(({ schema }) => `${schema.type} ${schema.name?.split('.').at(-1) ?? '-'}`) : [];
    expect(summary).toEqual(['INT32 Date', 'INT32 Time', 'INT64 Timestamp', 'BYTES Decimal', 'INT16 -', 'FLOAT32 -']);
    expect(made.type === 'STRUCT' && made.fields[5]!.schema.defaultValue).toBe(0.5);
    expect(jsonText(avroOf(made.type === 'STRUCT' ? made.fields[2]!.schema : made))).toBe(
      '["null",{"type":"long","connect.name":"org.apache.kafka.connect.data.Timestamp","logicalType":"timestamp-millis"}]',
    );
  });
});
