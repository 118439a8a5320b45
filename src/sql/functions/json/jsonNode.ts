import { decimalScientificText, decimalText, parseDecimal } from '../../types/decimal.ts';

/** A JSON value with its numbers as written, so that none loses digits. */
export type JsonNode =
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, JsonNode> };

const space = /[ \t\n\r]*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// eslint-disable-next-line no-control-regex
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

const words: Readonly<Record<string, JsonNode>> = {
  true: { kind: 'boolean', value: true },
  false: { kind: 'boolean', value: false },
  null: { kind: 'null' },
};

class JsonReader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Whether nothing but space is left. */
  get ended(): boolean {
    this.take(space);
    return this.at >= this.text.length;
  }

  private take(expression: RegExp): string | null {
    expression.lastIndex = this.at;
    const found = expression.exec(this.text)?.[0] ?? null;
    if (found !== null) this.at += found.length;
    return found;
  }

  private takes(character: string): boolean {
    this.take(space);
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private fail(): never {
    throw new Error(`Invalid JSON format:${this.text}`);
  }

  value(): JsonNode {
    if (this.takes('{')) return this.object();
    if (this.takes('[')) return this.array();
    if (this.text[this.at] === '"') return { kind: 'string', value: this.string() };
    for (const word of Object.keys(words))
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return words[word]!;
      }
    const text = this.take(number);
    return text === null ? this.fail() : { kind: 'number', text };
  }

  private string(): string {
    this.take(space);
    const text = this.take(string) ?? this.fail();
    return JSON.parse(text) as string;
  }

  private object(): JsonNode {
    const fields = new Map<string, JsonNode>();
    if (this.takes('}')) return { kind: 'object', fields };
    do {
      const name = this.string();
      if (!this.takes(':')) this.fail();
      fields.set(name, this.value());
    } while (this.takes(','));
    return this.takes('}') ? { kind: 'object', fields } : this.fail();
  }

  private array(): JsonNode {
    const items: JsonNode[] = [];
    if (this.takes(']')) return { kind: 'array', items };
    do items.push(this.value());
    while (this.takes(','));
    return this.takes(']') ? { kind: 'array', items } : this.fail();
  }
}

/** The first JSON value of a text; null where it has nothing but space. Throws where it is not JSON. */
export function parseJson(text: string): JsonNode | null {
  const reader = new JsonReader(text);
  return reader.ended ? null : reader.value();
}

/** A text in quotes, escaped as Jackson does. */
export const jsonString = (text: string): string =>
  JSON.stringify(text).replace(/\\u00(..)/g, (_, code: string) => `\\u00${code.toUpperCase()}`);

function numberText(text: string, plain: boolean): string {
  if (!/[.eE]/.test(text)) return text;
  const value = parseDecimal(text);
  return plain ? decimalText(value) : decimalScientificText(value);
}

/** A value as text without spaces; `plain` writes numbers without an exponent. */
export function jsonText(node: JsonNode, plain = false): string {
  switch (node.kind) {
    case 'number':
      return numberText(node.text, plain);
    case 'string':
      return jsonString(node.value);
    case 'boolean':
      return String(node.value);
    case 'null':
      return 'null';
    case 'array':
      return `[${node.items.map((item) => jsonText(item, plain)).join(',')}]`;
    case 'object':
      return `{${[...node.fields].map(([name, item]) => `${jsonString(name)}:${jsonText(item, plain)}`).join(',')}}`;
  }
}
