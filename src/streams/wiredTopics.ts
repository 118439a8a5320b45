/** A query's topics against the wires of its node: what it reads is wired in, the one it writes is wired out. */
import type { PipelineDocument, PipelineNode } from '../pipeline/document.ts';
import { effectiveConfig } from '../pipeline/effectiveConfig.ts';
import type { Finding } from '../pipeline/finding.ts';
import { nearestName } from '../pipeline/nearest.ts';
import type { DataSource } from '../sql/plan/catalogue.ts';
import type { PersistentQuery } from '../sql/plan/planner.ts';
import type { Place, Property } from '../sql/syntax/ast.ts';
import { formatName } from '../sql/syntax/formatExpression.ts';
import type { Declaration, PersistentStatement, ReadStatement } from './nodeStatements.ts';
import { resultNameOf } from './nodeStatements.ts';
import type { Other } from './operators/chain.ts';
import type { CompiledChain } from './operators/compileChain.ts';
import type { Planning } from './planning.ts';
import { findingAt, type StreamsWords } from './streamsFindings.ts';

function topicsBy(document: PipelineDocument, ids: readonly string[]): PipelineNode[] {
  return document.nodes.filter(({ id, kind }) => kind === 'topic' && ids.includes(id));
}

const wiredInputs = (document: PipelineDocument, { id }: PipelineNode): PipelineNode[] =>
  topicsBy(
    document,
    document.edges.filter(({ target }) => target === id).map(({ source }) => source),
  );

/** The topics that a node is wired to, in the order of the document. */
export const wiredOutputs = (document: PipelineDocument, { id }: PipelineNode): PipelineNode[] =>
  topicsBy(
    document,
    document.edges.filter(({ source }) => source === id).map(({ target }) => target),
  );

/** What WITH says of the topic, and where; null where it says nothing. */
export function topicPropertyOf({ properties }: { readonly properties: readonly Property[] }): (Place & { readonly topic: string }) | null {
  const found = properties.find(({ name }) => name.toUpperCase() === 'KAFKA_TOPIC');
  return found?.value.kind === 'string' ? { ...found.at, topic: found.value.value } : null;
}

const quoted = (topics: readonly PipelineNode[]): string => topics.map(({ name }) => `"${name}"`).join(', ');

export function noSuchTopic(document: PipelineDocument, topic: string): StreamsWords {
  const names = document.nodes.filter(({ kind }) => kind === 'topic').map(({ name }) => name);
  const nearest = nearestName(topic, names);
  return {
    severity: 'error',
    code: 'sql.unknown-topic',
    message: `Kafka topic does not exist: ${topic}.`,
    remedy:
      nearest === null
        ? 'Add a topic of this name to the pipeline, or name one that is there.'
        : `Did you mean ${nearest}? Names of topics know case.`,
  };
}

/** What WITH says of a topic that the pipeline has with other figures (`TopicValidationUtil`). */
function figureFindings(document: PipelineDocument, node: PipelineNode, properties: readonly Property[], topic: PipelineNode): Finding[] {
  const settings = effectiveConfig(topic);
  return (
    [
      ['PARTITIONS', 'partitions', 'partitions'],
      ['REPLICAS', 'replication.factor', 'replication factor'],
    ] as const
  ).flatMap(([name, config, word]) => {
    const property = properties.find((one) => one.name.toUpperCase() === name);
    if (property?.value.kind !== 'integer' || property.value.value === settings[config]) return [];
    const message = `A Kafka topic with the name '${topic.name}' already exists, with different ${word} than required. KSQL expects ${property.value.value} (topic has ${String(settings[config])}).`;
    const remedy = `Remove ${name} here, or set ${config} of the topic to ${property.value.value}.`;
    return [findingAt(document, node, property.at, { severity: 'error', code: 'sql.topic-differs', message, remedy })];
  });
}

/** A declared source's topic has to be there. */
export function declaredTopicFindings(
  document: PipelineDocument,
  node: PipelineNode,
  { statement }: ReadStatement<Declaration>,
): Finding[] {
  if (statement.kind !== 'createSource') return [];
  const property = topicPropertyOf(statement);
  if (property === null) return [];
  const topic = document.nodes.find(({ kind, name }) => kind === 'topic' && name === property.topic);
  if (topic === undefined) return [findingAt(document, node, property, noSuchTopic(document, property.topic))];
  return figureFindings(document, node, statement.properties, topic);
}

/** Every finding about the wires of a node whose query could be planned. */
export function wiringFindings(
  { document, planner }: Planning,
  node: PipelineNode,
  { statement }: ReadStatement<PersistentStatement>,
  { sink, sourceTopics }: PersistentQuery,
): Finding[] {
  const find = (at: Place | null, words: StreamsWords) => findingAt(document, node, at, words);
  const read = [statement.query.from, ...statement.query.joins.map(({ right }) => right)].flatMap((named) => {
    const source = planner.catalogue.sources.get(named.name);
    return source === undefined ? [] : [{ source, at: named.at }];
  });
  const inputs = wiredInputs(document, node);
  const unread = inputs.filter(({ name }) => !sourceTopics.includes(name));
  return [
    ...read.flatMap(({ source, at }) => sourceFindings(document, source, inputs).map((words) => find(at, words))),
    ...unread.map((topic) =>
      find(null, {
        severity: 'warning',
        code: 'sql.unread-wire',
        message: `The topic "${topic.name}" is wired in, but the query does not read it.`,
        remedy: 'Remove the wire, or name a stream or table of that topic in FROM or JOIN.',
      }),
    ),
    ...resultFindings(document, node, statement, sink, find),
    ...(sourceTopics.includes(sink.topic)
      ? [
          find(statement.query.from.at, {
            severity: 'error',
            code: 'sql.reads-own-result',
            message: `The query reads the topic "${sink.topic}", which it writes: its records would go round for ever.`,
            remedy: 'Write to another topic.',
          }),
        ]
      : []),
  ];
}

function sourceFindings(document: PipelineDocument, source: DataSource, inputs: readonly PipelineNode[]): StreamsWords[] {
  if (inputs.some(({ name }) => name === source.topic)) return [];
  if (!document.nodes.some(({ kind, name }) => kind === 'topic' && name === source.topic)) return [noSuchTopic(document, source.topic)];
  const kind = source.kind.toLowerCase();
  const message = `The ${kind} ${formatName(source.name, 'asNeeded')} is read from the topic "${source.topic}", which is not wired to this node.`;
  return [{ severity: 'error', code: 'sql.source-not-wired', message, remedy: `Draw a wire from "${source.topic}" to this node.` }];
}

function resultFindings(
  document: PipelineDocument,
  node: PipelineNode,
  statement: PersistentStatement,
  sink: DataSource,
  find: (at: Place | null, words: StreamsWords) => Finding,
): Finding[] {
  const name = formatName(resultNameOf(statement), 'asNeeded');
  const property = topicPropertyOf(statement);
  const outputs = wiredOutputs(document, node);
  const at = property ?? statement.at;
  const topic = document.nodes.find((one) => one.kind === 'topic' && one.name === sink.topic);
  const isNamed = property !== null || statement.kind === 'insertSelect';
  if (isNamed && topic === undefined) return [find(at, noSuchTopic(document, sink.topic))];
  if (outputs.length === 0) {
    const where = isNamed ? `its topic "${sink.topic}" is not wired to this node` : 'no topic is wired to this node';
    const remedy = `Draw a wire from this node to ${isNamed ? `"${sink.topic}"` : 'the topic of the result'}.`;
    return [find(at, { severity: 'error', code: 'sql.result-not-wired', message: `The result ${name} goes nowhere: ${where}.`, remedy })];
  }
  if (outputs.length > 1) {
    const message = `The result ${name} goes to one topic, but the node is wired to ${quoted(outputs)}.`;
    return [find(at, { severity: 'error', code: 'sql.result-ambiguous', message, remedy: 'Keep the wire to the topic of the result.' })];
  }
  if (topic !== outputs[0]) {
    const message = `The result ${name} goes to the topic "${sink.topic}", but the node is wired to ${quoted(outputs)}.`;
    const remedy = `Draw the wire to "${sink.topic}", or name the topic that it is wired to.`;
    return [find(at, { severity: 'error', code: 'sql.result-elsewhere', message, remedy })];
  }
  return figureFindings(document, node, statement.properties, topic!);
}

/** Every finding about the wires of a node with a chain. */
export function chainWiringFindings(document: PipelineDocument, node: PipelineNode, { sources, sinks }: CompiledChain): Finding[] {
  const find = (at: Place | null, words: StreamsWords) => findingAt(document, node, at, words);
  const [inputs, outputs] = [wiredInputs(document, node), wiredOutputs(document, node)];
  const check = ({ topic, at }: Other, wired: readonly PipelineNode[], way: 'read' | 'written'): Finding[] => {
    if (wired.some(({ name }) => name === topic)) return [];
    if (!document.nodes.some(({ kind, name }) => kind === 'topic' && name === topic)) return [find(at, noSuchTopic(document, topic))];
    const message = `The topic "${topic}" is ${way}, but not wired ${way === 'read' ? 'to' : 'from'} this node.`;
    const remedy = way === 'read' ? `Draw a wire from "${topic}" to this node.` : `Draw a wire from this node to "${topic}".`;
    return [find(at, { severity: 'error', code: 'operators.not-wired', message, remedy })];
  };
  const unused = (wired: readonly PipelineNode[], topics: readonly Other[], way: 'in' | 'out'): Finding[] =>
    wired
      .filter(({ name }) => !topics.some(({ topic }) => topic === name))
      .map(({ name }) => {
        const message = `The topic "${name}" is wired ${way}, but the chain does not ${way === 'in' ? 'read' : 'write'} it.`;
        return find(null, {
          severity: 'warning',
          code: 'operators.unused-wire',
          message,
          remedy: 'Remove the wire, or name the topic in the chain.',
        });
      });
  const circles = sinks.filter(({ topic }) => sources.some((source) => source.topic === topic));
  return [
    ...sources.flatMap((one) => check(one, inputs, 'read')),
    ...sinks.flatMap((one) => check(one, outputs, 'written')),
    ...unused(inputs, sources, 'in'),
    ...unused(outputs, sinks, 'out'),
    ...circles.map(({ topic, at }) =>
      find(at, {
        severity: 'error',
        code: 'operators.reads-own-result',
        message: `The chain reads the topic "${topic}", which it writes: its records would go round for ever.`,
        remedy: 'Write to another topic.',
      }),
    ),
  ];
}
