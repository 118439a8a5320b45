/** The formats of keys and values (`FormatFactory`): what each can hold and how it is read and written. */
import type { SqlType } from '../types/sqlType.ts';
import { delimitedSerde } from './delimited.ts';
import { jsonSerde } from './json.ts';
import { kafkaSerde } from './kafka.ts';
import { bareProtobufSerde, registeredSerde } from './registered.ts';
import type { SchemaType } from './registry/schemaRegistry.ts';
import type { Column, Serde, SerdeOptions } from './serde.ts';

export type FormatName = 'JSON' | 'JSON_SR' | 'AVRO' | 'PROTOBUF' | 'PROTOBUF_NOSR' | 'DELIMITED' | 'KAFKA' | 'NONE';

/** What WITH may say of a format besides its name (`Format.getSupportedProperties`). */
export type FormatProperty = 'fullSchemaName' | 'schemaId' | 'nullableRepresentation' | 'delimiter';

interface Format {
  readonly create: (options: SerdeOptions) => Serde;
  /** Whether a single column may stand in an object, and whether it may stand alone (`SerdeFeature`). */
  readonly canWrap: boolean;
  readonly canUnwrap: boolean;
  /** Bases of types that the format cannot hold. */
  readonly refuses: readonly SqlType['base'][];
  /** The type of its schemas in a registry; null where it has none there, so that columns cannot be inferred. */
  readonly schemaType: SchemaType | null;
  readonly properties: readonly FormatProperty[];
  /** Said of maps whose keys are no texts; null where maps are refused altogether. */
  readonly textKeysOnly: string | null;
}

const noneSerde: Serde = { serialise: () => null, deserialise: () => null };

const jsonKeys = 'JSON only supports MAP types with STRING keys';
const protobufKeys = 'PROTOBUF format only supports MAP types with STRING keys. See https://github.com/confluentinc/ksql/issues/6177.';

const formats: Readonly<Record<FormatName, Format>> = {
  JSON: { create: jsonSerde, canWrap: true, canUnwrap: true, refuses: [], schemaType: null, properties: [], textKeysOnly: jsonKeys },
  JSON_SR: {
    ...{ create: (options) => registeredSerde('JSON', options), canWrap: true, canUnwrap: true, refuses: [] },
    ...{ schemaType: 'JSON', properties: ['fullSchemaName', 'schemaId'], textKeysOnly: jsonKeys },
  },
  AVRO: {
    ...{ create: (options) => registeredSerde('AVRO', options), canWrap: true, canUnwrap: true, refuses: [] },
    ...{ schemaType: 'AVRO', properties: ['fullSchemaName', 'schemaId'], textKeysOnly: 'Avro only supports MAPs with STRING keys' },
  },
  PROTOBUF: {
    ...{ create: (options) => registeredSerde('PROTOBUF', options), canWrap: true, canUnwrap: false, refuses: [] },
    ...{ schemaType: 'PROTOBUF', properties: ['fullSchemaName', 'schemaId', 'nullableRepresentation'], textKeysOnly: protobufKeys },
  },
  PROTOBUF_NOSR: {
    ...{ create: bareProtobufSerde, canWrap: true, canUnwrap: false, refuses: [] },
    ...{ schemaType: null, properties: ['nullableRepresentation'], textKeysOnly: protobufKeys },
  },
  DELIMITED: {
    ...{ create: delimitedSerde, canWrap: false, canUnwrap: true, refuses: ['ARRAY', 'MAP', 'STRUCT'] },
    ...{ schemaType: null, properties: ['delimiter'], textKeysOnly: null },
  },
  KAFKA: {
    ...{ create: kafkaSerde, canWrap: false, canUnwrap: true },
    refuses: ['BOOLEAN', 'DECIMAL', 'ARRAY', 'MAP', 'STRUCT', 'DATE', 'TIME', 'TIMESTAMP'],
    ...{ schemaType: null, properties: [], textKeysOnly: null },
  },
  NONE: { create: () => noneSerde, canWrap: false, canUnwrap: false, refuses: [], schemaType: null, properties: [], textKeysOnly: null },
};

/** The format of a name as WITH gives it, in any case; null where there is none of that name here. */
export function formatOf(name: string): (Format & { readonly name: FormatName }) | null {
  const upper = name.trim().toUpperCase() as FormatName;
  return Object.hasOwn(formats, upper) ? { ...formats[upper], name: upper } : null;
}

/** The first column that a format cannot hold, and the type that it refuses; null where it holds them all. */
export function refusedColumn(format: FormatName, columns: readonly Column[]): Column | null {
  const { refuses } = formats[format];
  return columns.find(({ type }) => refuses.includes(type.base)) ?? null;
}

function hasOtherKeys(type: SqlType): boolean {
  if (type.base === 'MAP') return type.key.base !== 'STRING' || hasOtherKeys(type.value);
  if (type.base === 'ARRAY') return hasOtherKeys(type.item);
  return type.base === 'STRUCT' && type.fields.some((field) => hasOtherKeys(field.type));
}

/** What is wrong with maps in columns: these formats know texts as keys only. Null where nothing is. */
export function wrongMapKeys(format: FormatName, columns: readonly Column[]): string | null {
  return columns.some(({ type }) => hasOtherKeys(type)) ? formats[format].textKeysOnly : null;
}

export function createSerde(format: FormatName, options: SerdeOptions): Serde {
  return formats[format].create(options);
}
