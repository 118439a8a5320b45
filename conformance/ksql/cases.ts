/** Cases of ksqlDB's functional tests as their file holds them: one JSON object a line, numbers as they were written. */
import type { JsonNode } from '../../src/sql/formats/jsonText.ts';
import { isJsonArray, isJsonNumber, isJsonObject, jsonText, parseJson } from '../../src/sql/formats/jsonText.ts';
import type { SchemaType } from '../../src/sql/formats/registry/schemaRegistry.ts';
import type { Header, RowWindow } from '../../src/sql/operators/row.ts';

export interface CaseRecord {
  readonly topic: string;
  readonly key: JsonNode;
  readonly value: JsonNode;
  /** Null where an expected record says nothing of it. */
  readonly timestampMs: number | null;
  readonly window: RowWindow | null;
  readonly headers: readonly Header[];
}

/** What a case expects of sources and topics once all statements were executed. */
export interface PostConditions {
  readonly sources: readonly ReadonlyMap<string, JsonNode>[];
  readonly topics: readonly ReadonlyMap<string, JsonNode>[];
  /** No topic may match. */
  readonly blacklist: string | null;
}

/** What one statement over REST is answered by: an entity's members, or lines of a query's answer. */
export interface ExpectedAnswer {
  readonly kind: 'admin' | 'query' | 'queryProto';
  readonly node: JsonNode;
}

/** What a case over REST expects besides. */
export interface RestExpectations {
  readonly answers: readonly ExpectedAnswer[];
  readonly error: { readonly type: string | null; readonly message: string | null } | null;
  /** Whether inputs come when the push query is there. */
  readonly waitsForPush: boolean;
}

/** A topic that is there before the statements, with its schemas in the registry. */
export interface CaseTopic {
  readonly name: string;
  readonly key: CaseSchema | null;
  readonly value: CaseSchema | null;
}

export interface CaseSchema {
  readonly type: SchemaType;
  readonly text: string;
  readonly references: readonly string[];
  /** Null where any will do. */
  readonly id: number | null;
}

export interface KsqlCase {
  readonly id: string;
  readonly suite: string;
  readonly category: string;
  readonly isCore: boolean;
  readonly formats: readonly string[];
  readonly tags: readonly string[];
  readonly statements: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
  readonly topics: readonly CaseTopic[];
  readonly inputs: readonly CaseRecord[];
  readonly outputs: readonly CaseRecord[];
  readonly expectedException: { readonly type: string | null; readonly message: string | null } | null;
  readonly post: PostConditions | null;
  readonly rest: RestExpectations;
}

type Members = ReadonlyMap<string, JsonNode>;

const members = (node: JsonNode | undefined): Members => (node !== undefined && isJsonObject(node) ? node : new Map<string, JsonNode>());
const items = (node: JsonNode | undefined): readonly JsonNode[] => (node !== undefined && isJsonArray(node) ? node : []);
const text = (node: JsonNode | undefined): string | null => (typeof node === 'string' ? node : null);
const texts = (node: JsonNode | undefined): string[] => items(node).map(String);
const number = (node: JsonNode | undefined): number | null => (node !== undefined && isJsonNumber(node) ? Number(node.number) : null);

function windowOf(node: JsonNode | undefined): RowWindow | null {
  if (node === undefined || node === null) return null;
  const window = members(node);
  return {
    startMs: number(window.get('start')) ?? 0,
    endMs: number(window.get('end')) ?? 0,
    kind: text(window.get('type'))?.toLowerCase() === 'session' ? 'session' : 'time',
  };
}

function recordOf(node: JsonNode): CaseRecord {
  const record = members(node);
  const headers = items(record.get('headers')).map((header): Header => ({
    key: text(members(header).get('KEY')) ?? '',
    value: text(members(header).get('VALUE')),
  }));
  return {
    topic: text(record.get('topic')) ?? '',
    key: record.get('key') ?? null,
    value: record.get('value') ?? null,
    timestampMs: number(record.get('timestamp')),
    window: windowOf(record.get('window')),
    headers,
  };
}

function propertiesOf(node: JsonNode | undefined): Record<string, string> {
  return Object.fromEntries(
    [...members(node)].map(([name, value]) => [name, value !== null && isJsonNumber(value) ? value.number : String(value)]),
  );
}

function postOf(node: JsonNode | undefined): PostConditions | null {
  const post = members(node);
  if (post.size === 0) return null;
  const topics = members(post.get('topics'));
  return {
    sources: items(post.get('sources')).map(members),
    topics: items(topics.get('topics')).map(members),
    blacklist: text(topics.get('blacklist')),
  };
}

function restOf(one: Members): RestExpectations {
  const error = members(one.get('expectedError'));
  return {
    answers: items(one.get('responses')).flatMap((response) =>
      [...members(response)].map(([kind, node]): ExpectedAnswer => ({ kind: kind as ExpectedAnswer['kind'], node })),
    ),
    error: error.size === 0 ? null : { type: text(error.get('type')), message: text(error.get('message')) },
    waitsForPush: members(one.get('inputConditions')).get('waitForActivePushQuery') === true,
  };
}

const schemaTypes: Readonly<Record<string, SchemaType>> = { PROTOBUF: 'PROTOBUF', JSON: 'JSON', JSON_SR: 'JSON' };

function schemaOf(topic: Members, side: 'key' | 'value'): CaseSchema | null {
  const schema = topic.get(`${side}Schema`) ?? null;
  if (schema === null) return null;
  const type = schemaTypes[text(topic.get(`${side}Format`)) ?? ''] ?? 'AVRO';
  return {
    type,
    text: type === 'PROTOBUF' && typeof schema === 'string' ? schema : jsonText(schema),
    references: items(topic.get(`${side}SchemaReferences`)).map((reference) => text(members(reference).get('schema')) ?? ''),
    id: number(topic.get(`${side}SchemaId`)),
  };
}

function topicOf(node: JsonNode): CaseTopic {
  const topic = members(node);
  return { name: text(topic.get('name')) ?? '', key: schemaOf(topic, 'key'), value: schemaOf(topic, 'value') };
}

/** Reads one line of the file. */
export function caseOfLine(line: string): KsqlCase {
  const one = members(parseJson(line));
  const expected = one.get('expectedException');
  return {
    id: text(one.get('id')) ?? '',
    suite: text(one.get('suite')) ?? '',
    category: text(one.get('category')) ?? '',
    isCore: one.get('core') === true,
    formats: texts(one.get('formats')),
    tags: texts(one.get('tags')),
    statements: texts(one.get('statements')),
    properties: propertiesOf(one.get('properties')),
    topics: items(one.get('topics')).map(topicOf),
    inputs: items(one.get('inputs')).map(recordOf),
    outputs: items(one.get('outputs')).map(recordOf),
    expectedException:
      expected === undefined || expected === null
        ? null
        : { type: text(members(expected).get('type')), message: text(members(expected).get('message')) },
    post: postOf(one.get('post')),
    rest: restOf(one),
  };
}
