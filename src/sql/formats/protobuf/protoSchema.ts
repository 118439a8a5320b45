/** Schemas of Protocol Buffers: messages and what their fields are (`FileDescriptorProto`). */

export const scalarTypes = [
  ...['double', 'float', 'int32', 'int64', 'uint32', 'uint64', 'sint32', 'sint64'],
  ...['fixed32', 'fixed64', 'sfixed32', 'sfixed64', 'bool', 'string', 'bytes'],
] as const;

export interface ProtoField {
  readonly name: string;
  readonly number: number;
  /** A scalar type, or the full name of a message or an enum. */
  readonly type: string;
  /** What is written before it; a required field of proto2 is `single`. */
  readonly label: 'single' | 'optional' | 'repeated';
  /** The group of fields of which one is set at most; null where the field is in none. */
  readonly oneof: string | null;
  /** What Confluent's `field_meta` option notes. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface ProtoMessage {
  /** With package and outer messages. */
  readonly fullName: string;
  readonly fields: readonly ProtoField[];
  /** Full names of the messages within it, in order. */
  readonly nested: readonly string[];
}

/** The names of an enum's values by their numbers. */
export type ProtoEnum = ReadonlyMap<number, string>;

export interface ProtoFile {
  readonly messages: ReadonlyMap<string, ProtoMessage>;
  readonly enums: ReadonlyMap<string, ProtoEnum>;
  /** Full names of the messages of the file itself, in order; imports and what is nested are not among them. */
  readonly top: readonly string[];
}

const field = (name: string, number: number, type: string): ProtoField => ({
  name,
  number,
  type,
  label: 'single',
  oneof: null,
  parameters: {},
});
const message = (fullName: string, ...fields: readonly ProtoField[]): [string, ProtoMessage] => [
  fullName,
  { fullName, fields, nested: [] },
];

export const known = {
  decimal: 'confluent.type.Decimal',
  date: 'google.type.Date',
  time: 'google.type.TimeOfDay',
  timestamp: 'google.protobuf.Timestamp',
} as const;

/** The scalar type in each message of `wrappers.proto`. */
export const wrapped: Readonly<Record<string, string>> = {
  'google.protobuf.DoubleValue': 'double',
  'google.protobuf.FloatValue': 'float',
  'google.protobuf.Int64Value': 'int64',
  'google.protobuf.UInt64Value': 'uint64',
  'google.protobuf.Int32Value': 'int32',
  'google.protobuf.UInt32Value': 'uint32',
  'google.protobuf.BoolValue': 'bool',
  'google.protobuf.StringValue': 'string',
  'google.protobuf.BytesValue': 'bytes',
};

/** The wrapper of a scalar type. */
export const wrapperOf = (scalar: string): string => Object.keys(wrapped).find((name) => wrapped[name] === scalar) ?? scalar;

/** Messages that every file may name after importing them. */
export const knownMessages: ReadonlyMap<string, ProtoMessage> = new Map([
  ...Object.entries(wrapped).map(([name, type]) => message(name, field('value', 1, type))),
  message(known.timestamp, field('seconds', 1, 'int64'), field('nanos', 2, 'int32')),
  message(known.date, field('year', 1, 'int32'), field('month', 2, 'int32'), field('day', 3, 'int32')),
  message(known.time, field('hours', 1, 'int32'), field('minutes', 2, 'int32'), field('seconds', 3, 'int32'), field('nanos', 4, 'int32')),
  message(known.decimal, field('value', 1, 'bytes'), field('precision', 2, 'uint32'), field('scale', 3, 'int32')),
]);

const imports: Readonly<Record<string, string>> = {
  'google.protobuf.Timestamp': 'google/protobuf/timestamp.proto',
  [known.date]: 'google/type/date.proto',
  [known.time]: 'google/type/timeofday.proto',
  [known.decimal]: 'confluent/type/decimal.proto',
};

/** The file to import for a known message; null for any other. */
export const importOf = (fullName: string): string | null =>
  imports[fullName] ?? (Object.hasOwn(wrapped, fullName) ? 'google/protobuf/wrappers.proto' : null);

/** Whether a repeated field holds the entries of a map. */
export function isMapEntry({ label, type }: ProtoField, { messages }: ProtoFile): boolean {
  const found = messages.get(type);
  if (label !== 'repeated' || !found?.fullName.endsWith('Entry') || found.fields.length !== 2) return false;
  return found.fields[0]!.name === 'key' && found.fields[1]!.name === 'value' && found.fields.every((part) => part.label !== 'repeated');
}
