/** Reading and writing documents and their versions. */
import type { PipelineDocument } from '../pipeline/document.ts';
import { openDocuments, type DocumentsDatabase, type StoredDocument, type StoredHistory, type StoredVersion } from './database.ts';

/** Why a document could not be stored. */
export type StorageTrouble = 'quota' | 'gone';

export interface DocumentSummary {
  readonly key: string;
  readonly name: string;
  readonly savedAtMs: number;
  readonly nodeCount: number;
}

export interface DocumentRepository {
  load(key: string): Promise<StoredDocument | undefined>;
  /** Stores a document and, all or nothing, what can be undone of it. */
  save(key: string, document: PipelineDocument, history?: StoredHistory): Promise<void>;
  history(key: string): Promise<StoredHistory | undefined>;
  /** Newest first. */
  recent(limit: number): Promise<readonly DocumentSummary[]>;
  remove(key: string): Promise<void>;
  addVersion(key: string, document: PipelineDocument, label: string): Promise<void>;
  /** Newest first. */
  versions(key: string): Promise<readonly StoredVersion[]>;
}

/** Unnamed versions kept of one document. */
const unnamedVersionsKept = 20;

/** Steps of a history kept, each way. */
const stepsKept = 100;
const noHistory: StoredHistory = { past: [], future: [] };

function newest({ past, future }: StoredHistory): StoredHistory {
  const bare = ({ label, before, after }: StoredHistory['past'][number]) => ({ label, before, after });
  return { past: past.slice(-stepsKept).map(bare), future: future.slice(-stepsKept).map(bare) };
}

/** What an error of IndexedDB means for the person. */
export function troubleOf(error: unknown): StorageTrouble {
  return error instanceof DOMException && error.name === 'QuotaExceededError' ? 'quota' : 'gone';
}

async function trimVersions(database: DocumentsDatabase, key: string): Promise<void> {
  const transaction = database.transaction('versions', 'readwrite');
  const ids: number[] = [];
  for await (const cursor of transaction.store.index('key').iterate(key)) if (cursor.value.label === '') ids.push(cursor.primaryKey);
  await Promise.all(ids.slice(0, -unnamedVersionsKept).map((id) => transaction.store.delete(id)));
  await transaction.done;
}

/** Documents in IndexedDB. A connection that was closed under us is opened anew at the next call. */
export function createDocumentRepository(databaseName?: string, now: () => number = Date.now): DocumentRepository {
  let opening: Promise<DocumentsDatabase> | null = null;
  const open = () => {
    opening ??= openDocuments(databaseName, () => (opening = null)).catch((error: unknown) => {
      opening = null;
      throw error;
    });
    return opening;
  };
  const attempt = async <T>(work: (database: DocumentsDatabase) => Promise<T>): Promise<T> => {
    try {
      return await work(await open());
    } catch (error) {
      const closed = error instanceof DOMException && error.name === 'InvalidStateError';
      if (!closed) throw error;
      opening = null;
      return work(await open());
    }
  };
  return {
    load: (key) => attempt((database) => database.get('documents', key)),
    save: (key, document, history = noHistory) =>
      attempt(async (database) => {
        const transaction = database.transaction(['documents', 'histories'], 'readwrite');
        await Promise.all([
          transaction.objectStore('documents').put({ key, name: document.name, savedAtMs: now(), document }),
          transaction.objectStore('histories').put(newest(history), key),
          transaction.done,
        ]);
      }),
    history: (key) => attempt((database) => database.get('histories', key)),
    recent: (limit) =>
      attempt(async (database) => {
        const found: DocumentSummary[] = [];
        for await (const { value } of database.transaction('documents').store.index('savedAtMs').iterate(null, 'prev')) {
          if (found.length >= limit) break;
          found.push({ key: value.key, name: value.name, savedAtMs: value.savedAtMs, nodeCount: value.document.nodes.length });
        }
        return found;
      }),
    remove: (key) =>
      attempt(async (database) => {
        const transaction = database.transaction(['documents', 'versions', 'histories'], 'readwrite');
        await transaction.objectStore('documents').delete(key);
        await transaction.objectStore('histories').delete(key);
        for await (const cursor of transaction.objectStore('versions').index('key').iterate(key)) await cursor.delete();
        await transaction.done;
      }),
    addVersion: (key, document, label) =>
      attempt(async (database) => {
        await database.add('versions', { key, document, label, savedAtMs: now() });
        await trimVersions(database, key);
      }),
    versions: (key) => attempt(async (database) => (await database.getAllFromIndex('versions', 'key', key)).reverse()),
  };
}
