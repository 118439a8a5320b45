import type { Aggregate, AggregateProperties } from '../functions/library.ts';
import { chooseOverload } from '../functions/overloads.ts';
import type { Argument } from '../functions/parameter.ts';
import { formatExpression } from '../syntax/formatExpression.ts';
import type { Expression } from '../syntax/ast.ts';
import { SqlError } from '../syntax/sqlError.ts';
import { compileExpression, type CompiledExpression } from './compile.ts';
import type { Scope } from './scope.ts';
import type { SqlValue } from '../types/sqlType.ts';

type Call = Extract<Expression, { kind: 'call' }>;

/** A call of an aggregate function: the aggregate and the expressions whose values it takes in. */
export interface CompiledAggregate extends Aggregate {
  readonly columns: readonly CompiledExpression[];
}

const literals = ['null', 'boolean', 'integer', 'bigint', 'double', 'decimal', 'string'];
const isLiteral = (expression: Expression): boolean =>
  literals.includes(expression.kind) || (expression.kind === 'unary' && isLiteral(expression.operand));

function literalValue(call: Call, at: number, scope: Scope): SqlValue {
  const expression = call.args[at]!;
  if (!isLiteral(expression))
    throw new SqlError(
      `Parameter ${at + 1} passed to function ${call.name} must be a literal constant, but was expression: '${formatExpression(expression)}'`,
      expression.at,
    );
  return compileExpression(expression, scope).evaluate([], { log: () => undefined, random: () => 0, now: () => 0 });
}

/**
 * A call of an aggregate function over the columns of a scope (`UdafUtil`). The arguments that shape the function must be literals. Throws a
 * SqlError where they are not, and for types that it does not take: aggregates cast nothing by themselves.
 */
export function compileAggregate(call: Call, scope: Scope, properties: AggregateProperties = {}): CompiledAggregate {
  const overloads = scope.functions.aggregates.get(call.name.toUpperCase());
  if (overloads === undefined) throw new SqlError(`Can't find any functions with the name '${call.name}'`, call.at);
  const compiled = call.args.map((expression) => compileExpression(expression, scope));
  const args = compiled.map(({ type }): Argument => ({ kind: 'value', type }));
  const chosen = chooseOverload(overloads[0]!.name, overloads, args, false);
  const columnCount = call.args.length - chosen.literals;
  const shaping = call.args.slice(columnCount).map((_, i) => literalValue(call, columnCount + i, scope));
  const columns = compiled.slice(0, columnCount);
  const types = columns.map(({ type }) => {
    if (type === null) throw new SqlError(`${call.name} cannot aggregate NULL. Cast it to a type.`, call.at);
    return type;
  });
  return { ...chosen.create(types, shaping, properties), columns };
}
