/** Reads the text of a .proto file (Protocol Buffers language specification, proto2 and proto3): what tells the form of data; services and options are passed over. */
import type { ProtoEnum, ProtoField, ProtoFile, ProtoMessage } from './protoSchema.ts';
import { knownMessages, scalarTypes } from './protoSchema.ts';

/** Said of a text that is no schema of Protocol Buffers. */
export class ProtoSyntaxError extends Error {}

interface Draft {
  readonly fullName: string;
  readonly fields: ProtoField[];
  readonly nested: string[];
}

/** Text between quotes, names with dots, numbers, single characters; comments and spaces are passed over. */
const token = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|\s+|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\.?[A-Za-z_][\w.]*|[-+]?\d[\w.]*|[\s\S])/g;
const scalars: ReadonlySet<string> = new Set(scalarTypes);

const join = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('.');

/** `my_map` as the entry of its map is called: MyMapEntry. */
const entryName = (name: string): string => `${name.replace(/(?:^|_)(\w)/g, (_, first: string) => first.toUpperCase())}Entry`;

class Parser {
  private readonly tokens: readonly string[];
  private at = 0;
  private package = '';
  readonly messages = new Map<string, Draft>();
  readonly enums = new Map<string, ProtoEnum>();
  readonly top: string[] = [];

  constructor(text: string) {
    this.tokens = [...text.matchAll(token)].flatMap(([, kept]) => (kept === undefined ? [] : [kept]));
  }

  file(): void {
    while (this.at < this.tokens.length) this.topLevel();
  }

  private topLevel(): void {
    switch (this.next()) {
      case 'package':
        this.package = this.next();
        return this.expect(';');
      case 'message':
        this.top.push(this.message(this.package));
        return;
      case 'enum':
        return this.enumeration(this.package);
      case ';':
        return;
      case 'service':
      case 'extend':
        this.skipTo('{');
        return this.skipBlock();
      case 'syntax':
      case 'import':
      case 'option':
        return this.skipTo(';');
      default:
        this.at--;
        throw this.unexpected('a message');
    }
  }

  private message(scope: string): string {
    const fullName = join(scope, this.next());
    const draft: Draft = { fullName, fields: [], nested: [] };
    this.messages.set(fullName, draft);
    this.expect('{');
    while (!this.takes('}')) this.member(draft);
    return fullName;
  }

  private member(draft: Draft): void {
    const word = this.next();
    switch (word) {
      case 'message':
        draft.nested.push(this.message(draft.fullName));
        return;
      case 'enum':
        return this.enumeration(draft.fullName);
      case 'oneof':
        return this.oneof(draft);
      case 'option':
      case 'reserved':
      case 'extensions':
        return this.skipTo(';');
      case ';':
        return;
      case 'map':
        if (this.takes('<')) return this.map(draft);
    }
    if (word === 'optional' || word === 'repeated') return this.field(draft, this.next(), word, null);
    this.field(draft, word === 'required' ? this.next() : word, 'single', null);
  }

  private oneof(draft: Draft): void {
    const name = this.next();
    this.expect('{');
    while (!this.takes('}')) {
      if (this.takes('option')) this.skipTo(';');
      else this.field(draft, this.next(), 'single', name);
    }
  }

  private field(draft: Draft, type: string, label: ProtoField['label'], oneof: string | null): void {
    if (!/^\.?[A-Za-z_]/.test(type)) {
      this.at--;
      throw this.unexpected('a type');
    }
    const name = this.next();
    draft.fields.push({ name, number: this.number(), type, label, oneof, parameters: this.parameters() });
  }

  private number(): number {
    this.expect('=');
    const text = this.next();
    if (/^\d+$/.test(text)) return Number(text);
    this.at--;
    throw this.unexpected('the number of a field');
  }

  /** A map is a repeated message of a key and a value. */
  private map(draft: Draft): void {
    const key = this.next();
    this.expect(',');
    const value = this.next();
    this.expect('>');
    const name = this.next();
    const type = join(draft.fullName, entryName(name));
    const part = (partName: string, number: number, partType: string): ProtoField => ({
      ...{ name: partName, number, type: partType, label: 'single', oneof: null, parameters: {} },
    });
    this.messages.set(type, { fullName: type, fields: [part('key', 1, key), part('value', 2, value)], nested: [] });
    draft.nested.push(type);
    draft.fields.push({ name, number: this.number(), type, label: 'repeated', oneof: null, parameters: this.parameters() });
  }

  /** Options of a field, of which Confluent's parameters are kept: `params: [{ key: "scale", value: "2" }]`. */
  private parameters(): Record<string, string> {
    const from = this.at;
    if (this.takes('[')) for (let depth = 1; depth > 0;) depth += this.depthOf(this.next());
    const written = this.tokens.slice(from, this.at).join(' ');
    this.expect(';');
    const pairs = [...written.matchAll(/key\s*:\s*"([^"]*)"\s*,?\s*value\s*:\s*"([^"]*)"/g)];
    return Object.fromEntries(pairs.map(([, key, value]) => [key!, value!]));
  }

  private depthOf(text: string): number {
    return text === '[' ? 1 : text === ']' ? -1 : 0;
  }

  private enumeration(scope: string): void {
    const fullName = join(scope, this.next());
    const values = new Map<number, string>();
    this.expect('{');
    while (!this.takes('}')) {
      const name = this.next();
      if (name === 'option' || name === 'reserved') this.skipTo(';');
      else if (name !== ';') {
        this.expect('=');
        const number = Number(this.next());
        if (!values.has(number)) values.set(number, name);
        this.skipTo(';');
      }
    }
    this.enums.set(fullName, values);
  }

  private next(): string {
    const found = this.tokens[this.at++];
    if (found === undefined) throw new ProtoSyntaxError('Protocol Buffers: the schema ends too early.');
    return found;
  }

  private takes(text: string): boolean {
    if (this.tokens[this.at] !== text) return false;
    this.at++;
    return true;
  }

  private expect(text: string): void {
    if (!this.takes(text)) throw this.unexpected(`"${text}"`);
  }

  private skipTo(text: string): void {
    while (this.next() !== text);
  }

  private skipBlock(): void {
    for (let depth = 1; depth > 0;) {
      const text = this.next();
      depth += text === '{' ? 1 : text === '}' ? -1 : 0;
    }
  }

  private unexpected(wanted: string): ProtoSyntaxError {
    return new ProtoSyntaxError(`Protocol Buffers: expected ${wanted}, found ${this.tokens[this.at] ?? 'the end'}.`);
  }
}

/** The full name that a type's name stands for within a message: the one of the nearest scope. */
function resolved(type: string, scope: string, names: ReadonlySet<string>): string {
  if (scalars.has(type)) return type;
  if (type.startsWith('.')) return type.slice(1);
  for (let outer = scope; ; outer = outer.split('.').slice(0, -1).join('.')) {
    const name = join(outer, type);
    if (names.has(name)) return name;
    if (outer === '') break;
  }
  throw new ProtoSyntaxError(`Protocol Buffers: ${type}, a type in ${scope}, is not defined. Define it, or import the file that does.`);
}

/** Reads a schema; `references` are the texts of the files that it imports. Throws a ProtoSyntaxError where it is none. */
export function parseProto(text: string, references: readonly string[] = []): ProtoFile {
  const main = new Parser(text);
  const parsers = [...references.map((reference) => new Parser(reference)), main];
  parsers.forEach((parser) => parser.file());
  const drafts = new Map(parsers.flatMap((parser) => [...parser.messages]));
  const enums = new Map(parsers.flatMap((parser) => [...parser.enums]));
  const names = new Set([...drafts.keys(), ...enums.keys(), ...knownMessages.keys()]);
  const messages = [...drafts.values()].map(({ fullName, fields, nested }): [string, ProtoMessage] => [
    fullName,
    { fullName, nested, fields: fields.map((field) => ({ ...field, type: resolved(field.type, fullName, names) })) },
  ]);
  return { messages: new Map([...knownMessages, ...messages]), enums, top: main.top };
}
