import type { PrimitiveBase, SqlBase, SqlType } from './sqlType.ts';

/** The types that have no parts. */
export const primitive: Readonly<Record<PrimitiveBase, SqlType>> = {
  BOOLEAN: { base: 'BOOLEAN' },
  INTEGER: { base: 'INTEGER' },
  BIGINT: { base: 'BIGINT' },
  DOUBLE: { base: 'DOUBLE' },
  STRING: { base: 'STRING' },
  BYTES: { base: 'BYTES' },
  DATE: { base: 'DATE' },
  TIME: { base: 'TIME' },
  TIMESTAMP: { base: 'TIMESTAMP' },
};

const numeric: readonly SqlBase[] = ['INTEGER', 'BIGINT', 'DECIMAL', 'DOUBLE'];

/** Numbers in the order in which one is cast to the next without being asked (`SqlBaseType`). */
export const isNumeric = (base: SqlBase): boolean => numeric.includes(base);

export const isTime = (base: SqlBase): boolean => base === 'TIME' || base === 'DATE' || base === 'TIMESTAMP';

/** Whether a value of one base is taken where another is asked for (`SqlBaseType.canImplicitlyCast`). */
export function castsImplicitly(from: SqlBase, to: SqlBase): boolean {
  if (from === to) return true;
  if (isNumeric(from) && isNumeric(to)) return numeric.indexOf(from) <= numeric.indexOf(to);
  return from === 'STRING' && (isTime(to) || to === 'BYTES');
}

/** A type as ksqlDB prints it in messages: field names in backticks, or bare where `quoted` is false (`FormatOptions.noEscape`). */
export function typeText(type: SqlType, quoted = true): string {
  switch (type.base) {
    case 'DECIMAL':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'ARRAY':
      return `ARRAY<${typeText(type.item, quoted)}>`;
    case 'MAP':
      return `MAP<${typeText(type.key, quoted)}, ${typeText(type.value, quoted)}>`;
    case 'STRUCT':
      if (type.fields.length === 0) return 'STRUCT< >';
      return `STRUCT<${type.fields.map((field) => `${quoted ? `\`${field.name}\`` : field.name} ${typeText(field.type, quoted)}`).join(', ')}>`;
    default:
      return type.base;
  }
}

/** Whether two types are the same, names and order of fields included. */
export function sameType(a: SqlType, b: SqlType): boolean {
  if (a === b) return true;
  if (a.base === 'DECIMAL' && b.base === 'DECIMAL') return a.precision === b.precision && a.scale === b.scale;
  if (a.base === 'ARRAY' && b.base === 'ARRAY') return sameType(a.item, b.item);
  if (a.base === 'MAP' && b.base === 'MAP') return sameType(a.key, b.key) && sameType(a.value, b.value);
  if (a.base === 'STRUCT' && b.base === 'STRUCT') {
    const others = b.fields;
    return (
      a.fields.length === others.length &&
      a.fields.every((field, i) => field.name === others[i]!.name && sameType(field.type, others[i]!.type))
    );
  }
  return a.base === b.base;
}
