/** Schemas of Protocol Buffers as Connect's, and back (`io.confluent.connect.protobuf.ProtobufData`). */
import type { ConnectField, ConnectSchema, ConnectStruct } from '../connect/connectSchema.ts';
import { decimalSchema, isDecimalSchema, logical, plain, precisionParameter, scaleParameter } from '../connect/connectSchema.ts';
import type { ProtoField, ProtoFile, ProtoMessage } from './protoSchema.ts';
import { importOf, isMapEntry, known, wrapped, wrapperOf } from './protoSchema.ts';

/** How a null of a scalar is told from its default: not at all, by the word `optional`, or by a message around it. */
export interface ProtoOptions {
  readonly nullable: 'none' | 'optional' | 'wrapper';
}

const scalarSchemas: Readonly<
  Record<string, Extract<ConnectSchema['type'], 'INT32' | 'INT64' | 'FLOAT32' | 'FLOAT64' | 'BOOLEAN' | 'STRING' | 'BYTES'>>
> = {
  double: 'FLOAT64',
  float: 'FLOAT32',
  int32: 'INT32',
  sint32: 'INT32',
  sfixed32: 'INT32',
  int64: 'INT64',
  uint32: 'INT64',
  fixed32: 'INT64',
  uint64: 'INT64',
  sint64: 'INT64',
  fixed64: 'INT64',
  sfixed64: 'INT64',
  bool: 'BOOLEAN',
  string: 'STRING',
  bytes: 'BYTES',
};

/** A message's fields as its struct has them: the groups of which one is set, then all other fields. */
export function membersOf({ fields }: ProtoMessage): readonly (ProtoField | readonly ProtoField[])[] {
  const groups = new Map<string, ProtoField[]>();
  for (const field of fields) {
    if (field.oneof === null) continue;
    const group = groups.get(field.oneof) ?? [];
    groups.set(field.oneof, group);
    group.push(field);
  }
  return [...groups.values(), ...fields.filter(({ oneof }) => oneof === null)];
}

/** The Connect schema of a message. Throws for a message that holds itself, which no SQL type is. */
export function connectOfProto(
  message: ProtoMessage,
  file: ProtoFile,
  options: ProtoOptions,
  isOptional = false,
  within: readonly ProtoMessage[] = [],
): ConnectStruct {
  if (within.includes(message)) throw new Error(`Message ${message.fullName} holds itself. ksqlDB has no type for it.`);
  const inner = [...within, message];
  const fields = membersOf(message).map((member): ConnectField => {
    if ('name' in member) return { name: member.name, schema: fieldSchema(member, file, options, inner) };
    const parts = member.map((field) => ({ name: field.name, schema: { ...fieldSchema(field, file, options, inner), isOptional: true } }));
    return {
      name: `${member[0]!.oneof!}_0`,
      schema: { ...plain(true, `io.confluent.connect.protobuf.Union.${member[0]!.oneof!}`), type: 'STRUCT', fields: parts },
    };
  });
  return { ...plain(isOptional, message.fullName), type: 'STRUCT', fields };
}

function fieldSchema(field: ProtoField, file: ProtoFile, options: ProtoOptions, within: readonly ProtoMessage[]): ConnectSchema {
  if (isMapEntry(field, file)) {
    const [key, value] = file.messages.get(field.type)!.fields as [ProtoField, ProtoField];
    const part = (one: ProtoField) => fieldSchema(one, file, options, within);
    return { ...plain(true), type: 'MAP', key: part(key), value: part(value) };
  }
  const isNullable = options.nullable === 'none' || (options.nullable === 'optional' && field.label === 'optional');
  if (field.label === 'repeated') return { ...plain(true), type: 'ARRAY', item: typeSchema(field, file, options, true, within) };
  return typeSchema(field, file, options, isNullable, within);
}

function typeSchema(
  field: ProtoField,
  file: ProtoFile,
  options: ProtoOptions,
  isOptional: boolean,
  within: readonly ProtoMessage[],
): ConnectSchema {
  const { type, parameters } = field;
  const scalar = scalarSchemas[type];
  if (scalar !== undefined) {
    const narrow = ({ int8: 'INT8', int16: 'INT16' } as const)[parameters['connect.type'] ?? ''];
    return { ...plain(isOptional), type: scalar === 'INT32' && narrow !== undefined ? narrow : scalar };
  }
  if (file.enums.has(type)) return { ...plain(true, type), type: 'STRING' };
  switch (type) {
    case known.decimal:
      return decimalSchema(parameters.precision === undefined ? null : Number(parameters.precision), Number(parameters.scale ?? 0), true);
    case known.date:
      return { ...plain(true, logical.date), type: 'INT32' };
    case known.time:
      return { ...plain(true, logical.time), type: 'INT32' };
    case known.timestamp:
      return { ...plain(true, logical.timestamp), type: 'INT64' };
  }
  // ksqlDB always asks for scalars where a schema has messages around them (`unwrapPrimitives`).
  const inWrapper = wrapped[type];
  if (inWrapper !== undefined) return { ...plain(true), type: scalarSchemas[inWrapper]! };
  return connectOfProto(file.messages.get(type)!, file, options, true, within);
}

const scalarNames: Readonly<Record<string, string>> = {
  INT8: 'int32',
  INT16: 'int32',
  INT32: 'int32',
  INT64: 'int64',
  FLOAT32: 'float',
  FLOAT64: 'double',
  BOOLEAN: 'bool',
  STRING: 'string',
  BYTES: 'bytes',
};
const logicalNames: Readonly<Record<string, string>> = {
  [logical.date]: known.date,
  [logical.time]: known.time,
  [logical.timestamp]: known.timestamp,
};

/** A name that Protocol Buffers take: letters, digits and underscores, the first a letter (`ProtobufData.scrubName`). */
export function protoName(name: string): string {
  if (/^[A-Za-z]\w*$/.test(name)) return name;
  const encoded = encodeURIComponent(name);
  return (/^[0-9_]/.test(encoded) ? `x${encoded}` : encoded).replace(/\W/g, '_');
}

class Printer {
  readonly imports = new Set<string>();
  private count = 0;
  private readonly options: ProtoOptions;

  constructor(options: ProtoOptions) {
    this.options = options;
  }

  defaultName(): string {
    return `ConnectDefault${String(++this.count)}`;
  }

  /** A message; messages of its fields stand within it. */
  message(name: string, fields: readonly ConnectField[], indent: string): string {
    const inner = `${indent}  `;
    const nested: string[] = [];
    const lines = fields.map((field, i) => this.field(protoName(field.name), field.schema, i + 1, inner, nested));
    return [`${indent}message ${name} {`, ...lines, ...nested.flatMap((one) => ['', one]), `${indent}}`].join('\n');
  }

  private field(name: string, schema: ConnectSchema, number: number, indent: string, nested: string[]): string {
    const isList = schema.type === 'ARRAY';
    const element = isList ? schema.item : schema;
    const isOptional = this.options.nullable === 'optional' && schema.isOptional;
    const label = isList || schema.type === 'MAP' ? 'repeated ' : isOptional ? 'optional ' : '';
    return `${indent}${label}${this.type(name, element, indent, nested)} ${name} = ${String(number)}${decimalOptions(element)};`;
  }

  private type(name: string, schema: ConnectSchema, indent: string, nested: string[]): string {
    const logicalName = isDecimalSchema(schema) ? known.decimal : schema.name === null ? undefined : logicalNames[schema.name];
    if (logicalName !== undefined) return this.imported(logicalName);
    switch (schema.type) {
      case 'ARRAY':
        throw new Error('Array cannot be nested');
      case 'MAP': {
        const entry = `${this.defaultName()}Entry`;
        nested.push(
          this.message(
            entry,
            [
              { name: 'key', schema: schema.key },
              { name: 'value', schema: schema.value },
            ],
            indent,
          ),
        );
        return entry;
      }
      case 'STRUCT': {
        const own = this.defaultName();
        const type = own === name ? `${own}Message` : own;
        nested.push(this.message(type, schema.fields, indent));
        return type;
      }
      default: {
        const scalar = scalarNames[schema.type]!;
        return this.options.nullable === 'wrapper' && schema.isOptional ? this.imported(wrapperOf(scalar)) : scalar;
      }
    }
  }

  private imported(fullName: string): string {
    const file = importOf(fullName);
    if (file !== null) this.imports.add(file);
    return fullName;
  }
}

function decimalOptions(schema: ConnectSchema): string {
  if (!isDecimalSchema(schema)) return '';
  const { [precisionParameter]: precision, [scaleParameter]: scale } = schema.parameters;
  const entries = Object.entries({ precision, scale }).flatMap(([key, value]) =>
    value === undefined ? [] : [`{ key: "${key}", value: "${value}" }`],
  );
  return ` [(confluent.field_meta) = { params: [${entries.join(', ')}] }]`;
}

/** The text of a .proto file for a struct; the message has the given full name, else the default one. Throws for an array of arrays. */
export function protoOf({ fields }: ConnectStruct, fullName: string | null, options: ProtoOptions): string {
  const printer = new Printer(options);
  const parts = (fullName ?? printer.defaultName()).split('.').map(protoName);
  const body = printer.message(parts.at(-1)!, fields, '');
  if (body.includes('(confluent.field_meta)')) printer.imports.add('confluent/meta.proto');
  const header = ['syntax = "proto3";', ...(parts.length > 1 ? [`package ${parts.slice(0, -1).join('.')};`] : [])];
  const imports = [...printer.imports].sort().map((file) => `import "${file}";`);
  return [...header, ...(imports.length > 0 ? ['', ...imports] : []), '', body, ''].join('\n');
}
