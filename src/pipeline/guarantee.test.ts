import { describe, expect, test } from 'vitest';
import { applyChange } from './changes/apply.ts';
import type { PipelineDocument } from './document.ts';
import { governed, governedConfig } from './guarantee.ts';
import { guarantees } from './guaranteeNames.ts';
import { nodeKindNames } from './kinds/index.ts';
import { parseDocument } from './parse.ts';
import { serializeDocument } from './serialize.ts';
import { setByPath } from './setByPath.ts';
import { validateDocument } from './validate.ts';

const document: PipelineDocument = {
  format: 'logjam/pipeline',
  version: 1,
  name: 'payments',
  description: '',
  nodes: [
    { id: 'shop', kind: 'producer', name: 'shop', config: { acks: '1', 'max.in.flight.requests.per.connection': 8 } },
    { id: 'orders', kind: 'topic', name: 'orders', config: {} },
    { id: 'work', kind: 'service', name: 'work', config: { 'commit.mode': 'auto' } },
    { id: 'ledger', kind: 'topic', name: 'ledger', config: {} },
    { id: 'sink', kind: 'sink', name: 'sink', config: {} },
  ],
  edges: [
    { id: 'a', source: 'shop', target: 'orders' },
    { id: 'b', source: 'orders', target: 'work' },
    { id: 'c', source: 'work', target: 'ledger' },
    { id: 'd', source: 'ledger', target: 'sink' },
  ],
  cluster: { config: {} },
  scenario: { seed: 1, durationMs: 1_000, faults: [], objectives: [] },
  layout: { positions: [] },
};

describe('[GUA-4] one guarantee for a pipeline', () => {
  test('[GUA-4] fixes what decides about delivery on every node, over what is set there', () => {
    const [shop, , work, , sink] = governed({ ...document, guarantee: 'exactly-once' }).nodes;
    expect(shop!.config).toMatchObject({ acks: 'all', 'enable.idempotence': true, 'max.in.flight.requests.per.connection': 5 });
    expect(work!.config).toMatchObject({ 'processing.guarantee': 'exactly_once_v2', 'isolation.level': 'read_committed', acks: 'all' });
    expect(sink!.config).toMatchObject({ 'commit.mode': 'after-processing', 'isolation.level': 'read_committed' });
    expect(governed(document)).toBe(document);
  });

  test.each(guarantees)('[GUA-4] %s names only configs that the kinds have, and what it makes of a document may run', (guarantee) => {
    for (const kind of nodeKindNames) {
      const values = governedConfig(guarantee, { id: 'n', kind, name: 'n', config: {} });
      expect(kind === 'topic' ? Object.keys(values) : []).toEqual([]);
    }
    const errors = validateDocument({ ...document, guarantee }).filter(({ severity }) => severity === 'error');
    expect(errors).toEqual([]);
  });

  test('[GUA-4] is kept in the file, set by path, and undone', () => {
    const { document: changed, inverse } = applyChange(document, { type: 'guarantee.set', value: 'at-most-once' });
    expect(parseDocument(serializeDocument(changed), { file: 'a.json' }).document).toEqual(changed);
    expect(applyChange(changed, inverse).document).toEqual(document);
    expect(setByPath(document, 'guarantee=exactly-once').change).toEqual({ type: 'guarantee.set', value: 'exactly-once' });
    expect(setByPath(document, 'guarantee=').change).toEqual({ type: 'guarantee.set', value: null });
    expect(setByPath(document, 'guarantee=twice').findings.map(({ code }) => code)).toEqual(['set.guarantee']);
    expect(parseDocument(JSON.stringify({ ...document, guarantee: 'twice' }), { file: 'a.json' }).document).toBeNull();
  });

  test('[GUA-4] a finding about what the guarantee fixes names the guarantee as the place to change', () => {
    const share = document.nodes.map((node) => (node.id === 'work' ? { ...node, config: { 'group.protocol': 'share' } } : node));
    const of = (guarantee?: 'exactly-once') =>
      validateDocument({ ...document, nodes: share, ...(guarantee && { guarantee }) }).find(({ code }) => code === 'share.exactly-once');
    expect(of()).toBeUndefined();
    const { remedy, node, config } = of('exactly-once')!;
    expect([node, config]).toEqual(['work', 'processing.guarantee']);
    expect(remedy).toBe(
      "processing.guarantee is fixed at exactly_once_v2 by the pipeline's guarantee (Exactly once). Choose another guarantee, or none. Then: Set group.protocol to consumer or classic, or processing.guarantee to at_least_once.",
    );
  });
});
