import type { PrimitiveBase, SqlType } from '../types/sqlType.ts';
import { castsImplicitly, primitive, sameType, typeText } from '../types/typeText.ts';
import { SqlError } from '../syntax/sqlError.ts';

/**
 * What a function declares to take and give (`ParamType` and its kinds): like a type, but a DECIMAL has no scale, and there are letters for
 * types that are found at the call, lambdas, units of time and anything at all.
 */
export type Parameter =
  | { readonly kind: 'primitive'; readonly base: PrimitiveBase | 'DECIMAL' }
  | { readonly kind: 'generic'; readonly name: string }
  | { readonly kind: 'array'; readonly item: Parameter }
  | { readonly kind: 'map'; readonly key: Parameter; readonly value: Parameter }
  | { readonly kind: 'struct'; readonly fields: readonly { readonly name: string; readonly type: Parameter }[] }
  | { readonly kind: 'lambda'; readonly inputs: readonly Parameter[]; readonly output: Parameter }
  | { readonly kind: 'interval' }
  | { readonly kind: 'any' };

/** What a call gives for a parameter: a value of a type (null for NULL), a lambda, or a unit of time. */
export type Argument =
  | { readonly kind: 'value'; readonly type: SqlType | null }
  | { readonly kind: 'lambda'; readonly inputs: readonly SqlType[] | number; readonly output: SqlType | null }
  | { readonly kind: 'interval' };

export type Generics = Map<string, SqlType>;

const names: Readonly<Record<string, PrimitiveBase | 'DECIMAL'>> = {
  VARCHAR: 'STRING',
  STRING: 'STRING',
  INT: 'INTEGER',
  INTEGER: 'INTEGER',
  BIGINT: 'BIGINT',
  DOUBLE: 'DOUBLE',
  BOOLEAN: 'BOOLEAN',
  DECIMAL: 'DECIMAL',
  BYTES: 'BYTES',
  DATE: 'DATE',
  TIME: 'TIME',
  TIMESTAMP: 'TIMESTAMP',
};

/** Reads declarations such as `ARRAY<T> list, LAMBDA(T, INT) => R`. */
class DeclarationReader {
  private readonly tokens: readonly string[];
  private at = 0;

  constructor(text: string) {
    this.tokens = text.match(/[A-Za-z_]\w*|=>|\.\.\.|[<>(),]/g) ?? [];
  }

  take(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at++;
    return true;
  }

  word(): string | null {
    const token = this.tokens[this.at];
    if (token === undefined || !/^\w/.test(token)) return null;
    this.at++;
    return token;
  }

  private list(end: string): Parameter[] {
    const items: Parameter[] = [];
    while (!this.take(end)) {
      items.push(this.type());
      this.take(',');
    }
    return items;
  }

  type(): Parameter {
    const word = this.word() ?? '';
    if (word === 'ANY') return { kind: 'any' };
    if (word === 'INTERVAL') return { kind: 'interval' };
    if (word === 'LAMBDA') {
      this.take('(');
      const inputs = this.list(')');
      this.take('=>');
      return { kind: 'lambda', inputs, output: this.type() };
    }
    if (word === 'ARRAY' || word === 'MAP') {
      this.take('<');
      const [first, second] = this.list('>') as [Parameter, Parameter];
      return word === 'ARRAY' ? { kind: 'array', item: first } : { kind: 'map', key: first, value: second };
    }
    if (word === 'STRUCT') return { kind: 'struct', fields: this.fields() };
    const base = names[word];
    return base === undefined ? { kind: 'generic', name: word } : { kind: 'primitive', base };
  }

  private fields(): { name: string; type: Parameter }[] {
    const fields: { name: string; type: Parameter }[] = [];
    this.take('<');
    while (!this.take('>')) {
      fields.push({ name: this.word() ?? '', type: this.type() });
      this.take(',');
    }
    return fields;
  }

  get ended(): boolean {
    return this.at >= this.tokens.length;
  }
}

export interface Declared {
  readonly type: Parameter;
  readonly name: string;
  readonly variadic: boolean;
}

/** The parameters of a declaration such as `VARCHAR, INT... rest`. */
export function declared(text: string): readonly Declared[] {
  const reader = new DeclarationReader(text);
  const parameters: Declared[] = [];
  while (!reader.ended) {
    const type = reader.type();
    const variadic = reader.take('...');
    parameters.push({ type, variadic, name: reader.word() ?? '' });
    reader.take(',');
  }
  return parameters;
}

/** A single declared type, such as what a function returns. */
export const declaredType = (text: string): Parameter => new DeclarationReader(text).type();

const printed: Readonly<Record<string, string>> = { STRING: 'VARCHAR', INTEGER: 'INT' };

/** A declared type as ksqlDB prints it in messages. */
export function parameterText(type: Parameter): string {
  switch (type.kind) {
    case 'primitive':
      return printed[type.base] ?? type.base;
    case 'generic':
      return type.name;
    case 'array':
      return `ARRAY<${parameterText(type.item)}>`;
    case 'map':
      return `MAP<${parameterText(type.key)}, ${parameterText(type.value)}>`;
    case 'struct':
      return `STRUCT<${type.fields.map((field) => `${field.name} ${parameterText(field.type)}`).join(', ')}>`;
    case 'lambda':
      return `LAMBDA (${type.inputs.map(parameterText).join(', ')}) => ${parameterText(type.output)}`;
    case 'interval':
      return 'INTERVAL UNIT';
    case 'any':
      return 'ANY';
  }
}

export function hasGenerics(type: Parameter): boolean {
  switch (type.kind) {
    case 'generic':
      return true;
    case 'array':
      return hasGenerics(type.item);
    case 'map':
      return hasGenerics(type.key) || hasGenerics(type.value);
    case 'struct':
      return type.fields.some((field) => hasGenerics(field.type));
    case 'lambda':
      return type.inputs.some(hasGenerics) || hasGenerics(type.output);
    default:
      return false;
  }
}

function reserve(name: string, type: SqlType, generics: Generics): boolean {
  const known = generics.get(name);
  if (known === undefined) generics.set(name, type);
  return known === undefined || sameType(known, type);
}

function reserveType(type: Parameter, given: SqlType, generics: Generics): boolean {
  switch (type.kind) {
    case 'generic':
      return reserve(type.name, given, generics);
    case 'array':
      return given.base === 'ARRAY' && reserveType(type.item, given.item, generics);
    case 'map':
      return given.base === 'MAP' && reserveType(type.key, given.key, generics) && reserveType(type.value, given.value, generics);
    case 'primitive':
      return given.base === type.base;
    default:
      return type.kind === 'any';
  }
}

/** Finds the types that the letters of a parameter stand for; false where they contradict what is known (`GenericsUtil.reserveGenerics`). */
export function reserveGenerics(type: Parameter, argument: Argument, generics: Generics): boolean {
  if (argument.kind === 'lambda') {
    if (type.kind !== 'lambda') return false;
    const { inputs, output } = argument;
    if (typeof inputs === 'number') return type.inputs.length === inputs;
    if (type.inputs.length !== inputs.length) return false;
    if (!type.inputs.every((input, i) => reserveType(input, inputs[i]!, generics))) return false;
    return output === null || reserveType(type.output, output, generics);
  }
  if (argument.kind === 'interval') return type.kind === 'interval';
  return argument.type === null || reserveType(type, argument.type, generics);
}

function matches(type: Parameter, given: SqlType, casts: boolean): boolean {
  if (type.kind === 'any') return true;
  if (type.kind === 'array' && given.base === 'ARRAY') return matches(type.item, given.item, casts);
  if (type.kind === 'map' && given.base === 'MAP') return matches(type.key, given.key, casts) && matches(type.value, given.value, casts);
  if (type.kind === 'struct' && given.base === 'STRUCT') {
    if (type.fields.length === 0 || given.fields.length === 0) return true;
    if (type.fields.length !== given.fields.length) return false;
    return type.fields.every(({ name, type: part }) => {
      const field = given.fields.find((candidate) => candidate.name === name);
      return field !== undefined && matches(part, field.type, false);
    });
  }
  return type.kind === 'primitive' && (given.base === type.base || (casts && castsImplicitly(given.base, type.base)));
}

/** Whether a parameter takes an argument, with implicit casts or without (`UdfIndex.Parameter.accepts`). */
export function accepts(type: Parameter, argument: Argument, generics: Generics, casts: boolean): boolean {
  if (argument.kind === 'value' && argument.type === null) return true;
  if (hasGenerics(type)) return reserveGenerics(type, argument, generics);
  if (type.kind === 'any') return true;
  if (argument.kind !== 'value') return reserveGenerics(type, argument, generics);
  return matches(type, argument.type!, casts);
}

/** The type that a declared type is once its letters are known. Throws a SqlError where one is not. */
export function appliedType(type: Parameter, generics: Generics): SqlType {
  switch (type.kind) {
    case 'generic': {
      const found = generics.get(type.name);
      if (found === undefined) throw new SqlError(`Could not find mapping for generic type: ${type.name}`);
      return found;
    }
    case 'array':
      return { base: 'ARRAY', item: appliedType(type.item, generics) };
    case 'map':
      return { base: 'MAP', key: appliedType(type.key, generics), value: appliedType(type.value, generics) };
    case 'struct':
      return { base: 'STRUCT', fields: type.fields.map(({ name, type: part }) => ({ name, type: appliedType(part, generics) })) };
    case 'primitive':
      if (type.base !== 'DECIMAL') return primitive[type.base];
      throw new SqlError('A function that gives a DECIMAL must say its precision and scale.');
    default:
      throw new SqlError(`${parameterText(type)} is no type of a value.`);
  }
}

/** An argument as messages print it. */
export function argumentText(argument: Argument): string {
  if (argument.kind === 'value') return argument.type === null ? 'null' : typeText(argument.type, false);
  return argument.kind === 'lambda' ? 'LAMBDA' : 'INTERVAL UNIT';
}
