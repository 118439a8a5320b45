import { useEffect, type RefObject } from 'react';
import { documentStore } from '../stores/documentStore.ts';
import { useSlow } from '../stores/liveStore.ts';
import { nodeLabel } from './flowNodes.ts';

/**
 * Gives the nodes in view their present numbers as part of their names, twice a second, for people who read with other means. Written to the
 * DOM directly: five hundred components need not render for it.
 */
export function LiveNames({ within }: { within: RefObject<HTMLElement | null> }): null {
  const nodes = useSlow((state) => state.nodes);
  useEffect(() => {
    const shown = new Map(documentStore.getState().document.nodes.map((node) => [node.id, node]));
    for (const element of within.current?.querySelectorAll<HTMLElement>('.react-flow__node') ?? []) {
      const node = shown.get(element.dataset['id'] ?? '');
      if (node === undefined) continue;
      const live = nodes.get(node.id);
      const name = live === undefined ? nodeLabel(node) : `${nodeLabel(node)}, ${live.sentence}`;
      if (element.getAttribute('aria-label') !== name) element.setAttribute('aria-label', name);
    }
  }, [nodes, within]);
  return null;
}
