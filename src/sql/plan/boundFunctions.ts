/** The functions of a library, bound to columns of rows. */
import { compileExpression, compileTableFunction } from '../expressions/compile.ts';
import type { Scope } from '../expressions/scope.ts';
import type { AggregateFunction, FunctionLibrary } from '../functions/library.ts';
import { chooseOverload } from '../functions/overloads.ts';
import type { Row } from '../operators/row.ts';
import type { Run } from '../operators/topology.ts';
import type { Expression } from '../syntax/ast.ts';
import { formatExpression } from '../syntax/formatExpression.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { SqlType, SqlValue } from '../types/sqlType.ts';
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

const literalKinds = new Set<Expression['kind']>(['null', 'boolean', 'integer', 'bigint', 'double', 'decimal', 'string']);
const isLiteral = (expression: Expression): boolean =>
  literalKinds.has(expression.kind) || (expression.kind === 'unary' && isLiteral(expression.operand));

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
    aggregate: (call, columns) => bindAggregate(call, library.aggregates.get(call.name) ?? [], scope(columns)),
    table: (call, columns) => {
      const { type, rows } = compileTableFunction(call, scope(columns));
      return { type, evaluate: rows };
    },
  };
}

function bindAggregate(call: Call, overloads: readonly AggregateFunction[], scope: Scope): RowAggregate {
  const args = call.args.map((arg) => ({ arg, ...compileExpression(arg, scope) }));
  const types = args.map(({ type }) => type);
  const chosen = chooseOverload(
    overloads[0]!.name,
    overloads,
    types.map((type) => ({ kind: 'value', type })),
    false,
  );
  const count = args.length - chosen.literals;
  const given = args.slice(0, count);
  const literals = args.slice(count).map(({ arg, evaluate }, i): SqlValue => {
    if (!isLiteral(arg))
      throw new SqlError(
        `Parameter ${String(count + i + 1)} passed to function ${call.name} must be a literal constant, but was expression: '${formatExpression(arg)}'`,
      );
    return evaluate([], { log: () => undefined, random: () => 0, now: () => 0 });
  });
  const inputTypes = given.map(({ type, arg }) => {
    if (type === null)
      throw new SqlError(`Function '${call.name.toLowerCase()}' cannot aggregate ${formatExpression(arg)}: it has no type.`, arg.at);
    return type;
  });
  const aggregate = chosen.create(inputTypes, literals);
  const { merge, undo, add, result, type } = aggregate;
  const valuesOf = (row: Row, run: Run) => given.map(({ evaluate }) => evaluate(row, run));
  return {
    type,
    stateType: aggregate.stateType,
    initial: () => aggregate.initial,
    add: (state, row, run) => add(state, valuesOf(row, run)),
    undo: undo ? (state, row, run) => undo(state, valuesOf(row, run)) : null,
    merge: (left, right) => {
      if (!merge) throw new Error(`${call.name} of ${typeText(type)} cannot join sessions`);
      return merge(left, right);
    },
    result,
  };
}
