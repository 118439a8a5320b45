import type { FunctionLibrary } from '../functions/library.ts';
import type { TypeName } from '../syntax/ast.ts';
import type { SqlType, SqlValue } from '../types/sqlType.ts';

/** Where an expression finds what it names. */
export interface Scope {
  /**
   * The column that a name means: where it stands in a row, and its type. Throws a SqlError for one that is ambiguous; null for none.
   * @param source the name before the point, null where there is none
   */
  column(source: string | null, name: string): { readonly index: number; readonly type: SqlType } | null;
  /** The type that a written name means, those that the user created among them. Throws a SqlError for none. */
  typeOf(name: TypeName): SqlType;
  /** The functions that calls may name. */
  readonly functions: FunctionLibrary;
}

/** What the world outside a row gives to an evaluation, so that the same run gives the same values. */
export interface EvaluationContext {
  /** Takes note of an error that made a value null (the processing log). */
  readonly log: (message: string) => void;
  /** A number of [0, 1) from the run's own stream. */
  readonly random: () => number;
  /** The virtual wall clock, milliseconds since 1970. */
  readonly now: () => number;
}

export type Row = readonly SqlValue[];

/** Computes a value of a row; throws what Java would throw, a null where a number is needed included. */
export type Evaluation = (row: Row, context: EvaluationContext) => SqlValue;

/** An expression with its type, null for NULL itself. */
export interface Typed {
  readonly type: SqlType | null;
  readonly evaluate: Evaluation;
}

/** The parameters of the lambdas around an expression, with the cell that holds each one's value while a lambda runs. */
export type LambdaScope = ReadonlyMap<string, { readonly type: SqlType; readonly cell: { value: SqlValue } }>;

/** What the parts of a compilation share. */
export interface Compiler {
  readonly scope: Scope;
  readonly lambdas: LambdaScope;
}
