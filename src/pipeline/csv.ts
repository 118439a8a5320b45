/** CSV (RFC 4180) and the workload replayed from it. Lines and columns in failures are those of the file, from 1. */
import { failure, ParseError, type ParseFailure } from './expressions/syntax.ts';
import { utf8Bytes } from './templates/json.ts';

export interface CsvCell {
  readonly text: string;
  /** `""` is an empty text, nothing at all is no value. */
  readonly quoted: boolean;
}

export interface CsvRow {
  /** Line on which the row begins. */
  readonly line: number;
  readonly cells: readonly CsvCell[];
}

export interface WorkloadRow {
  readonly atMs: number;
  readonly key: string | null;
  /** Null with `sizeBytes` -1 is a null value; null with another size is filler. */
  readonly value: string | null;
  /** Bytes of the value, at least those of its text; -1 for a null value; null where the producer's own size config decides. */
  readonly sizeBytes: number | null;
}

const rowsMax = 1_000_000;
const columnsMax = 200;
const sizeBytesMax = 104_857_600;
const atMsMax = 1e12;

class CsvError extends ParseError {
  readonly line: number;
  constructor(line: number, column: number, message: string, remedy: string) {
    super(column, message, remedy);
    this.line = line;
  }
}

interface Reader {
  readonly text: string;
  at: number;
  line: number;
  lineStart: number;
}

function column(reader: Reader, at = reader.at): number {
  return at - reader.lineStart + 1;
}

function readQuotedCell(reader: Reader): CsvCell {
  const { text } = reader;
  const { line } = reader;
  const startColumn = column(reader);
  let value = '';
  let from = reader.at + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0)
      throw new CsvError(line, startColumn, 'This cell has no closing quote.', 'Put a " at its end; a quote inside is written "".');
    for (let end = text.indexOf('\n', from); end >= 0 && end < quote; end = text.indexOf('\n', end + 1)) {
      reader.line++;
      reader.lineStart = end + 1;
    }
    value += text.slice(from, quote);
    from = quote + 1;
    if (text[from] !== '"') break;
    value += '"';
    from++;
  }
  reader.at = from;
  const next = text[from];
  if (next !== undefined && next !== ',' && next !== '\r' && next !== '\n') {
    throw new CsvError(
      reader.line,
      column(reader),
      'After the closing quote a comma or the end of the line must follow.',
      'Write quotes inside a quoted cell twice: "".',
    );
  }
  return { text: value, quoted: true };
}

function readCell(reader: Reader): CsvCell {
  if (reader.text[reader.at] === '"') return readQuotedCell(reader);
  let end = reader.at;
  const { text } = reader;
  while (end < text.length && text[end] !== ',' && text[end] !== '\n' && text[end] !== '\r') end++;
  const cell = text.slice(reader.at, end);
  if (cell.includes('"')) {
    throw new CsvError(
      reader.line,
      column(reader, reader.at + cell.indexOf('"')),
      'A quote inside a cell that does not begin with one.',
      'Put the whole cell in quotes and write quotes inside twice.',
    );
  }
  reader.at = end;
  return { text: cell, quoted: false };
}

function readRow(reader: Reader): CsvRow {
  const { line } = reader;
  const cells: CsvCell[] = [];
  for (;;) {
    cells.push(readCell(reader));
    if (cells.length > columnsMax)
      throw new CsvError(line, 1, `A row has more than ${columnsMax} cells.`, 'Leave out columns that are not needed.');
    if (reader.text[reader.at] !== ',') break;
    reader.at++;
  }
  if (reader.text[reader.at] === '\r') reader.at++;
  if (reader.text[reader.at] === '\n') reader.at++;
  reader.line++;
  reader.lineStart = reader.at;
  return { line, cells };
}

function readCsv(text: string): CsvRow[] {
  const reader: Reader = { text, at: text.startsWith('\ufeff') ? 1 : 0, line: 1, lineStart: 0 };
  const rows: CsvRow[] = [];
  while (reader.at < text.length) {
    const row = readRow(reader);
    const [only] = row.cells;
    if (row.cells.length === 1 && !only!.quoted && only!.text.trim() === '') continue;
    rows.push(row);
    if (rows.length > rowsMax + 1) throw new CsvError(row.line, 1, `The CSV has more than ${rowsMax} rows.`, 'Cut it into parts.');
  }
  return rows;
}

interface Columns {
  readonly names: readonly string[];
  readonly atMs: number;
  readonly key: number;
  readonly value: number;
  readonly size: number;
  /** The others: fields of the JSON value where no `value` column is. */
  readonly fields: readonly number[];
}

function readHeader(header: CsvRow): Columns {
  const names = header.cells.map((cell) => cell.text.trim());
  for (const [index, name] of names.entries()) {
    if (name === '') throw new CsvError(header.line, index + 1, `Column ${index + 1} has no name.`, 'Name every column in the first line.');
    if (names.indexOf(name) !== index)
      throw new CsvError(header.line, index + 1, `The column "${name}" is there twice.`, 'Rename or remove one of them.');
  }
  const atMs = names.indexOf('at_ms');
  if (atMs < 0) {
    throw new CsvError(
      header.line,
      1,
      `The first line names no column at_ms; it names ${names.join(', ')}.`,
      'Add a column at_ms with the time of each record in ms from the start.',
    );
  }
  const [key, value, size] = [names.indexOf('key'), names.indexOf('value'), names.indexOf('size')] as [number, number, number];
  const fields = value >= 0 ? [] : names.map((_, index) => index).filter((index) => index !== atMs && index !== key && index !== size);
  return { names, atMs, key, value, size, fields };
}

/** JSON numbers only: `007` and `1e999` stay texts, and nothing a text says is lost. */
function isNumber(text: string): boolean {
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text) && Number.isFinite(Number(text));
}

function cellNumber(
  row: CsvRow,
  index: number,
  name: string,
  range: { readonly min: number; readonly max: number; readonly whole: boolean },
): number {
  const text = row.cells[index]!.text.trim();
  const value = Number(text);
  if (text === '' || !(value >= range.min && value <= range.max) || (range.whole && !Number.isInteger(value))) {
    const remedy = `Write ${range.whole ? 'a whole number' : 'a number'} from ${range.min} to ${range.max}.`;
    throw new CsvError(row.line, index + 1, `"${text}" is no ${name}.`, remedy);
  }
  return value;
}

function fieldJson(cell: CsvCell): string {
  const text = cell.text.trim();
  if (!cell.quoted && text === '') return 'null';
  if (!cell.quoted && (text === 'true' || text === 'false')) return text;
  return !cell.quoted && isNumber(text) ? String(Number(text)) : JSON.stringify(cell.quoted ? cell.text : text);
}

function textOf(cell: CsvCell): string | null {
  return cell.text === '' && !cell.quoted ? null : cell.text;
}

function readWorkloadRow(row: CsvRow, columns: Columns): WorkloadRow {
  if (row.cells.length !== columns.names.length) {
    throw new CsvError(
      row.line,
      1,
      `The row has ${row.cells.length} cells, the first line names ${columns.names.length} columns.`,
      'Put cells that hold commas in quotes, and fill missing ones.',
    );
  }
  const atMs = cellNumber(row, columns.atMs, 'time in ms (at_ms)', { min: 0, max: atMsMax, whole: false });
  const key = columns.key < 0 ? null : textOf(row.cells[columns.key]!);
  const sized = columns.size >= 0 && row.cells[columns.size]!.text.trim() !== '';
  const size = sized ? cellNumber(row, columns.size, 'size in bytes (size)', { min: 0, max: sizeBytesMax, whole: true }) : null;
  if (columns.value < 0 && columns.fields.length === 0) return { atMs, key, value: null, sizeBytes: size };
  let value: string | null;
  if (columns.value >= 0) value = textOf(row.cells[columns.value]!);
  else value = `{${columns.fields.map((index) => `${JSON.stringify(columns.names[index])}:${fieldJson(row.cells[index]!)}`).join(',')}}`;
  if (value === null) return { atMs, key, value, sizeBytes: size ?? -1 };
  return { atMs, key, value, sizeBytes: Math.max(size ?? 0, utf8Bytes(value)) };
}

/** For failures about a cell, `column` is the cell's number in its row; for those about quotes, the character's in its line. */
function attemptCsv<T>(parse: () => T): T | ParseFailure {
  try {
    return parse();
  } catch (error) {
    if (error instanceof CsvError) return failure(error.column, error.message, error.remedy, error.line);
    throw error;
  }
}

/** Parses any CSV into rows of cells; rows may differ in length. Blank lines are skipped. */
export function parseCsv(text: string): { readonly ok: true; readonly rows: readonly CsvRow[] } | ParseFailure {
  return attemptCsv(() => ({ ok: true as const, rows: readCsv(text) }));
}

/**
 * Parses `workload.csv`. Columns `at_ms` (needed), `key`, `value`, `size`; without `value`, the other columns become the JSON value, numbers as
 * numbers. Rows come out in the order of their time, rows of the same time as written. A row's place in the answer is its sequence.
 */
export function parseWorkloadCsv(text: string): { readonly ok: true; readonly rows: readonly WorkloadRow[] } | ParseFailure {
  return attemptCsv(() => {
    const [header, ...rest] = readCsv(text);
    if (!header) throw new CsvError(1, 1, 'The CSV is empty.', 'Write a first line such as at_ms,key,value and one record a line below.');
    const columns = readHeader(header);
    if (rest.length === 0)
      throw new CsvError(header.line, 1, 'The CSV has a first line and no records.', 'Write one record a line below it.');
    const rows = rest.map((row) => readWorkloadRow(row, columns));
    return { ok: true as const, rows: rows.sort((a, b) => a.atMs - b.atMs) };
  });
}
