/**
 * The stream processors of a document: every SQL node's query planned over the streams and tables that all of them declare and make, as one ksqlDB with one query a node.
 */
import { applicationIdOf, queryIdOf } from '../pipeline/applicationId.ts';
import type { PipelineDocument, PipelineNode } from '../pipeline/document.ts';
import { isStreams } from '../pipeline/effectiveConfig.ts';
import type { Finding } from '../pipeline/finding.ts';
import { builtInFunctions } from '../sql/functions/builtIn.ts';
import { parseMoment } from '../sql/functions/time/parse.ts';
import { utc } from '../sql/functions/time/zones.ts';
import { emptyState, type Topology } from '../sql/operators/topology.ts';
import { bindFunctions } from '../sql/plan/boundFunctions.ts';
import type { Catalogue, DataSource } from '../sql/plan/catalogue.ts';
import { planConfig } from '../sql/plan/planConfig.ts';
import { Planner, type PersistentQuery } from '../sql/plan/planner.ts';
import type { Statement } from '../sql/syntax/ast.ts';
import { formatStatement } from '../sql/syntax/formatStatement.ts';
import { SqlError } from '../sql/syntax/sqlError.ts';
import { implicitSources } from './implicitSources.ts';
import {
  nodeStatements,
  readNamesOf,
  resultNameOf,
  type NodeStatements,
  type PersistentStatement,
  type ReadStatement,
} from './nodeStatements.ts';
import type { Planning } from './planning.ts';
import { queryHints } from './queryHints.ts';
import { findingAt, findingOfError, type KnownNames } from './streamsFindings.ts';
import { declaredTopicFindings, topicPropertyOf, wiredOutputs, wiringFindings } from './wiredTopics.ts';

/** One stream processor, planned. */
export interface NodePlan {
  readonly nodeId: string;
  readonly queryId: string;
  readonly applicationId: string;
  /** The program; shared by all runs, which have their own state of it. */
  readonly topology: Topology;
  /** Names of topics, in the order in which the query names its sources. */
  readonly sourceTopics: readonly string[];
  readonly sinkTopic: string;
  readonly sink: DataSource;
  readonly result: 'stream' | 'table';
  /** The node's whole text. */
  readonly sql: string;
  /** The one statement that makes it, with the topic of its result, and what was SET for it. */
  readonly statement: PlannedStatement;
}

/** A statement that has been executed, as it would be told to ksqlDB. */
export interface PlannedStatement {
  /** Without its semicolon where it was put together here. */
  readonly text: string;
  readonly settings: Readonly<Record<string, string>>;
}

export interface StreamsPlan {
  /** By node id; a node that cannot run has none. */
  readonly nodes: ReadonlyMap<string, NodePlan>;
  readonly findings: readonly Finding[];
  readonly catalogue: Catalogue;
  /** Types and sources as their nodes declare them, in the order in which they are. */
  readonly declarations: readonly PlannedStatement[];
  /** Streams without a declaration, those that are read or not. */
  readonly implicit: readonly DataSource[];
}

const plans = new WeakMap<PipelineDocument, StreamsPlan>();

/** Plans all stream processors of a document. Documents never change, so each is planned once. */
export function planStreams(document: PipelineDocument): StreamsPlan {
  const before = plans.get(document);
  if (before !== undefined) return before;
  const plan = planned(document);
  plans.set(document, plan);
  return plan;
}

function newPlanner(): Planner {
  return new Planner({
    functions: (types) => bindFunctions(builtInFunctions, types),
    parseTimestamp: (text, pattern) => parseMoment(pattern, text, utc),
    // Nothing is inserted by statements, and so nothing is computed while planning.
    insert: () => undefined,
    run: {
      state: emptyState(),
      wallClockMs: 0,
      write: () => undefined,
      log: () => undefined,
      random: () => 0,
      now: () => 0,
    },
  });
}

function planned(document: PipelineDocument): StreamsPlan {
  const texts = document.nodes.filter(isStreams).map((node) => nodeStatements(document, node));
  const planner = newPlanner();
  const made = new Set(texts.flatMap(({ query }) => (query?.statement.kind === 'createAsSelect' ? [query.statement.name] : [])));
  const findings = texts.flatMap((text) => text.findings);
  const nodes = new Map<string, NodePlan>();
  const declarations: PlannedStatement[] = [];
  if (texts.length === 0) return { nodes, findings, catalogue: planner.catalogue, declarations, implicit: [] };
  const implicit = new Map(implicitSources(document).map((one) => [one.source.name, one]));
  const planning: Planning = { document, planner, implicit, findings };
  declarations.push(...declare(planning, texts));
  for (const { source } of implicit.values())
    if (!planner.catalogue.sources.has(source.name) && !made.has(source.name)) planner.catalogue.sources.set(source.name, source);
  for (const text of inOrder(planning, texts)) {
    const plan = planNode(planning, text);
    if (plan !== null) nodes.set(text.node.id, plan);
  }
  findings.push(...sameApplications(document, [...nodes.values()]));
  const used = [...implicit.values()].map(({ source }) => source).filter((source) => planner.catalogue.sources.get(source.name) === source);
  return { nodes, findings, catalogue: planner.catalogue, declarations, implicit: used };
}

/** Types first, then sources: what one node declares, the others may use, wherever they stand. */
function declare(planning: Planning, texts: readonly NodeStatements[]): PlannedStatement[] {
  const executed: PlannedStatement[] = [];
  for (const kind of ['createType', 'createSource'] as const)
    for (const { node, declarations } of texts)
      for (const declaration of declarations) {
        if (declaration.statement.kind !== kind) continue;
        attempt(planning, node, declaration, () => {
          planning.planner.execute(declaration.statement, planConfig(declaration.settings));
          planning.findings.push(...declaredTopicFindings(planning.document, node, declaration));
          executed.push(plannedStatement(declaration, declaration.statement));
        });
      }
  return executed;
}

function namesOf({ planner }: Planning): KnownNames {
  const sources = [...planner.catalogue.sources.values()];
  const columns = sources.flatMap(({ schema, headers }) => [...schema.key, ...schema.value, ...headers].map(({ name }) => name));
  return { sources: sources.map(({ name }) => name), columns: [...new Set(columns)] };
}

/** Does what may throw an SqlError, which becomes a finding; null then. */
function attempt<T>(planning: Planning, node: PipelineNode, { parsed }: ReadStatement, act: () => T): T | null {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    planning.findings.push(findingOfError(planning.document, node, { error, statement: parsed, names: namesOf(planning) }));
    return null;
  }
}

/** As it is written, unless variables stand for a part of it or something was added. */
function plannedStatement({ parsed, statement, settings }: ReadStatement, executed: Statement): PlannedStatement {
  const isAsWritten = executed === statement && parsed.variables.length === 0 && !parsed.text.includes('${');
  return { text: isAsWritten ? parsed.text : formatStatement(executed), settings };
}

/** Nodes with a query, each after those whose results it reads or adds to. Those that go round in a circle are left out, with a finding. */
function inOrder(
  { document, findings }: Planning,
  texts: readonly NodeStatements[],
): (NodeStatements & { readonly query: ReadStatement<PersistentStatement> })[] {
  type Queried = NodeStatements & { readonly query: ReadStatement<PersistentStatement> };
  let waiting = texts.filter((text): text is Queried => text.query !== null);
  const ordered: Queried[] = [];
  const needs = ({ query: { statement } }: Queried): string[] =>
    statement.kind === 'insertSelect' ? [...readNamesOf(statement.query), statement.target] : readNamesOf(statement.query);
  const makes = ({ query: { statement } }: Queried): string | null => (statement.kind === 'createAsSelect' ? statement.name : null);
  while (waiting.length > 0) {
    const ready = waiting.filter((one) => !needs(one).some((name) => waiting.some((other) => makes(other) === name)));
    if (ready.length === 0) break;
    ordered.push(...ready);
    waiting = waiting.filter((one) => !ready.includes(one));
  }
  for (const { node, query } of waiting) {
    const [first] = needs({ node, query } as Queried).filter((name) => waiting.some((other) => makes(other) === name));
    const message = `The query needs ${first!}, and ${first!} needs its result ${resultNameOf(query.statement)}: neither can begin.`;
    const remedy = 'Let one of them read a topic that does not come from the other.';
    findings.push(findingAt(document, node, 'sql', query.parsed.at, { severity: 'error', code: 'sql.circle', message, remedy }));
  }
  return ordered;
}

/**
 * The statement with the topic of its result: what WITH says, else the one topic that the node is wired to. A document holds each query once, so nothing is replaced and
 * what is there already is an error.
 */
function withResultTopic(document: PipelineDocument, node: PipelineNode, statement: PersistentStatement): PersistentStatement {
  if (statement.kind === 'insertSelect') return statement;
  const isAlone = !statement.orReplace && !statement.ifNotExists;
  if (isAlone && topicPropertyOf(statement) !== null) return statement;
  const creation = { ...statement, orReplace: false, ifNotExists: false };
  const [topic] = wiredOutputs(document, node);
  if (topic === undefined || topicPropertyOf(statement) !== null) return creation;
  const { at } = statement;
  return {
    ...creation,
    properties: [...statement.properties, { at, name: 'KAFKA_TOPIC', value: { at, kind: 'string', value: topic.name } }],
  };
}

function planNode(planning: Planning, text: NodeStatements & { readonly query: ReadStatement<PersistentStatement> }): NodePlan | null {
  const { document, planner } = planning;
  const { node, query: read } = text;
  const statement = withResultTopic(document, node, read.statement);
  const query = attempt(planning, node, read, (): PersistentQuery => {
    planner.execute(statement, planConfig(read.settings));
    return planner.queries.findLast(({ sink }) => sink.name === resultNameOf(read.statement))!;
  });
  if (query === null) return null;
  const wiring = wiringFindings(planning, node, read, query);
  planning.findings.push(...wiring, ...queryHints(planning, node, read));
  if (wiring.some(({ severity }) => severity === 'error')) return null;
  return {
    ...{ nodeId: node.id, queryId: queryIdOf(node), applicationId: applicationIdOf(node)!, sql: text.text },
    ...{ topology: query.topology, sourceTopics: query.sourceTopics, sinkTopic: query.sink.topic, sink: query.sink },
    result: query.sink.kind === 'STREAM' ? 'stream' : 'table',
    statement: plannedStatement(read, statement),
  };
}

/** Two applications under one id would be one group with two programs. */
function sameApplications(document: PipelineDocument, plans: readonly NodePlan[]): Finding[] {
  return plans.flatMap(({ nodeId, applicationId }, index) => {
    const other = plans.slice(0, index).find((one) => one.applicationId === applicationId);
    if (other === undefined) return [];
    const [node, first] = [nodeId, other.nodeId].map((id) => document.nodes.find((one) => one.id === id)!) as [PipelineNode, PipelineNode];
    const message = `"${node.name}" and "${first.name}" have the same application.id "${applicationId}", but run different queries.`;
    const place = { path: `/nodes/${document.nodes.indexOf(node)}/config/application.id`, node: node.id, config: 'application.id' };
    return [
      { severity: 'error', code: 'streams.same-application', ...place, message, remedy: 'Give each of them an application.id of its own.' },
    ];
  });
}
