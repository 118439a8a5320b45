/** Answers of queries as lines of JSON: a header, rows, what ends it (`StreamedRow`, `ApiJsonMapper`). */
import { jsonNode } from '../formats/json.ts';
import type { JsonNode } from '../formats/jsonText.ts';
import { dateText, timestampText, timeText } from '../types/calendar.ts';
import type { SqlType, SqlValue } from '../types/sqlType.ts';
import type { PushRow } from './pushPlan.ts';
import type { ResultColumn } from './resultSchema.ts';
import { resultSchemaText } from './resultSchema.ts';

/** The answer to a query, whole. */
export interface AnsweredRows {
  readonly queryId: string;
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly PushRow[];
  readonly finalMessage: string | null;
}

/** A value as answers have it: as in topics, but dates and times are texts. */
function answerNode(value: SqlValue, type: SqlType): JsonNode {
  if (value === null) return null;
  switch (type.base) {
    case 'DATE':
      return dateText(value as number);
    case 'TIME':
      return timeText(value as number);
    case 'TIMESTAMP':
      return timestampText(value as number);
    case 'ARRAY':
      return (value as readonly SqlValue[]).map((item) => answerNode(item, type.item));
    case 'MAP': {
      const entries = [...(value as ReadonlyMap<SqlValue, SqlValue>)];
      return new Map(entries.map(([key, item]) => [String(key as string), answerNode(item, type.value)]));
    }
    case 'STRUCT':
      return new Map(type.fields.map((field, i) => [field.name, answerNode((value as readonly SqlValue[])[i] ?? null, field.type)]));
    default:
      return jsonNode(value, type);
  }
}

const line = (name: string, node: JsonNode): JsonNode => new Map([[name, node]]);

/** The lines of an answer. */
export function answerLines({ queryId, columns, rows, finalMessage }: AnsweredRows): JsonNode[] {
  const rowLine = ({ columns: row, isTombstone }: PushRow): JsonNode => {
    const values = line(
      'columns',
      row.map((value, i) => answerNode(value, columns[i]!.type)),
    ) as Map<string, JsonNode>;
    return line('row', isTombstone ? values.set('tombstone', true) : values);
  };
  const header = new Map<string, JsonNode>([
    ['queryId', queryId],
    ['schema', resultSchemaText(columns)],
  ]);
  return [line('header', header), ...rows.map(rowLine), ...(finalMessage === null ? [] : [line('finalMessage', finalMessage)])];
}
