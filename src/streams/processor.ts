import type { PipelineNode } from '../pipeline/document.ts';
import { SqlError } from '../sql/syntax/sqlError.ts';
import type { Place } from '../sql/syntax/ast.ts';
import type { ParsedStatement } from '../sql/syntax/parse.ts';
import type { NodePlan } from './nodePlan.ts';
import type { Planning } from './planning.ts';
import { findingOfError, type KnownNames } from './streamsFindings.ts';

/** A node that runs a query or a chain, before it is planned. */
export interface Processor {
  readonly node: PipelineNode;
  /** Where the query stands in the node's text. */
  readonly at: Place;
  /** What has to be there before: names of streams and tables, names of topics. */
  readonly needs: { readonly names: readonly string[]; readonly topics: readonly string[] };
  /** What is there when it has been planned. */
  readonly makes: { readonly names: readonly string[]; readonly topics: readonly string[] };
  /** Its plan; null with findings where it cannot run. */
  readonly plan: (planning: Planning) => NodePlan | null;
}

function namesOf({ planner }: Planning): KnownNames {
  const sources = [...planner.catalogue.sources.values()];
  const columns = sources.flatMap(({ schema, headers }) => [...schema.key, ...schema.value, ...headers].map(({ name }) => name));
  return { sources: sources.map(({ name }) => name), columns: [...new Set(columns)] };
}

/** Does what may throw an SqlError, which becomes a finding; null then. */
export function attempt<T>(planning: Planning, node: PipelineNode, statement: ParsedStatement | null, act: () => T): T | null {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    planning.findings.push(findingOfError(planning.document, node, { error, statement, names: namesOf(planning) }));
    return null;
  }
}
