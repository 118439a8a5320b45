import { parseWorkloadCsv } from '../../pipeline/csv.ts';
import type { KeyTable } from './keys.ts';
import { internKey } from './keys.ts';

/** Rows of a replayed CSV as columns. */
export interface ReplayRows {
  /** Microseconds from the workload's start. */
  readonly atUs: Float64Array;
  readonly key: Int32Array;
  /** Bytes of the value, -1 for a null value, `configuredSize` where the row says nothing and `value.size.bytes` decides. */
  readonly size: Int32Array;
}

export const configuredSize = -2;

/** Parses `workload.csv`. Throws with line, reason and remedy when it is not valid. */
export function compileReplay(table: KeyTable, csv: string): ReplayRows {
  const parsed = parseWorkloadCsv(csv);
  if (!parsed.ok) throw new Error(`workload.csv, line ${parsed.line}, column ${parsed.column}: ${parsed.message} ${parsed.remedy}`);
  const { rows } = parsed;
  return {
    atUs: Float64Array.from(rows, (row) => Math.round(row.atMs * 1000)),
    key: Int32Array.from(rows, (row) => (row.key === null ? -1 : internKey(table, row.key))),
    size: Int32Array.from(rows, (row) => row.sizeBytes ?? configuredSize),
  };
}
