import { strict, lenient, eachOf, type ScalarFunction } from '../library.ts';
import type { SqlValue } from '../../types/sqlType.ts';

/** Functions of text (`udf.string`): lengths, parts, cases, padding. Texts are UTF-16, as in Java. */

const startOf = (length: number, position: number): number =>
  position < 0 ? Math.max(length + position, 0) : Math.max(Math.min(position - 1, length), 0);

function substring<T extends string | Uint8Array>(value: T, position: number, length = value.length): T {
  const start = startOf(value.length, position);
  const end = Math.max(Math.min(start + length, value.length), start);
  return value.slice(start, end) as T;
}

/** Where the n-th occurrence of a part begins, from 0; -1 where there are fewer (`StringUtils.ordinalIndexOf`). */
function ordinalIndexOf(text: string, part: string, ordinal: number): number {
  if (ordinal <= 0) return -1;
  if (part === '') return 0;
  let at = -1;
  for (let found = 0; found < ordinal; found++) {
    at = text.indexOf(part, at + 1);
    if (at < 0) return -1;
  }
  return at;
}

const reversed = (text: string): string => [...text].reverse().join('');

function instr(text: string, part: string, position = 1, occurrence = 1): number {
  if (Math.abs(position) > text.length) return 0;
  const backwards = position < 0;
  const from = Math.abs(position);
  const [whole, wanted] = backwards ? [reversed(text), reversed(part)] : [text, part];
  const at = ordinalIndexOf(from === 0 ? whole.slice(-1) : whole.slice(from - 1), wanted, occurrence);
  if (at < 0) return 0;
  return backwards ? text.length - from - at - part.length + 2 : at + (position === 0 ? 0 : from);
}

const initcap = (text: string): string =>
  (text.toLowerCase().match(/[^\s]+\s*/g) ?? []).map((part) => part.slice(0, 1).toUpperCase() + part.slice(1)).join('');

/** Text cut or filled with a padding to a length, at its left or right; null where that is not possible. */
function padded(text: string, length: number, padding: string, left: boolean): string | null {
  if (padding === '' || length < 0) return null;
  const missing = Math.max(length - text.length, 0);
  const fill = padding.repeat(Math.ceil(missing / padding.length)).slice(0, missing);
  return (left ? fill + text : text + fill).slice(0, length);
}

function paddedBytes(bytes: Uint8Array, length: number, padding: Uint8Array, left: boolean): Uint8Array | null {
  if (padding.length === 0 || length < 0) return null;
  if (bytes.length > length) return bytes.slice(0, length);
  const missing = length - bytes.length;
  return Uint8Array.from({ length }, (_, i) => {
    const inside = left ? i - missing : i;
    if (inside >= 0 && inside < bytes.length) return bytes[inside]!;
    return padding[(left ? i : i - bytes.length) % padding.length]!;
  });
}

/** Parts of a text between occurrences of another one; every character where that is empty. */
export function splitText(text: string, delimiter: string): string[] {
  return delimiter === '' ? (text === '' ? [''] : text.split('')) : text.split(delimiter);
}

function indexOfBytes(bytes: Uint8Array, part: Uint8Array, from: number): number {
  for (let i = from; i + part.length <= bytes.length; i++) if (part.every((byte, j) => bytes[i + j] === byte)) return i;
  return -1;
}

function splitBytes(bytes: Uint8Array, delimiter: Uint8Array): Uint8Array[] {
  if (bytes.length === 0) return [bytes];
  if (delimiter.length === 0) return Array.from(bytes, (byte) => Uint8Array.of(byte));
  const parts: Uint8Array[] = [];
  let from = 0;
  for (let at = indexOfBytes(bytes, delimiter, 0); at >= 0; at = indexOfBytes(bytes, delimiter, from)) {
    parts.push(bytes.slice(from, at));
    from = at + delimiter.length;
  }
  return [...parts, bytes.slice(from)];
}

function splitToMap(text: string, entries: string, pairs: string): SqlValue {
  if (entries === '' || pairs === '' || entries === pairs) return null;
  const map = new Map<string, string>();
  for (const entry of text.split(entries)) {
    if (!entry.includes(pairs)) continue;
    const [key, value] = entry.split(pairs) as [string, string];
    map.set(key, value);
  }
  return map;
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

const given = <T extends SqlValue>(values: readonly (T | null)[]): T[] => values.filter((value) => value !== null) as T[];

/** All but the first joined with the first between. Throws for fewer than two. */
function separated<T extends SqlValue>(parts: readonly (T | null)[], join: (separator: T, parts: T[]) => SqlValue): SqlValue {
  if (parts.length < 2) throw new Error('Function Concat_WS expects at least two input arguments.');
  const separator = parts[0]!;
  return separator === null ? null : join(separator, given(parts.slice(1)));
}

const separatedBytes = (separator: Uint8Array, parts: Uint8Array[]): Uint8Array =>
  joinBytes(parts.flatMap((part, i) => (i === 0 ? [part] : [separator, part])));

function chr(code: number): string | null {
  return code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : null;
}

const escapes: Readonly<Record<string, string>> = { b: '\b', n: '\n', t: '\t', f: '\f', r: '\r' };

function unescaped(text: string): string | null {
  if (text.length < 6 || !text.startsWith('\\u')) return null;
  return text.replace(/\\(?:u+([0-9a-fA-F]{4})|([bntfr]))/g, (_, code: string | undefined, letter: string | undefined) =>
    code === undefined ? escapes[letter!]! : String.fromCharCode(parseInt(code, 16)),
  );
}

/** `String.trim`: everything up to the space goes. */
// eslint-disable-next-line no-control-regex
const trimmed = (text: string): string => text.replace(/^[\u0000-\u0020]+|[\u0000-\u0020]+$/g, '');

export const textFunctions: readonly ScalarFunction[] = [
  strict('chr', 'INT decimalCode', 'VARCHAR', chr),
  strict('chr', 'VARCHAR utf16Code', 'VARCHAR', unescaped),
  lenient('concat', 'VARCHAR... inputs', 'VARCHAR', (...inputs: (string | null)[]) => given(inputs).join('')),
  lenient('concat', 'BYTES... inputs', 'BYTES', (...inputs: (Uint8Array | null)[]) => joinBytes(given(inputs))),
  lenient('concat_ws', 'VARCHAR... inputs', 'VARCHAR', (...inputs: (string | null)[]) =>
    separated(inputs, (separator, parts) => parts.join(separator)),
  ),
  lenient('concat_ws', 'BYTES... inputs', 'BYTES', (...inputs: (Uint8Array | null)[]) => separated(inputs, separatedBytes)),
  lenient('elt', 'INT n, VARCHAR... args', 'VARCHAR', (n: number | null, ...texts: (string | null)[]) => {
    if (n === null) throw new Error('ELT needs a number.');
    return texts[n - 1] ?? null;
  }),
  lenient('field', 'VARCHAR str, VARCHAR... args', 'INT', (text: string | null, ...texts: (string | null)[]) =>
    text === null ? 0 : texts.indexOf(text) + 1,
  ),
  strict('initcap', 'VARCHAR str', 'VARCHAR', initcap),
  lenient('instr', 'VARCHAR str, VARCHAR substring', 'INT', (text: string | null, part: string | null) =>
    text === null || part === null ? 0 : instr(text, part),
  ),
  ...eachOf(
    ['VARCHAR str, VARCHAR substring, INT position', 'VARCHAR str, VARCHAR substring, INT position, INT occurrence'],
    (parameters) =>
      lenient(
        'instr',
        parameters,
        'INT',
        (text: string | null, part: string | null, position: number | null, occurrence?: number | null) => {
          if (position === null || occurrence === null) throw new Error('INSTR needs numbers.');
          return text === null || part === null ? 0 : instr(text, part, position, occurrence ?? 1);
        },
      ),
  ),
  strict('lcase', 'VARCHAR input', 'VARCHAR', (text: string) => text.toLowerCase()),
  strict('ucase', 'VARCHAR input', 'VARCHAR', (text: string) => text.toUpperCase()),
  strict('len', 'VARCHAR input', 'INT', (text: string) => text.length),
  strict('len', 'BYTES input', 'INT', (bytes: Uint8Array) => bytes.length),
  strict('lpad', 'VARCHAR input, INT targetLen, VARCHAR padding', 'VARCHAR', (text: string, length: number, padding: string) =>
    padded(text, length, padding, true),
  ),
  strict('lpad', 'BYTES input, INT targetLen, BYTES padding', 'BYTES', (bytes: Uint8Array, length: number, padding: Uint8Array) =>
    paddedBytes(bytes, length, padding, true),
  ),
  strict('rpad', 'VARCHAR input, INT targetLen, VARCHAR padding', 'VARCHAR', (text: string, length: number, padding: string) =>
    padded(text, length, padding, false),
  ),
  strict('rpad', 'BYTES input, INT targetLen, BYTES padding', 'BYTES', (bytes: Uint8Array, length: number, padding: Uint8Array) =>
    paddedBytes(bytes, length, padding, false),
  ),
  strict('replace', 'VARCHAR str, VARCHAR oldStr, VARCHAR newStr', 'VARCHAR', (text: string, old: string, next: string) =>
    text.split(old).join(next),
  ),
  strict('split', 'VARCHAR string, VARCHAR delimiter', 'ARRAY<VARCHAR>', splitText),
  strict('split', 'BYTES bytes, BYTES delimiter', 'ARRAY<BYTES>', splitBytes),
  strict('split_to_map', 'VARCHAR input, VARCHAR entryDelimiter, VARCHAR kvDelimiter', 'MAP<VARCHAR, VARCHAR>', splitToMap),
  ...eachOf(['VARCHAR str, INT pos', 'VARCHAR str, INT pos, INT length'], (parameters) =>
    strict('substring', parameters, 'VARCHAR', substring<string>),
  ),
  ...eachOf(['BYTES bytes, INT pos', 'BYTES bytes, INT pos, INT length'], (parameters) =>
    strict('substring', parameters, 'BYTES', substring<Uint8Array>),
  ),
  strict('trim', 'VARCHAR input', 'VARCHAR', trimmed),
];
