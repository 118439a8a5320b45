import { base64Text } from '../../types/bytes.ts';
import { dateText, timestampText, timeText } from '../../types/calendar.ts';
import { decimalText } from '../../types/decimal.ts';
import { doubleText } from '../../types/javaNumber.ts';
import type { Decimal, SqlType, SqlValue } from '../../types/sqlType.ts';
import { bound, lenient, strict, type FunctionArgument, type ScalarFunction } from '../library.ts';
import { jsonString, jsonText, parseJson, type JsonNode } from './jsonNode.ts';

/** Functions of JSON in texts (`udf.json`). */

/** The steps of a path such as `$.a[0]["b c"]` (`JsonPathTokenizer`). Throws where it is none. */
function pathSteps(path: string): readonly string[] {
  const fail = (): never => {
    throw new Error(`Invalid JSON path: '${path}'`);
  };
  if (!path.startsWith('$')) return fail();
  const steps: string[] = [];
  const step = /\.([\p{L}\p{Nd}_:@]+)|\[([\p{L}\p{Nd}_]+)\]|\["((?:[^"\\]|\\["\\])*)"\]/uy;
  step.lastIndex = 1;
  while (step.lastIndex < path.length) {
    const found = step.exec(path);
    if (found === null) return fail();
    steps.push(found[1] ?? found[2] ?? found[3]!.replace(/\\(["\\])/g, '$1'));
  }
  return steps;
}

function child(node: JsonNode, step: string): JsonNode | null {
  if (node.kind === 'object') return node.fields.get(step) ?? null;
  return node.kind === 'array' && /^[+-]?\d+$/.test(step) ? (node.items[Number(step)] ?? null) : null;
}

/** Text as it is, anything else as JSON. */
const bareText = (node: JsonNode): string => (node.kind === 'string' ? node.value : jsonText(node));

const extract = bound('extractjsonfield', 'VARCHAR input, VARCHAR path', 'VARCHAR', () => {
  let known: string | null = null;
  let steps: readonly string[] = [];
  return ([input, path]) => {
    if (input === null || path === null) return null;
    if (path !== known) {
      steps = pathSteps(path as string);
      known = path as string;
    }
    let node = parseJson(input as string);
    for (const step of steps) {
      if (node === null) return null;
      node = child(node, step);
    }
    return node === null ? (steps.length === 0 ? '' : null) : bareText(node);
  };
});

function isJson(text: string | null): boolean {
  try {
    return text !== null && parseJson(text) !== null;
  } catch {
    return false;
  }
}

function equalsNode(node: JsonNode, value: SqlValue): boolean {
  switch (node.kind) {
    case 'null':
      return value === null;
    case 'string':
    case 'boolean':
      return node.value === value;
    case 'number':
      if (/[.eE]/.test(node.text)) return typeof value === 'number' && Number(node.text) === value;
      return (typeof value === 'bigint' || typeof value === 'number') && String(value) === node.text;
    default:
      return false;
  }
}

const contains = bound('JSON_ARRAY_CONTAINS', 'VARCHAR jsonArray, T val', 'BOOLEAN', ([, type]) => ([text, value]) => {
  if (text === null || !isJson(text as string)) return false;
  const node = parseJson(text as string)!;
  // A whole number in JSON is no DOUBLE, and a number with a point no integer.
  const fits = (item: JsonNode) => item.kind !== 'number' || (type?.base === 'DOUBLE') === /[.eE]/.test(item.text);
  return node.kind === 'array' && node.items.some((item) => fits(item) && equalsNode(item, value as SqlValue));
});

const asItems = (node: JsonNode): readonly JsonNode[] => (node.kind === 'array' ? node.items : [node]);

/** Objects made one, later fields winning; anything else made one array. */
function concat(...texts: FunctionArgument[]): SqlValue {
  const nodes: JsonNode[] = [];
  for (const text of texts) {
    const node = text === null ? null : parseJson(text as string);
    if (node === null) return null;
    nodes.push(node);
  }
  if (nodes.length === 0) throw new Error('JSON_CONCAT needs at least one text.');
  if (nodes.length === 1) return jsonText(nodes[0]!, true);
  const fields = nodes.flatMap((node) => (node.kind === 'object' ? [...node.fields] : []));
  if (nodes.every(({ kind }) => kind === 'object')) return jsonText({ kind: 'object', fields: new Map(fields) }, true);
  return jsonText({ kind: 'array', items: nodes.flatMap(asItems) }, true);
}

function items(text: string): SqlValue {
  const node = parseJson(text);
  if (node?.kind !== 'array') throw new Error(`Invalid JSON format:${text}`);
  return node.items.map((item) => jsonText(item));
}

const objectFields = (text: string): ReadonlyMap<string, JsonNode> | null => {
  const node = parseJson(text);
  return node?.kind === 'object' ? node.fields : null;
};

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number => (a < b ? -1 : a > b ? 1 : 0);
const objectText = (entries: readonly (readonly [string, string])[]): string =>
  `{${[...entries]
    .sort(byName)
    .map(([name, value]) => `${jsonString(name)}:${value}`)
    .join(',')}}`;

/** How values of a type that JSON has no form of its own for are written. */
const scalars: Readonly<Record<string, (value: never) => string>> = {
  STRING: (value: string) => jsonString(value),
  DOUBLE: (value: number) => (Number.isFinite(value) ? doubleText(value) : `"${doubleText(value)}"`),
  DECIMAL: (value: Decimal) => decimalText(value),
  BYTES: (value: Uint8Array) => `"${base64Text(value)}"`,
  DATE: (value: number) => `"${dateText(value)}"`,
  TIME: (value: number) => `"${timeText(value)}"`,
  TIMESTAMP: (value: number) => `"${timestampText(value)}"`,
};

/** A value as JSON, fields and keys in the order of their names (`ToJsonString`). */
function toJson(value: SqlValue, type: SqlType): string {
  if (value === null) return 'null';
  switch (type.base) {
    case 'ARRAY':
      return `[${(value as readonly SqlValue[]).map((item) => toJson(item, type.item)).join(',')}]`;
    case 'MAP':
      return objectText(
        [...(value as ReadonlyMap<SqlValue, SqlValue>)].map(([key, item]) => [String(key), toJson(item, type.value)] as const),
      );
    case 'STRUCT':
      return objectText(type.fields.map((field, i) => [field.name, toJson((value as readonly SqlValue[])[i]!, field.type)] as const));
    default:
      return (scalars[type.base] as ((value: SqlValue) => string) | undefined)?.(value) ?? String(value);
  }
}

export const jsonFunctions: readonly ScalarFunction[] = [
  extract,
  lenient('IS_JSON_STRING', 'VARCHAR input', 'BOOLEAN', isJson),
  contains,
  strict('JSON_ARRAY_LENGTH', 'VARCHAR jsonArray', 'INT', (text: string) => {
    const node = parseJson(text);
    return node?.kind === 'array' ? node.items.length : null;
  }),
  lenient('JSON_CONCAT', 'VARCHAR... jsonStrings', 'VARCHAR', concat),
  strict('JSON_ITEMS', 'VARCHAR jsonItems', 'ARRAY<VARCHAR>', items),
  strict('JSON_KEYS', 'VARCHAR jsonObj', 'ARRAY<VARCHAR>', (text: string) => {
    const fields = objectFields(text);
    return fields === null ? null : [...fields.keys()];
  }),
  strict('JSON_RECORDS', 'VARCHAR jsonObj', 'MAP<VARCHAR, VARCHAR>', (text: string) => {
    const fields = objectFields(text);
    return fields === null ? null : new Map([...fields].map(([name, node]) => [name, bareText(node)]));
  }),
  bound(
    'TO_JSON_STRING',
    'T val',
    'VARCHAR',
    ([type]) =>
      ([value]) =>
        type ? toJson(value as SqlValue, type) : 'null',
  ),
];
