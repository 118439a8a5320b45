import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { storeErrorCode } from '../../engine/log/segmentStore.ts';
import type { StorePlace } from '../../engine/log/segmentStoreContract.ts';
import { storeContract, testImage } from '../../engine/log/segmentStoreContract.ts';
import { openFileSegmentStore } from './fileSegmentStore.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'logjam-store-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function filesOf(start: string): Promise<string[]> {
  const [folder] = await readdir(root);
  return (await readdir(join(root, folder))).filter((name) => name.startsWith(start)).map((name) => join(root, folder, name));
}

function filePlace(): StorePlace {
  return {
    survivesClosing: true,
    open: () => openFileSegmentStore(root),
    async damage(_runKey, key, how) {
      const [path] = await filesOf(`${key.partition}-${key.block}-`);
      if (how === 'remove') return rm(path);
      const bytes = await readFile(path);
      if (how === 'truncate') return truncate(path, bytes.length >> 1);
      bytes[bytes.length >> 1] ^= 4;
      await writeFile(path, bytes);
    },
    async damageCheckpoint() {
      const [folder] = await readdir(root);
      const path = join(
        root,
        folder,
        (await readdir(join(root, folder))).find((name) => name.endsWith('.checkpoint'))!,
      );
      const bytes = await readFile(path);
      bytes[bytes.length >> 1] ^= 4;
      await writeFile(path, bytes);
    },
  };
}

describe('file store', () => {
  test.each(storeContract)('[LOG-20] $title', (check) => check.run(filePlace()));

  test('[LOG-20] what a call that did not finish left behind does not count, and replaced files go', async () => {
    const store = await openFileSegmentStore(root);
    await store.put('run', [{ partition: 0, block: 0, image: testImage(3) }]);
    await store.put('run', [{ partition: 0, block: 0, image: testImage(4) }]);
    await store.putCheckpoint('run', { data: 1, needs: [], deleted: [] });
    await store.putCheckpoint('run', { data: 2, needs: [], deleted: [] });
    const [folder] = await readdir(root);
    await writeFile(join(root, folder, '0-1-99.block'), 'half a block');
    await writeFile(join(root, folder, 'manifest.json.new'), '{"half":');
    const again = await openFileSegmentStore(root);
    expect((await again.list('run')).length).toBe(1);
    await expect(again.get('run', { partition: 0, block: 1 })).rejects.toThrow('not in the store');
    expect((await readdir(join(root, folder))).filter((name) => !name.startsWith('manifest'))).toHaveLength(3);
  });

  test('[LOG-20] a folder taken away, and a manifest that is none, are told', async () => {
    const store = await openFileSegmentStore(root);
    await store.put('run', [{ partition: 0, block: 0, image: testImage(3) }]);
    const [path] = await filesOf('manifest.json');
    await writeFile(path, '{"version":99}');
    await expect((await openFileSegmentStore(root)).list('run')).rejects.toThrow(/manifest of version 1/);
    await rm(root, { recursive: true });
    const code = await store.put('run', [{ partition: 0, block: 1, image: testImage(3) }]).catch(storeErrorCode);
    expect(code).toBe('STORE_CLOSED');
  });

  test('[LOG-20] no run key leads out of the store', async () => {
    const store = await openFileSegmentStore(root);
    for (const runKey of ['..', '.', '../outside', '/etc', 'a/b', 'a%2Fb']) {
      await store.put(runKey, [{ partition: 0, block: 0, image: testImage(1) }]);
    }
    expect((await readdir(root)).length).toBe(6);
    expect((await store.usage()).blocks).toBe(6);
  });
});

/** Writes checkpoint after checkpoint, each with the block it needs, and says each that is acknowledged, until it is killed. */
const writing = `
  import { openFileSegmentStore } from './src/cli/storage/fileSegmentStore.ts';
  import { testImage } from './src/engine/log/segmentStoreContract.ts';
  const store = await openFileSegmentStore(process.argv[2]);
  for (let n = 1; ; n++) {
    await store.put('run', [{ partition: 0, block: n, image: testImage(50) }]);
    const needs = [{ partition: 0, block: n }];
    const deleted = n > 1 ? [{ partition: 0, block: n - 1 }] : [];
    await store.putCheckpoint('run', { data: { n, words: new Uint32Array(500_000).fill(n) }, needs, deleted });
    process.stdout.write(n + '\\n');
  }
`;

/** The number of the last checkpoint a writing process has told of when it is killed, `afterMs` after it told of `tells`. */
async function killed(program: string, tells: number, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, [program, root], { stdio: ['ignore', 'pipe', 'inherit'] });
  let told = 0;
  child.stdout.on('data', (text: Buffer) => {
    told = Number(text.toString().trim().split('\n').at(-1));
    if (told >= tells) setTimeout(() => child.kill('SIGKILL'), afterMs);
  });
  await new Promise((resolve) => child.on('close', resolve));
  return told;
}

test('[REC-7] a process that is killed while it writes leaves the last whole checkpoint and its blocks', async () => {
  const program = join(root, '..', `${basename(root)}.mjs`);
  const stdin = { contents: writing, resolveDir: process.cwd(), loader: 'ts' as const };
  await build({ stdin, outfile: program, bundle: true, platform: 'node', format: 'esm' });
  try {
    // Each time at another point of a write.
    for (const afterMs of [0, 1, 2, 3, 5, 8, 13]) {
      const told = await killed(program, 2, afterMs);
      expect(told).toBeGreaterThanOrEqual(2);
      const store = await openFileSegmentStore(root);
      const { n, words } = (await store.getCheckpoint('run')) as { n: number; words: Uint32Array };
      // What was acknowledged is there; one more may have been finished without a word.
      expect([told, told + 1]).toContain(n);
      expect(words.every((word) => word === n)).toBe(true);
      expect(await store.verify('run', [{ partition: 0, block: n, baseOffset: 0, recordCount: 50, batchCount: 1 }])).toEqual([]);
      await store.clear('run');
      await store.close();
    }
  } finally {
    await rm(program);
  }
}, 30_000);
