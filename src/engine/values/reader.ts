import type { WorkloadRow } from '../../pipeline/csv.ts';
import type { MapField } from '../../pipeline/expressions/lists.ts';
import type { Expression } from '../../pipeline/expressions/syntax.ts';
import { jsonAt, jsonBytes, jsonTextBytes, utf8Bytes, type Json } from '../../pipeline/templates/json.ts';
import { keyText, type KeyTable } from '../workload/keys.ts';
import { compileExpression, type Getter } from './compileExpression.ts';
import type { ValueTemplate } from './compileTemplate.ts';
import { hashAt, hashBase } from '../kernel/hash.ts';
import { textOf } from './generators.ts';
import type { PathTable } from './paths.ts';
import type { RecordIdentity } from './recordIdentity.ts';
import { type StoredRecord, storedRecord, storedText, type StoredValues } from './storedValues.ts';

/** Where values come from: filler that carries no information, a template, the rows of a replayed CSV (row = sequence), or what was kept of each record. */
export type SourceValues =
  | { readonly kind: 'filler' }
  | { readonly kind: 'template'; readonly template: ValueTemplate }
  | { readonly kind: 'rows'; readonly rows: readonly WorkloadRow[] }
  | { readonly kind: 'stored'; readonly records: StoredValues };

export interface ValueSource {
  readonly name: string;
  readonly values: SourceValues;
  /** Key id of the record with this sequence as the source made it; null where keys cannot be told again (the key is then null after a re-key). */
  readonly keyAt: ((sequence: number) => number) | null;
}

/** What a processor does to the records it passes on. */
export type ValueStep =
  | { readonly kind: 'pass' }
  | { readonly kind: 'map'; readonly fields: readonly MapField[] }
  | { readonly kind: 'rekey'; readonly expression: Expression };

/** Index in `sources` and `steps` is what the path table holds. */
export interface ValuePrograms {
  readonly seed: number;
  readonly sources: readonly ValueSource[];
  readonly steps: readonly ValueStep[];
}

/** A run's values. Holds caches of compiled functions only: drop it and make it again whenever convenient. */
export interface ValueReader {
  readonly programs: ValuePrograms;
  readonly paths: PathTable;
  readonly keys: KeyTable;
  /** Compiled getters by path and field path, filled as they are asked for. */
  readonly fields: Map<string, Getter>;
}

/** `programs.steps` must hold every step the paths name; `paths` may grow while the reader is in use. */
export function createValueReader(programs: ValuePrograms, paths: PathTable, keys: KeyTable): ValueReader {
  return { programs, paths, keys, fields: new Map() };
}

const pass: ValueStep = { kind: 'pass' };

/** What a step does to values. Those that say of a failure do nothing: they are behind the nodes'. */
const stepAt = ({ steps }: ValuePrograms, step: number): ValueStep => (step < steps.length ? steps[step]! : pass);

type KeyGetter = (record: RecordIdentity) => string | null;

/** The key a record had at `path`, for records that have come further: it is the record's own key unless a re-key lies between. */
function keyGetter(reader: ValueReader, path: number, rekeyed: boolean): KeyGetter {
  const { programs, paths, keys } = reader;
  const ofId = (id: number) => (id < 0 ? null : keyText(keys, id));
  if (!rekeyed) return (record) => ofId(record.key);
  for (let at = path; ; at = paths.parents[at]!) {
    const parent = paths.parents[at]!;
    const index = paths.steps[at]!;
    if (parent < 0) {
      const { keyAt } = programs.sources[index]!;
      return keyAt ? (record) => ofId(keyAt(record.sequence)) : () => null;
    }
    const step = stepAt(programs, index);
    if (step.kind === 'rekey') {
      const key = compileAt(reader, step.expression, parent, true);
      return (record) => keyTextOf(key(record));
    }
  }
}

function compileAt(reader: ValueReader, expression: Expression, path: number, rekeyed: boolean): Getter {
  return compileExpression(expression, {
    key: keyGetter(reader, path, rekeyed),
    field: (fieldPath) => fieldGetter(reader, path, fieldPath, rekeyed),
  });
}

/** The text of a new key: null stays null, numbers and truth values as they are written, objects as JSON. */
function keyTextOf(value: Json): string | null {
  return value === null ? null : textOf(value);
}

function rowsGetter(rows: readonly WorkloadRow[], path: readonly string[]): Getter {
  let lastSequence = -1;
  let last: Json = null;
  return ({ sequence }) => {
    if (sequence !== lastSequence) {
      last = jsonAt(parseLoosely(rows[sequence]?.value ?? null), path);
      lastSequence = sequence;
    }
    return last;
  };
}

function storedGetter(records: StoredValues, path: readonly string[]): Getter {
  let last: StoredRecord | null = null;
  let parsed: Json = null;
  return ({ sequence }) => {
    const record = storedRecord(records, sequence);
    if (record === null) return null;
    if (record !== last) {
      parsed = parseLoosely(record.value === null ? null : storedText(record.value));
      last = record;
    }
    return jsonAt(parsed, path);
  };
}

/** A value that is no JSON is a text. */
function parseLoosely(text: string | null): Json {
  if (text === null) return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function sourceGetter(reader: ValueReader, path: number, fieldPath: readonly string[], rekeyed: boolean): Getter {
  const { values } = reader.programs.sources[reader.paths.steps[path]!]!;
  switch (values.kind) {
    case 'filler':
      return () => null;
    case 'rows':
      return rowsGetter(values.rows, fieldPath);
    case 'stored':
      return storedGetter(values.records, fieldPath);
    case 'template':
      return values.template.at(fieldPath, keyGetter(reader, path, rekeyed));
  }
}

function mapGetter(
  reader: ValueReader,
  fields: readonly MapField[],
  parent: number,
  fieldPath: readonly string[],
  rekeyed: boolean,
): Getter {
  const [name, ...rest] = fieldPath;
  if (name !== undefined) {
    const field = fields.find((candidate) => candidate.name === name);
    if (!field) return () => null;
    if (field.expression.kind === 'value') return fieldGetter(reader, parent, [...field.expression.path, ...rest], rekeyed);
    const getter = compileAt(reader, field.expression, parent, rekeyed);
    return rest.length === 0 ? getter : (record) => jsonAt(getter(record), rest);
  }
  const getters = fields.map((field) => [field.name, compileAt(reader, field.expression, parent, rekeyed)] as const);
  return (record) => {
    const result = Object.create(null) as Record<string, Json>;
    for (const [fieldName, getter] of getters) result[fieldName] = getter(record);
    return result;
  };
}

/** A field of the value a record had at `path`: that of the last map before it, or of the source. */
function fieldGetter(reader: ValueReader, path: number, fieldPath: readonly string[], rekeyedAfter: boolean): Getter {
  const id = JSON.stringify([path, rekeyedAfter, ...fieldPath]);
  const known = reader.fields.get(id);
  if (known) return known;
  const { at, map, rekeyed } = lastMap(reader, path, rekeyedAfter);
  const getter = map ? mapGetter(reader, map, reader.paths.parents[at]!, fieldPath, rekeyed) : sourceGetter(reader, at, fieldPath, rekeyed);
  reader.fields.set(id, getter);
  return getter;
}

/** Back over the steps that leave values alone, to the map that made the value (its path and fields) or to the source (null fields). */
function lastMap(
  reader: ValueReader,
  path: number,
  rekeyedAfter: boolean,
): { at: number; map: readonly MapField[] | null; rekeyed: boolean } {
  const { parents, steps } = reader.paths;
  let at = path;
  let rekeyed = rekeyedAfter;
  while (parents[at]! >= 0) {
    const step = stepAt(reader.programs, steps[at]!);
    if (step.kind === 'map') return { at, map: step.fields, rekeyed };
    rekeyed ||= step.kind === 'rekey';
    at = parents[at]!;
  }
  return { at, map: null, rekeyed };
}

/** A field of whatever record comes, compiled once for each path that comes. A null value has no fields. */
function anyField(reader: ValueReader, fieldPath: readonly string[]): Getter {
  const byPath: Getter[] = [];
  return (record) => {
    if (record.size < 0) return null;
    const getter = (byPath[record.path] ??= fieldGetter(reader, record.path, fieldPath, false));
    return getter(record);
  };
}

function compileAny(reader: ValueReader, expression: Expression): Getter {
  return compileExpression(expression, {
    key: (record) => (record.key < 0 ? null : keyText(reader.keys, record.key)),
    field: (path) => anyField(reader, path),
  });
}

/** A filter's or branch's condition as a function of the record; only the fields it names are computed. */
export function compileCondition(reader: ValueReader, expression: Expression): (record: RecordIdentity) => boolean {
  const getter = compileAny(reader, expression);
  return (record) => getter(record) === true;
}

/** The text of the key a re-key gives a record; null for no key. */
export function compileKey(reader: ValueReader, expression: Expression): (record: RecordIdentity) => string | null {
  const getter = compileAny(reader, expression);
  return (record) => keyTextOf(getter(record));
}

/** Bytes of the value a map makes of a record (its compact JSON, never padded); -1 for a null value, which stays null. */
export function compileMapSize(reader: ValueReader, fields: readonly MapField[]): (record: RecordIdentity) => number {
  const getters = fields.map((field) => compileAny(reader, field.expression));
  const fixed = fields.reduce((sum, field) => sum + jsonTextBytes(field.name) + 4, 1);
  return (record) => {
    if (record.size < 0) return -1;
    let bytes = fields.length === 0 ? 2 : fixed;
    for (let i = 0; i < getters.length; i++) bytes += jsonBytes(getters[i]!(record));
    return bytes;
  };
}

/** The value as JSON; null for a null value and for filler, which carries no information. */
export function valueJson(reader: ValueReader, record: RecordIdentity): Json {
  return record.size < 0 ? null : fieldGetter(reader, record.path, [], false)(record);
}

/** Letters that follow from the record's identity, so that the same record always shows the same filler. */
function fillerText(reader: ValueReader, source: ValueSource, record: RecordIdentity, characters: number): string {
  const base = hashBase(reader.programs.seed, source.name, -1);
  let block = '';
  for (let i = 0; i < 16; i++) block += String.fromCharCode(97 + (hashAt(base + i, record.sequence) % 26));
  return block.repeat(Math.ceil(characters / 16)).slice(0, characters);
}

/** The value's text without padding, or the source whose filler it is. */
function jsonText(reader: ValueReader, record: RecordIdentity): { readonly text: string } | { readonly filler: ValueSource } {
  const { at, map, rekeyed } = lastMap(reader, record.path, false);
  if (map) {
    const parts = map.map(({ name }) => `${JSON.stringify(name)}:${JSON.stringify(fieldGetter(reader, at, [name], rekeyed)(record))}`);
    return { text: `{${parts.join(',')}}` };
  }
  const source = reader.programs.sources[reader.paths.steps[at]!]!;
  const { values } = source;
  if (values.kind === 'template') {
    return { text: values.template.render(record.sequence, keyGetter(reader, at, rekeyed)(record), record.timestampUs) };
  }
  if (values.kind === 'stored') {
    const value = storedRecord(values.records, record.sequence)?.value ?? null;
    return { text: value === null ? '' : storedText(value) };
  }
  const text = values.kind === 'rows' ? (values.rows[record.sequence]?.value ?? null) : null;
  return text === null ? { filler: source } : { text };
}

/** What was kept of a record whose value is still that which its source gave it; null for any other. */
export function storedRecordOf({ programs, paths }: ValueReader, { path, sequence }: RecordIdentity): StoredRecord | null {
  let at = path;
  for (; paths.parents[at]! >= 0; at = paths.parents[at]!) if (stepAt(programs, paths.steps[at]!).kind === 'map') return null;
  const { values } = programs.sources[paths.steps[at]!]!;
  return values.kind === 'stored' ? storedRecord(values.records, sequence) : null;
}

/**
 * The value's text, of as many UTF-8 bytes as the record says: JSON padded with spaces, or printable filler. Null for a null value. With
 * `charactersMax`, cut there, so that looking at a huge value costs little.
 */
export function valueText(reader: ValueReader, record: RecordIdentity, charactersMax = Infinity): string | null {
  if (record.size < 0) return null;
  const found = jsonText(reader, record);
  if ('filler' in found) return fillerText(reader, found.filler, record, Math.min(record.size, charactersMax));
  const padding = Math.max(0, record.size - utf8Bytes(found.text));
  const text =
    found.text.length >= charactersMax ? found.text : found.text + ' '.repeat(Math.min(padding, charactersMax - found.text.length));
  return text.slice(0, charactersMax);
}
