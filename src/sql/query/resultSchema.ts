/** Columns of what a query answers (`LogicalSchema` of a result). */
import type { Column } from '../plan/schema.ts';
import { typeText } from '../types/typeText.ts';

export interface ResultColumn extends Column {
  /** Whether the column is of the key or a bound of the window; push queries have none. */
  readonly isKey: boolean;
  /** For a column of headers: which header, null for all of them. */
  readonly header?: string | null;
}

function suffix({ isKey, header }: ResultColumn): string {
  if (isKey) return ' KEY';
  if (header === undefined) return '';
  return header === null ? ' HEADERS' : ` HEADER('${header}')`;
}

/** Columns as the header of an answer has them. */
export const resultSchemaText = (columns: readonly ResultColumn[]): string =>
  columns.map((column) => `\`${column.name}\` ${typeText(column.type)}${suffix(column)}`).join(', ');
