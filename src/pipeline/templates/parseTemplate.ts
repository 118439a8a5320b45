/** Parses `value.template`: JSON with `{{…}}` generators, inside texts or standing for a whole value. */
import { attempt, ParseError, type ParseFailure } from '../expressions/syntax.ts';
import { readGenerator } from './parseGenerator.ts';
import type { Slot, Template, TemplateNode } from './template.ts';

const depthMax = 50;
const nodesMax = 5_000;

interface Reader {
  readonly source: string;
  at: number;
  depth: number;
  nodes: number;
  slots: number;
}

function skipSpace(reader: Reader): void {
  while (reader.at < reader.source.length && ' \t\r\n'.includes(reader.source[reader.at]!)) reader.at++;
}

function here(reader: Reader): string {
  return reader.at >= reader.source.length ? 'the end' : `"${String.fromCodePoint(reader.source.codePointAt(reader.at)!)}"`;
}

function fail(reader: Reader, message: string, remedy: string): never {
  throw new ParseError(reader.at + 1, message, remedy);
}

function readSlot(reader: Reader): Slot {
  const { generator, end } = readGenerator(reader.source, reader.at);
  reader.at = end;
  return { index: reader.slots++, generator };
}

const simpleEscapes: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

function readEscape(reader: Reader): string {
  const letter = reader.source[reader.at + 1] ?? '';
  const simple = simpleEscapes[letter];
  if (simple !== undefined) {
    reader.at += 2;
    return simple;
  }
  const digits = reader.source.slice(reader.at + 2, reader.at + 6);
  if (letter !== 'u' || !/^[0-9a-fA-F]{4}$/.test(digits))
    fail(reader, `"\\${letter}" is no escape JSON knows.`, 'Write \\\\ for a backslash.');
  reader.at += 6;
  return String.fromCharCode(parseInt(digits, 16));
}

/** The parts of a quoted text; neighbouring characters are one part. */
function readParts(reader: Reader): (string | Slot)[] {
  const start = reader.at;
  const parts: (string | Slot)[] = [];
  let text = '';
  reader.at++;
  while (reader.at < reader.source.length) {
    const character = reader.source[reader.at]!;
    if (character === '"') {
      reader.at++;
      if (text !== '' || parts.length === 0) parts.push(text);
      return parts;
    }
    if (character === '\\') text += readEscape(reader);
    else if (reader.source.startsWith('{{', reader.at)) {
      if (text !== '') parts.push(text);
      text = '';
      parts.push(readSlot(reader));
    } else if (character < ' ') fail(reader, 'A text may not go over the end of a line.', 'Write \\n for a line break.');
    else {
      text += character;
      reader.at++;
    }
  }
  throw new ParseError(start + 1, 'This text has no closing quote.', 'Put a " at its end.');
}

function readText(reader: Reader): TemplateNode {
  const parts = readParts(reader);
  const [first] = parts;
  if (parts.length === 1) return typeof first === 'string' ? { kind: 'constant', value: first } : { kind: 'slot', slot: first! };
  return { kind: 'text', parts };
}

function readName(reader: Reader): string {
  if (reader.source[reader.at] !== '"')
    fail(reader, `A field name in double quotes must stand here, not ${here(reader)}.`, 'Write "name": value.');
  const column = reader.at + 1;
  const parts = readParts(reader);
  if (parts.length !== 1 || typeof parts[0] !== 'string')
    throw new ParseError(column, 'Field names cannot be made up.', 'Use {{…}} in values only.');
  return parts[0];
}

function readObject(reader: Reader): TemplateNode {
  const members: { name: string; value: TemplateNode }[] = [];
  const names = new Set<string>();
  reader.at++;
  skipSpace(reader);
  if (reader.source[reader.at] === '}') {
    reader.at++;
    return { kind: 'object', members };
  }
  for (;;) {
    skipSpace(reader);
    const column = reader.at + 1;
    const name = readName(reader);
    if (names.has(name)) throw new ParseError(column, `The field "${name}" is there twice.`, 'Rename or remove one of them.');
    names.add(name);
    skipSpace(reader);
    if (reader.source[reader.at] !== ':')
      fail(reader, `After the field name a colon must follow, not ${here(reader)}.`, 'Write "name": value.');
    reader.at++;
    members.push({ name, value: readValue(reader) });
    skipSpace(reader);
    if (readEnd(reader, '}', 'object')) return { kind: 'object', members };
  }
}

/** After a member or an item: true when the bracket closes, false after a comma. */
function readEnd(reader: Reader, close: string, what: string): boolean {
  const character = reader.source[reader.at];
  if (character !== close && character !== ',')
    fail(reader, `In this ${what} a comma or ${close} must stand here, not ${here(reader)}.`, `Put a , or a ${close} here.`);
  reader.at++;
  return character === close;
}

function readArray(reader: Reader): TemplateNode {
  const items: TemplateNode[] = [];
  reader.at++;
  skipSpace(reader);
  if (reader.source[reader.at] === ']') {
    reader.at++;
    return { kind: 'array', items };
  }
  for (;;) {
    items.push(readValue(reader));
    skipSpace(reader);
    if (readEnd(reader, ']', 'array')) return { kind: 'array', items };
  }
}

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function readPlain(reader: Reader): TemplateNode {
  for (const [word, value] of [
    ['true', true],
    ['false', false],
    ['null', null],
  ] as const) {
    if (reader.source.startsWith(word, reader.at)) {
      reader.at += word.length;
      return { kind: 'constant', value };
    }
  }
  numberPattern.lastIndex = reader.at;
  const match = numberPattern.exec(reader.source);
  if (!match)
    fail(reader, `A JSON value must stand here, not ${here(reader)}.`, 'Put texts in double quotes, for example {"id": "{{uuid}}"}.');
  const value = Number(match[0]);
  if (!Number.isFinite(value)) fail(reader, `The number ${match[0]} is too large.`, 'Use a number below 1e308.');
  reader.at += match[0].length;
  return { kind: 'constant', value: Object.is(value, -0) ? 0 : value };
}

function readValue(reader: Reader): TemplateNode {
  skipSpace(reader);
  if (++reader.depth > depthMax) fail(reader, `The template is nested more than ${depthMax} deep.`, 'Make it flatter.');
  if (++reader.nodes > nodesMax) fail(reader, `The template has more than ${nodesMax} values.`, 'Make it smaller.');
  const character = reader.source[reader.at];
  let node: TemplateNode;
  // `{{` begins a generator; an object whose first thing is an object is no JSON, so nothing is lost.
  if (reader.source.startsWith('{{', reader.at)) node = { kind: 'slot', slot: readSlot(reader) };
  else if (character === '{') node = readObject(reader);
  else if (character === '[') node = readArray(reader);
  else if (character === '"') node = readText(reader);
  else node = readPlain(reader);
  reader.depth--;
  return node;
}

/** Moves a failure's column, counted over the whole text, to its line. */
function inLines(source: string, failed: ParseFailure): ParseFailure {
  const before = source.slice(0, failed.column - 1).split('\n');
  return { ...failed, line: before.length, column: before.at(-1)!.length + 1 };
}

/** Parses a template. An empty text is a failure: whoever holds the config decides that empty means filler bytes. */
export function parseTemplate(text: string): { readonly ok: true; readonly template: Template } | ParseFailure {
  const parsed = attempt(() => {
    const reader: Reader = { source: text, at: 0, depth: 0, nodes: 0, slots: 0 };
    const root = readValue(reader);
    skipSpace(reader);
    if (reader.at < text.length)
      fail(reader, `The JSON is complete before ${here(reader)}.`, 'Remove the rest, or put everything into one { }.');
    return { ok: true as const, template: { root, slots: reader.slots } };
  });
  return parsed.ok ? parsed : inLines(text, parsed);
}
