/** What the stream processors of the open document are, planned once for each document whose nodes or wires differ. */
import { useMemo } from 'react';
import type { PipelineDocument } from '../../pipeline/document.ts';
import { planStreams, type StreamsPlan } from '../../streams/plan.ts';
import { useDocument } from '../stores/documentStore.ts';

let last: { readonly document: PipelineDocument; readonly plan: StreamsPlan } | null = null;

/** The plan of a document; the one of the last time again where only places, faults or the like have changed. */
export function planOf(document: PipelineDocument): StreamsPlan {
  const isSame = last !== null && last.document.nodes === document.nodes && last.document.edges === document.edges;
  if (!isSame) last = { document, plan: planStreams(document) };
  return last!.plan;
}

/** The plan of the open document. */
export function usePlan(): StreamsPlan {
  const nodes = useDocument((state) => state.document.nodes);
  const edges = useDocument((state) => state.document.edges);
  const document = useDocument((state) => state.document);
  // A moved node is another document, but the same plan.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  return useMemo(() => planOf(document), [nodes, edges]);
}
