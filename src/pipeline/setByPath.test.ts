import { describe, expect, test } from 'vitest';
import { applyChange } from './changes/apply.ts';
import { newDocument } from './create.ts';
import type { PipelineDocument } from './document.ts';
import { setByPath } from './setByPath.ts';

const document: PipelineDocument = {
  ...newDocument(),
  nodes: [
    { id: 'p', kind: 'producer', name: 'web.shop', config: {} },
    { id: 't', kind: 'topic', name: 'orders=1', config: {} },
    { id: 'f', kind: 'filter', name: 'twin', config: {} },
    { id: 'g', kind: 'filter', name: 'twin', config: {} },
    { id: 'm', kind: 'map', name: 'p', config: {} },
  ],
};
const code = (assignment: string) => setByPath(document, assignment).findings.map((finding) => finding.code);

describe('setByPath', () => {
  test.each([
    ['p.linger.ms=2.5', { type: 'node.config', node: 'p', config: 'linger.ms', value: 2.5 }],
    ['web.shop.batch.size=1e3', { type: 'node.config', node: 'p', config: 'batch.size', value: 1_000 }],
    ['orders=1.partitions=12', { type: 'node.config', node: 't', config: 'partitions', value: 12 }],
    [
      'p.partitioner.adaptive.partitioning.enable=false',
      { type: 'node.config', node: 'p', config: 'partitioner.adaptive.partitioning.enable', value: false },
    ],
    ['f.condition=value.a = "b"', { type: 'node.config', node: 'f', config: 'condition', value: 'value.a = "b"' }],
    ['m.fields=["a","b = 1, 2"]', { type: 'node.config', node: 'm', config: 'fields', value: ['a', 'b = 1, 2'] }],
    ['m.fields=a\nb', { type: 'node.config', node: 'm', config: 'fields', value: ['a', 'b'] }],
    ['cluster.brokers=5', { type: 'cluster.config', config: 'brokers', value: 5 }],
    ['cluster.broker.racks=["a","b"]', { type: 'cluster.config', config: 'broker.racks', value: ['a', 'b'] }],
    ['cluster.hardware.profile=azure-d8s-v5-p30', { type: 'cluster.config', config: 'hardware.profile', value: 'azure-d8s-v5-p30' }],
    ['cluster.auto.leader.rebalance.enable=false', { type: 'cluster.config', config: 'auto.leader.rebalance.enable', value: false }],
    ['orders=1.local.retention.ms=-1', { type: 'node.config', node: 't', config: 'local.retention.ms', value: -1 }],
    ['p.transactional.id=shop-1', { type: 'node.config', node: 'p', config: 'transactional.id', value: 'shop-1' }],
    ['scenario.seed=4294967295', { type: 'scenario.set', field: 'seed', value: 4_294_967_295 }],
    ['scenario.durationMs=5000', { type: 'scenario.set', field: 'durationMs', value: 5_000 }],
  ])('%s', (assignment, change) => {
    const result = setByPath(document, assignment);
    expect(result).toEqual({ change, findings: [] });
    applyChange(document, result.change!);
  });

  test.each([
    ['partitions', 'set.no-value'],
    ['nobody.partitions=3', 'set.unknown-node'],
    ['t.partitons=3', 'config.unknown'],
    ['t.__proto__=3', 'config.unknown'],
    ['t.partitions=many', 'config.type'],
    ['t.partitions=', 'config.type'],
    ['t.partitions=0x10', 'config.type'],
    ['t.partitions=0', 'config.out-of-range'],
    ['p.acks=2', 'config.unknown-value'],
    ['twin.condition=key', 'set.ambiguous'],
    ['cluster.hardware.profile=abacus', 'config.unknown-value'],
    ['cluster.replica.lag.time.max=3', 'config.unknown'],
    ['f.transaction.records=1', 'config.unknown'],
    ['scenario.seed=-1', 'config.out-of-range'],
  ])('%s: %s', (assignment, expected) => {
    expect(setByPath(document, assignment).change).toBeNull();
    expect(code(assignment)).toEqual([expected]);
  });

  test('an id goes before a name', () => {
    expect(setByPath(document, 'p.linger.ms=1').change).toMatchObject({ node: 'p' });
  });
});
