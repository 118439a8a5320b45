/** New documents, nodes and edges with ids and names that are free. */
import type { PipelineDocument, PipelineEdge, PipelineNode } from './document.ts';
import type { NodeKind } from './kinds/index.ts';
import { kindOf } from './kinds/index.ts';
import { limits } from './limits.ts';

/** An empty pipeline: seed 1, ten minutes of virtual time. */
export function newDocument(name = 'Untitled pipeline'): PipelineDocument {
  return {
    format: 'logjam/pipeline',
    version: 1,
    name,
    description: '',
    nodes: [],
    edges: [],
    cluster: { config: {} },
    scenario: { seed: 1, durationMs: 600_000, faults: [], objectives: [] },
    layout: { positions: [] },
  };
}

/** `stem-1`, `stem-2`, …: the first that is not taken. Ids name random streams, so they depend on the document alone. */
export function freeId(stem: string, taken: ReadonlySet<string>): string {
  let number = 1;
  while (taken.has(`${stem}-${number}`)) number += 1;
  return `${stem}-${number}`;
}

/** `name`, or `name-2`, `name-3`, … when it is taken; never longer than a name may be. A number at the end of `name` counts on. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  const stem = name.replace(/-\d{1,6}$/, '').slice(0, limits.nameLength - 8);
  let number = 2;
  while (taken.has(`${stem}-${number}`)) number += 1;
  return `${stem}-${number}`;
}

/** A node of the kind, all configs default, with an id and a name nobody has. Add it with the change `nodes.add`. */
export function newNode(document: PipelineDocument, kind: NodeKind): PipelineNode {
  const ids = new Set(document.nodes.map((node) => node.id));
  const names = new Set(document.nodes.map((node) => node.name));
  return { id: freeId(kind, ids), kind, name: freeName(kindOf(kind).defaultName, names), config: {} };
}

/** An edge with a free id. Ask `wiringRefusal` first; add it with the change `edges.add`. */
export function newEdge(document: PipelineDocument, source: string, target: string, sourcePort?: string): PipelineEdge {
  const id = freeId('edge', new Set(document.edges.map((edge) => edge.id)));
  return sourcePort === undefined ? { id, source, target } : { id, source, target, sourcePort };
}
