/** The functions of a library, bound to columns of rows. */
import { compileAggregate } from '../expressions/aggregateCall.ts';
import { compileExpression, compileTableFunction } from '../expressions/compile.ts';
import type { Scope } from '../expressions/scope.ts';
import type { AggregateProperties, FunctionLibrary } from '../functions/library.ts';
import type { Row } from '../operators/row.ts';
import type { Run } from '../operators/topology.ts';
import type { SqlType } from '../types/sqlType.ts';
import type { Call, Functions, RowAggregate } from './compile.ts';
import type { Column } from './schema.ts';
import { typeText } from '../types/typeText.ts';
import { resolveType } from './typeNames.ts';

/** Where columns are named by one name alone, the first of that name. */
function scopeOf(columns: readonly Column[], functions: FunctionLibrary, types: ReadonlyMap<string, SqlType>): Scope {
  return {
    column: (_source, name) => {
      const index = columns.findIndex((column) => column.name === name);
      return index < 0 ? null : { index, type: columns[index]!.type };
    },
    typeOf: (name) => resolveType(name, types),
    functions,
  };
}

/** Functions of a library; `types` holds those that CREATE TYPE made. */
export function bindFunctions(library: FunctionLibrary, types: ReadonlyMap<string, SqlType>): Functions {
  const scope = (columns: readonly Column[]) => scopeOf(columns, library, types);
  return {
    kindOf: (name) => {
      if (library.aggregates.has(name)) return 'aggregate';
      if (library.tables.has(name)) return 'table';
      return library.scalars.has(name) ? 'scalar' : null;
    },
    compile: (expression, columns) => compileExpression(expression, scope(columns)),
    aggregate: (call, columns, properties) => bindAggregate(call, scope(columns), properties),
    table: (call, columns) => {
      const { type, rows } = compileTableFunction(call, scope(columns));
      return { type, evaluate: rows };
    },
  };
}

const noValues: Row = [];

function bindAggregate(call: Call, scope: Scope, properties?: AggregateProperties): RowAggregate {
  const { columns, merge, undo, add, result, type, stateType, initial } = compileAggregate(call, scope, properties);
  const [first] = columns;
  const valuesOf = (row: Row, run: Run): Row => {
    if (!first) return noValues;
    return columns.length === 1 ? [first.evaluate(row, run)] : columns.map(({ evaluate }) => evaluate(row, run));
  };
  return {
    type,
    stateType,
    initial: () => initial,
    add: (state, row, run) => add(state, valuesOf(row, run)),
    undo: undo ? (state, row, run) => undo(state, valuesOf(row, run)) : null,
    merge: (left, right) => {
      if (!merge) throw new Error(`${call.name} of ${typeText(type)} cannot join sessions`);
      return merge(left, right);
    },
    result,
  };
}
