import type { SqlType, SqlValue } from '../types/sqlType.ts';
import { returnType, valueType, type TableFunction } from './library.ts';
import { signature } from './overloads.ts';

/** Functions that make several rows of one (`udtf`). */

type Items = readonly SqlValue[];

const maximumColumns = 20;

/** Every way to put null in the place of some of the values, from all null to none. Throws for more than 20 values. */
function cube(columns: Items): SqlValue[] {
  const { length } = columns;
  if (length > maximumColumns) throw new Error(`cube_explode: too many columns (${length}); max is ${maximumColumns}`);
  const rows: SqlValue[] = [];
  for (let kept = 0; kept < 1 << length; kept++) {
    const bit = (i: number) => (kept >> (length - 1 - i)) & 1;
    // A value that is null already makes no row of its own.
    if (columns.some((value, i) => value === null && bit(i) === 1)) continue;
    rows.push(columns.map((value, i) => (bit(i) === 1 ? value : null)));
  }
  return rows;
}

function table(name: string, parameters: string, returns: string, rows: (items: Items) => Items): TableFunction {
  const declaration = signature(parameters);
  return {
    ...declaration,
    name,
    returns: returnType(returns, declaration),
    rows: ([items]) => (items === null ? [] : rows(items as Items)),
  };
}

const itemType = (type: SqlType | null): SqlType => (type?.base === 'ARRAY' ? type.item : type!);

export const tableFunctions: readonly TableFunction[] = [
  { ...table('explode', 'ARRAY<DECIMAL> input', 'T', (items) => items), returns: ([argument]) => itemType(valueType(argument)) },
  table('explode', 'ARRAY<T> list', 'T', (items) => items),
  table('cube_explode', 'ARRAY<T> columns', 'ARRAY<T>', cube),
];
