/**
 * JSON read without loss: a number keeps its text, so that a BIGINT keeps its last digit and a DECIMAL its scale. Objects keep the order of
 * their members; of two members of one name the later one counts, as with Jackson's `ObjectMapper.readTree`.
 */

/** A number as it was written. */
export interface JsonNumber {
  readonly number: string;
}

export type JsonNode = null | boolean | string | JsonNumber | readonly JsonNode[] | ReadonlyMap<string, JsonNode>;

export const isJsonNumber = (node: JsonNode): node is JsonNumber => node !== null && typeof node === 'object' && 'number' in node;
export const isJsonArray = (node: JsonNode): node is readonly JsonNode[] => Array.isArray(node);
export const isJsonObject = (node: JsonNode): node is ReadonlyMap<string, JsonNode> => node instanceof Map;

const numberPattern = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
/** All from the space on but the quote and the backslash. */
const plainText = /[ -!#-[\]-\uffff]*/y;
const space = /[ \t\r\n]*/y;
const escapes: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const words: readonly (readonly [string, JsonNode])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
];

class JsonReader {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  whole(): JsonNode {
    const node = this.value();
    this.skipSpace();
    if (this.at < this.text.length) throw this.unexpected('the end');
    return node;
  }

  private value(): JsonNode {
    this.skipSpace();
    const first = this.text[this.at];
    if (first === '{') return this.object();
    if (first === '[') return this.array();
    if (first === '"') return this.string();
    for (const [word, node] of words) {
      if (!this.text.startsWith(word, this.at)) continue;
      this.at += word.length;
      return node;
    }
    const number = this.match(numberPattern);
    if (number === '') throw this.unexpected('a value');
    return { number };
  }

  private object(): JsonNode {
    const members = new Map<string, JsonNode>();
    this.at++;
    if (this.takes('}')) return members;
    do {
      this.skipSpace();
      const name = this.string();
      if (!this.takes(':')) throw this.unexpected('":"');
      members.set(name, this.value());
    } while (this.takes(','));
    if (!this.takes('}')) throw this.unexpected('"," or "}"');
    return members;
  }

  private array(): JsonNode {
    const items: JsonNode[] = [];
    this.at++;
    if (this.takes(']')) return items;
    do items.push(this.value());
    while (this.takes(','));
    if (!this.takes(']')) throw this.unexpected('"," or "]"');
    return items;
  }

  private string(): string {
    if (this.text[this.at] !== '"') throw this.unexpected('a string');
    this.at++;
    let result = this.match(plainText);
    while (this.text[this.at] === '\\') result += this.escape() + this.match(plainText);
    if (this.text[this.at] !== '"') throw this.unexpected('the end of the string');
    this.at++;
    return result;
  }

  private escape(): string {
    const kind = this.text[this.at + 1] ?? '';
    if (kind === 'u') {
      const digits = this.text.slice(this.at + 2, this.at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.unexpected('four hexadecimal digits');
      this.at += 6;
      return String.fromCharCode(parseInt(digits, 16));
    }
    const char = escapes[kind];
    if (char === undefined) throw this.unexpected('an escape');
    this.at += 2;
    return char;
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  private skipSpace(): void {
    this.match(space);
  }

  private takes(char: string): boolean {
    this.skipSpace();
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  private unexpected(wanted: string): Error {
    const found = this.at < this.text.length ? JSON.stringify(this.text[this.at]) : 'the end';
    return new Error(`JSON: expected ${wanted} at character ${String(this.at + 1)}, found ${found}`);
  }
}

/** Reads one JSON document. Throws an Error that names the character where it is not JSON. */
export function parseJson(text: string): JsonNode {
  return new JsonReader(text).whole();
}

/** The text of a document, without white space, numbers as they were written. */
export function jsonText(node: JsonNode): string {
  if (isJsonNumber(node)) return node.number;
  if (isJsonArray(node)) return `[${node.map(jsonText).join(',')}]`;
  if (isJsonObject(node)) return `{${[...node].map(([name, member]) => `${JSON.stringify(name)}:${jsonText(member)}`).join(',')}}`;
  return JSON.stringify(node);
}
