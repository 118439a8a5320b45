import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    async damage(_runKey, key) {
      const [path] = await filesOf(`${key.partition}-${key.block}-`);
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
