/** Which format a key or a value gets, and what it can hold (`SerdeFeaturesFactory`, `SourcePropertiesUtil`, the formats' schema checks). */
import type { FormatName } from '../formats/format.ts';
import { formatOf, refusedColumn, wrongMapKeys } from '../formats/format.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { SqlType } from '../types/sqlType.ts';
import type { SideFormat } from './catalogue.ts';
import type { Column } from './schema.ts';
import { typeText } from '../types/typeText.ts';

/** What WITH says of one side; null where it says nothing. */
export interface FormatRequest {
  readonly format: string | null;
  readonly delimiter: string | null;
  /** WRAP_SINGLE_VALUE. */
  readonly wrapsSingle: boolean | null;
  /** …_SCHEMA_FULL_NAME, …_SCHEMA_ID, …_PROTOBUF_NULLABLE_REPRESENTATION. */
  readonly fullName: string | null;
  readonly schemaId: number | null;
  readonly nullable: 'none' | 'optional' | 'wrapper';
}

/** The format of a name. Throws where there is none of that name. */
export function requireFormat(name: string): FormatName {
  const found = formatOf(name);
  if (found) return found.name;
  throw new SqlError(`Unknown format: ${name}`);
}

const delimiters: Readonly<Record<string, string>> = { TAB: '\t', SPACE: ' ' };

/** The character that a delimiter names; what is no delimiter has been refused where WITH was read. */
function delimiterOf({ delimiter }: FormatRequest, inherited: string | null): string {
  return delimiter === null ? (inherited ?? ',') : (delimiters[delimiter] ?? delimiter);
}

/** The key's side: a single column stands alone wherever the format has the choice. */
export function keySide(
  name: FormatName,
  columns: readonly Column[],
  request: FormatRequest,
  inherited: SideFormat | null = null,
): SideFormat {
  const format = formatOf(name)!;
  const side: SideFormat = {
    format: name,
    wrapping: columns.length === 1 && format.canWrap && format.canUnwrap ? 'UNWRAP_SINGLES' : null,
    delimiter: delimiterOf(request, inherited && inherited.format === name ? inherited.delimiter : null),
  };
  for (const column of columns) refuseMaps(column);
  checkColumns(side, columns, 'KEY');
  return side;
}

/** The value's side: a single column stands in an object unless WRAP_SINGLE_VALUE says otherwise. */
export function valueSide(
  name: FormatName,
  columns: readonly Column[],
  request: FormatRequest,
  inherited: SideFormat | null = null,
  wrapsByDefault: boolean | null = null,
): SideFormat {
  const format = formatOf(name)!;
  const { wrapsSingle } = request;
  if (wrapsSingle !== null) {
    if (!(wrapsSingle ? format.canWrap : format.canUnwrap))
      throw new SqlError(`Format '${name}' does not support 'WRAP_SINGLE_VALUE' set to '${String(wrapsSingle)}'.`);
    if (columns.length !== 1) throw new SqlError("'WRAP_SINGLE_VALUE' is only valid for single-field value schemas");
  }
  const wraps = wrapsSingle ?? (columns.length === 1 && format.canWrap ? wrapsByDefault : null);
  const side: SideFormat = {
    format: name,
    wrapping: wraps === null ? null : wraps ? 'WRAP_SINGLES' : 'UNWRAP_SINGLES',
    delimiter: delimiterOf(request, inherited && inherited.format === name ? inherited.delimiter : null),
  };
  checkColumns(side, columns, 'VALUE');
  return side;
}

function checkColumns({ format }: SideFormat, columns: readonly Column[], role: 'KEY' | 'VALUE'): void {
  const suffix = role === 'KEY' ? ' KEY' : '';
  const list = `[${columns.map(({ name, type }) => `\`${name}\` ${typeText(type)}${suffix}`).join(', ')}]`;
  if (format === 'NONE' && columns.length > 0)
    throw new SqlError(`The 'NONE' format can only be used when no columns are defined. Got: ${list}`);
  const refused = refusedColumn(format, columns);
  const wrongMaps = wrongMapKeys(format, columns);
  if (wrongMaps !== null) throw new SqlError(wrongMaps);
  const schema = `format: ${format}\nschema: Persistence{columns=${list}, features=[]}\nreason: `;
  const start = `${role === 'KEY' ? 'Key' : 'Value'} format does not support schema.\n${schema}`;
  if (format === 'KAFKA' && columns.length > 1) throw new SqlError(`${start}The 'KAFKA' format only supports a single field. Got: ${list}`);
  if (refused)
    throw new SqlError(
      `${start}The '${format}' format does not support type '${refused.type.base}'${format === 'DELIMITED' ? `, column: \`${refused.name}\`` : ''}`,
    );
}

function holdsMap(type: SqlType): boolean {
  if (type.base === 'ARRAY') return holdsMap(type.item);
  if (type.base === 'STRUCT') return type.fields.some((field) => holdsMap(field.type));
  return type.base === 'MAP';
}

/** Maps have no order of entries in bytes, so equal maps could be different keys. */
export function refuseMaps({ name, type }: Column): void {
  if (!holdsMap(type)) return;
  throw new SqlError(
    `Map keys, including types that contain maps, are not supported as they may lead to unexpected behavior due to inconsistent serialization. Key column name: \`${name}\`. Column type: ${typeText(type)}. See https://github.com/confluentinc/ksql/issues/6621 for more.`,
  );
}
