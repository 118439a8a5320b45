/** Values of Connect schemas in Avro's binary encoding (Avro specification, "Binary Encoding"). */
import { utf8Bytes, utf8Text } from '../../types/bytes.ts';
import { decimal, setScale } from '../../types/decimal.ts';
import type { Decimal, SqlValue } from '../../types/sqlType.ts';
import type { ByteReader, ByteWriter } from '../byteStream.ts';
import { bigintBytes, bytesBigint } from '../byteStream.ts';
import { decimalScale, isDecimal, isMapEntry, nullableBranch } from './avroConnect.ts';
import type { AvroSchema } from './avroSchema.ts';
import { textProperty } from './avroSchema.ts';

type Items = readonly SqlValue[];
type Entries = ReadonlyMap<SqlValue, SqlValue>;
type Write = (value: SqlValue, out: ByteWriter) => void;
type Read = (bytes: ByteReader) => SqlValue;

function lengthPrefixed(value: Uint8Array, out: ByteWriter): void {
  out.zigzag(value.length);
  out.bytes(value);
}

/** One block of items, then the empty one that ends it. */
function block<T>(items: readonly T[], out: ByteWriter, write: (item: T) => void): void {
  if (items.length > 0) out.zigzag(items.length);
  items.forEach(write);
  out.zigzag(0);
}

function decimalBytes(value: SqlValue, scale: number): Uint8Array {
  return bigintBytes(setScale(value as Decimal, scale).unscaled);
}

/** Bytes of a whole number made as long as a `fixed` is, its sign kept. */
function padded(bytes: Uint8Array, size: number): Uint8Array {
  if (bytes.length > size) throw new Error(`A decimal needs ${String(bytes.length)} bytes where ${String(size)} are fixed.`);
  const out = new Uint8Array(size).fill(bytes[0]! >= 0x80 ? 0xff : 0);
  out.set(bytes, size - bytes.length);
  return out;
}

/** How values of a schema are written. */
export function avroWriter(schema: AvroSchema): Write {
  switch (schema.type) {
    case 'null':
      return () => undefined;
    case 'boolean':
      return (value, out) => out.byte(value === true ? 1 : 0);
    case 'int':
    case 'long':
      return (value, out) => out.zigzag(value as number | bigint);
    case 'float':
      return (value, out) => out.float(value as number);
    case 'double':
      return (value, out) => out.double(value as number);
    case 'string':
      return (value, out) => lengthPrefixed(utf8Bytes(value as string), out);
    case 'bytes': {
      const scale = decimalScale(schema);
      return isDecimal(schema)
        ? (value, out) => lengthPrefixed(decimalBytes(value, scale), out)
        : (value, out) => lengthPrefixed(value as Uint8Array, out);
    }
    case 'fixed':
      return (value, out) =>
        out.bytes(isDecimal(schema) ? padded(decimalBytes(value, decimalScale(schema)), schema.size) : (value as Uint8Array));
    case 'enum':
      return (value, out) => {
        const at = schema.symbols.indexOf(value as string);
        if (at < 0) throw new Error(`${String(value as string)} is no symbol of ${schema.name}: ${schema.symbols.join(', ')}.`);
        out.zigzag(at);
      };
    case 'record': {
      const writers = schema.fields.map((field) => avroWriter(field.schema));
      return (value, out) => writers.forEach((write, i) => write((value as Items)[i] ?? null, out));
    }
    default:
      return collectionWriter(schema);
  }
}

function collectionWriter(schema: Extract<AvroSchema, { type: 'array' | 'map' | 'union' }>): Write {
  if (schema.type === 'union') return unionWriter(schema);
  const item = avroWriter(schema.type === 'array' ? schema.items : schema.values);
  if (schema.type === 'map')
    return (value, out) =>
      block([...(value as Entries)], out, ([key, each]) => {
        lengthPrefixed(utf8Bytes(key as string), out);
        item(each, out);
      });
  if (isMapEntry(schema.items)) return (value, out) => block([...(value as Entries)], out, (entry) => item(entry, out));
  return (value, out) => block(value as Items, out, (each) => item(each, out));
}

function unionWriter(schema: Extract<AvroSchema, { type: 'union' }>): Write {
  const writers = schema.branches.map(avroWriter);
  const ofNull = schema.branches.findIndex(({ type }) => type === 'null');
  const branch = (at: number, value: SqlValue, out: ByteWriter) => {
    if (at < 0) throw new Error('null where the schema of Avro has no null.');
    out.zigzag(at);
    writers[at]!(value, out);
  };
  if (nullableBranch(schema)) return (value, out) => branch(value === null ? ofNull : 1 - ofNull, value, out);
  const members = schema.branches.map((_, i) => i).filter((i) => i !== ofNull);
  return (value, out) => {
    if (value === null) return branch(ofNull, null, out);
    const given = (value as Items).findIndex((member) => member !== null);
    branch(members[given] ?? ofNull, (value as Items)[given] ?? null, out);
  };
}

function readBlocks<T>(bytes: ByteReader, read: () => T): T[] {
  const items: T[] = [];
  for (;;) {
    let count = Number(bytes.zigzag());
    if (count === 0) return items;
    // A negative count is followed by the size of the block in bytes.
    if (count < 0) {
      bytes.zigzag();
      count = -count;
    }
    for (let i = 0; i < count; i++) items.push(read());
  }
}

const readBytes = (bytes: ByteReader): Uint8Array => bytes.bytes(Number(bytes.zigzag()));

/** How values of a schema are read. */
export function avroReader(schema: AvroSchema): Read {
  switch (schema.type) {
    case 'null':
      return () => null;
    case 'boolean':
      return (bytes) => bytes.byte() !== 0;
    case 'int':
      return (bytes) => Number(bytes.zigzag());
    case 'long':
      return textProperty(schema, 'logicalType') === 'timestamp-millis' ? (bytes) => Number(bytes.zigzag()) : (bytes) => bytes.zigzag();
    case 'float':
      return (bytes) => bytes.float();
    case 'double':
      return (bytes) => bytes.double();
    case 'string':
      return (bytes) => utf8Text(readBytes(bytes));
    case 'bytes':
    case 'fixed': {
      const raw = schema.type === 'fixed' ? (bytes: ByteReader) => bytes.bytes(schema.size) : readBytes;
      const scale = decimalScale(schema);
      return isDecimal(schema) ? (bytes) => decimal(bytesBigint(raw(bytes)), scale) : raw;
    }
    case 'enum':
      return (bytes) => {
        const at = Number(bytes.zigzag());
        const symbol = schema.symbols[at];
        if (symbol === undefined) throw new Error(`${schema.name} has no symbol ${String(at)}.`);
        return symbol;
      };
    case 'record': {
      const readers = schema.fields.map((field) => avroReader(field.schema));
      return (bytes) => readers.map((read) => read(bytes));
    }
    default:
      return collectionReader(schema);
  }
}

function collectionReader(schema: Extract<AvroSchema, { type: 'array' | 'map' | 'union' }>): Read {
  if (schema.type === 'union') return unionReader(schema);
  const item = avroReader(schema.type === 'array' ? schema.items : schema.values);
  if (schema.type === 'map') return (bytes) => new Map(readBlocks(bytes, () => [utf8Text(readBytes(bytes)), item(bytes)] as const));
  if (isMapEntry(schema.items)) return (bytes) => new Map(readBlocks(bytes, () => item(bytes) as readonly [SqlValue, SqlValue]));
  return (bytes) => readBlocks(bytes, () => item(bytes));
}

function unionReader(schema: Extract<AvroSchema, { type: 'union' }>): Read {
  const readers = schema.branches.map(avroReader);
  const ofNull = schema.branches.findIndex(({ type }) => type === 'null');
  const isNullable = nullableBranch(schema) !== null;
  const members = schema.branches.map((_, i) => i).filter((i) => i !== ofNull);
  return (bytes) => {
    const at = Number(bytes.zigzag());
    const read = readers[at];
    if (!read) throw new Error(`A union of ${String(readers.length)} types has no type ${String(at)}.`);
    const value = read(bytes);
    return isNullable || at === ofNull ? value : members.map((member) => (member === at ? value : null));
  };
}
