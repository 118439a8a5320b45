/**
 * The stream processors of a document: SQL nodes, whose queries are planned over the streams and tables that all of them declare and make, as one ksqlDB with one query a node; and
 * chains of operators, which read and write the same topics.
 */
import type { PipelineDocument } from '../pipeline/document.ts';
import { isStreams } from '../pipeline/effectiveConfig.ts';
import type { Finding } from '../pipeline/finding.ts';
import { builtInFunctions } from '../sql/functions/builtIn.ts';
import { parseMoment } from '../sql/functions/time/parse.ts';
import { utc } from '../sql/functions/time/zones.ts';
import { emptyState } from '../sql/operators/topology.ts';
import { bindFunctions } from '../sql/plan/boundFunctions.ts';
import type { Catalogue, DataSource } from '../sql/plan/catalogue.ts';
import { planConfig } from '../sql/plan/planConfig.ts';
import { Planner } from '../sql/plan/planner.ts';
import { applicationHints } from './applicationHints.ts';
import { chainText } from './chainProcessor.ts';
import { implicitSources } from './implicitSources.ts';
import type { NodePlan, PlannedStatement } from './nodePlan.ts';
import { nodeStatements, type NodeStatements } from './nodeStatements.ts';
import type { Planning } from './planning.ts';
import { attempt, type Processor } from './processor.ts';
import { plannedStatement, sqlProcessor } from './sqlProcessor.ts';
import { findingAt } from './streamsFindings.ts';
import { declaredTopicFindings } from './wiredTopics.ts';

export type { NodePlan, PlannedStatement } from './nodePlan.ts';

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
  const streams = document.nodes.filter(isStreams);
  const texts = streams.filter(({ kind }) => kind === 'sql').map((node) => nodeStatements(document, node));
  const chains = streams.filter(({ kind }) => kind === 'operators').map((node) => chainText(document, node));
  const planner = newPlanner();
  const findings = [...texts, ...chains].flatMap((text) => text.findings);
  const nodes = new Map<string, NodePlan>();
  if (streams.length === 0) return { nodes, findings, catalogue: planner.catalogue, declarations: [], implicit: [] };
  const queries = texts.flatMap((text) => (text.query === null ? [] : [sqlProcessor(document, text, text.query)]));
  const processors = [...queries, ...chains.flatMap(({ processor }) => processor ?? [])];
  const made = new Set(processors.flatMap(({ makes }) => makes.names));
  const implicit = new Map(implicitSources(document).map((one) => [one.source.name, one]));
  const planning: Planning = { document, planner, implicit, findings };
  const declarations = declare(planning, texts);
  for (const { source } of implicit.values())
    if (!planner.catalogue.sources.has(source.name) && !made.has(source.name)) planner.catalogue.sources.set(source.name, source);
  for (const processor of inOrder(planning, processors)) {
    const plan = processor.plan(planning);
    if (plan !== null) nodes.set(processor.node.id, plan);
  }
  findings.push(...applicationHints(document, [...nodes.values()]));
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
        attempt(planning, node, declaration.parsed, () => {
          planning.planner.execute(declaration.statement, planConfig(declaration.settings));
          planning.findings.push(...declaredTopicFindings(planning.document, node, declaration));
          executed.push(plannedStatement(declaration, declaration.statement));
        });
      }
  return executed;
}

/** Each after those whose results it reads or adds to. Those that go round in a circle are left out, with a finding. */
function inOrder({ document, findings }: Planning, processors: readonly Processor[]): readonly Processor[] {
  const needed = ({ needs }: Processor, { makes }: Processor): string | undefined =>
    needs.names.find((name) => makes.names.includes(name)) ?? needs.topics.find((topic) => makes.topics.includes(topic));
  let waiting = processors;
  const ordered: Processor[] = [];
  while (waiting.length > 0) {
    const ready = waiting.filter((one) => !waiting.some((other) => needed(one, other) !== undefined));
    if (ready.length === 0) break;
    ordered.push(...ready);
    waiting = waiting.filter((one) => !ready.includes(one));
  }
  for (const one of waiting) {
    const first = waiting.map((other) => needed(one, other)).find((name) => name !== undefined)!;
    const own = one.makes.names[0] ?? one.makes.topics[0] ?? one.needs.names.at(-1) ?? '';
    const message = `The query needs ${first}, and ${first} needs its result ${own}: neither can begin.`;
    const remedy = 'Let one of them read a topic that does not come from the other.';
    findings.push(findingAt(document, one.node, one.at, { severity: 'error', code: 'sql.circle', message, remedy }));
  }
  return ordered;
}
