import { castFunction } from '../types/casts.ts';
import { asDecimalType } from '../types/decimalType.ts';
import type { SqlType, SqlValue } from '../types/sqlType.ts';
import type { FunctionArgument, Lambda, ScalarFunction, TableFunction } from '../functions/library.ts';
import { chooseOverload, parameterAt } from '../functions/overloads.ts';
import {
  accepts,
  appliedType,
  hasGenerics,
  reserveGenerics,
  type Argument,
  type Generics,
  type Parameter,
} from '../functions/parameter.ts';
import type { Expression } from '../syntax/ast.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { Compiler, EvaluationContext, Row, Typed } from './scope.ts';

type Call = Extract<Expression, { kind: 'call' }>;
type Compile = (expression: Expression, compiler: Compiler) => Typed;
type Computed = (row: Row, context: EvaluationContext) => FunctionArgument;

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** An evaluation that is null, with a line in the log, where another one throws (`ksql.nested.error.set.null`). */
export function nullOnError(typed: Typed, what: string): Typed {
  const { type, evaluate } = typed;
  return {
    type,
    evaluate: (row, context) => {
      try {
        return evaluate(row, context);
      } catch (error) {
        context.log(`Error processing ${what}: ${words(error)}`);
        return null;
      }
    },
  };
}

/** The type a declared parameter is reached by with an implicit cast; null where the argument stays as it is. */
function castTarget(parameter: Parameter, given: SqlType): SqlType | null {
  if (hasGenerics(parameter) || accepts(parameter, { kind: 'value', type: given }, new Map(), false)) return null;
  if (parameter.kind === 'primitive' && parameter.base === 'DECIMAL') return asDecimalType(given);
  return appliedType(parameter, new Map());
}

function valueArgument(typed: Typed, expression: Expression, parameter: Parameter): Computed {
  const target = typed.type === null ? null : castTarget(parameter, typed.type);
  let argument = typed;
  if (target !== null) {
    const cast = castFunction(typed.type, target);
    argument = { type: target, evaluate: (row, context) => cast(typed.evaluate(row, context)) };
  }
  if (expression.kind === 'call') argument = nullOnError(argument, expression.name);
  if (expression.kind === 'field') argument = nullOnError(argument, expression.name);
  return argument.evaluate;
}

/** A lambda typed by what its parameters stand for, and what it computes. */
function lambdaArgument(
  lambda: Extract<Expression, { kind: 'lambda' }>,
  parameter: Extract<Parameter, { kind: 'lambda' }>,
  generics: Generics,
  compiler: Compiler,
  compile: Compile,
): { readonly argument: Argument; readonly computed: Computed } {
  const inputs = parameter.inputs.map((input) => appliedType(input, generics));
  const lambdas = new Map(compiler.lambdas);
  const cells = lambda.params.map((name, i) => {
    if (compiler.lambdas.has(name)) throw new SqlError(`Duplicate lambda variable name: ${name}. Give it another name.`, lambda.at);
    const cell: { value: SqlValue } = { value: null };
    lambdas.set(name, { type: inputs[i]!, cell });
    return cell;
  });
  const body = compile(lambda.body, { ...compiler, lambdas });
  const computed: Computed =
    (row, context): Lambda =>
    (...values) => {
      cells.forEach((cell, i) => (cell.value = values[i] ?? null));
      return body.evaluate(row, context);
    };
  return { argument: { kind: 'lambda', inputs, output: body.type }, computed };
}

interface FirstPass {
  readonly argument: Argument;
  readonly typed: Typed | null;
}

function firstPass(expression: Expression, compiler: Compiler, compile: Compile): FirstPass {
  if (expression.kind === 'lambda') return { argument: { kind: 'lambda', inputs: expression.params.length, output: null }, typed: null };
  if (expression.kind === 'interval') return { argument: { kind: 'interval' }, typed: null };
  const typed = compile(expression, compiler);
  return { argument: { kind: 'value', type: typed.type }, typed };
}

/** A call of a scalar function: its signature chosen by the arguments, lambdas typed by what the other arguments are. */
function scalarCall(node: Call, overloads: readonly ScalarFunction[], compiler: Compiler, compile: Compile): Typed {
  const first = node.args.map((expression) => firstPass(expression, compiler, compile));
  const given = first.map(({ argument }) => argument);
  const chosen = chooseOverload(overloads[0]!.name, overloads, given, true);
  const generics: Generics = new Map();
  const args: Argument[] = [];
  const computed: Computed[] = node.args.map((expression, i) => {
    const parameter = parameterAt(chosen, i, node.args.length)!.type;
    if (expression.kind === 'lambda' && parameter.kind === 'lambda') {
      const lambda = lambdaArgument(expression, parameter, generics, compiler, compile);
      args.push(lambda.argument);
      reserveGenerics(parameter, lambda.argument, generics);
      return lambda.computed;
    }
    args.push(given[i]!);
    reserveGenerics(parameter, given[i]!, generics);
    if (expression.kind === 'interval') return () => expression.unit;
    return valueArgument(first[i]!.typed!, expression, parameter);
  });
  const types = args.map((argument) => (argument.kind === 'value' ? argument.type : null));
  const apply = chosen.bind(types);
  return {
    type: chosen.returns(args),
    evaluate: (row, context) =>
      apply(
        computed.map((argument) => argument(row, context)),
        context,
      ),
  };
}

/** A call where one value is wanted. Throws a SqlError for a function that is not there or does not take these arguments. */
export function compileCall(node: Call, compiler: Compiler, compile: Compile): Typed {
  const { functions } = compiler.scope;
  const overloads = functions.scalars.get(node.name.toUpperCase());
  if (overloads !== undefined) return scalarCall(node, overloads, compiler, compile);
  const name = node.name.toUpperCase();
  if (functions.aggregates.has(name) || functions.tables.has(name))
    throw new SqlError(
      `${node.name} gives no value for a single row. Use it in a projection with GROUP BY, or as a table function.`,
      node.at,
    );
  throw new SqlError(`Can't find any functions with the name '${node.name}'`, node.at);
}

/** A call of a table function: the type of its rows and what it makes of one row. */
export interface CompiledTableFunction {
  readonly type: SqlType;
  /** The rows that one row becomes; none where an argument cannot be computed. */
  readonly rows: (row: Row, context: EvaluationContext) => readonly SqlValue[];
}

export function tableCall(node: Call, overloads: readonly TableFunction[], compiler: Compiler, compile: Compile): CompiledTableFunction {
  const typed = node.args.map((expression) => compile(expression, compiler));
  const args = typed.map(({ type }): Argument => ({ kind: 'value', type }));
  const chosen = chooseOverload(overloads[0]!.name, overloads, args, true);
  const computed = typed.map((argument, i) => valueArgument(argument, node.args[i]!, parameterAt(chosen, i, args.length)!.type)) as ((
    row: Row,
    context: EvaluationContext,
  ) => SqlValue)[];
  return {
    type: chosen.returns(args),
    rows: (row, context) => {
      try {
        return chosen.rows(computed.map((argument) => argument(row, context)));
      } catch (error) {
        context.log(`Error processing ${node.name}: ${words(error)}`);
        return [];
      }
    },
  };
}
