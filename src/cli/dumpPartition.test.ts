import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeBatch, isBatchFault } from '../engine/log/decodeBatch.ts';
import type { PipelineDocument } from '../pipeline/index.ts';
import { logjam } from './program.ts';

const shop = {
  format: 'logjam/pipeline',
  version: 1,
  name: 'shop',
  description: '',
  nodes: [
    { id: 'app', kind: 'producer', name: 'order app', config: { 'workload.rate': 200 } },
    { id: 't', kind: 'topic', name: 'orders', config: { partitions: 2, 'segment.bytes': 30_000 } },
    { id: 'index', kind: 'sink', name: 'index', config: { 'auto.offset.reset': 'earliest' } },
  ],
  edges: [
    { id: 'a', source: 'app', target: 't' },
    { id: 'b', source: 't', target: 'index' },
  ],
  cluster: { config: {} },
  scenario: { seed: 7, durationMs: 5_000, faults: [], objectives: [] },
  layout: { positions: [] },
} satisfies PipelineDocument;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'logjam-dump-'));
  writeFileSync(join(folder, 'shop.json'), JSON.stringify(shop));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function call(...args: string[]) {
  let out = '';
  let err = '';
  const code = await logjam(args, { out: (text) => void (out += text), err: (text) => void (err += text), workingFolder: folder });
  return { code, out, err };
}

test('a partition is written as a directory whose batches decode; the notes say what to know', async () => {
  const { code, out, err } = await call('run', 'shop.json', '--dump-partition', 'orders-1', '--to', 'files');
  expect(code).toBe(0);
  expect(out).toContain('shop');
  expect(err).toContain('info: Timestamps count from the start of the run');
  expect(readdirSync(join(folder, 'files'))).toEqual(['orders-1']);
  const names = readdirSync(join(folder, 'files', 'orders-1'));
  const logs = names.filter((name) => name.endsWith('.log')).sort();
  expect(logs.length).toBeGreaterThan(2);
  let offset = 0;
  for (const name of logs) {
    const path = join(folder, 'files', 'orders-1', name);
    const bytes = new Uint8Array(readFileSync(path));
    expect(Number(name.slice(0, 20))).toBe(offset);
    for (let at = 0; at < bytes.length;) {
      const batch = decodeBatch(bytes, at);
      if (isBatchFault(batch)) throw new Error(batch.detail);
      offset += batch.recordsCount;
      at += batch.sizeBytes;
    }
    // Of virtual time, which begins in 1970.
    expect(statSync(path).mtimeMs).toBeLessThan(5_001);
  }
  expect(offset).toBeGreaterThan(100);
  expect(names).toContain('leader-epoch-checkpoint');
});

test('with a data folder the directory is the same', async () => {
  const { code } = await call('run', 'shop.json', '--data', 'data', '--dump-partition', 'orders-1', '--to', 'again');
  expect(code).toBe(0);
  for (const name of readdirSync(join(folder, 'again', 'orders-1')))
    expect(readFileSync(join(folder, 'again', 'orders-1', name))).toEqual(readFileSync(join(folder, 'files', 'orders-1', name)));
});

test.each([
  [['--dump-partition', 'orders-9', '--to', 'x'], 'Use one of orders-0 to orders-1, __consumer_offsets-16.'],
  [['--dump-partition', 'orders-0'], '--dump-partition is given without --to.'],
  [['--dump-partition', 'orders-1', '--to', 'files'], 'has files already.'],
  [['--to', 'x'], '--to is given without --dump-partition.'],
  [['--dump-partition', 'orders-0', '--to', 'shop.json'], 'Choose another place.'],
])('%j is refused with a remedy', async (args, remedy) => {
  const { code, err } = await call('run', 'shop.json', ...args);
  expect(code).toBe(2);
  expect(err).toContain(remedy);
});
