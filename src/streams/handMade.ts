/** Documents with stream processors, for tests. */
import type { Config, PipelineDocument, PipelineNode } from '../pipeline/document.ts';
import { newDocument } from '../pipeline/create.ts';
import type { NodeKind } from '../pipeline/kinds/index.ts';

/** A document out of nodes by name, `kind` and config, and wires as `from > to`; a node's id is its name. */
export function pipeline(nodes: Readonly<Record<string, readonly [NodeKind, Config?]>>, ...wires: readonly string[]): PipelineDocument {
  return {
    ...newDocument('streams'),
    nodes: Object.entries(nodes).map(([name, [kind, config = {}]]): PipelineNode => ({ id: name, kind, name, config })),
    edges: wires.map((wire, index) => {
      const [source, target] = wire.split(' > ') as [string, string];
      return { id: `e${index}`, source, target };
    }),
  };
}
