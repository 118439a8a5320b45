/**
 * Rows out of JSON texts that are written alike: the same members in the same order with the same spaces, values of the columns' types. What stands between the
 * values is compared as it is, and no object is made on the way. Any other text is left to other readers (`undecided`).
 */
import { parseDecimal, powerOfTen } from '../types/decimal.ts';
import { fitDecimal } from '../types/decimalType.ts';
import type { SqlType, SqlValue } from '../types/sqlType.ts';
import { undecided } from './jsonReader.ts';
import type { Column } from './serde.ts';

type Undecided = typeof undecided;
type Read = (text: string, cursor: Cursor) => SqlValue | Undecided;

/** Where a text is being read. */
interface Cursor {
  at: number;
}

/** A number keeps each of so many digits as a double. */
const exactDigits = 15;
/** Strings that are cut out of a text keep it in memory, so that long texts are read otherwise. */
const longestText = 1000;
const powers = Array.from({ length: exactDigits + 1 }, (_, i) => Number(powerOfTen(i)));
const spaces = /[ \t\r\n]*/y;

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** The digits from the cursor on as a number; -1 where there is none, too many, or a zero before others. */
function digits(text: string, cursor: Cursor): number {
  const from = cursor.at;
  let value = 0;
  let code = text.charCodeAt(from);
  while (isDigit(code)) {
    value = value * 10 + code - 48;
    code = text.charCodeAt(++cursor.at);
  }
  const count = cursor.at - from;
  return count === 0 || count > exactDigits || (count > 1 && text.charCodeAt(from) === 48) ? -1 : value;
}

function isNegative(text: string, cursor: Cursor): boolean {
  if (text.charCodeAt(cursor.at) !== 45) return false;
  cursor.at++;
  return true;
}

const whole =
  (convert: (value: number) => SqlValue): Read =>
  (text, cursor) => {
    const negative = isNegative(text, cursor);
    const value = digits(text, cursor);
    return value < 0 ? undecided : convert(negative ? 0 - value : value);
  };

/** A number without exponent; the quotient of two whole numbers that are exact is the double nearest to it. */
function double(text: string, cursor: Cursor): number | Undecided {
  const negative = isNegative(text, cursor);
  let value = digits(text, cursor);
  if (value < 0) return undecided;
  if (text.charCodeAt(cursor.at) === 46) {
    const from = ++cursor.at;
    let code = text.charCodeAt(from);
    while (isDigit(code)) {
      value = value * 10 + code - 48;
      code = text.charCodeAt(++cursor.at);
    }
    const count = cursor.at - from;
    if (count === 0 || count > exactDigits || value >= 1e15) return undecided;
    value /= powers[count]!;
  }
  return negative ? -value : value;
}

/** A text without escapes. */
function string(text: string, cursor: Cursor): string | Undecided {
  if (text.charCodeAt(cursor.at) !== 34) return undecided;
  const from = cursor.at + 1;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) {
      cursor.at = at + 1;
      return text.slice(from, at);
    }
    if (code === 92 || code < 32) break;
  }
  return undecided;
}

function boolean(text: string, cursor: Cursor): boolean | Undecided {
  for (const value of [true, false]) {
    const word = String(value);
    if (!text.startsWith(word, cursor.at)) continue;
    cursor.at += word.length;
    return value;
  }
  return undecided;
}

/** A value of a member that no column is for. */
function passed(text: string, cursor: Cursor): SqlValue | Undecided {
  const code = text.charCodeAt(cursor.at);
  if (code === 34) return string(text, cursor);
  return code === 116 || code === 102 ? boolean(text, cursor) : double(text, cursor);
}

/** A reader of a type's values; null for types that are not read so. */
function readerOf(type: SqlType): Read | null {
  switch (type.base) {
    case 'BOOLEAN':
      return boolean;
    case 'INTEGER':
      return whole((value) => value | 0);
    case 'BIGINT':
      return whole(BigInt);
    case 'DATE':
    case 'TIMESTAMP':
      return whole((value) => value);
    case 'DOUBLE':
      return double;
    case 'STRING':
      return string;
    case 'DECIMAL':
      return (text, cursor) => {
        const from = cursor.at;
        return double(text, cursor) === undecided ? undecided : fitDecimal(parseDecimal(text.slice(from, cursor.at)), type);
      };
    default:
      return null;
  }
}

interface Part {
  /** What stands before the value. */
  readonly before: string;
  /** The column that the value is of; -1: none. */
  readonly column: number;
  readonly read: Read;
}

/** How texts are written. */
interface Template {
  readonly parts: readonly Part[];
  readonly after: string;
}

/** The column of a member: the one of its name, else of its name in upper case. */
function columnOf(name: string, columns: readonly Column[]): number {
  const exact = columns.findIndex((column) => column.name === name);
  return exact >= 0 ? exact : columns.findIndex((column) => column.name === name.toUpperCase());
}

function skipSpaces(text: string, cursor: Cursor): void {
  spaces.lastIndex = cursor.at;
  cursor.at += spaces.exec(text)![0].length;
}

function takes(text: string, cursor: Cursor, character: string): boolean {
  skipSpaces(text, cursor);
  if (text[cursor.at] !== character) return false;
  cursor.at++;
  return true;
}

/** How a text is written; null where it is not an object of plain values, or two members are for one column. */
function templateOf(text: string, columns: readonly Column[], readers: readonly (Read | null)[]): Template | null {
  const parts: Part[] = [];
  const cursor: Cursor = { at: 0 };
  let from = 0;
  if (!takes(text, cursor, '{')) return null;
  do {
    skipSpaces(text, cursor);
    const name = string(text, cursor);
    if (name === undecided || !takes(text, cursor, ':')) return null;
    skipSpaces(text, cursor);
    const column = columnOf(name, columns);
    const read = column < 0 ? passed : readers[column]!;
    if (!read || (column >= 0 && parts.some((part) => part.column === column))) return null;
    parts.push({ before: text.slice(from, cursor.at), column, read });
    if (text.startsWith('null', cursor.at)) cursor.at += 4;
    else if (passed(text, cursor) === undecided) return null;
    from = cursor.at;
  } while (takes(text, cursor, ','));
  if (!takes(text, cursor, '}')) return null;
  skipSpaces(text, cursor);
  return cursor.at === text.length ? { parts, after: text.slice(from) } : null;
}

function readBy({ parts, after }: Template, text: string, row: SqlValue[]): boolean {
  const cursor: Cursor = { at: 0 };
  for (const { before, column, read } of parts) {
    if (!text.startsWith(before, cursor.at)) return false;
    cursor.at += before.length;
    let value: SqlValue | Undecided = null;
    if (text.startsWith('null', cursor.at)) cursor.at += 4;
    else value = read(text, cursor);
    if (value === undecided) return false;
    if (column >= 0) row[column] = value;
  }
  return text.length === cursor.at + after.length && text.endsWith(after);
}

/** How many texts of another form are met before a new form is learned, and how many forms are. */
const patience = 4;
const mostForms = 16;

/**
 * A reader of rows in objects that learns how its texts are written; null for columns that are not read so. Which of its texts it decides depends on those
 * before, what it says of them does not.
 */
export function templateReader(columns: readonly Column[]): ((text: string) => readonly SqlValue[] | Undecided) | null {
  const readers = columns.map(({ type }) => readerOf(type));
  if (columns.length === 0 || readers.includes(null)) return null;
  const empty = columns.map(() => null);
  let template: Template | null = null;
  let forms = 0;
  let misses = patience;
  return (text) => {
    if (text.length > longestText) return undecided;
    if (template) {
      const row: SqlValue[] = empty.slice();
      if (readBy(template, text, row)) {
        misses = 0;
        return row;
      }
    }
    if (++misses > patience && forms < mostForms) {
      template = templateOf(text, columns, readers);
      misses = 0;
      forms++;
    }
    return undecided;
  };
}
