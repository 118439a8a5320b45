import { describe, expect, it } from 'vitest';
import { hexBytes, hexText } from '../../types/bytes.ts';
import { decimal } from '../../types/decimal.ts';
import type { SqlValue } from '../../types/sqlType.ts';
import { ByteReader, ByteWriter } from '../byteStream.ts';
import { connectOfProto } from './protoConnect.ts';
import { parseProto } from './protoParser.ts';
import { messageCodec } from './protoWire.ts';

const fileOf = (body: string) => parseProto(`syntax = "proto3"; ${body}`);

function codecOf(body: string) {
  const file = fileOf(body);
  return messageCodec(file.messages.get(file.top[0]!)!, file);
}

function written(body: string, value: SqlValue): string {
  const out = new ByteWriter();
  codecOf(body).write(value, out);
  return hexText(out.finish());
}

const read = (body: string, hex: string): SqlValue => codecOf(body).read(new ByteReader(hexBytes(hex)));

describe('wire format', () => {
  it.each<[string, SqlValue, string]>([
    // Those of the documentation of Protocol Buffers: 150, "testing", a message in a message, packed numbers.
    ['message T { int32 a = 1; }', [150], '089601'],
    ['message T { string b = 2; }', ['testing'], '120774657374696e67'],
    ['message T { M c = 3; } message M { int32 a = 1; }', [[150]], '1a03089601'],
    ['message T { repeated int32 f = 6; }', [[3, 270, 86942]], '3206038e029ea705'],
    ['message T { int32 a = 1; int64 b = 2; }', [-1, -2n], '08ffffffffffffffffff0110feffffffffffffffff01'],
    ['message T { sint32 a = 1; sint64 b = 2; }', [-1, -2n], '08011003'],
    ['message T { uint32 a = 1; fixed32 b = 2; }', [4294967295n, 1n], '08ffffffff0f1501000000'],
    ['message T { fixed64 a = 1; sfixed32 b = 2; sfixed64 c = 3; }', [1n, -1, -1n], '09010000000000000015ffffffff19ffffffffffffffff'],
    ['message T { float a = 1; double b = 2; }', [1.5, 1.5], '0d0000c03f11000000000000f83f'],
    ['message T { bool a = 1; bytes b = 2; }', [true, Uint8Array.of(7)], '0801120107'],
    ['message T { repeated string a = 1; }', [['x', '']], '0a01780a00'],
    ['message T { map<string, int32> m = 1; }', [new Map([['k', 1]])], '0a050a016b1001'],
    ['enum E { A = 0; B = 1; } message T { E e = 1; }', ['B'], '0801'],
    ['import "google/protobuf/wrappers.proto"; message T { google.protobuf.Int32Value a = 1; }', [0], '0a00'],
    ['message T { optional int32 a = 1; }', [0], '0800'],
    ['message T { oneof o { int32 a = 1; string b = 2; } int32 c = 3; }', [[null, ''], 5], '12001805'],
  ])('[SQL-334] %s is written as Protocol Buffers say and read again', (body, value, hex) => {
    expect(written(body, value)).toBe(hex);
    expect(read(body, hex)).toEqual(value);
  });

  it('[SQL-334] dates, times, timestamps and decimals are messages of their own', () => {
    const body =
      'message T { google.type.Date d = 1; google.type.TimeOfDay t = 2; google.protobuf.Timestamp m = 3; confluent.type.Decimal n = 4; }';
    const value = [19_000, 3_723_004, -1, decimal(-129n, 2)];
    expect(read(body, written(body, value))).toEqual(value);
    expect(written(body, [0, null, 1500, null])).toBe('0a0708b20f100118011a0808011080cab5ee01');
  });

  it('[SQL-335] a scalar that is not there is its default, or null where it is optional or in a wrapper; a default is not written', () => {
    const body = 'message T { int32 a = 1; string b = 2; optional int32 c = 3; M m = 4; repeated int32 r = 5; } message M { int32 a = 1; }';
    expect(read(body, '')).toEqual([0, '', null, null, []]);
    expect(written(body, [0, '', null, null, []])).toBe('');
    expect(written(body, [null, null, null, null, null])).toBe('');
  });

  it('[SQL-334] fields that the schema has not are skipped, numbers of a list may stand apart', () => {
    expect(read('message T { int32 a = 1; }', '100509000000000000000015000000001a0178089601')).toEqual([150]);
    expect(read('message T { repeated int32 f = 6; }', '30033004')).toEqual([[3, 4]]);
    expect(() => read('message T { int32 a = 1; }', '13')).toThrow('no wire type 3');
    expect(() => written('message T { repeated string a = 1; }', [[null]])).toThrow('cannot hold null');
  });
});

describe('schemas', () => {
  it('[SQL-336] types are found in the nearest scope, imports and comments are read, services and options passed over', () => {
    const text = `
      // of orders
      syntax = "proto3"; package shop.v1;
      import "item.proto"; option java_package = "x";
      message Order { /* nested */ message Item { int32 n = 1; } Item item = 1; .shop.v1.Other other = 2 [deprecated = true]; reserved 5 to 9; Part part = 3; }
      message Other { enum Kind { NONE = 0; SOME = 1; } Kind kind = 1; }
      service S { rpc Get (Order) returns (Other) {} }`;
    const file = parseProto(text, ['syntax = "proto3"; package shop.v1; message Part { string id = 1; }']);
    expect(file.top).toEqual(['shop.v1.Order', 'shop.v1.Other']);
    expect(file.messages.get('shop.v1.Order')!.fields.map(({ type }) => type)).toEqual([
      'shop.v1.Order.Item',
      'shop.v1.Other',
      'shop.v1.Part',
    ]);
    const made = connectOfProto(file.messages.get('shop.v1.Other')!, file, { nullable: 'none' });
    expect(made.fields[0]!.schema).toMatchObject({ type: 'STRING', isOptional: true });
  });

  it.each([
    ['message T { Nope a = 1; }', 'Nope, a type in T, is not defined.'],
    ['message T { int32 a; }', 'expected "=", found ;'],
    ['message T { int32 a = x; }', 'expected the number of a field, found x'],
    ['nonsense', 'expected a message, found nonsense'],
    ['message T { int32 a = 1;', 'ends too early'],
  ])('[SQL-336] %s is no schema', (body, message) => {
    expect(() => fileOf(body)).toThrow(message);
  });
});
