/** Which wires the pipeline takes, and why not. */
import type { PipelineDocument, PipelineEdge } from '../../pipeline/document.ts';
import { kindOf } from '../../pipeline/kinds/index.ts';

export type Wire = Pick<PipelineEdge, 'source' | 'target' | 'sourcePort'>;

/** Why a wire is refused, as one whole sentence with what to do; null when it may be drawn. */
export function refusalIn(document: PipelineDocument, wire: Wire): string | null {
  const source = document.nodes.find((node) => node.id === wire.source);
  const target = document.nodes.find((node) => node.id === wire.target);
  if (source === undefined || target === undefined) return 'A wire needs a node at both ends.';
  if (source === target) return `${source.name} cannot be wired to itself.`;
  const from = kindOf(source.kind);
  const to = kindOf(target.kind);
  if (from.role === 'sink') return `${source.name} is a sink: records end there. Start the wire at a topic.`;
  if (to.role === 'producer') return `${target.name} is a producer: it reads nothing. End the wire at a topic.`;
  if (from.role === 'topic' && to.role === 'topic')
    return 'Topics hold records, they do not move them. Put a processor between the two topics.';
  if (from.role !== 'topic' && to.role !== 'topic')
    return `${source.name} writes to a log, and ${target.name} reads from one. Put a topic between the two.`;
  const twin = document.edges.some(
    (edge) => edge.source === wire.source && edge.target === wire.target && (edge.sourcePort ?? '') === (wire.sourcePort ?? ''),
  );
  return twin ? `${source.name} is already wired to ${target.name}.` : null;
}
