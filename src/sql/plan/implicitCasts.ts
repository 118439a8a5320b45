/** Literals of INSERT … SELECT that become what their column is (`ImplicitlyCastResolver`). */
import type { Expression, Query, SelectItem } from '../syntax/ast.ts';
import { decimal, parseDecimal } from '../types/decimal.ts';
import { decimalOfDouble } from '../types/javaNumber.ts';
import { decimalTypeOf } from '../types/decimalType.ts';
import type { Decimal, DecimalType } from '../types/sqlType.ts';
import type { Schema } from './schema.ts';

function numberOf(expression: Expression): Decimal | null {
  switch (expression.kind) {
    case 'integer':
    case 'bigint':
      return decimal(BigInt(expression.value));
    case 'double':
      return decimalOfDouble(expression.value);
    case 'decimal':
      return parseDecimal(expression.text);
    default:
      return null;
  }
}

function cast(item: SelectItem, { precision, scale }: DecimalType): SelectItem {
  if (item.kind !== 'single') return item;
  const { expression } = item;
  const value = numberOf(expression);
  if (value === null) return item;
  const own = decimalTypeOf(value);
  if (own.scale > scale || own.precision - own.scale > precision - scale) return item;
  const type = { kind: 'simple', name: 'DECIMAL', parameters: [precision, scale], at: expression.at } as const;
  return { ...item, expression: { kind: 'cast', operand: expression, type, at: expression.at } };
}

/** A query whose number literals have the DECIMAL type of the target's column in their place, where they fit it without rounding. */
export function withDecimals(query: Query, { key, value }: Schema): Query {
  const columns = [...key, ...value];
  return {
    ...query,
    select: query.select.map((item, i) => {
      const type = columns[i]?.type;
      return type?.base === 'DECIMAL' ? cast(item, type) : item;
    }),
  };
}
