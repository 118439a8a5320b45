import { expect, test } from 'vitest';
import type { PipelineDocument } from '../pipeline/index.ts';
import { exportFiles } from './exportFiles.ts';

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

test('[GUA-4] exports are those of what runs', () => {
  const texts = exportFiles({ ...document, guarantee: 'exactly-once' }, 'properties').files.map(({ path, text }) => `${path}\n${text}`);
  expect(texts.find((text) => text.startsWith('clients/sink'))).toContain('isolation.level=read_committed');
  const work = texts.filter((text) => text.startsWith('clients/work')).join('\n');
  expect(work).toContain('enable.auto.commit=false');
  expect(work).not.toContain('transaction.timeout.ms');
  expect(texts.find((text) => text.startsWith('clients/shop'))).not.toContain('acks=1');
});
