/** Copy and paste as JSON text, so that it works across tabs and through a mail. */
import { z } from 'zod';
import type { Change } from './changes/change.ts';
import { checkConfigs } from './configRules.ts';
import { freeId, freeName } from './create.ts';
import type { PipelineDocument, PipelineEdge, PipelineNode, Position } from './document.ts';
import type { Finding } from './finding.ts';
import { bounded, hasErrors } from './findings.ts';
import { checkIds } from './integrity.ts';
import { limits } from './limits.ts';
import { readJson } from './parse.ts';
import { edgeSchema, nodeSchema, positionSchema } from './schema.ts';
import { orderedEdge, orderedNode, orderedPosition } from './serialize.ts';
import { checkStructure } from './structure.ts';

const fragmentSchema = z.strictObject({
  format: z.literal('logjam/fragment'),
  version: z.literal(1),
  nodes: z.array(nodeSchema).min(1).max(limits.nodes),
  edges: z.array(edgeSchema).max(limits.edges),
  positions: z.array(positionSchema).max(limits.nodes),
});

/** The nodes with these ids, the edges between them and their positions, as text for the clipboard. */
export function copyFragment(document: PipelineDocument, nodeIds: readonly string[]): string {
  const chosen = new Set(nodeIds);
  const fragment = {
    format: 'logjam/fragment',
    version: 1,
    nodes: document.nodes.filter((node) => chosen.has(node.id)).map(orderedNode),
    edges: document.edges.filter((edge) => chosen.has(edge.source) && chosen.has(edge.target)).map(orderedEdge),
    positions: document.layout.positions.filter((position) => chosen.has(position.node)).map(orderedPosition),
  };
  return JSON.stringify(fragment, null, 2);
}

/** What a paste gives: the change to apply and the ids the pasted nodes get, or null and the reasons. */
export interface PastedFragment {
  readonly change: Change | null;
  readonly nodeIds: readonly string[];
  readonly findings: readonly Finding[];
}

/** Where pasted nodes go, relative to where they were copied from. */
export interface PasteOffset {
  readonly x: number;
  readonly y: number;
}

/** Turns clipboard text into a change: ids are made anew, names made unique. Text that is no fragment gives errors and no change. */
export function pasteFragment(document: PipelineDocument, text: string, offset: PasteOffset = { x: 40, y: 40 }): PastedFragment {
  const json = readJson(text);
  if (!json.ok) return { change: null, nodeIds: [], findings: json.findings };
  const structure = checkStructure(fragmentSchema, json.value);
  const findings = structure.findings;
  if (structure.value !== null) {
    const { nodes, edges, positions } = structure.value;
    // Ids and configs are checked by the rules for documents, on a document that holds nothing but the fragment.
    const alone = {
      ...document,
      nodes,
      edges,
      cluster: { config: {} },
      scenario: { ...document.scenario, objectives: [] },
    } as unknown as PipelineDocument;
    findings.push(...checkIds(alone), ...checkConfigs(alone));
    if (document.nodes.length + nodes.length > limits.nodes || document.edges.length + edges.length > limits.edges) {
      const message = `Pasting ${nodes.length} nodes would make the pipeline larger than ${limits.nodes} nodes or ${limits.edges} edges.`;
      findings.push({ severity: 'error', code: 'document.too-large', path: '', message, remedy: 'Paste fewer nodes.' });
    }
    if (!hasErrors(findings)) {
      return { ...renamed(document, { nodes: alone.nodes, edges: alone.edges, positions }, offset), findings: bounded(findings) };
    }
  }
  return { change: null, nodeIds: [], findings: bounded(findings) };
}

interface Fragment {
  readonly nodes: readonly PipelineNode[];
  readonly edges: readonly PipelineEdge[];
  readonly positions: readonly Position[];
}

function renamed(
  document: PipelineDocument,
  fragment: Fragment,
  offset: PasteOffset,
): { readonly change: Change; readonly nodeIds: readonly string[] } {
  const ids = new Set(document.nodes.map((node) => node.id));
  const names = new Set(document.nodes.map((node) => node.name));
  const edgeIds = new Set(document.edges.map((edge) => edge.id));
  const newIds = new Map<string, string>();
  const nodes = fragment.nodes.map((node) => {
    const id = freeId(node.kind, ids);
    const name = freeName(node.name, names);
    ids.add(id);
    names.add(name);
    newIds.set(node.id, id);
    return { ...node, id, name };
  });
  const edges = fragment.edges.map((edge) => {
    const id = freeId('edge', edgeIds);
    edgeIds.add(id);
    return { ...edge, id, source: newIds.get(edge.source)!, target: newIds.get(edge.target)! };
  });
  const placed = new Set<string>();
  const positions = fragment.positions.flatMap(({ node, x, y }) => {
    const id = newIds.get(node);
    if (id === undefined || placed.has(id)) return [];
    placed.add(id);
    return [{ node: id, x: within(x + offset.x), y: within(y + offset.y) }];
  });
  return { change: { type: 'nodes.add', nodes, edges, positions }, nodeIds: nodes.map((node) => node.id) };
}

function within(coordinate: number): number {
  return Math.max(-limits.coordinate, Math.min(limits.coordinate, coordinate));
}
