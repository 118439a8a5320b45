/** Columns and types as the REST API describes them (`EntityUtil`). */
import type { DataSource } from '../plan/catalogue.ts';
import type { Column } from '../plan/schema.ts';
import type { SqlType } from '../types/sqlType.ts';
import type { FieldInfo, SchemaInfo } from './entities.ts';

export function schemaInfo(type: SqlType): SchemaInfo {
  const { base } = type;
  const plain: SchemaInfo = { type: base, fields: null, memberSchema: null };
  switch (base) {
    case 'ARRAY':
      return { ...plain, memberSchema: schemaInfo(type.item) };
    case 'MAP':
      return { ...plain, memberSchema: schemaInfo(type.value) };
    case 'STRUCT':
      return { ...plain, fields: type.fields.map(fieldInfo) };
    case 'DECIMAL':
      return { ...plain, parameters: { precision: type.precision, scale: type.scale } };
    default:
      return plain;
  }
}

const fieldInfo = ({ name, type }: Column): FieldInfo => ({ name, schema: schemaInfo(type) });

/** The columns of a source: key, value, headers. */
export function fieldsOf({ schema, headers }: Pick<DataSource, 'schema' | 'headers'>): FieldInfo[] {
  return [
    ...schema.key.map((column): FieldInfo => ({ ...fieldInfo(column), fieldType: 'KEY' })),
    ...schema.value.map(fieldInfo),
    ...headers.map((column): FieldInfo => ({
      ...fieldInfo(column),
      fieldType: 'HEADER',
      ...(column.header === null ? {} : { headerKey: column.header }),
    })),
  ];
}
