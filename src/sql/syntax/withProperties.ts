import type { Literal, Place, Property } from './ast.ts';
import { formatExpression } from './formatExpression.ts';

/** Whose properties they are: those of a source, of a source made by a query, of an INSERT INTO. */
export type PropertyOwner = 'create' | 'createAs' | 'insert';

/** What is wrong with a value, or null. */
type Check = (text: string) => string | null;

interface PropertyRule {
  readonly type: 'STRING' | 'INT' | 'SHORT' | 'LONG' | 'BOOLEAN';
  readonly check?: (name: string, text: string) => string | null;
}

const text: PropertyRule = { type: 'STRING' };

const invalidValue = (name: string, value: string, why: string): string => `Invalid value ${value} for property ${name}: ${why}`;

const parses =
  (check: Check) =>
  (name: string, value: string): string | null => {
    const wrong = check(value);
    return wrong === null ? null : `Configuration ${name} is invalid: ${wrong}`;
  };

const oneOf =
  (...values: readonly string[]) =>
  (name: string, value: string): string | null =>
    values.includes(value.toUpperCase()) ? null : invalidValue(name, value, `String must be one of: ${values.join(', ')}, null`);

function wrongDelimiter(value: string): string | null {
  if (value.length === 1 && value.trim() !== '') return null;
  if (value === 'TAB' || value === 'SPACE') return null;
  if (value.trim() === '')
    return "Delimiter cannot be empty, if you meant to have a tab or space for delimiter, please use the special values 'TAB' or 'SPACE'\nExample valid value: ';'";
  return `Invalid delimiter value: '${value}'. Delimiter must be a single character or TAB,SPACE\nExample valid value: ';'`;
}

const timeUnits = ['NANOSECONDS', 'MICROSECONDS', 'MILLISECONDS', 'SECONDS', 'MINUTES', 'HOURS', 'DAYS'];

function wrongDuration(value: string): string | null {
  const invalid = `Invalid duration: '${value}'. `;
  const parts = value.split(/\s/);
  if (parts.length !== 2) return `${invalid}Expected 2 tokens, got: ${parts.length}`;
  const [size, unit] = [parts[0]!, parts[1]!.toUpperCase()];
  if (!/^[+-]?\d+$/.test(size)) return `${invalid}Not numeric: '${size}'`;
  if (timeUnits.includes(unit) || timeUnits.includes(`${unit}S`)) return null;
  return `${invalid}Unknown time unit: '${unit}'\nSupported time units are: ${timeUnits.join(', ')}`;
}

const nullable: PropertyRule = { type: 'STRING', check: oneOf('OPTIONAL', 'WRAPPER') };
const delimiter: PropertyRule = { type: 'STRING', check: parses(wrongDelimiter) };

const common: Readonly<Record<string, PropertyRule>> = {
  KAFKA_TOPIC: { type: 'STRING', check: (name, value) => (value === '' ? invalidValue(name, value, 'String must be non-empty') : null) },
  PARTITIONS: { type: 'INT' },
  REPLICAS: { type: 'SHORT' },
  RETENTION_MS: { type: 'LONG' },
  CLEANUP_POLICY: text,
  FORMAT: text,
  KEY_FORMAT: text,
  VALUE_FORMAT: text,
  KEY_DELIMITER: delimiter,
  VALUE_DELIMITER: delimiter,
  WRAP_SINGLE_VALUE: { type: 'BOOLEAN' },
  TIMESTAMP: text,
  TIMESTAMP_FORMAT: text,
  KEY_SCHEMA_ID: { type: 'INT' },
  VALUE_SCHEMA_ID: { type: 'INT' },
  KEY_SCHEMA_FULL_NAME: text,
  VALUE_SCHEMA_FULL_NAME: text,
  VALUE_AVRO_SCHEMA_FULL_NAME: text,
  KEY_PROTOBUF_NULLABLE_REPRESENTATION: nullable,
  VALUE_PROTOBUF_NULLABLE_REPRESENTATION: nullable,
};

/** The properties of each owner, with what their values must be (CommonCreateConfigs, CreateConfigs, InsertIntoConfigs). */
const rules: Readonly<Record<PropertyOwner, Readonly<Record<string, PropertyRule>>>> = {
  create: {
    ...common,
    WINDOW_TYPE: { type: 'STRING', check: oneOf('SESSION', 'HOPPING', 'TUMBLING') },
    WINDOW_SIZE: { type: 'STRING', check: parses(wrongDuration) },
    SOURCE_CONNECTOR: text,
    SOURCED_BY_CONNECTOR: text,
  },
  createAs: common,
  insert: { QUERY_ID: text },
};

/** All names, for completions. */
export const propertyNames: readonly string[] = [...Object.keys(rules.create), ...Object.keys(rules.insert)];

const typeTexts: Readonly<Record<PropertyRule['type'], string>> = {
  STRING: 'a string',
  INT: 'a 32-bit integer',
  SHORT: 'a 16-bit integer (short)',
  LONG: 'a 64-bit integer (long)',
  BOOLEAN: 'either true or false',
};

const bits: Readonly<Record<'INT' | 'SHORT' | 'LONG', bigint>> = { SHORT: 15n, INT: 31n, LONG: 63n };

const javaClasses: Readonly<Record<Exclude<Literal['kind'], 'null'>, string>> = {
  boolean: 'java.lang.Boolean',
  integer: 'java.lang.Integer',
  bigint: 'java.lang.Long',
  double: 'java.lang.Double',
  decimal: 'java.math.BigDecimal',
  string: 'java.lang.String',
};

type Typed = { readonly value: Literal } | { readonly wrong: string };

/** A value as its property's type wants it: numbers and truth values may be given as text (ConfigDef.parseType). */
function typed(name: string, { type }: PropertyRule, value: Literal): Typed {
  if (value.kind === 'null') return { value };
  const written = value.kind === 'string' ? value.value : formatExpression(value);
  const mistyped: Typed = {
    wrong: invalidValue(
      name,
      written,
      `Expected value to be ${typeTexts[type]}${type === 'BOOLEAN' ? '' : `, but it was a ${javaClasses[value.kind]}`}`,
    ),
  };
  if (type === 'STRING') return value.kind === 'string' ? { value } : mistyped;
  const trimmed = written.trim();
  if (type === 'BOOLEAN') {
    if (!/^(true|false)$/i.test(trimmed)) return mistyped;
    return { value: { kind: 'boolean', value: trimmed.toLowerCase() === 'true', at: value.at } };
  }
  if (value.kind === 'double' || value.kind === 'decimal' || value.kind === 'boolean') return mistyped;
  if (!/^[+-]?\d+$/.test(trimmed)) return { wrong: invalidValue(name, written, `Not a number of type ${type}`) };
  const number = BigInt(trimmed.replace('+', ''));
  if (number >= 2n ** bits[type] || number < -(2n ** bits[type]))
    return value.kind === 'string' ? { wrong: invalidValue(name, written, `Not a number of type ${type}`) } : mistyped;
  return {
    value: type === 'LONG' ? { kind: 'bigint', value: number, at: value.at } : { kind: 'integer', value: Number(number), at: value.at },
  };
}

const both = (one: string, other: string, remedy: string): string => `Cannot supply both '${one}' and '${other}' properties${remedy}`;

/** What is wrong with properties that exclude or need each other (validateKeyValueFormats, validateWindowInfo). */
function wrongTogether(values: ReadonlyMap<string, string>): string | null {
  for (const name of ['KEY_FORMAT', 'VALUE_FORMAT'])
    if (values.has('FORMAT') && values.has(name))
      return both(
        name,
        'FORMAT',
        ", as 'FORMAT' sets both key and value formats. Either use just 'FORMAT', or use 'KEY_FORMAT' and 'VALUE_FORMAT'.",
      );
  if (values.has('VALUE_AVRO_SCHEMA_FULL_NAME') && values.has('VALUE_SCHEMA_FULL_NAME'))
    return both('VALUE_AVRO_SCHEMA_FULL_NAME', 'VALUE_SCHEMA_FULL_NAME', ". Please only set 'VALUE_SCHEMA_FULL_NAME'.");
  const type = values.get('WINDOW_TYPE')?.toUpperCase();
  const needsSize = type !== undefined && type !== 'SESSION';
  if (needsSize && !values.has('WINDOW_SIZE'))
    return `${type} windows require 'WINDOW_SIZE' to be provided in the WITH clause. For example: 'WINDOW_SIZE'='10 SECONDS'`;
  return !needsSize && values.has('WINDOW_SIZE') ? "'WINDOW_SIZE' should not be set for SESSION windows." : null;
}

/** What is wrong with properties, and where; null is the statement itself. */
export interface PropertyProblem {
  readonly message: string;
  readonly at: Place | null;
}

export interface TypedProperties {
  /** Names upper-cased, values of the property's type. */
  readonly properties: readonly Property[];
  readonly problem: PropertyProblem | null;
}

/** Properties by the rules of their owner (PropertiesConfig). Of several things that are wrong, the first of those ksqlDB checks first is told. */
export function typedProperties(owner: PropertyOwner, written: readonly Property[]): TypedProperties {
  const problems: PropertyProblem[] = [];
  const properties = written.map((property): Property => {
    const name = property.name.toUpperCase();
    const rule = rules[owner][name];
    if (!rule) return { ...property, name };
    const result = typed(name, rule, property.value);
    if ('wrong' in result) problems.push({ message: result.wrong, at: property.at });
    else if (result.value.kind === 'string') {
      const wrong = rule.check?.(name, result.value.value) ?? null;
      if (wrong !== null) problems.push({ message: wrong, at: property.at });
    }
    return { ...property, name, value: 'value' in result ? result.value : property.value };
  });
  return { properties, problem: problems[0] ?? otherProblem(owner, properties) };
}

function otherProblem(owner: PropertyOwner, properties: readonly Property[]): PropertyProblem | null {
  if (owner === 'create' && !properties.some(({ name, value }) => name === 'KAFKA_TOPIC' && value.kind !== 'null'))
    return { message: 'Missing required property "KAFKA_TOPIC" which has no default value.', at: null };
  const unknown = properties.filter(({ name }) => !(name in rules[owner]));
  if (unknown.length > 0)
    return { message: `Invalid config variable(s) in the WITH clause: ${unknown.map(({ name }) => name).join(',')}`, at: unknown[0]!.at };
  const values = new Map(properties.flatMap(({ name, value }) => (value.kind === 'string' ? [[name, value.value] as const] : [])));
  const message = wrongTogether(values);
  return message === null ? null : { message, at: properties[0]?.at ?? null };
}
