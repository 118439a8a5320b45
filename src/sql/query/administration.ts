/** Settings, variables, types and assertions (`PropertyExecutor`, `VariableExecutor`, `ListPropertiesExecutor`, `AssertTopicExecutor`). */
import type { Place, Property } from '../syntax/ast.ts';
import { SqlError } from '../syntax/sqlError.ts';
import type { Entity } from './entities.ts';
import type { TopicInfo } from './host.ts';
import { schemaInfo } from './schemaInfo.ts';
import type { Prepared, SessionState, Written } from './sessionState.ts';
import { about, allSettings } from './sessionState.ts';

/** Settings that statements read here, with ksqlDB's defaults. */
const defaults: Readonly<Record<string, string>> = {
  'ksql.functions.collect_list.limit': '1000',
  'ksql.functions.collect_set.limit': '1000',
  'ksql.insert.into.values.enabled': 'true',
  'ksql.output.topic.name.prefix': '',
  'ksql.persistence.default.format.key': 'KAFKA',
  'ksql.persistence.default.format.value': '',
  'ksql.persistence.wrap.single.values': '',
  'ksql.query.pull.limit.clause.enabled': 'true',
  'ksql.query.pull.range.scan.enabled': 'true',
  'ksql.query.pull.stream.enabled': 'true',
  'ksql.query.pull.table.scan.enabled': 'true',
  'ksql.query.push.v2.enabled': 'false',
  'ksql.streams.auto.offset.reset': 'latest',
  'ksql.timestamp.throw.on.invalid': 'false',
};

/** Names of ksqlDB's own settings, and those of Kafka Streams and its clients with a prefix or without. */
const known =
  /^(?:ksql\.[\w.-]+|(?:ksql\.streams\.)?(?:(?:consumer|producer|admin|main\.consumer|restore\.consumer|global\.consumer|topic)\.)?[a-z]+(?:[._][a-z0-9]+)+)$/;

function checkName(name: string, { at }: { readonly at: Place }): void {
  if (!known.test(name)) throw new SqlError(`Unknown property: ${name}`, at);
}

export function set({ settings }: SessionState, { statement }: Prepared<'set'>): null {
  checkName(statement.property, statement);
  settings.set(statement.property, statement.value);
  return null;
}

export function unset({ settings }: SessionState, { statement }: Prepared<'unset'>): null {
  checkName(statement.property, statement);
  settings.delete(statement.property);
  return null;
}

export function define({ variables }: SessionState, { statement }: Prepared<'define'>): null {
  variables.set(statement.variable, statement.value);
  return null;
}

export function undefine({ variables }: SessionState, { statement, text }: Prepared<'undefine'>): Entity | null {
  if (variables.delete(statement.variable)) return null;
  return { '@type': 'warning_entity', ...about(text), message: `Cannot undefine variable '${statement.variable}' which was never defined` };
}

export function listVariables({ variables }: SessionState, { text }: Written): Entity {
  return { '@type': 'variables', ...about(text), variables: [...variables].map(([name, value]) => ({ name, value })) };
}

export function listTypes({ planner }: SessionState, { text }: Written): Entity {
  const types = Object.fromEntries([...planner.catalogue.types].map(([name, type]) => [name, schemaInfo(type)]));
  return { '@type': 'type_list', ...about(text), types };
}

export function listProperties(state: SessionState, { text }: Written): Entity {
  const values = new Map([...Object.entries(defaults), ...allSettings(state)]);
  const names = [...values.keys()].sort();
  return {
    ...{ '@type': 'properties', ...about(text) },
    properties: names.map((name) => ({ name, scope: 'KSQL', value: values.get(name)! })),
    overwrittenProperties: names.filter(
      (name) => state.settings.has(name) && state.settings.get(name) !== (state.serverSettings.get(name) ?? defaults[name]),
    ),
    defaultProperties: names.filter((name) => values.get(name) === defaults[name]),
  };
}

function topicFault({ name: property, value }: Property, { name: topic, partitions, replicas }: TopicInfo): string | null {
  const key = property.toLowerCase();
  if (key !== 'partitions' && key !== 'replicas') return `Cannot assert unknown topic property: ${property}`;
  const actual = key === 'partitions' ? partitions : replicas;
  if (value.kind === 'integer' && value.value === actual) return null;
  const expected = 'value' in value ? String(value.value) : 'text' in value ? value.text : 'null';
  return `Mismatched configuration for topic ${topic}: For config ${key}, expected ${expected} got ${String(actual)}`;
}

/** ASSERT TOPIC. A timeout has no meaning where nothing happens meanwhile: what is there now counts. */
export function assertTopic({ host }: SessionState, { statement, text }: Prepared<'assertTopic'>): Entity {
  const { topic, exists, properties } = statement;
  const found = host.topics().find(({ name }) => name === topic);
  if (exists && !found) throw new SqlError(`Topic ${topic} does not exist`, statement.at);
  if (!exists && found) throw new SqlError(`Topic ${topic} exists`, statement.at);
  const faults = found ? properties.flatMap((property) => topicFault(property, found) ?? []) : [];
  if (faults.length > 0) throw new SqlError(faults.join('\n'), statement.at);
  return { '@type': 'assert_topic', ...about(text), topicName: topic, exists };
}

export function assertSchema({ host }: SessionState, { statement, text }: Prepared<'assertSchema'>): Entity {
  const { subject, id, exists } = statement;
  if (host.hasSchema(subject, id) !== exists) {
    const what = `${subject === null ? '' : ` subject name ${subject}`}${id === null ? '' : ` id ${String(id)}`}`;
    throw new SqlError(`Schema with${what} ${exists ? 'does not exist' : 'exists'}`, statement.at);
  }
  return { '@type': 'assert_schema', ...about(text), subject, id, exists };
}
