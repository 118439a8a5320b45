import { formatExpression } from '../syntax/formatExpression.ts';
import { decimalTypeOf } from '../types/decimalType.ts';
import { parseDecimal } from '../types/decimal.ts';
import { castFunction } from '../types/casts.ts';
import type { SqlType, SqlValue } from '../types/sqlType.ts';
import { primitive, typeText } from '../types/typeText.ts';
import type { Expression } from '../syntax/ast.ts';
import { SqlError } from '../syntax/sqlError.ts';
import { arithmetic, signed } from './arithmetic.ts';
import { compileCall, nullOnError, tableCall, type CompiledTableFunction } from './calls.ts';
import { comparison } from './comparison.ts';
import { arrayOf, mapOf, structOf, subscript, field } from './structured.ts';
import { between, caseOf, inList, like, logical, not } from './predicates.ts';
import type { Compiler, EvaluationContext, Row, Scope, Typed } from './scope.ts';

const constant = (type: SqlType | null, value: SqlValue): Typed => ({ type, evaluate: () => value });

type Of<K extends Expression['kind']> = Extract<Expression, { kind: K }>;
type Compilations = { readonly [K in Expression['kind']]: (node: Of<K>, compiler: Compiler) => Typed };

function column(node: Of<'column'>, { scope }: Compiler): Typed {
  const found = scope.column(node.source, node.name);
  if (found === null) {
    const name = node.source === null ? node.name : `${node.source}.${node.name}`;
    throw new SqlError(`Unknown column ${name}.`, node.at);
  }
  const { index, type } = found;
  return { type, evaluate: (row) => row[index] ?? null };
}

function lambdaVariable(node: Of<'lambdaVariable'>, { lambdas }: Compiler): Typed {
  const found = lambdas.get(node.name);
  if (found === undefined) throw new SqlError(`Unknown lambda variable ${node.name}. Name it before the arrow.`, node.at);
  const { cell, type } = found;
  return { type, evaluate: () => cell.value };
}

function arithmeticOf(node: Of<'arithmetic'>, compiler: Compiler): Typed {
  const left = compile(node.left, compiler);
  const right = compile(node.right, compiler);
  try {
    return arithmetic(node.operator, left, right);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    throw new SqlError(`Error processing expression: ${formatExpression(node)}. ${error.message}`, node.at);
  }
}

function cast(node: Of<'cast'>, compiler: Compiler): Typed {
  const operand = compile(node.operand, compiler);
  const type = compiler.scope.typeOf(node.type);
  const convert = castFunction(operand.type, type);
  return nullOnError({ type, evaluate: (row, context) => convert(operand.evaluate(row, context)) }, typeText(type));
}

function isNull(node: Of<'isNull'>, compiler: Compiler): Typed {
  const { evaluate } = compile(node.operand, compiler);
  return { type: primitive.BOOLEAN, evaluate: (row, context) => (evaluate(row, context) === null) !== node.negated };
}

const misplaced = (node: Expression): never => {
  throw new SqlError(`'${formatExpression(node)}' stands where only a value can. Give it to a function that takes it.`, node.at);
};

/** How the parts of an expression are compiled and printed by those that need it. */
const within = (compiler: Compiler) => ({ compile: (part: Expression) => compile(part, compiler), text: formatExpression });

const compilations: Compilations = {
  null: () => constant(null, null),
  boolean: (node) => constant(primitive.BOOLEAN, node.value),
  integer: (node) => constant(primitive.INTEGER, node.value),
  bigint: (node) => constant(primitive.BIGINT, node.value),
  double: (node) => constant(primitive.DOUBLE, node.value),
  decimal: (node) => {
    const value = parseDecimal(node.text);
    return constant(decimalTypeOf(value), value);
  },
  string: (node) => constant(primitive.STRING, node.value),
  column,
  field: (node, compiler) => field(node, compile(node.base, compiler), formatExpression),
  subscript: (node, compiler) => subscript(node, compile(node.base, compiler), compile(node.index, compiler), formatExpression),
  call: (node, compiler) => compileCall(node, compiler, compile),
  lambda: misplaced,
  lambdaVariable,
  unary: (node, compiler) => signed(node.operator, compile(node.operand, compiler)),
  not: (node, compiler) => not(compile(node.operand, compiler)),
  arithmetic: arithmeticOf,
  comparison: (node, compiler) => comparison(node, compile(node.left, compiler), compile(node.right, compiler), formatExpression),
  logical: (node, compiler) => logical(node.operator, compile(node.left, compiler), compile(node.right, compiler)),
  isNull,
  between: (node, compiler) => between(node, within(compiler)),
  like: (node, compiler) => like(node, within(compiler)),
  in: (node, compiler) => inList(node, within(compiler)),
  searchedCase: (node, compiler) => caseOf(node.whens, node.otherwise, within(compiler)),
  simpleCase: (node, compiler) => {
    const { operand, at } = node;
    const whens = node.whens.map(({ when, then }) => ({
      when: { kind: 'comparison', operator: '=', left: operand, right: when, at } as const,
      then,
    }));
    return caseOf(whens, node.otherwise, within(compiler));
  },
  cast,
  array: (node, compiler) => arrayOf(node, within(compiler)),
  map: (node, compiler) => mapOf(node, within(compiler)),
  struct: (node, compiler) => structOf(node, within(compiler)),
  interval: misplaced,
};

function compile<K extends Expression['kind']>(expression: Of<K>, compiler: Compiler): Typed {
  const kind = expression.kind as K;
  const known = compilations[kind] as ((node: Of<K>, compiler: Compiler) => Typed) | undefined;
  if (known === undefined) throw new SqlError(`An expression of kind '${kind}' cannot be computed.`);
  return known(expression, compiler);
}

/** An expression ready to be computed, over and over. */
export interface CompiledExpression {
  /** Null for an expression that can only be NULL. */
  readonly type: SqlType | null;
  /** The value for a row. What goes wrong while it is computed is logged and gives null, as in ksqlDB's processing log. */
  readonly evaluate: (row: Row, context: EvaluationContext) => SqlValue;
}

/**
 * Types an expression and makes a function of it (ksqlDB's `ExpressionTypeManager` and `SqlToJavaVisitor`). Throws a SqlError for columns and
 * functions that are not there and for types that do not go together.
 */
export function compileExpression(expression: Expression, scope: Scope): CompiledExpression {
  return nullOnError(compile(expression, { scope, lambdas: new Map() }), 'expression');
}

/** A call of a table function. Throws a SqlError as `compileExpression` does. */
export function compileTableFunction(call: Of<'call'>, scope: Scope): CompiledTableFunction {
  const overloads = scope.functions.tables.get(call.name.toUpperCase());
  if (overloads === undefined) throw new SqlError(`Can't find any functions with the name '${call.name}'`, call.at);
  return tableCall(call, overloads, { scope, lambdas: new Map() }, compile);
}
