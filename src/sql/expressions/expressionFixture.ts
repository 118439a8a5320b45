import { builtInFunctions } from '../functions/builtIn.ts';
import { parseExpression, parseTypeName } from '../syntax/parse.ts';
import type { TypeName } from '../syntax/ast.ts';
import type { SqlType, SqlValue } from '../types/sqlType.ts';
import { primitive, typeText } from '../types/typeText.ts';
import { compileExpression, compileTableFunction, type CompiledExpression } from './compile.ts';
import { compileAggregate } from './aggregateCall.ts';
import type { EvaluationContext, Scope } from './scope.ts';

/** For tests: expressions and their values from text. */

function typeOf(name: TypeName): SqlType {
  switch (name.kind) {
    case 'array':
      return { base: 'ARRAY', item: typeOf(name.item) };
    case 'map':
      return { base: 'MAP', key: typeOf(name.key), value: typeOf(name.value) };
    case 'struct':
      return { base: 'STRUCT', fields: name.fields.map((field) => ({ name: field.name, type: typeOf(field.type) })) };
    case 'simple': {
      const [precision = 0, scale = 0] = name.parameters;
      if (name.name === 'DECIMAL') return { base: 'DECIMAL', precision, scale };
      const aliases: Record<string, keyof typeof primitive> = { INT: 'INTEGER', VARCHAR: 'STRING' };
      return primitive[aliases[name.name] ?? (name.name as keyof typeof primitive)];
    }
  }
}

/** A scope with these columns, in this order: name to written type. */
export function scopeOf(columns: Readonly<Record<string, string>> = {}): Scope {
  const names = Object.keys(columns);
  const types = names.map((name) => typeOf(parseTypeName(columns[name]!)));
  return {
    column: (_, name) => (names.includes(name) ? { index: names.indexOf(name), type: types[names.indexOf(name)]! } : null),
    typeOf,
    functions: builtInFunctions,
  };
}

export function compiled(text: string, columns: Readonly<Record<string, string>> = {}): CompiledExpression {
  return compileExpression(parseExpression(text), scopeOf(columns));
}

/** Messages of the last evaluation. */
export const logged: string[] = [];

const context: EvaluationContext = { log: (message) => void logged.push(message), random: () => 0.5, now: () => 1_600_000_000_000 };

/** The value of an expression, over a row where it has columns. */
export function valueOf(text: string, columns: Readonly<Record<string, string>> = {}, row: readonly SqlValue[] = []): SqlValue {
  logged.length = 0;
  return compiled(text, columns).evaluate(row, context);
}

/** The type of an expression as text. */
export function typeTextOf(text: string, columns: Readonly<Record<string, string>> = {}): string {
  const { type } = compiled(text, columns);
  return type === null ? 'null' : typeText(type);
}

/** What a call of an aggregate says after each of the rows. */
export function aggregated(
  text: string,
  columns: Readonly<Record<string, string>>,
  rows: readonly (readonly SqlValue[])[],
  properties: Readonly<Record<string, string>> = {},
): SqlValue[] {
  const call = parseExpression(text);
  if (call.kind !== 'call') throw new Error(`${text} is no call.`);
  const aggregate = compileAggregate(call, scopeOf(columns), properties);
  let state = aggregate.initial;
  return rows.map((row, i) => {
    const values = aggregate.columns.map((column) => column.evaluate(row, context));
    state = aggregate.add(state, values, BigInt(i));
    return aggregate.result(state);
  });
}

/** The rows that a call of a table function makes of one row. */
export function exploded(text: string, columns: Readonly<Record<string, string>> = {}, row: readonly SqlValue[] = []): readonly SqlValue[] {
  const call = parseExpression(text);
  if (call.kind !== 'call') throw new Error(`${text} is no call.`);
  return compileTableFunction(call, scopeOf(columns)).rows(row, context);
}
