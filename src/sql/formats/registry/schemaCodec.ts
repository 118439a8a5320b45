/** Schemas of a registry, compiled: what they are to Connect, and how their values go to bytes and back. */
import { utf8Bytes, utf8Text } from '../../types/bytes.ts';
import type { SqlValue } from '../../types/sqlType.ts';
import { avroReader, avroWriter } from '../avro/avroBinary.ts';
import { avroCompatible, avroOf, connectOfAvro } from '../avro/avroConnect.ts';
import { AvroSchemaError, parseAvroSchema } from '../avro/avroSchema.ts';
import type { ByteReader, ByteWriter } from '../byteStream.ts';
import type { ConnectSchema } from '../connect/connectSchema.ts';
import { connectOfJsonSchema, jsonSchemaOf } from '../jsonSchema/jsonSchemaConnect.ts';
import { connectOfNode, nodeOfConnect } from '../jsonSchema/jsonSchemaValues.ts';
import { jsonText, parseJson } from '../jsonText.ts';
import type { ProtoOptions } from '../protobuf/protoConnect.ts';
import { connectOfProto, protoOf } from '../protobuf/protoConnect.ts';
import { parseProto } from '../protobuf/protoParser.ts';
import type { ProtoFile, ProtoMessage } from '../protobuf/protoSchema.ts';
import { messageCodec } from '../protobuf/protoWire.ts';
import type { RegisteredSchema, SchemaType } from './schemaRegistry.ts';

/** A value with the schema it was written with. */
export interface ConnectData {
  readonly schema: ConnectSchema;
  readonly value: SqlValue;
}

export interface SchemaCodec {
  /** What values have to be to be written. */
  readonly schema: ConnectSchema;
  /** The name that a source which is made of the schema keeps for it; null where the schema has none. */
  readonly name: string | null;
  readonly write: (value: SqlValue, out: ByteWriter) => void;
  readonly read: (bytes: ByteReader) => ConnectData;
}

/** What else shapes a schema's use. */
export interface CodecOptions extends ProtoOptions {
  /** Which record or message is meant; null: the only one, or the first. */
  readonly fullName: string | null;
}

function avroCodec(text: string): SchemaCodec {
  const avro = parseAvroSchema(text);
  const schema = connectOfAvro(avro);
  const read = avroReader(avro);
  return {
    schema,
    name: 'name' in avro ? avro.name : null,
    write: avroWriter(avro),
    read: (bytes) => ({ schema, value: read(bytes) }),
  };
}

function jsonCodec(text: string): SchemaCodec {
  const schema = connectOfJsonSchema(parseJson(text));
  return {
    schema,
    name: schema.name,
    write: (value, out) => out.bytes(utf8Bytes(jsonText(nodeOfConnect(value, schema)))),
    read: (bytes) => ({ schema, value: connectOfNode(parseJson(utf8Text(bytes.bytes(bytes.end - bytes.at))), schema) }),
  };
}

/** Where each message stands: the place of the outermost in its file, then of each within the one around it. */
function pathsOf({ top, messages }: ProtoFile): readonly (readonly [path: readonly number[], message: ProtoMessage])[] {
  const paths: (readonly [readonly number[], ProtoMessage])[] = [];
  const visit = (name: string, path: readonly number[]): void => {
    const message = messages.get(name)!;
    paths.push([path, message]);
    message.nested.forEach((inner, i) => visit(inner, [...path, i]));
  };
  top.forEach((name, i) => visit(name, [i]));
  return paths;
}

/** The path of a message before its bytes; that of a file's first message is a single 0 (`MessageIndexes`). */
function writePath(path: readonly number[], out: ByteWriter): void {
  if (path.length === 1 && path[0] === 0) return out.byte(0);
  out.zigzag(path.length);
  for (const step of path) out.zigzag(step);
}

function readPath(bytes: ByteReader): string {
  const length = Number(bytes.zigzag());
  return length === 0 ? '0' : Array.from({ length }, () => String(bytes.zigzag())).join();
}

function protoCodec({ text, references }: RegisteredSchema, { fullName, nullable }: CodecOptions): SchemaCodec {
  const file = parseProto(text, references);
  const paths = pathsOf(file);
  const options = { nullable };
  const [path, message] = (fullName === null ? paths[0] : paths.find(([, one]) => one.fullName === fullName)) ?? [];
  if (!path)
    throw new Error(
      `The schema of Protocol Buffers has no message ${fullName ?? ''}. It has: ${paths.map(([, one]) => one.fullName).join(', ')}.`,
    );
  const { write } = messageCodec(message!, file);
  const readers = new Map(
    paths.map(([steps, one]) => [
      steps.join(),
      { one, made: null as { schema: ConnectSchema; read: (bytes: ByteReader) => SqlValue } | null },
    ]),
  );
  return {
    schema: connectOfProto(message!, file, options),
    name: message!.fullName,
    write: (value, out) => {
      writePath(path, out);
      write(value, out);
    },
    read: (bytes) => {
      const steps = readPath(bytes);
      const entry = readers.get(steps);
      if (!entry) throw new Error(`The schema of Protocol Buffers has no message at ${steps}.`);
      entry.made ??= { schema: connectOfProto(entry.one, file, options), read: messageCodec(entry.one, file).read };
      return { schema: entry.made.schema, value: entry.made.read(bytes) };
    },
  };
}

/** A schema compiled. Throws where its text is none of its type. */
export function schemaCodec(schema: RegisteredSchema, options: CodecOptions): SchemaCodec {
  if (schema.type === 'AVRO') return avroCodec(schema.text);
  return schema.type === 'JSON' ? jsonCodec(schema.text) : protoCodec(schema, options);
}

/** The names of all records or messages of which a source has to name one (`Format.schemaFullNames`). */
export function fullNames({ type, text, references }: RegisteredSchema): readonly string[] {
  return type === 'PROTOBUF' ? parseProto(text, references).top : [];
}

export const defaultAvroName = 'io.confluent.ksql.avro_schemas.KsqlDataSourceSchema';

/** The schema that a registry gets for a Connect schema. Throws where the type cannot say it. */
export function schemaOfConnect(type: SchemaType, schema: ConnectSchema, { fullName, nullable }: CodecOptions): RegisteredSchema {
  if (type === 'JSON') return { type, text: jsonText(jsonSchemaOf(schema)), references: [] };
  if (type === 'AVRO') {
    try {
      const text = jsonText(avroOf(avroCompatible(schema, fullName ?? defaultAvroName)));
      parseAvroSchema(text);
      return { type, text, references: [] };
    } catch (error) {
      if (error instanceof AvroSchemaError) throw new Error(`Schema is not compatible with Avro: ${error.message}`, { cause: error });
      throw error;
    }
  }
  if (schema.type !== 'STRUCT') throw new Error(`Protocol Buffers have messages only, no ${schema.type} alone.`);
  const named = fullName?.startsWith('ConnectDefault') === true ? null : fullName;
  return { type, text: protoOf(schema, named, { nullable }), references: [] };
}
