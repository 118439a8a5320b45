/** Rows as JSON texts, put together value by value: numbers as Java writes them, BYTES as base64, times as numbers. */
import { base64Text } from '../types/bytes.ts';
import { decimalText } from '../types/decimal.ts';
import { doubleText } from '../types/javaNumber.ts';
import type { Decimal, SqlType, SqlValue } from '../types/sqlType.ts';
import type { Column } from './serde.ts';

/** The text of a value that is not null. */
type Write = (value: SqlValue) => string;

const nullable =
  (write: Write): Write =>
  (value) =>
    value === null ? 'null' : write(value);

function double(value: SqlValue): string {
  const written = doubleText(value as number);
  return Number.isFinite(value as number) ? written : `"${written}"`;
}

/** How values of a type are written; null is not among them. */
export function jsonWriter(type: SqlType): Write {
  switch (type.base) {
    case 'BOOLEAN':
    case 'INTEGER':
    case 'BIGINT':
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP':
      return (value) => String(value as boolean | number | bigint);
    case 'STRING':
      return (value) => JSON.stringify(value);
    case 'BYTES':
      return (value) => `"${base64Text(value as Uint8Array)}"`;
    case 'DOUBLE':
      return double;
    case 'DECIMAL':
      return (value) => decimalText(value as Decimal);
    case 'ARRAY': {
      const item = nullable(jsonWriter(type.item));
      return (value) => `[${(value as readonly SqlValue[]).map(item).join(',')}]`;
    }
    case 'MAP': {
      const item = nullable(jsonWriter(type.value));
      return (value) => {
        // Of keys that are one text the later one counts, in the place of the first.
        const entries = new Map([...(value as ReadonlyMap<SqlValue, SqlValue>)].map(([key, each]) => [String(key), each]));
        return `{${[...entries].map(([key, each]) => `${JSON.stringify(key)}:${item(each)}`).join(',')}}`;
      };
    }
    case 'STRUCT':
      return jsonFieldsWriter(type.fields) as Write;
  }
}

/** How values of columns are written as an object. */
export function jsonFieldsWriter(fields: readonly Column[]): (values: readonly SqlValue[]) => string {
  const names = fields.map(({ name }, i) => `${i === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  const writers = fields.map(({ type }) => jsonWriter(type));
  if (fields.length === 0) return () => '{}';
  return (values) => {
    let written = '';
    for (let i = 0; i < names.length; i++) {
      const value = values[i] ?? null;
      written += names[i]! + (value === null ? 'null' : writers[i]!(value));
    }
    return `${written}}`;
  };
}
