/** What of a document a run depends on: two documents with equal runnable parts give the same run. */
import type { PipelineDocument } from '../../pipeline/document.ts';

/** A text that is equal for equal runs. Positions, the document's name and description, and objectives don't count: they only judge a run. */
function runnableText(document: PipelineDocument): string {
  const { nodes, edges, cluster, scenario, guarantee } = document;
  return JSON.stringify([
    nodes,
    edges,
    cluster,
    scenario.seed,
    scenario.durationMs,
    scenario.faults,
    ...(guarantee === undefined ? [] : [guarantee]),
  ]);
}

/** Whether two documents give the same run. Cheap for the common case, a move: then these parts are the very same objects. */
export function sameRun(one: PipelineDocument, other: PipelineDocument): boolean {
  if (
    one.guarantee === other.guarantee &&
    one.nodes === other.nodes &&
    one.edges === other.edges &&
    one.cluster === other.cluster &&
    one.scenario === other.scenario
  )
    return true;
  return runnableText(one) === runnableText(other);
}
