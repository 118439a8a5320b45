/** Ids: unique within their list, and every reference finds what it names. Without this nothing else can be trusted. */
import type { PipelineDocument } from './document.ts';
import type { Finding } from './finding.ts';
import { pointer } from './findings.ts';

function duplicates(items: readonly { readonly id: string }[], list: readonly string[], what: string): Finding[] {
  const seen = new Set<string>();
  const findings: Finding[] = [];
  items.forEach((item, index) => {
    if (seen.has(item.id)) {
      findings.push({
        severity: 'error',
        code: `${what}.duplicate-id`,
        path: pointer(...list, index, 'id'),
        message: `Two ${what}s have the id "${item.id}".`,
        remedy: 'Give one of them another id, and correct what refers to it.',
      });
    }
    seen.add(item.id);
  });
  return findings;
}

/** Duplicate ids of nodes, edges and objectives, and edges whose ends do not exist: errors that stop a document from opening. */
export function checkIds(document: PipelineDocument): Finding[] {
  const nodes = new Set(document.nodes.map((node) => node.id));
  const dangling = document.edges.flatMap((edge, index) =>
    (['source', 'target'] as const)
      .filter((end) => !nodes.has(edge[end]))
      .map((end): Finding => ({
        severity: 'error',
        code: 'edge.dangling',
        path: pointer('edges', index, end),
        edge: edge.id,
        message: `The ${end} of edge "${edge.id}" is "${edge[end]}", and no node has that id.`,
        remedy: 'Name an existing node, or remove the edge.',
      })),
  );
  return [
    ...duplicates(document.nodes, ['nodes'], 'node'),
    ...duplicates(document.edges, ['edges'], 'edge'),
    ...duplicates(document.scenario.objectives, ['scenario', 'objectives'], 'objective'),
    ...dangling,
  ];
}
