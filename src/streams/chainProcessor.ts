/** Nodes with a chain of operators as processors. */
import { applicationIdOf } from '../pipeline/applicationId.ts';
import type { PipelineDocument, PipelineNode } from '../pipeline/document.ts';
import { effectiveConfig } from '../pipeline/effectiveConfig.ts';
import type { Finding } from '../pipeline/finding.ts';
import { builtInFunctions } from '../sql/functions/builtIn.ts';
import { parseMoment } from '../sql/functions/time/parse.ts';
import { utc } from '../sql/functions/time/zones.ts';
import { partitionCounts } from '../sql/operators/partitionCounts.ts';
import type { PhysicalTopology } from '../sql/operators/structure.ts';
import { Topology } from '../sql/operators/topology.ts';
import { bindFunctions } from '../sql/plan/boundFunctions.ts';
import type { DataSource } from '../sql/plan/catalogue.ts';
import { planConfig } from '../sql/plan/planConfig.ts';
import type { Place } from '../sql/syntax/ast.ts';
import { SqlError } from '../sql/syntax/sqlError.ts';
import { sourceNameOf } from './implicitSources.ts';
import type { NodePlan } from './nodePlan.ts';
import type { Operator } from './operators/chain.ts';
import { compileChain, type CompiledChain } from './operators/compileChain.ts';
import { parseChain } from './operators/parseChain.ts';
import type { Planning } from './planning.ts';
import { attempt, type Processor } from './processor.ts';
import { findingAt, findingOfError } from './streamsFindings.ts';
import { chainWiringFindings, noSuchTopic } from './wiredTopics.ts';

export interface ChainText {
  readonly findings: readonly Finding[];
  /** Null where the text cannot be read. */
  readonly processor: Processor | null;
}

/** Reads the chain of a node. */
export function chainText(document: PipelineDocument, node: PipelineNode): ChainText {
  const text = String(effectiveConfig(node)['operators']);
  let operators: readonly Operator[];
  try {
    operators = parseChain(text);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return { processor: null, findings: [findingOfError(document, node, { error, statement: null, names: { sources: [], columns: [] } })] };
  }
  const [first] = operators;
  if (first === undefined) {
    const remedy = 'Begin with stream and the name of a topic, put an operator on each line, and end with to and the name of a topic.';
    const words = { severity: 'error', code: 'operators.empty', message: 'There are no operators.', remedy } as const;
    return { processor: null, findings: [findingAt(document, node, null, words)] };
  }
  const reads = operators.flatMap((one) => {
    if (one.kind === 'stream' || one.kind === 'table') return [one.topic];
    return one.kind === 'join' || one.kind === 'merge' ? [one.other.topic] : [];
  });
  const writes = operators.flatMap((one) => (one.kind === 'to' ? [one.topic] : one.kind === 'branch' ? [one.topic.topic] : []));
  const processor: Processor = {
    ...{ node, at: first.at },
    needs: { names: [], topics: reads },
    makes: { names: writes.map(sourceNameOf), topics: writes },
    plan: (planning) => planChain(planning, node, { text, operators }),
  };
  return { processor, findings: [] };
}

/** What is known of a topic: the source of its name, else the first one that reads it. */
function sourceOf({ planner, document }: Planning, topic: string, at: Place): DataSource {
  const { sources } = planner.catalogue;
  const named = sources.get(sourceNameOf(topic));
  const found = named?.topic === topic ? named : [...sources.values()].find((source) => source.topic === topic);
  if (found) return found;
  if (!document.nodes.some(({ kind, name }) => kind === 'topic' && name === topic))
    throw new SqlError(noSuchTopic(document, topic).message, at);
  throw new SqlError(`Nothing says what the records of ${topic} hold.`, at);
}

function planChain(
  planning: Planning,
  node: PipelineNode,
  { text, operators }: { readonly text: string; readonly operators: readonly Operator[] },
): NodePlan | null {
  const { document, planner, findings } = planning;
  const topology = new Topology();
  const chain = attempt(planning, node, null, (): CompiledChain =>
    compileChain(operators, {
      topology,
      functions: bindFunctions(builtInFunctions, planner.catalogue.types),
      config: planConfig(),
      parseTimestamp: (value, pattern) => parseMoment(pattern, value, utc),
      sourceOf: (topic, at) => sourceOf(planning, topic, at),
    }),
  );
  if (chain === null) return null;
  for (const { source } of chain.sinks) if (!planner.catalogue.sources.has(source.name)) planner.catalogue.sources.set(source.name, source);
  const physical = topology.describe();
  const wiring = [...chainWiringFindings(document, node, chain), ...unequalPartitions(document, node, physical)];
  findings.push(...wiring);
  if (wiring.some(({ severity }) => severity === 'error')) return null;
  const { source: sink } = chain.sinks.at(-1)!;
  const applicationId = applicationIdOf(node)!;
  return {
    ...{ nodeId: node.id, queryId: applicationId, applicationId, topology, physical, sql: text, statement: null, sink },
    ...{ sourceTopics: chain.sources.map(({ topic }) => topic), sinkTopic: sink.topic, sinkTopics: chain.sinks.map(({ topic }) => topic) },
    result: sink.kind === 'STREAM' ? 'stream' : 'table',
    stored: null,
  };
}

/** Topics that one task reads have equally many partitions; internal ones get as many as they need. */
function unequalPartitions(document: PipelineDocument, node: PipelineNode, physical: PhysicalTopology): Finding[] {
  const counts = partitionCounts(physical, (topic) => {
    const found = document.nodes.find(({ kind, name }) => kind === 'topic' && name === topic);
    // A topic that is not there has a finding of its own.
    return found === undefined ? 1 : Number(effectiveConfig(found)['partitions']);
  });
  if (counts.kind === 'counts') return [];
  const remedy = 'Give them equally many partitions, or write repartition or selectKey before the join.';
  return [findingAt(document, node, null, { severity: 'error', code: 'operators.unequal-partitions', message: counts.message, remedy })];
}
