/** A changelog and the table that it makes, one record after the other: the duality of streams and tables. */

/** A record of a changelog as it is shown. `columns` are the values' texts, null for a tombstone. */
export interface ChangelogRecord {
  readonly key: string | null;
  readonly columns: readonly string[] | null;
  readonly timestampMs: number;
  readonly partition: number;
  readonly offset: number;
}

/** What a record does to the table. */
export type ChangeKind = 'inserted' | 'changed' | 'same' | 'deleted' | 'nothing';

export interface TableRow {
  readonly key: string;
  readonly columns: readonly string[];
  /** What the record before did to it. A deleted row is still shown in the step that deletes it. */
  readonly mark: ChangeKind | null;
  /** Columns whose value the last record changed. */
  readonly changed: readonly number[];
}

export interface TableStep {
  /** How many records have been read. */
  readonly read: number;
  readonly rows: readonly TableRow[];
  /** What the last of them did; null before the first. */
  readonly last: ChangeKind | null;
}

const sameColumns = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((one, i) => one === b[i]);

/** What a record does, by the row of its key before it. A key's tombstone without a row does nothing, and neither does a record without a key. */
export function changeOf(before: readonly string[] | undefined, { key, columns }: ChangelogRecord): ChangeKind {
  if (key === null) return 'nothing';
  if (columns === null) return before === undefined ? 'nothing' : 'deleted';
  if (before === undefined) return 'inserted';
  return sameColumns(before, columns) ? 'same' : 'changed';
}

/** What each record does, in order. */
export function changesOf(records: readonly ChangelogRecord[]): readonly ChangeKind[] {
  const rows = new Map<string, readonly string[]>();
  return records.map((record) => {
    const kind = changeOf(rows.get(record.key ?? ''), record);
    apply(rows, record);
    return kind;
  });
}

function apply(rows: Map<string, readonly string[]>, { key, columns }: ChangelogRecord): void {
  if (key === null) return;
  if (columns === null) rows.delete(key);
  else rows.set(key, columns);
}

/** The table after the first `read` records, rows in the order in which their keys came, with what the last record did. */
export function tableAt(records: readonly ChangelogRecord[], read: number): TableStep {
  const rows = new Map<string, readonly string[]>();
  for (const record of records.slice(0, Math.max(0, read - 1))) apply(rows, record);
  const last = read > 0 ? records[read - 1] : undefined;
  if (last === undefined) return { read: 0, rows: [], last: null };
  const before = rows.get(last.key ?? '');
  const kind = changeOf(before, last);
  if (kind === 'inserted' && last.key !== null) rows.set(last.key, last.columns ?? []);
  const shown = [...rows].map(([key, columns]): TableRow => {
    if (key !== last.key) return { key, columns, mark: null, changed: [] };
    const now = last.columns ?? columns;
    const changed = kind === 'changed' ? now.flatMap((one, i) => (one === columns[i] ? [] : [i])) : [];
    return { key, columns: now, mark: kind, changed };
  });
  return { read, rows: shown, last: kind };
}
