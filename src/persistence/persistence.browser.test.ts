import { afterEach, describe, expect, test } from 'vitest';
import { newDocument, type PipelineDocument } from '../pipeline/index.ts';
import { createDocumentRepository } from './repository.ts';
import { holdWriterLock, type TabRole, type WriterLock } from './writerLock.ts';

const named = (name: string): PipelineDocument => ({ ...newDocument(), name });
let databases = 0;
const freshName = () => `test-documents-${Date.now()}-${databases++}`;

describe('documents in IndexedDB', () => {
  test('[SAVE-5] a saved document comes back equal, the newest first in the list', async () => {
    let clock = 100;
    const repository = createDocumentRepository(freshName(), () => (clock += 1));
    await repository.save('one', named('One'));
    await repository.save('two', named('Two'));
    await repository.save('one', named('One again'));
    expect((await repository.load('one'))?.document).toEqual(named('One again'));
    expect((await repository.recent(5)).map((summary) => summary.name)).toEqual(['One again', 'Two']);
    expect(await repository.recent(1)).toHaveLength(1);
    expect(await repository.load('three')).toBeUndefined();
  });

  test('[SAVE-6] named versions are all kept, of the others the last twenty', async () => {
    const repository = createDocumentRepository(freshName());
    await repository.addVersion('key', named('kept'), 'before lunch');
    for (let number = 0; number < 25; number += 1) await repository.addVersion('key', named(String(number)), '');
    const versions = await repository.versions('key');
    expect(versions).toHaveLength(21);
    expect(versions[0]?.document.name).toBe('24');
    expect(versions.at(-1)?.label).toBe('before lunch');
    expect(await repository.versions('other')).toEqual([]);
  });

  test('[SAVE-7] removing a document removes its versions', async () => {
    const repository = createDocumentRepository(freshName());
    await repository.save('key', named('gone'));
    await repository.addVersion('key', named('gone'), 'x');
    await repository.remove('key');
    expect(await repository.load('key')).toBeUndefined();
    expect(await repository.versions('key')).toEqual([]);
  });

  test('[SAVE-11] what can be undone is stored with its document, its parts shared, and goes with it', async () => {
    const repository = createDocumentRepository(freshName());
    const documents = Array.from({ length: 151 }, (_, number) => named(String(number)));
    const past = documents.slice(1).map((after, at) => ({ label: `step ${at}`, before: documents[at]!, after }));
    await repository.save('key', documents[150]!, { past, future: [] });
    const history = await repository.history('key');
    expect(history?.past).toHaveLength(100);
    expect(history?.past.at(-1)?.after).toEqual(documents[150]);
    expect(history?.past[7]?.after).toBe(history?.past[8]?.before);
    await repository.save('key', documents[0]!);
    expect(await repository.history('key')).toEqual({ past: [], future: [] });
    await repository.remove('key');
    expect(await repository.history('key')).toBeUndefined();
  });

  test('[SAVE-8] a database deleted under the connection is opened anew', async () => {
    const name = freshName();
    const repository = createDocumentRepository(name);
    await repository.save('key', named('first'));
    await new Promise((resolve) => {
      const request = indexedDB.deleteDatabase(name);
      request.onsuccess = request.onerror = resolve;
    });
    await repository.save('key', named('second'));
    expect((await repository.load('key'))?.name).toBe('second');
  });
});

describe('one tab writes', () => {
  const held: WriterLock[] = [];
  afterEach(() => held.splice(0).forEach((lock) => lock.release()));

  function tab(key: string) {
    const roles: TabRole[] = [];
    let saves = 0;
    const lock = holdWriterLock({ key, onRole: (role) => roles.push(role), onSaved: () => (saves += 1) });
    held.push(lock);
    return { lock, roles, saves: () => saves };
  }

  test('[SAVE-9] the first tab writes, the second follows, takes over, and gets the lock back when the writer goes', async () => {
    const key = freshName();
    const first = tab(key);
    await expect.poll(() => first.roles).toEqual(['writer']);
    const second = tab(key);
    await expect.poll(() => second.roles).toEqual(['follower']);
    first.lock.tellSaved();
    await expect.poll(() => second.saves()).toBe(1);
    second.lock.takeOver();
    await expect.poll(() => second.roles.at(-1)).toBe('writer');
    await expect.poll(() => first.roles.at(-1)).toBe('follower');
    second.lock.release();
    await expect.poll(() => first.roles.at(-1)).toBe('writer');
  });
});
