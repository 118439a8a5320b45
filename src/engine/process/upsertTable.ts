/**
 * Rows of a sink that writes by key: the last write wins, whatever it holds. A row is wrong while what was written last is older at the source than something that
 * was written before: a delivery that came again late, or out of order. Plain data; columns by row, grown as keys come.
 */
export interface UpsertTable {
  /** Key id to row, in the order the rows came to be. */
  readonly rowOf: Map<number, number>;
  /** When the source made what stands in the row, and what number it had there; -1 for no write yet. */
  writtenUs: Float64Array;
  writtenSequence: Float64Array;
  /** The same of the newest that was ever written to the row. */
  newestUs: Float64Array;
  newestSequence: Float64Array;
  /** 1 while the row is there: its last write was no null value. */
  present: Uint8Array;
  /** Writes so far, rows that are there, and rows that are wrong. */
  writes: number;
  rows: number;
  wrongRows: number;
}

export function createUpsertTable(): UpsertTable {
  const empty = (): Float64Array => new Float64Array(0);
  return {
    rowOf: new Map(),
    writtenUs: empty(),
    writtenSequence: empty(),
    newestUs: empty(),
    newestSequence: empty(),
    present: new Uint8Array(0),
    writes: 0,
    rows: 0,
    wrongRows: 0,
  };
}

/** Writes a record to the row of its key. A record without a key is a row of its own: nothing is ever written over it. */
export function upsert(
  table: UpsertTable,
  record: { readonly key: number; readonly size: number; readonly timestampUs: number; readonly sequence: number },
): void {
  const { key, size, timestampUs, sequence } = record;
  table.writes++;
  if (key < 0) {
    table.rows++;
    return;
  }
  const row = rowFor(table, key);
  const { writtenUs, writtenSequence, newestUs, newestSequence, present } = table;
  const wasWrong = isOlder(writtenUs[row]!, writtenSequence[row]!, newestUs[row]!, newestSequence[row]!);
  const isNow = size < 0 ? 0 : 1;
  table.rows += isNow - present[row]!;
  present[row] = isNow;
  writtenUs[row] = timestampUs;
  writtenSequence[row] = sequence;
  if (isOlder(newestUs[row]!, newestSequence[row]!, timestampUs, sequence)) {
    newestUs[row] = timestampUs;
    newestSequence[row] = sequence;
  }
  const isWrong = isOlder(timestampUs, sequence, newestUs[row]!, newestSequence[row]!);
  table.wrongRows += (isWrong ? 1 : 0) - (wasWrong ? 1 : 0);
}

function rowFor(table: UpsertTable, key: number): number {
  const known = table.rowOf.get(key);
  if (known !== undefined) return known;
  const row = table.rowOf.size;
  table.rowOf.set(key, row);
  if (row === table.present.length) grow(table, row + 1);
  return row;
}

const isOlder = (us: number, sequence: number, thanUs: number, thanSequence: number): boolean =>
  us < thanUs || (us === thanUs && sequence < thanSequence);

function grow(table: UpsertTable, least: number): void {
  const length = Math.max(least, table.present.length * 2, 64);
  const grown = (from: Float64Array): Float64Array => {
    const to = new Float64Array(length).fill(-1);
    to.set(from);
    return to;
  };
  table.writtenUs = grown(table.writtenUs);
  table.writtenSequence = grown(table.writtenSequence);
  table.newestUs = grown(table.newestUs);
  table.newestSequence = grown(table.newestSequence);
  const present = new Uint8Array(length);
  present.set(table.present);
  table.present = present;
}
