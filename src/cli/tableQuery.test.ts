import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PipelineDocument } from '../pipeline/index.ts';
import { logjam } from './program.ts';

const shop = {
  format: 'logjam/pipeline',
  version: 1,
  name: 'shop',
  description: '',
  nodes: [
    {
      ...{ id: 'app', kind: 'producer', name: 'order app' },
      config: { 'workload.rate': 20, 'workload.records': 30, 'value.template': '{"customer": "c{{integer 1 2}}"}' },
    },
    { id: 't', kind: 'topic', name: 'orders', config: { partitions: 2 } },
    {
      ...{ id: 'count', kind: 'sql', name: 'count' },
      config: {
        sql: 'CREATE TABLE counts AS SELECT customer, COUNT(*) AS n FROM orders GROUP BY customer;',
        'auto.offset.reset': 'earliest',
      },
    },
    { id: 'r', kind: 'topic', name: 'counts', config: { partitions: 1 } },
  ],
  edges: [
    { id: 'a', source: 'app', target: 't' },
    { id: 'b', source: 't', target: 'count' },
    { id: 'c', source: 'count', target: 'r' },
  ],
  cluster: { config: {} },
  scenario: { seed: 7, durationMs: 10_000, faults: [], objectives: [] },
  layout: { positions: [] },
} satisfies PipelineDocument;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'logjam-query-'));
  writeFileSync(join(folder, 'shop.json'), JSON.stringify(shop));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function call(...args: string[]) {
  let out = '';
  let err = '';
  const code = await logjam(args, { out: (text) => void (out += text), err: (text) => void (err += text), workingFolder: folder });
  return { code, out, err };
}

test('the answer of a query stands behind the report, and in its JSON', async () => {
  const { code, out } = await call('run', 'shop.json', '--query', 'SELECT * FROM counts');
  expect(code).toBe(0);
  const [, answer = ''] = out.split('Answer to SELECT * FROM counts\n');
  const rows = answer
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  expect(rows[0]).toEqual(['CUSTOMER', 'N']);
  expect(
    rows
      .slice(1)
      .map(([customer]) => customer)
      .sort(),
  ).toEqual(['c1', 'c2']);
  expect(rows.slice(1).reduce((sum, [, n]) => sum + Number(n), 0)).toBe(30);
  const { out: json } = await call('run', 'shop.json', '--json', '--query', 'SELECT n FROM counts LIMIT 1');
  expect((JSON.parse(json) as { answer: unknown }).answer).toMatchObject({
    schema: '`N` BIGINT',
    rows: [[expect.stringMatching(/^\d+$/)]],
  });
});

test('a query that cannot be answered is refused before the run', async () => {
  const { code, out, err } = await call('run', 'shop.json', '--query', 'SELECT * FROM missing');
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain('--query cannot be answered: MISSING does not exist.');
});
