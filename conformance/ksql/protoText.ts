/** Messages of Protocol Buffers as Java prints them (`TextFormat`), for answers that cases write down so. */
import { ByteReader } from '../../src/sql/formats/byteStream.ts';
import { connectOfProto } from '../../src/sql/formats/protobuf/protoConnect.ts';
import { parseProto } from '../../src/sql/formats/protobuf/protoParser.ts';
import { messageCodec } from '../../src/sql/formats/protobuf/protoWire.ts';
import type { ConnectSchema, ConnectStruct } from '../../src/sql/formats/connect/connectSchema.ts';
import type { SqlValue } from '../../src/sql/types/sqlType.ts';
import { doubleText } from '../../src/sql/types/javaNumber.ts';
import { utf8Text } from '../../src/sql/types/bytes.ts';

type Items = readonly SqlValue[];

const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;

function scalarText(value: SqlValue, { type }: ConnectSchema): string {
  if (type === 'STRING') return quoted(value as string);
  if (type === 'BYTES') return quoted(utf8Text(value as Uint8Array));
  return type === 'FLOAT64' ? doubleText(value as number) : String(value as number | bigint | boolean);
}

/** Values that are not written, as they are the default of their type. */
const isDefault = (value: SqlValue): boolean =>
  value === null || value === 0 || value === 0n || value === '' || value === false || (value instanceof Uint8Array && value.length === 0);

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

function fieldLines(name: string, value: SqlValue, schema: ConnectSchema, isPart = false): string[] {
  if (schema.type === 'ARRAY') return ((value ?? []) as Items).flatMap((item) => fieldLines(name, item, schema.item, true));
  if (schema.type === 'MAP') {
    const entries = [...((value ?? new Map()) as ReadonlyMap<SqlValue, SqlValue>)];
    return entries.flatMap(([key, item]) => [
      `${name} {`,
      ...indented([...fieldLines('key', key, schema.key), ...fieldLines('value', item, schema.value)]),
      '}',
    ]);
  }
  if (schema.type === 'STRUCT') return value === null ? [] : [`${name} {`, ...indented(structLines(value as Items, schema)), '}'];
  return isDefault(value) && !isPart ? [] : [`${name}: ${scalarText(value, schema)}`];
}

const structLines = (row: Items, { fields }: ConnectStruct): string[] =>
  fields.flatMap(({ name, schema }, i) => fieldLines(name, row[i] ?? null, schema));

/** Prints messages of the first one of a schema's text. */
export function protoPrinter(text: string): (bytes: Uint8Array) => string {
  const file = parseProto(text);
  const message = file.messages.get(file.top[0]!)!;
  const codec = messageCodec(message, file);
  const schema = connectOfProto(message, file, { nullable: 'none' });
  return (bytes) =>
    structLines(codec.read(new ByteReader(bytes)) as Items, schema)
      .map((line) => `${line}\n`)
      .join('');
}
