import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { documentOf } from '../../engine/run/harness.ts';
import { logjam } from '../program.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'logjam-follow-'));
  const document = documentOf({
    nodes: {
      shop: { kind: 'producer', config: { 'workload.rate': 50, 'key.shape': 'uniform', 'linger.ms': 10 }, to: ['orders'] },
      orders: { kind: 'topic', config: { partitions: 2 }, to: ['index'] },
      index: { kind: 'sink', config: { 'service.time.ms': 4 } },
    },
    cluster: { 'network.latency.ms': 1 },
    seconds: 4,
  });
  writeFileSync(join(folder, 'shop.json'), JSON.stringify(document));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function call(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await logjam(args, { out: (text) => void (out += text), err: (text) => void (err += text), workingFolder: folder });
  return { code, out, err };
}

test('[FOL-3] follow prints the way of the record at an offset, with a bar for each stage', async () => {
  const { code, out } = await call('follow', 'shop.json', '--record', 'orders-1@12');
  expect(code).toBe(0);
  for (const part of ['of shop, made at', 'orders-1@12', 'modulo 2 = 1', 'linger', 'network', 'index', 'served', 'service', '█']) {
    expect(out).toContain(part);
  }
  const { out: json } = await call('follow', 'shop.json', '--record', 'orders-1@12', '--json');
  expect(JSON.parse(json)).toMatchObject({ source: 'shop', complete: true, copies: [{ topic: 'orders', partition: 1, offset: 12 }] });
});

test.each([
  ['orders', 'names no record'],
  ['orders-7@1', 'orders-7 is no partition'],
  ['orders-0@100000', 'That partition ends at offset'],
])('[FOL-3] a record that is not there is refused with the reason: %s', async (record, reason) => {
  const { code, err } = await call('follow', 'shop.json', '--record', record);
  expect(code).toBe(2);
  expect(err).toContain(reason);
});
