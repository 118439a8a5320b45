import { integerBytes, jsonAt, utf8Bytes, type Json } from '../../pipeline/templates/json.ts';
import type { Slot, Template, TemplateNode } from '../../pipeline/templates/template.ts';
import { compileDraw, textOf, type Draw } from './generators.ts';

/** What a template needs to know of a record. */
export interface TemplateRecord {
  readonly sequence: number;
  readonly timestampUs: number;
}

/** A `value.template` ready to make values: each follows from (seed, producer's name, sequence, generator), and nothing is remembered. */
export interface ValueTemplate {
  /** Whether `{{key}}` occurs. */
  readonly usesKey: boolean;
  /** Value of the generator with this number; generators count from 0 in the order of the text. */
  field(sequence: number, index: number, keyText?: string | null, timestampUs?: number): Json;
  /**
   * Bytes of `render`'s text in UTF-8, without making it. `keyBytes`: UTF-8 bytes of the key as JSON writes it inside quotes (the key's size, unless
   * it holds quotes, backslashes or control characters: then `jsonTextBytes` of it); -1 for no key.
   */
  sizeBytes(sequence: number, keyBytes: number, timestampUs: number): number;
  /** The value as compact JSON. */
  render(sequence: number, keyText: string | null, timestampUs: number): string;
  /** The part of the value at a path, compiled: only what stands there is computed. */
  at<R extends TemplateRecord>(path: readonly string[], key: (record: R) => string | null): (record: R) => Json;
}

/** The template as one line of JSON: literal text, and slots between. */
interface Segment {
  readonly literal: string;
  readonly slot: Slot | null;
  readonly inText: boolean;
}

function flatten(root: TemplateNode): Segment[] {
  const segments: Segment[] = [];
  let literal = '';
  const put = (slot: Slot, inText: boolean) => {
    segments.push({ literal, slot, inText });
    literal = '';
  };
  const visit = (node: TemplateNode): void => {
    switch (node.kind) {
      case 'constant':
        literal += JSON.stringify(node.value);
        return;
      case 'slot':
        put(node.slot, false);
        return;
      case 'text':
        literal += '"';
        for (const part of node.parts) {
          if (typeof part === 'string') literal += JSON.stringify(part).slice(1, -1);
          else put(part, true);
        }
        literal += '"';
        return;
      case 'array':
        for (const [index, item] of node.items.entries()) {
          literal += index === 0 ? '[' : ',';
          visit(item);
        }
        literal += node.items.length === 0 ? '[]' : ']';
        return;
      case 'object':
        for (const [index, member] of node.members.entries()) {
          literal += `${index === 0 ? '{' : ','}${JSON.stringify(member.name)}:`;
          visit(member.value);
        }
        literal += node.members.length === 0 ? '{}' : '}';
    }
  };
  visit(root);
  segments.push({ literal, slot: null, inText: false });
  return segments;
}

/** Sizes: what never changes is added up once, what is drawn is asked, what follows from the record is counted. */
function compileSize(segments: readonly Segment[], draws: readonly (Draw | null)[]): ValueTemplate['sizeBytes'] {
  let fixed = 0;
  const drawn: ((sequence: number) => number)[] = [];
  const counts = { sequence: 0, timestamp: 0, keyValue: 0, keyText: 0 };
  for (const { literal, slot, inText } of segments) {
    fixed += utf8Bytes(literal);
    if (!slot) continue;
    const { kind } = slot.generator;
    if (kind === 'sequence' || kind === 'timestamp') counts[kind]++;
    else if (kind === 'key') counts[inText ? 'keyText' : 'keyValue']++;
    else {
      const bytes = draws[slot.index]![inText ? 'textBytes' : 'valueBytes'];
      if (typeof bytes === 'number') fixed += bytes;
      else drawn.push(bytes);
    }
  }
  return (sequence, keyBytes, timestampUs) => {
    let bytes = fixed;
    for (let i = 0; i < drawn.length; i++) bytes += drawn[i]!(sequence);
    if (counts.sequence > 0) bytes += counts.sequence * integerBytes(sequence);
    if (counts.timestamp > 0) bytes += counts.timestamp * integerBytes(Math.floor(timestampUs / 1_000));
    if (counts.keyValue > 0) bytes += counts.keyValue * (keyBytes < 0 ? 4 : keyBytes + 2);
    if (counts.keyText > 0 && keyBytes > 0) bytes += counts.keyText * keyBytes;
    return bytes;
  };
}

function slotsIn(segments: readonly Segment[]): Slot[] {
  return segments.flatMap((segment) => (segment.slot ? [segment.slot] : []));
}

/** Getters of the parts of a template, over whatever kind of record the caller has. */
function compileParts<R extends TemplateRecord>(
  draws: readonly (Draw | null)[],
  key: (record: R) => string | null,
): (node: TemplateNode) => (record: R) => Json {
  const slotGetter = ({ generator, index }: Slot): ((record: R) => Json) => {
    if (generator.kind === 'sequence') return (record) => record.sequence;
    if (generator.kind === 'timestamp') return (record) => Math.floor(record.timestampUs / 1_000);
    if (generator.kind === 'key') return key;
    const { value } = draws[index]!;
    return (record) => value(record.sequence);
  };
  const compile = (node: TemplateNode): ((record: R) => Json) => {
    switch (node.kind) {
      case 'constant':
        return () => node.value;
      case 'slot':
        return slotGetter(node.slot);
      case 'text': {
        const parts = node.parts.map((part) => (typeof part === 'string' ? () => part : slotGetter(part)));
        return (record) => parts.map((part) => textOf(part(record))).join('');
      }
      case 'array': {
        const items = node.items.map(compile);
        return (record) => items.map((item) => item(record));
      }
      case 'object': {
        const members = node.members.map((member) => [member.name, compile(member.value)] as const);
        return (record) => {
          const result = Object.create(null) as Record<string, Json>;
          for (const [name, member] of members) result[name] = member(record);
          return result;
        };
      }
    }
  };
  return compile;
}

/** The node a path leads to; null when the template has no such place. */
function nodeAt(root: TemplateNode, path: readonly string[]): TemplateNode | null {
  let node: TemplateNode | undefined = root;
  for (const name of path) {
    if (node.kind === 'object') node = node.members.find((member) => member.name === name)?.value;
    else node = node.kind === 'array' && /^\d+$/.test(name) ? node.items[Number(name)] : undefined;
    if (!node) return null;
  }
  return node;
}

/** Compiles a parsed template for one producer. */
export function compileTemplate(template: Template, source: { readonly seed: number; readonly name: string }): ValueTemplate {
  const segments = flatten(template.root);
  const slots = slotsIn(segments);
  const draws = slots.map((slot) => compileDraw(slot.generator, slot.index, source));
  const field: ValueTemplate['field'] = (sequence, index, keyText = null, timestampUs = 0) => {
    const { kind } = slots[index]!.generator;
    if (kind === 'sequence') return sequence;
    if (kind === 'timestamp') return Math.floor(timestampUs / 1_000);
    return kind === 'key' ? keyText : draws[index]!.value(sequence);
  };
  return {
    usesKey: slots.some((slot) => slot.generator.kind === 'key'),
    field,
    sizeBytes: compileSize(segments, draws),
    render(sequence, keyText, timestampUs) {
      let text = '';
      for (const { literal, slot, inText } of segments) {
        text += literal;
        if (!slot) continue;
        const value = field(sequence, slot.index, keyText, timestampUs);
        text += inText ? JSON.stringify(textOf(value)).slice(1, -1) : JSON.stringify(value);
      }
      return text;
    },
    at(path, key) {
      const node = nodeAt(template.root, path);
      if (node) return compileParts(draws, key)(node);
      // A drawn scalar has no fields, so what the template does not hold is null for every record.
      return () => jsonAt(null, path);
    },
  };
}
