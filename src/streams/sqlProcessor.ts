/** SQL nodes as processors: the one query of each, with the topic of its result. */
import { applicationIdOf, queryIdOf } from '../pipeline/applicationId.ts';
import type { PipelineDocument, PipelineNode } from '../pipeline/document.ts';
import { planConfig } from '../sql/plan/planConfig.ts';
import type { PersistentQuery } from '../sql/plan/planner.ts';
import type { Statement } from '../sql/syntax/ast.ts';
import { formatStatement } from '../sql/syntax/formatStatement.ts';
import type { NodePlan, PlannedStatement } from './nodePlan.ts';
import { readNamesOf, resultNameOf, type NodeStatements, type PersistentStatement, type ReadStatement } from './nodeStatements.ts';
import type { Planning } from './planning.ts';
import { attempt, type Processor } from './processor.ts';
import { queryHints } from './queryHints.ts';
import { topicPropertyOf, wiredOutputs, wiringFindings } from './wiredTopics.ts';

/** The processor of a node whose text has one query. */
export function sqlProcessor(
  document: PipelineDocument,
  { node, text }: NodeStatements,
  query: ReadStatement<PersistentStatement>,
): Processor {
  const { statement } = query;
  const isInsert = statement.kind === 'insertSelect';
  const topic = isInsert ? null : (topicPropertyOf(statement)?.topic ?? wiredOutputs(document, node)[0]?.name ?? null);
  return {
    ...{ node, at: query.parsed.at },
    needs: { names: [...readNamesOf(statement.query), ...(isInsert ? [statement.target] : [])], topics: [] },
    makes: { names: isInsert ? [] : [statement.name], topics: topic === null ? [] : [topic] },
    plan: (planning) => planNode(planning, { node, text, query }),
  };
}

/** As it is written, unless variables stand for a part of it or something was added. */
export function plannedStatement({ parsed, statement, settings }: ReadStatement, executed: Statement): PlannedStatement {
  const isAsWritten = executed === statement && parsed.variables.length === 0 && !parsed.text.includes('${');
  return { text: isAsWritten ? parsed.text : formatStatement(executed), settings };
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

function planNode(
  planning: Planning,
  text: Pick<NodeStatements, 'node' | 'text'> & { readonly query: ReadStatement<PersistentStatement> },
): NodePlan | null {
  const { document, planner } = planning;
  const { node, query: read } = text;
  const statement = withResultTopic(document, node, read.statement);
  const query = attempt(planning, node, read.parsed, (): PersistentQuery => {
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
    ...{ physical: query.topology.describe(), sinkTopics: [query.sink.topic] },
    result: query.sink.kind === 'STREAM' ? 'stream' : 'table',
    stored: query.stored,
    statement: plannedStatement(read, statement),
  };
}
