/** Records made up for trying, where a topic has none yet. */
import { serdeOf, type DataSource } from '../../sql/plan/catalogue.ts';
import type { SqlType, SqlValue } from '../../sql/types/sqlType.ts';
import type { QueryWindow } from './queryWindow.ts';
import type { TriedRecord } from './sandbox.ts';

const names = ['ada', 'bob', 'cleo'] as const;
const words = ['tea', 'milk', 'rice', 'salt', 'soap'] as const;

/** A value of a type that differs from record to record, by its number. */
export function sampleValue(type: SqlType, at: number): SqlValue {
  switch (type.base) {
    case 'BOOLEAN':
      return at % 2 === 0;
    case 'INTEGER':
      return 10 * (1 + (at % 5));
    case 'BIGINT':
      return BigInt(10 * (1 + (at % 5)));
    case 'DOUBLE':
      return 2.5 * (1 + (at % 5));
    case 'STRING':
      return words[at % words.length]!;
    case 'STRUCT':
      return type.fields.map((field) => sampleValue(field.type, at));
    case 'ARRAY':
      return [sampleValue(type.item, at), sampleValue(type.item, at + 1)];
    default:
      return null;
  }
}

/** Keys of a few things that come again, so that they meet in groups and joins. */
const sampleKey = (type: SqlType, at: number): SqlValue =>
  type.base === 'STRING' ? names[at % names.length]! : sampleValue(type, at % names.length);

/** Which place in time each record has, in steps: mostly forward, one out of order, one far behind. */
const pattern = [1, 2, 4, 3, 6, 8, 9, 7, 12, 14, 5, 16] as const;

/** How far apart the records are for the windows to show. */
function stepMs(window: QueryWindow | null): number {
  switch (window?.kind) {
    case 'time':
      return Math.max(1, Math.round(window.sizeMs / 4));
    case 'session':
      return Math.max(1, Math.round(window.gapMs / 2));
    case 'join':
      return Math.max(1, Math.round((window.beforeMs + window.afterMs) / 3));
    case undefined:
      return 1_000;
  }
}

/** A dozen records over the sources that a node reads, in turn. */
export function sampleRecords(sources: readonly DataSource[], window: QueryWindow | null): TriedRecord[] {
  if (sources.length === 0) return [];
  const step = stepMs(window);
  return pattern.map((place, at): TriedRecord => {
    const source = sources[at % sources.length]!;
    const round = Math.floor(at / sources.length);
    const { key, value } = source.schema;
    return {
      id: `sample ${at}`,
      topic: source.topic,
      partition: 0,
      offset: round,
      key: key.length === 0 ? null : serdeOf(source.keyFormat, key).serialise(key.map(({ type }) => sampleKey(type, round))),
      value: serdeOf(source.valueFormat, value).serialise(
        value.map(({ name, type }, i) =>
          /name|user|customer/i.test(name) && type.base === 'STRING' ? names[round % names.length]! : sampleValue(type, round + i),
        ),
      ),
      timestampMs: place * step,
      window: null,
      headers: [],
    };
  });
}

/** A changelog made up for a topic of which nothing is known: rows come, change and go. */
export const sampleChangelog: readonly { readonly key: string; readonly columns: readonly string[] | null }[] = [
  { key: 'ada', columns: ['Oslo', '1'] },
  { key: 'bob', columns: ['Lima', '1'] },
  { key: 'ada', columns: ['Oslo', '2'] },
  { key: 'cleo', columns: ['Kyoto', '1'] },
  { key: 'bob', columns: ['Cusco', '1'] },
  { key: 'ada', columns: ['Bergen', '3'] },
  { key: 'cleo', columns: null },
  { key: 'bob', columns: ['Cusco', '2'] },
];

export const sampleChangelogColumns: readonly string[] = ['city', 'orders'];
