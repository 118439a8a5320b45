import type { SqlType, SqlValue, StructField } from '../../types/sqlType.ts';
import type { AggregateFunction } from '../library.ts';
import { signature } from '../overloads.ts';

export type Items = readonly SqlValue[];

/** An aggregate function: its columns, then `literals` arguments that shape it. */
export function aggregate(name: string, parameters: string, literals: number, create: AggregateFunction['create']): AggregateFunction {
  return { ...signature(parameters), name, literals, create };
}

export const structType = (...fields: readonly (readonly [string, SqlType])[]): SqlType => ({
  base: 'STRUCT',
  fields: fields.map(([name, type]): StructField => ({ name, type })),
});

export const arrayType = (item: SqlType): SqlType => ({ base: 'ARRAY', item });
