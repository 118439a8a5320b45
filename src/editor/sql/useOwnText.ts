import { useCallback, useState } from 'react';
import { documentStore } from '../stores/documentStore.ts';

/**
 * Keeps a node's text only while it is still that node of that document: an editor that goes because another document was opened, or its node removed, has
 * nothing to write to.
 */
export function useOwnText(node: string, keep: (text: string) => void): (text: string) => void {
  const [key] = useState(() => documentStore.getState().key);
  return useCallback(
    (text) => {
      const { key: present, document } = documentStore.getState();
      if (present === key && document.nodes.some(({ id }) => id === node)) keep(text);
    },
    [key, node, keep],
  );
}
