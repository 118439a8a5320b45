/** Whether a stored run belongs to a document as it is now, and going on with it. */
import { restore, type Run, type Topology } from '../../engine/index.ts';
import { checkpointVersion, planFault } from '../../engine/host.ts';
import type { Fault, PipelineDocument } from '../../pipeline/document.ts';
import type { StoredRun } from './storage.ts';

/**
 * The stored run set to go on, or null when it is another design's. Names of the pipeline, its layout and its objectives do not matter to a run.
 * Faults recorded after the checkpoint was written are planned, so that nothing a person did is lost.
 */
export function resumable(topology: Topology, stored: StoredRun): Run | null {
  const { document } = topology;
  if (stored.checkpoint.version !== checkpointVersion || designOf(stored.document) !== designOf(document)) return null;
  const known = new Set(stored.checkpoint.state.faults.map(({ fault }) => textOf(fault)));
  const wanted = new Set(document.scenario.faults.map(textOf));
  for (const fault of known) if (!wanted.has(fault)) return null;
  const later: Fault[] = document.scenario.faults.filter((fault) => !known.has(textOf(fault)));
  const { nowUs } = stored.checkpoint.state.events;
  if (later.some((fault) => fault.atMs * 1000 <= nowUs)) return null;
  const run = restore(topology, stored.checkpoint);
  for (const fault of later) planFault(run.ctx, fault);
  return run;
}

function designOf({ nodes, edges, cluster, scenario }: PipelineDocument): string {
  return textOf([nodes, edges, cluster, scenario.seed, scenario.durationMs]);
}

/** JSON with keys in order: a document that was written to a file and read again has them in another one. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}
