import type { EvaluationContext } from '../expressions/scope.ts';
import type { SqlType, SqlValue } from '../types/sqlType.ts';
import { appliedType, declaredType, reserveGenerics, type Argument, type Generics } from './parameter.ts';
import { parameterAt, signature, type Signature } from './overloads.ts';

/** A lambda as a function sees it. */
export type Lambda = (...values: SqlValue[]) => SqlValue;

/** What a function computes with: values, lambdas, and units of time by their names. */
export type FunctionArgument = SqlValue | Lambda;

/** The type of what a call gives, by its arguments. Throws a SqlError where there is none. */
type Returns = (args: readonly Argument[]) => SqlType;

export interface ScalarFunction extends Signature {
  readonly name: string;
  readonly returns: Returns;
  /** The function for arguments of these types, null for NULL and lambdas. It throws what makes its value null. */
  readonly bind: (types: readonly (SqlType | null)[]) => (args: readonly FunctionArgument[], context: EvaluationContext) => SqlValue;
}

export interface TableFunction extends Signature {
  readonly name: string;
  /** The type of one row of the result. */
  readonly returns: Returns;
  readonly rows: (args: readonly SqlValue[]) => readonly SqlValue[];
}

/** An aggregate over plain-data states, bound to the types of a call and its literal arguments. */
export interface Aggregate {
  /** The type of the result. */
  readonly type: SqlType;
  /** The type of the state as ksqlDB keeps it in a store. */
  readonly stateType: SqlType;
  readonly initial: SqlValue;
  /** Takes a value in; `sequence` grows with every record of a query, for those that ask which value came first. */
  readonly add: (state: SqlValue, args: readonly SqlValue[], sequence?: bigint) => SqlValue;
  /** Takes a value out again; absent where an aggregate cannot, and so may not stand over a table. */
  readonly undo?: (state: SqlValue, args: readonly SqlValue[]) => SqlValue;
  /** Two states made one, the first being the earlier (sessions). */
  readonly merge?: (first: SqlValue, second: SqlValue) => SqlValue;
  readonly result: (state: SqlValue) => SqlValue;
}

export interface AggregateFunction extends Signature {
  readonly name: string;
  /** How many arguments at the end must be literals and shape the function instead of being aggregated. */
  readonly literals: number;
  /** The aggregate of a call; `properties` are the session's, of which `ksql.functions.<name>.…` may shape it. */
  readonly create: (types: readonly SqlType[], literals: readonly SqlValue[], properties?: AggregateProperties) => Aggregate;
}

export type AggregateProperties = Readonly<Record<string, string>>;

/** The functions there are, by upper-cased name, every signature of a name in the order it was declared. */
export interface FunctionLibrary {
  readonly scalars: ReadonlyMap<string, readonly ScalarFunction[]>;
  readonly tables: ReadonlyMap<string, readonly TableFunction[]>;
  readonly aggregates: ReadonlyMap<string, readonly AggregateFunction[]>;
}

function byName<T extends { readonly name: string }>(functions: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const map = new Map<string, T[]>();
  for (const item of functions) {
    const name = item.name.toUpperCase();
    map.set(name, [...(map.get(name) ?? []), item]);
  }
  return map;
}

export const functionLibrary = (
  scalars: readonly ScalarFunction[],
  tables: readonly TableFunction[],
  aggregates: readonly AggregateFunction[],
): FunctionLibrary => ({ scalars: byName(scalars), tables: byName(tables), aggregates: byName(aggregates) });

/** What a declared type is for the arguments of a call. */
export function returnType(declaration: string, parameters: Signature): Returns {
  const type = declaredType(declaration);
  return (args) => {
    const generics: Generics = new Map();
    args.forEach((argument, i) => reserveGenerics(parameterAt(parameters, i, args.length)!.type, argument, generics));
    return appliedType(type, generics);
  };
}

/** A function that sees its nulls and the types of its arguments. */
export function bound(
  name: string,
  parameters: string,
  returns: string | Returns,
  bind: (types: readonly (SqlType | null)[]) => (args: readonly FunctionArgument[], context: EvaluationContext) => SqlValue | undefined,
): ScalarFunction {
  const declaration = signature(parameters);
  return {
    ...declaration,
    name,
    returns: typeof returns === 'string' ? returnType(returns, declaration) : returns,
    bind: (types) => {
      const compute = bind(types);
      return (args, context) => compute(args, context) ?? null;
    },
  };
}

type Compute = (...args: never[]) => SqlValue;

/** A function that sees its nulls. */
export function lenient(name: string, parameters: string, returns: string | Returns, compute: Compute): ScalarFunction {
  const apply = compute as (...args: FunctionArgument[]) => SqlValue;
  return bound(name, parameters, returns, () => (args) => apply(...args));
}

/** A function that is null where any of its arguments is. */
export function strict(name: string, parameters: string, returns: string | Returns, compute: Compute): ScalarFunction {
  const apply = compute as (...args: FunctionArgument[]) => SqlValue;
  return bound(name, parameters, returns, () => (args) => (args.includes(null) ? null : apply(...args)));
}

/** One function under several signatures. */
export const eachOf = (signatures: readonly string[], define: (parameters: string) => ScalarFunction): ScalarFunction[] =>
  signatures.map(define);

/** The type of an argument that is a value. */
export const valueType = (argument: Argument | undefined): SqlType | null => (argument?.kind === 'value' ? argument.type : null);
