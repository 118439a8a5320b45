/** The languages of configs that are texts. */
import { useMemo } from 'react';
import { useDocument } from '../stores/documentStore.ts';
import type { EditorLanguage } from './language.ts';
import { operatorsLanguage } from './operatorsLanguage.ts';
import { sqlLanguage } from './sqlLanguage.ts';

const placeholders: Readonly<Record<string, string>> = {
  sql: 'CREATE TABLE per_customer AS\n  SELECT customer, COUNT(*) AS orders\n  FROM orders\n  GROUP BY customer;',
  operators: 'stream orders\nfilter amount > 100\ngroupBy customer\ncount as orders\nto per_customer',
};

/** What an empty text shows: how one could look. */
export const placeholderOf = (config: string): string => placeholders[config] ?? '';

/** The language of a config of a node, as the document is now. */
export function useLanguage(config: string, node: string): EditorLanguage {
  const nodes = useDocument((state) => state.document.nodes);
  const edges = useDocument((state) => state.document.edges);
  const document = useDocument((state) => state.document);
  // Places on the canvas and the scenario say nothing to a language.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  return useMemo(() => (config === 'operators' ? operatorsLanguage : sqlLanguage)(document, node), [nodes, edges, node, config]);
}
