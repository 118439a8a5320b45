import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { newDocument, type PipelineDocument } from '../pipeline/index.ts';
import { logjam } from './program.ts';

const folder = mkdtempSync(join(tmpdir(), 'logjam-damaged-'));
afterAll(() => rmSync(folder, { recursive: true }));

const shop: PipelineDocument = {
  ...newDocument('shop'),
  nodes: [
    { id: 'app', kind: 'producer', name: 'app', config: { 'workload.rate': 200 } },
    { id: 'orders', kind: 'topic', name: 'orders', config: { partitions: 2, 'segment.bytes': 20_000 } },
    { id: 'index', kind: 'sink', name: 'index', config: { 'auto.offset.reset': 'earliest', 'service.time.ms': 1 } },
  ],
  edges: [
    { id: 'a', source: 'app', target: 'orders' },
    { id: 'b', source: 'orders', target: 'index' },
  ],
  scenario: { seed: 7, durationMs: 20_000, faults: [], objectives: [] },
};
writeFileSync(join(folder, 'shop.json'), JSON.stringify(shop));

async function call(...args: string[]) {
  let out = '';
  let err = '';
  const io = { out: (text: string) => void (out += text), err: (text: string) => void (err += text), workingFolder: folder };
  const code = await logjam(['run', 'shop.json', '--json', ...args], io);
  return { code, err, report: code === 0 ? JSON.parse(out) : null };
}

const data = ['--data', 'data'];

/** The file of a block, or the checkpoint's. */
function file(start: string, end = '.block'): string {
  const run = join(folder, 'data', readdirSync(join(folder, 'data'))[0]!);
  return join(
    run,
    readdirSync(run).find((name) => name.startsWith(start) && name.endsWith(end))!,
  );
}

function flip(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 16;
  writeFileSync(path, bytes);
}

beforeEach(async () => {
  rmSync(join(folder, 'data'), { recursive: true, force: true });
  expect((await call(...data, '--until', '12s')).code).toBe(0);
});

describe('a data folder with damaged files', () => {
  for (const [what, damage, found] of [
    ['a flipped bit', flip, /block 1\/1 of run shop\.json, file .*1-1-\d+\.block: the block has checksum \d+, its bytes give \d+/s],
    ['a torn end', (path: string) => truncateSync(path, 500), /1-1-\d+\.block: the block says it has \d+ bytes, there are 500/s],
    ['a file that is gone', (path: string) => rmSync(path), /1-1-\d+\.block: the file is not there/s],
  ] as const) {
    test(`[REC-6] ${what}: refused with the file, what was found and the remedy; --rebuild gives the run that was stored`, async () => {
      damage(file('1-1-'));
      for (const again of [1, 2]) {
        const { code, err } = await call(...data);
        expect([again, code]).toEqual([again, 2]);
        expect(err).toMatch(found);
        expect(err).toMatch(/orders-1 is damaged in 1 of its \d+ blocks, first at offset \d+ of \d+ \(offsets 0 to \d+ are whole\)/);
        expect(err).toContain('--rebuild');
      }
      const rebuilt = await call(...data, '--rebuild');
      expect(rebuilt.err).toMatch(/rebuilt up to 12 s of virtual time, with the same fingerprint [0-9a-f]+/);
      expect(rebuilt.report).toEqual((await call()).report);
      const after = await call(...data);
      expect([after.code, after.err.includes('damaged')]).toEqual([0, false]);
    });
  }

  test('[REC-6] a damaged checkpoint is refused with its file', async () => {
    flip(file('', '.checkpoint'));
    const { code, err } = await call(...data);
    expect(code).toBe(2);
    expect(err).toMatch(/file .*\d+\.checkpoint should have checksum \d+, its \d+ bytes give \d+\.\n {2}Add --rebuild/);
    const rebuilt = await call(...data, '--rebuild');
    expect(rebuilt.report).toEqual((await call()).report);
    expect((await call(...data)).err).toContain('goes on from');
  });

  test('[REC-6] --rebuild without a folder is refused, and with a whole one changes nothing', async () => {
    expect(await call('--rebuild')).toMatchObject({ code: 2, err: expect.stringContaining('Add --data <folder>') });
    const { code, err } = await call(...data, '--rebuild');
    expect(code).toBe(0);
    expect(err).toContain('goes on from 12 s');
  });
});
