import type { TypeName } from '../syntax/ast.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { SqlType } from '../types/sqlType.ts';

const simple: Readonly<Record<string, SqlType>> = {
  BOOLEAN: { base: 'BOOLEAN' },
  INT: { base: 'INTEGER' },
  INTEGER: { base: 'INTEGER' },
  BIGINT: { base: 'BIGINT' },
  DOUBLE: { base: 'DOUBLE' },
  STRING: { base: 'STRING' },
  VARCHAR: { base: 'STRING' },
  BYTES: { base: 'BYTES' },
  DATE: { base: 'DATE' },
  TIME: { base: 'TIME' },
  TIMESTAMP: { base: 'TIMESTAMP' },
};

/** The type of a written name; `custom` holds those made by CREATE TYPE. Throws SqlError where there is none of that name. */
export function resolveType(name: TypeName, custom: ReadonlyMap<string, SqlType>): SqlType {
  switch (name.kind) {
    case 'array':
      return { base: 'ARRAY', item: resolveType(name.item, custom) };
    case 'map':
      return { base: 'MAP', key: resolveType(name.key, custom), value: resolveType(name.value, custom) };
    case 'struct':
      return { base: 'STRUCT', fields: name.fields.map((field) => ({ name: field.name, type: resolveType(field.type, custom) })) };
    case 'simple':
      return simpleType(name, custom);
  }
}

function simpleType({ name, parameters, at }: Extract<TypeName, { kind: 'simple' }>, custom: ReadonlyMap<string, SqlType>): SqlType {
  const upper = name.toUpperCase();
  if (upper === 'DECIMAL' || upper === 'DEC' || upper === 'NUMERIC') {
    const [precision = 0, scale = 0] = parameters;
    if (precision < 1) throw new SqlError(`DECIMAL precision must be >= 1: DECIMAL(${String(precision)},${String(scale)})`, at);
    if (scale > precision) throw new SqlError(`DECIMAL precision must be >= scale: DECIMAL(${String(precision)},${String(scale)})`, at);
    return { base: 'DECIMAL', precision, scale };
  }
  const found = simple[upper] ?? custom.get(name);
  if (!found) throw new SqlError(`Cannot resolve unknown type: ${name}`, at);
  return found;
}
