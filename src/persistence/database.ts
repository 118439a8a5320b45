/** The documents' own database, apart from the logs'. Opened on first use; every failure is an error the caller shows. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { PipelineDocument } from '../pipeline/document.ts';

/** A stored document. */
export interface StoredDocument {
  readonly key: string;
  readonly name: string;
  readonly savedAtMs: number;
  readonly document: PipelineDocument;
}

/** A document as it was at a moment, by name or by time. */
export interface StoredVersion {
  readonly id?: number;
  readonly key: string;
  /** What a person called it; empty for those made on their own. */
  readonly label: string;
  readonly savedAtMs: number;
  readonly document: PipelineDocument;
}

/** One step that can be taken back or done again: the documents before and after it. They share their parts, in the database too. */
export interface StoredStep {
  readonly label: string;
  readonly before: PipelineDocument;
  readonly after: PipelineDocument;
}

/** What can be undone and redone of a document; of the very document that is stored with it. */
export interface StoredHistory {
  readonly past: readonly StoredStep[];
  readonly future: readonly StoredStep[];
}

export interface DocumentsSchema extends DBSchema {
  documents: { key: string; value: StoredDocument; indexes: { savedAtMs: number } };
  versions: { key: number; value: StoredVersion; indexes: { key: string } };
  histories: { key: string; value: StoredHistory };
}

export type DocumentsDatabase = IDBPDatabase<DocumentsSchema>;

const databaseVersion = 2;

/** Opens the database, making it when it is missing. */
export function openDocuments(name = 'logjam-documents', onGone: () => void = () => undefined): Promise<DocumentsDatabase> {
  return openDB<DocumentsSchema>(name, databaseVersion, {
    upgrade(database, before) {
      if (before < 1) {
        const documents = database.createObjectStore('documents', { keyPath: 'key' });
        documents.createIndex('savedAtMs', 'savedAtMs');
        const versions = database.createObjectStore('versions', { keyPath: 'id', autoIncrement: true });
        versions.createIndex('key', 'key');
      }
      database.createObjectStore('histories');
    },
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    terminated: onGone,
  });
}
