/**
 * Reads a JSON text without building anything: where it is broken, how deep and how large it is, which keys appear twice.
 * It runs before `JSON.parse`, whose messages differ by JavaScript engine, and which overflows the stack or keeps only the last of two equal keys.
 * The stack is an array, never the call stack.
 */
export interface ScanLimits {
  readonly depth: number;
  readonly values: number;
  /** Most fields of one object. */
  readonly fields: number;
}

export type ScanProblemCode =
  | 'json.syntax'
  | 'json.truncated'
  | 'json.too-deep'
  | 'json.too-many-values'
  | 'json.forbidden-key'
  | 'json.duplicate-key'
  | 'json.number-too-large';

/** One thing wrong with the text, with its place. Lines and columns count from 1; columns count UTF-16 units. */
export interface ScanProblem {
  readonly code: ScanProblemCode;
  readonly line: number;
  readonly column: number;
  /** JSON pointer to the value or key. */
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
}

interface Frame {
  /** Keys seen so far; null for an array. */
  readonly keys: Set<string> | null;
  key: string;
  index: number;
}

type Expectation = 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma or end' | 'nothing';

interface Scan {
  readonly text: string;
  readonly limits: ScanLimits;
  readonly stack: Frame[];
  readonly problems: ScanProblem[];
  position: number;
  values: number;
  expect: Expectation;
  /** Set once reading on makes no sense. */
  broken: boolean;
}

const problemsMax = 20;
/** Names that reach an object's prototype when assigned; no field of the format is called so. */
const forbiddenKeys: readonly string[] = ['__proto__', 'constructor', 'prototype'];
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** What can stand between the digits read so far and the end of a text that was cut inside a number. */
const unfinishedNumberPattern = /(?:\.|[eE][+-]?)$/y;
const wordPattern = /[-+]?[A-Za-z_][A-Za-z0-9_]*/y;
const unfinishedEscapePattern = /^\\(?:u[0-9A-Fa-f]{0,3})?$/;
const escapePattern = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y;

/** One JSON pointer token (RFC 6901). */
export function pointerToken(key: string | number): string {
  return String(key).replaceAll('~', '~0').replaceAll('/', '~1');
}

/** What is wrong with a JSON text, in the order of the text; empty when `JSON.parse` will take it. */
export function scanJson(text: string, limits: ScanLimits): readonly ScanProblem[] {
  const scan: Scan = { text, limits, stack: [], problems: [], position: 0, values: 0, expect: 'value', broken: false };
  for (;;) {
    skipSpace(scan);
    if (scan.broken) break;
    if (scan.position >= text.length) {
      if (scan.expect !== 'nothing') truncated(scan);
      break;
    }
    step(scan);
  }
  return scan.problems;
}

function skipSpace(scan: Scan): void {
  const { text } = scan;
  for (;;) {
    const code = text.charCodeAt(scan.position);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
    scan.position += 1;
  }
}

function step(scan: Scan): void {
  const character = scan.text[scan.position]!;
  const frame = scan.stack.at(-1);
  switch (scan.expect) {
    case 'value':
      return value(scan, character);
    case 'value or end':
      return character === ']' ? close(scan) : value(scan, character);
    case 'key or end':
    case 'key':
      if (character === '}' && scan.expect === 'key or end') return close(scan);
      return character === '"' ? key(scan, frame!) : unexpected(scan, 'a field name in double quotes');
    case 'colon':
      if (character !== ':') return unexpected(scan, 'a colon after the field name');
      scan.position += 1;
      scan.expect = 'value';
      return;
    case 'comma or end':
      return commaOrEnd(scan, character, frame!);
    case 'nothing':
      return unexpected(scan, 'the end of the file');
  }
}

function commaOrEnd(scan: Scan, character: string, frame: Frame): void {
  if (character === ',') {
    scan.position += 1;
    frame.index += 1;
    scan.expect = frame.keys === null ? 'value' : 'key';
  } else if (character === (frame.keys === null ? ']' : '}')) {
    close(scan);
  } else {
    unexpected(scan, frame.keys === null ? 'a comma or ]' : 'a comma or }');
  }
}

function close(scan: Scan): void {
  scan.position += 1;
  scan.stack.pop();
  afterValue(scan);
}

function afterValue(scan: Scan): void {
  scan.expect = scan.stack.length === 0 ? 'nothing' : 'comma or end';
}

function value(scan: Scan, character: string): void {
  scan.values += 1;
  if (scan.values > scan.limits.values) {
    stop(scan, 'json.too-many-values', `The file holds more than ${scan.limits.values} values.`, 'Split the pipeline into several files.');
  } else if (character === '{' || character === '[') {
    open(scan, character);
  } else if (character === '"') {
    if (string(scan) !== null) afterValue(scan);
  } else if (character === '-' || (character >= '0' && character <= '9')) {
    number(scan);
  } else {
    word(scan);
  }
}

function open(scan: Scan, character: string): void {
  if (scan.stack.length >= scan.limits.depth) {
    const message = `The file is nested more than ${scan.limits.depth} levels deep.`;
    return stop(scan, 'json.too-deep', message, 'A pipeline document needs 6 levels; check that this is one.');
  }
  scan.position += 1;
  scan.stack.push({ keys: character === '{' ? new Set() : null, key: '', index: 0 });
  scan.expect = character === '{' ? 'key or end' : 'value or end';
}

function key(scan: Scan, frame: Frame): void {
  const start = scan.position;
  const raw = string(scan);
  if (raw === null) return;
  const name = raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
  frame.key = name;
  if (forbiddenKeys.includes(name)) {
    report(
      scan,
      'json.forbidden-key',
      start,
      `The field name "${name}" is refused.`,
      'Remove the field: it would change the object itself.',
    );
  }
  if (frame.keys!.has(name)) {
    report(scan, 'json.duplicate-key', start, `The field "${shorten(name)}" appears twice in one object.`, 'Keep one of the two.');
  }
  frame.keys!.add(name);
  if (frame.keys!.size > scan.limits.fields) {
    const message = `An object has more than ${scan.limits.fields} fields.`;
    return stop(scan, 'json.too-many-values', message, 'A pipeline document has no such object; check that this is one.');
  }
  scan.expect = 'colon';
}

/** Reads a string and returns it with its quotes, or null when it is broken. */
function string(scan: Scan): string | null {
  const { text } = scan;
  const start = scan.position;
  let at = start + 1;
  for (;;) {
    const code = text.charCodeAt(at);
    if (Number.isNaN(code)) {
      scan.position = text.length;
      truncated(scan);
      return null;
    }
    if (code === 34) break;
    if (code === 92) {
      escapePattern.lastIndex = at;
      const escape = escapePattern.exec(text);
      if (escape === null) {
        scan.position = unfinishedEscapePattern.test(text.slice(at, at + 6)) ? text.length : at;
        if (scan.position === text.length) truncated(scan);
        else unexpected(scan, 'a valid escape after the backslash');
        return null;
      }
      at += escape[0].length;
    } else if (code < 32) {
      scan.position = at;
      unexpected(scan, 'the end of the text before the line ends');
      return null;
    } else {
      at += 1;
    }
  }
  scan.position = at + 1;
  return text.slice(start, at + 1);
}

function number(scan: Scan): void {
  numberPattern.lastIndex = scan.position;
  const match = numberPattern.exec(scan.text);
  if (match === null) return scan.position + 1 >= scan.text.length ? truncated(scan) : word(scan);
  if (!Number.isFinite(Number(match[0]))) {
    const message = `The number ${shorten(match[0])} is larger than a computer number can be.`;
    report(scan, 'json.number-too-large', scan.position, message, 'Write a number within the field’s range.');
  }
  scan.position += match[0].length;
  unfinishedNumberPattern.lastIndex = scan.position;
  if (unfinishedNumberPattern.test(scan.text)) return truncated(scan);
  afterValue(scan);
}

function word(scan: Scan): void {
  wordPattern.lastIndex = scan.position;
  const match = wordPattern.exec(scan.text)?.[0];
  if (match === 'true' || match === 'false' || match === 'null') {
    scan.position += match.length;
    afterValue(scan);
  } else if (match === undefined) {
    unexpected(scan, 'a value');
  } else if (scan.position + match.length === scan.text.length && ['true', 'false', 'null'].some((literal) => literal.startsWith(match))) {
    scan.position = scan.text.length;
    truncated(scan);
  } else {
    const remedy = /^[-+]?(nan|inf(inity)?)$/i.test(match)
      ? 'Write a number; JSON has no NaN and no Infinity.'
      : 'Put texts in double quotes.';
    stop(scan, 'json.syntax', `${shorten(match)} is not a JSON value.`, remedy);
  }
}

function truncated(scan: Scan): void {
  const message = scan.values === 0 ? 'The file is empty.' : 'The file ends in the middle of the document.';
  stop(scan, 'json.truncated', message, 'The file was probably not saved or sent completely: take another copy.');
}

function unexpected(scan: Scan, wanted: string): void {
  const found = JSON.stringify(String.fromCodePoint(scan.text.codePointAt(scan.position)!));
  stop(
    scan,
    'json.syntax',
    `Here comes ${found} where ${wanted} is needed.`,
    'Correct the JSON at this place, or take another copy of the file.',
  );
}

function stop(scan: Scan, code: ScanProblemCode, message: string, remedy: string): void {
  report(scan, code, scan.position, message, remedy);
  scan.broken = true;
}

function report(scan: Scan, code: ScanProblemCode, position: number, message: string, remedy: string): void {
  const before = scan.text.slice(0, position);
  const lineStart = before.lastIndexOf('\n') + 1;
  let line = 1;
  for (let at = before.indexOf('\n'); at !== -1; at = before.indexOf('\n', at + 1)) line += 1;
  const path = scan.stack.map((frame) => `/${pointerToken(shorten(frame.keys === null ? String(frame.index) : frame.key))}`).join('');
  scan.problems.push({ code, line, column: position - lineStart + 1, path, message, remedy });
  if (scan.problems.length >= problemsMax) scan.broken = true;
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
