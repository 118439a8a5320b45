import { expect, test } from 'vitest';
import { advance } from '../advance.ts';
import { checkpoint, restore } from '../checkpoint.ts';
import { documentOf, start } from '../harness.ts';
import { readPage } from './records.ts';

const orders = documentOf({
  nodes: {
    shop: {
      kind: 'producer',
      config: {
        'workload.rate': 100,
        'workload.records': 50,
        'key.shape': 'uniform',
        'key.count': 1000,
        'value.template': '{"customer": "{{key}}", "item": {{integer 1 3}}}',
      },
      to: ['orders'],
    },
    orders: { kind: 'topic', to: ['byItem'] },
    byItem: { kind: 'rekey', config: { key: 'value.item' }, to: ['items'] },
    items: { kind: 'topic', to: ['view'] },
    view: { kind: 'sink' },
  },
  seconds: 2,
});

test('[WRK-10] a value written with {{key}} keeps the key of its source after a re-key, and after going on from a checkpoint', () => {
  const run = start(orders);
  advance(run, { untilUs: 250_000, maxEvents: Infinity });
  const later = restore(run.topology, checkpoint(run));
  advance(later, { untilUs: 2_000_000, maxEvents: Infinity });
  const pageOf = (topic: number) => {
    const answer = readPage(later, { partition: later.ctx.topics[topic]!.firstPartition, offset: 0, limit: 50 });
    return 'page' in answer ? answer.page.records : [];
  };
  const [sent, keyedAnew] = [pageOf(0), pageOf(1)];
  expect(sent.length).toBeGreaterThan(0);
  for (const record of keyedAnew) {
    const value = JSON.parse(record.value!) as { customer: string; item: number };
    expect(record.key).toBe(String(value.item));
    const before = sent.find(({ sequence }) => sequence === record.sequence);
    if (before) expect(value.customer).toBe(before.key);
    expect(value.customer).toMatch(/^key-\d+$/);
  }
  expect(keyedAnew.some(({ sequence }) => sent.some((record) => record.sequence === sequence))).toBe(true);
});
