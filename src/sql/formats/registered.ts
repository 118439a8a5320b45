/**
 * Formats whose schema a registry knows: AVRO, PROTOBUF and JSON_SR (`KsqlConnectSerializer`, `KsqlConnectDeserializer`). A payload begins with a zero and
 * the schema's id. PROTOBUF_NOSR is the same without a registry: both sides know the columns.
 */
import { utf8Bytes } from '../types/bytes.ts';
import type { SqlValue } from '../types/sqlType.ts';
import { ByteReader, ByteWriter } from './byteStream.ts';
import type { ConnectSchema } from './connect/connectSchema.ts';
import { connectOf, plain } from './connect/connectSchema.ts';
import type { Translate } from './connect/rowTranslation.ts';
import { reader, structReader, structWriter, writer } from './connect/rowTranslation.ts';
import { connectOfProto, protoOf } from './protobuf/protoConnect.ts';
import { parseProto } from './protobuf/protoParser.ts';
import { messageCodec } from './protobuf/protoWire.ts';
import type { SchemaCodec } from './registry/schemaCodec.ts';
import { schemaCodec, schemaOfConnect } from './registry/schemaCodec.ts';
import type { RegisteredSchema, SchemaType } from './registry/schemaRegistry.ts';
import type { Column, Payload, SchemaUse, Serde, SerdeOptions } from './serde.ts';

/** The Connect schema of columns: a struct, or that of a single one where it stands alone. */
function connectOfColumns(columns: readonly Column[], isUnwrapped: boolean): ConnectSchema {
  if (isUnwrapped && columns.length === 1) return connectOf(columns[0]!.type);
  return { ...plain(false), type: 'STRUCT', fields: columns.map(({ name, type }) => ({ name, schema: connectOf(type) })) };
}

/** The schema that a registry gets for columns. Throws for columns that the type cannot say. */
export const schemaOfColumns = (
  type: SchemaType,
  { columns, isUnwrapped }: Pick<SerdeOptions, 'columns' | 'isUnwrapped'>,
  use: SchemaUse,
): RegisteredSchema => schemaOfConnect(type, connectOfColumns(columns, isUnwrapped), use);

const magic = 0;

/** A row as a value to write: of a single column that stands alone, the column's. */
function rowWriter({ columns, isUnwrapped }: SerdeOptions, schema: ConnectSchema, naming: 'inOrder' | 'byName'): Translate {
  if (isUnwrapped && columns.length === 1) {
    const write = writer(columns[0]!.type, schema, naming);
    return (row) => write((row as readonly SqlValue[])[0] ?? null);
  }
  if (schema.type !== 'STRUCT') throw new Error(`The schema of a row is a STRUCT, not ${schema.type}.`);
  return structWriter(columns, schema, naming);
}

/** A value that was read as a row. */
function rowReader({ columns, isUnwrapped }: SerdeOptions, schema: ConnectSchema): Translate {
  if (isUnwrapped && columns.length === 1) {
    const read = reader(columns[0]!.type, schema);
    return (value) => [read(value)];
  }
  if (schema.type !== 'STRUCT') throw new Error(`Cannot deserialize type ${schema.type.toLowerCase()} as type struct for path: `);
  return structReader(columns, schema);
}

const isNothing = (values: readonly SqlValue[] | null, { columns, isUnwrapped }: SerdeOptions): values is null =>
  values === null || (isUnwrapped && columns.length === 1 && (values[0] ?? null) === null);

/** Names as Avro takes them, which fields are found by. */
const withAvroNames = (options: SerdeOptions): SerdeOptions => ({
  ...options,
  columns: options.columns.map((column) => ({ ...column, name: column.name.replaceAll('.', '_') })),
});

/** Rows with the id of their schema before them. */
export function registeredSerde(type: SchemaType, given: SerdeOptions): Serde {
  const options = type === 'AVRO' ? withAvroNames(given) : given;
  const { schema: use } = given;
  if (!use) throw new Error(`Rows of a ${type} schema need a registry.`);
  let writing: { readonly id: number; readonly codec: SchemaCodec; readonly translate: Translate } | null = null;
  const writingNow = () => {
    if (writing) return writing;
    const physical = use.id ?? (use.writesNewest ? use.registry.latest(use.subject) : null);
    // Without a schema of its own a source registers the one of its columns when it first writes.
    const id = physical ?? use.registry.register(use.subject, schemaOfColumns(type, given, use));
    const codec = schemaCodec(use.registry.schema(id), use);
    writing = { id, codec, translate: rowWriter(options, codec.schema, physical === null ? 'inOrder' : 'byName') };
    return writing;
  };
  const codecs = new Map<number, { readonly codec: SchemaCodec; readonly translations: Map<ConnectSchema, Translate> }>();
  const readingOf = (id: number) => {
    const known = codecs.get(id) ?? { codec: schemaCodec(use.registry.schema(id), { ...use, fullName: null }), translations: new Map() };
    codecs.set(id, known);
    return known;
  };
  return {
    serialise: (values) => {
      if (isNothing(values, options)) return null;
      const { id, codec, translate } = writingNow();
      const out = new ByteWriter();
      out.byte(magic);
      out.int32BigEndian(id);
      codec.write(translate(values), out);
      return out.finish();
    },
    deserialise: (payload) => {
      if (payload === null) return null;
      const bytes = new ByteReader(bytesOf(payload));
      if (bytes.end < 5 || bytes.byte() !== magic) throw new Error('Unknown magic byte!');
      const { codec, translations } = readingOf(bytes.int32BigEndian());
      const { schema, value } = codec.read(bytes);
      const translate = translations.get(schema) ?? rowReader(options, schema);
      translations.set(schema, translate);
      return translate(value) as readonly SqlValue[] | null;
    },
  };
}

const bytesOf = (payload: Exclude<Payload, null>): Uint8Array => (typeof payload === 'string' ? utf8Bytes(payload) : payload);

/** Rows as messages of Protocol Buffers that nothing stands before (`ProtobufNoSRConverter`). */
export function bareProtobufSerde(options: SerdeOptions): Serde {
  const proto = { nullable: options.schema?.nullable ?? 'none' } as const;
  const made = connectOfColumns(options.columns, false);
  if (made.type !== 'STRUCT') throw new Error('The schema of a row is a STRUCT.');
  const file = parseProto(protoOf(made, null, proto));
  const message = file.messages.get(file.top[0]!)!;
  const codec = messageCodec(message, file);
  const schema = connectOfProto(message, file, proto);
  const write = structWriter(options.columns, schema, 'inOrder');
  // Names that Protocol Buffers do not take are written as others; the order of the fields is that of the columns.
  const read = structReader(
    options.columns.map(({ type }, i) => ({ name: schema.fields[i]!.name, type })),
    schema,
  );
  return {
    serialise: (values) => {
      if (values === null) return null;
      const out = new ByteWriter();
      codec.write(write(values), out);
      return out.finish();
    },
    deserialise: (payload) => (payload === null ? null : (read(codec.read(new ByteReader(bytesOf(payload)))) as readonly SqlValue[])),
  };
}
