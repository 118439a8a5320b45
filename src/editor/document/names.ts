/** Ids and names that are not taken yet. */
import type { PipelineDocument } from '../../pipeline/document.ts';

/** `stem`, or `stem-2`, `stem-3` … */
export function freeName(document: PipelineDocument, stem: string): string {
  const taken = new Set(document.nodes.map((node) => node.name));
  if (!taken.has(stem)) return stem;
  for (let number = 2; ; number += 1) if (!taken.has(`${stem}-${number}`)) return `${stem}-${number}`;
}

/** An id no node and no edge of the document has, `stem1`, `stem2` … */
export function freeId(document: PipelineDocument, stem: string): string {
  const taken = new Set([...document.nodes.map((node) => node.id), ...document.edges.map((edge) => edge.id)]);
  for (let number = 1; ; number += 1) if (!taken.has(`${stem}${number}`)) return `${stem}${number}`;
}
