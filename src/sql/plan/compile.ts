/** Expressions over the columns of a row, with the functions that there are; a fault while a row is handled goes to the processing log and gives null. */
import type { Row } from '../operators/row.ts';
import type { Run } from '../operators/topology.ts';
import type { Expression } from '../syntax/ast.ts';
import type { SqlType, SqlValue } from '../types/sqlType.ts';
import type { Column } from './schema.ts';

export interface RowExpression {
  /** Null for NULL, which has no type. */
  readonly type: SqlType | null;
  readonly evaluate: (row: Row, run: Run) => SqlValue;
}

/** One aggregate function with what it is given, over rows of known columns. */
export interface RowAggregate {
  readonly type: SqlType;
  /** The type of the state, which the format of the value has to hold. */
  readonly stateType: SqlType;
  readonly initial: () => SqlValue;
  readonly add: (state: SqlValue, row: Row, run: Run) => SqlValue;
  readonly undo: ((state: SqlValue, row: Row, run: Run) => SqlValue) | null;
  readonly merge: (left: SqlValue, right: SqlValue) => SqlValue;
  readonly result: (state: SqlValue) => SqlValue;
}

export interface RowTableFunction {
  readonly type: SqlType;
  readonly evaluate: (row: Row, run: Run) => readonly SqlValue[];
}

export type FunctionKind = 'scalar' | 'aggregate' | 'table';
export type Call = Extract<Expression, { kind: 'call' }>;

export interface Functions {
  readonly kindOf: (name: string) => FunctionKind | null;
  readonly compile: (expression: Expression, columns: readonly Column[]) => RowExpression;
  /** `settings` are the session's, of which `ksql.functions.<name>.…` may shape an aggregate. */
  readonly aggregate: (call: Call, columns: readonly Column[], settings?: Readonly<Record<string, string>>) => RowAggregate;
  readonly table: (call: Call, columns: readonly Column[]) => RowTableFunction;
}
