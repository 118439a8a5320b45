/** What a case expects of sources and topics (`PostConditionsNode`, `SourceNode`). */
import type { JsonNode } from '../../src/sql/formats/jsonText.ts';
import { isJsonObject, jsonText, parseJson } from '../../src/sql/formats/jsonText.ts';
import type { SchemaRegistry } from '../../src/sql/formats/registry/schemaRegistry.ts';
import { subjectOf } from '../../src/sql/formats/registry/schemaRegistry.ts';
import type { DataSource, SideFormat } from '../../src/sql/plan/catalogue.ts';
import type { Planner } from '../../src/sql/plan/planner.ts';
import { schemaText } from '../../src/sql/plan/schema.ts';
import { resolveType } from '../../src/sql/plan/typeNames.ts';
import { parseColumns } from '../../src/sql/syntax/parse.ts';
import type { PostConditions } from './cases.ts';

type Members = ReadonlyMap<string, JsonNode>;

/** A schema as the case writes it, in the form of ours. */
function normalised(text: string): string {
  const elements = parseColumns(text);
  const columns = elements.map(({ name, type, constraint }) => ({ name, type: resolveType(type, new Map()), isKey: constraint !== null }));
  return schemaText({ key: columns.filter(({ isKey }) => isKey), value: columns.filter(({ isKey }) => !isKey) });
}

function formatName(node: JsonNode | undefined): string | null {
  if (typeof node === 'string') return node;
  return node !== undefined && node !== null && isJsonObject(node) ? formatName(node.get('format')) : null;
}

function sideMismatch(what: string, expected: JsonNode | undefined, actual: SideFormat): string | null {
  const name = formatName(expected);
  return name === null || name === actual.format ? null : `${what} should be ${name}, not ${actual.format}`;
}

function featuresMismatch(what: string, expected: JsonNode | undefined, actual: SideFormat): string | null {
  if (!Array.isArray(expected)) return null;
  const wanted = expected.map(String).join();
  const found = actual.wrapping ?? '';
  return wanted === found ? null : `${what} should be [${wanted}], not [${found}]`;
}

function windowMismatch(expected: JsonNode | undefined, { window }: DataSource): string | null {
  if (expected === undefined || expected === null || !isJsonObject(expected)) return null;
  const type = expected.get('windowType') ?? null;
  return type === (window?.type ?? null) ? null : `windowType should be ${String(type)}, not ${String(window?.type ?? null)}`;
}

function sourceMismatch(expected: Members, source: DataSource | undefined): string | null {
  const name = String(expected.get('name'));
  if (!source) return `source ${name} should be there`;
  const type = expected.get('type');
  if (typeof type === 'string' && type.toUpperCase() !== source.kind) return `${name} should be a ${type}`;
  const schema = expected.get('schema');
  const actual = schemaText({ key: source.schema.key, value: [...source.schema.value, ...source.headers] });
  if (typeof schema === 'string' && normalised(schema) !== actual)
    return `schema of ${name} should be\n    ${normalised(schema)}, not\n    ${actual}`;
  return (
    sideMismatch(`${name}: key format`, expected.get('keyFormat'), source.keyFormat) ??
    sideMismatch(`${name}: value format`, expected.get('valueFormat'), source.valueFormat) ??
    featuresMismatch(`${name}: key features`, expected.get('keyFeatures'), source.keyFormat) ??
    featuresMismatch(`${name}: value features`, expected.get('valueFeatures'), source.valueFormat) ??
    windowMismatch(expected.get('keyFormat'), source)
  );
}

/** A schema without what does not matter: members in the order of their names, no white space. */
function plainSchema(node: JsonNode): string {
  if (typeof node === 'string') return node.replace(/\s+/g, '');
  if (node === null || !isJsonObject(node)) return Array.isArray(node) ? `[${node.map(plainSchema).join()}]` : jsonText(node);
  const members = [...node].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${name}:${plainSchema(member)}`).join()}}`;
}

function schemaMismatch(topic: Members, registry: SchemaRegistry): string | null {
  for (const isKey of [true, false]) {
    const expected = topic.get(isKey ? 'keySchema' : 'valueSchema') ?? null;
    if (expected === null) continue;
    const subject = subjectOf(String(topic.get('name')), isKey);
    const id = registry.latest(subject);
    const found = id === null ? null : registry.schema(id);
    const actual = found && plainSchema(found.type === 'PROTOBUF' ? found.text : parseJson(found.text));
    if (actual !== plainSchema(expected)) return `schema of ${subject} should be\n    ${plainSchema(expected)}, not\n    ${String(actual)}`;
  }
  return null;
}

/** Null where all hold, else which does not. */
export function checkPost(post: PostConditions | null, { catalogue, queries }: Planner): string | null {
  if (!post) return null;
  for (const expected of post.sources) {
    const mismatch = sourceMismatch(expected, catalogue.sources.get(String(expected.get('name'))));
    if (mismatch) return mismatch;
  }
  const sources = [...catalogue.sources.values()];
  for (const expected of post.topics) {
    const source = sources.findLast(({ topic }) => topic === expected.get('name'));
    const name = String(expected.get('name'));
    if (!source && !name.includes('_confluent-ksql')) return `topic ${name} should be there`;
    const mismatch =
      source &&
      (sideMismatch(name, expected.get('keyFormat'), source.keyFormat) ??
        sideMismatch(name, expected.get('valueFormat'), source.valueFormat) ??
        schemaMismatch(expected, catalogue.registry));
    if (mismatch) return mismatch;
  }
  const internal = queries.flatMap(({ id, topology }) =>
    topology.describe().internalTopics.map(({ name }) => `_confluent-ksql-some.ksql.service.idquery_${id}-${name}`),
  );
  const refused =
    post.blacklist === null
      ? undefined
      : [...sources.map(({ topic }) => topic), ...internal].find((topic) => new RegExp(`^(?:${post.blacklist!})$`).test(topic));
  return refused === undefined ? null : `topic ${refused} should not be there`;
}
