/** Which wires a pipeline allows. The editor asks while a wire is dragged; validation asks for every edge of a file. */
import { branchNames, failurePorts } from './branches.ts';
import type { PipelineDocument, PipelineNode } from './document.ts';
import { kindOf } from './kinds/index.ts';

/** "A filter", "A sink": how a refusal begins. */
function article(node: PipelineNode): string {
  const { label } = kindOf(node.kind);
  return node.kind === 'sql' ? 'An SQL node' : node.kind === 'operators' ? 'A chain of operators' : `A ${label.toLowerCase()}`;
}

/** Kinds whose records all go to one topic. */
export const hasOneOutput = (node: PipelineNode): boolean => node.kind === 'merge' || node.kind === 'sql';

const isFailurePort = (source: PipelineNode, port: string | undefined): boolean => failurePorts(source).some((name) => name === port);

function refusalByRole(source: PipelineNode, target: PipelineNode, sourcePort: string | undefined): string | null {
  const from = kindOf(source.kind).role;
  const to = kindOf(target.kind).role;
  if (from === 'sink' && !isFailurePort(source, sourcePort)) return `${article(source)} is the end of a pipeline: nothing leaves it.`;
  if (to === 'producer') return `${article(target)} makes its own records: nothing can be wired into it.`;
  if (from === 'topic') return to === 'topic' ? 'A topic only stores records: put a processor between the two topics.' : null;
  return to === 'topic' ? null : `${article(source)} writes to topics: put a topic between the two.`;
}

function refusalByPort(source: PipelineNode, sourcePort: string | undefined): string | null {
  if (source.kind !== 'branch') {
    if (sourcePort === undefined || isFailurePort(source, sourcePort)) return null;
    return sourcePort === 'retry' || sourcePort === 'dead-letter'
      ? `"${source.name}" has no way out for ${sourcePort === 'retry' ? 'retries' : 'dead letters'}: its error.action asks for none.`
      : `${article(source)} has only one way out; only a branch has named ones.`;
  }
  const names = branchNames(source);
  if (sourcePort === undefined) return `Choose which branch of "${source.name}" the wire leaves by: ${names.join(', ')}.`;
  return names.includes(sourcePort) ? null : `The node "${source.name}" has no branch "${sourcePort}".`;
}

/**
 * Why an edge that is there may not be there; null when it may. The two flags say what only the edges before it tell.
 * `wiringRefusal` is the same question about an edge still to come.
 */
export function edgeRefusal(
  source: PipelineNode,
  target: PipelineNode,
  sourcePort: string | undefined,
  before: { readonly isSecond: boolean; readonly isSecondOutput: boolean },
): string | null {
  if (source.id === target.id) return 'A node cannot be wired to itself.';
  const refusal = refusalByRole(source, target, sourcePort) ?? refusalByPort(source, sourcePort);
  if (refusal !== null) return refusal;
  if (before.isSecond) return `"${source.name}" is already wired to "${target.name}".`;
  return before.isSecondOutput ? `${article(source)} writes to one topic, and "${source.name}" already has it.` : null;
}

/**
 * Why a new wire from `source` to `target` (node ids) is refused, as a whole sentence; null when it may be drawn.
 * `sourcePort` is the branch's name where the source is a branch node.
 */
export function wiringRefusal(document: PipelineDocument, source: string, target: string, sourcePort?: string): string | null {
  const from = document.nodes.find((node) => node.id === source);
  const to = document.nodes.find((node) => node.id === target);
  if (from === undefined || to === undefined) return 'A wire needs a node at both ends.';
  const others = document.edges.filter((edge) => edge.source === source);
  return edgeRefusal(from, to, sourcePort, {
    isSecond: others.some((edge) => edge.target === target && edge.sourcePort === sourcePort),
    isSecondOutput: hasOneOutput(from) && others.length > 0,
  });
}
