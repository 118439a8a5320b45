import { describe, expect, test } from 'vitest';
import { applyChange } from './changes/apply.ts';
import { copyFragment, pasteFragment } from './clipboard.ts';
import { newDocument } from './create.ts';
import type { PipelineDocument } from './document.ts';

const document: PipelineDocument = {
  ...newDocument(),
  nodes: [
    { id: 'producer-1', kind: 'producer', name: 'shop', config: { 'linger.ms': 1 } },
    { id: 'topic-1', kind: 'topic', name: 'orders', config: {} },
    { id: 'sink-1', kind: 'sink', name: 'sink', config: {} },
  ],
  edges: [
    { id: 'edge-1', source: 'producer-1', target: 'topic-1' },
    { id: 'edge-2', source: 'topic-1', target: 'sink-1' },
  ],
  layout: { positions: [{ node: 'topic-1', x: 10, y: 20 }] },
};

describe('clipboard', () => {
  test('copies the edges between the chosen nodes only; pastes under new ids and names, a little aside', () => {
    const { change, nodeIds, findings } = pasteFragment(document, copyFragment(document, ['producer-1', 'topic-1']));
    expect(findings).toEqual([]);
    expect(nodeIds).toEqual(['producer-2', 'topic-2']);
    const pasted = applyChange(document, change!).document;
    expect(pasted.nodes.slice(3).map((node) => node.name)).toEqual(['shop-2', 'orders-2']);
    expect(pasted.edges.slice(2)).toEqual([{ id: 'edge-3', source: 'producer-2', target: 'topic-2' }]);
    expect(pasted.layout.positions[1]).toEqual({ node: 'topic-2', x: 50, y: 60 });
  });

  test('works into another document', () => {
    const { change } = pasteFragment(newDocument(), copyFragment(document, ['topic-1']), { x: 0, y: 0 });
    expect(applyChange(newDocument(), change!).document.nodes).toEqual([{ id: 'topic-1', kind: 'topic', name: 'orders', config: {} }]);
  });

  test.each([
    ['hello', 'json.syntax'],
    ['{}', 'document.missing-field'],
    ['{"format":"logjam/fragment","version":1,"nodes":[],"edges":[],"positions":[]}', 'document.out-of-range'],
    [
      '{"format":"logjam/fragment","version":1,"nodes":[{"id":"a","kind":"topic","name":"a","config":{"partitions":"8"}}],"edges":[],"positions":[]}',
      'config.type',
    ],
    [
      '{"format":"logjam/fragment","version":1,"nodes":[{"id":"a","kind":"topic","name":"a","config":{}}],"edges":[{"id":"e","source":"a","target":"b"}],"positions":[]}',
      'edge.dangling',
    ],
    ['{"__proto__":{}}', 'json.forbidden-key'],
  ])('%.60s is refused: %s', (text, code) => {
    const result = pasteFragment(document, text);
    expect(result.change).toBeNull();
    expect(result.findings[0]?.code).toBe(code);
  });
});
