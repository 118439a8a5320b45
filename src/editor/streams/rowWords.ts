/** Keys and values of topics as texts in columns, where a stream or table of theirs is known. */
import { jsonNode } from '../../sql/formats/json.ts';
import { jsonText } from '../../sql/formats/jsonText.ts';
import { payloadText, type Payload } from '../../sql/formats/serde.ts';
import { serdeOf, type DataSource } from '../../sql/plan/catalogue.ts';
import type { RowWindow } from '../../sql/operators/row.ts';
import type { SqlType, SqlValue } from '../../sql/types/sqlType.ts';
import { formatMilliseconds } from '../format/numbers.ts';

/** A value as a cell shows it: texts without quotes, everything else as JSON has it. */
export function cellText(value: SqlValue, type: SqlType): string {
  if (value === null) return 'null';
  return typeof value === 'string' ? value : jsonText(jsonNode(value, type));
}

/** One cell a column; null where there is no payload. What does not fit the columns is one cell with the payload as it stands. */
function cells(payload: Payload, side: DataSource['keyFormat'], columns: DataSource['schema']['key']): string[] | null {
  if (payload === null) return null;
  try {
    const values = serdeOf(side, columns).deserialise(payload);
    return values === null ? null : values.map((value, i) => cellText(value, columns[i]!.type));
  } catch {
    return [payloadText(payload)];
  }
}

/** The columns of a value. */
export function valueCells(source: DataSource | null, payload: Payload): string[] | null {
  if (payload === null) return null;
  return source === null ? [payloadText(payload)] : cells(payload, source.valueFormat, source.schema.value);
}

/** The key in one text, with its window where it has one; null without a key. */
export function keyText(source: DataSource | null, payload: Payload, window: RowWindow | null = null): string | null {
  if (payload === null) return null;
  const key =
    source === null || source.schema.key.length === 0
      ? payloadText(payload)
      : (cells(payload, source.keyFormat, source.schema.key) ?? ['null']).join(', ');
  return window === null ? key : `${key} ${windowText(window)}`;
}

/** A window as its bounds: `[10 s, 20 s)`; both ends belong to a session. */
export const windowText = ({ startMs, endMs, kind }: RowWindow): string =>
  `[${formatMilliseconds(startMs)}, ${formatMilliseconds(endMs)}${kind === 'session' ? ']' : ')'}`;

/** Names of the value's columns; one for all where nothing is known of the topic. */
export const valueColumns = (source: DataSource | null): readonly string[] => source?.schema.value.map(({ name }) => name) ?? ['Value'];
