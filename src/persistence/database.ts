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

export interface DocumentsSchema extends DBSchema {
  documents: { key: string; value: StoredDocument; indexes: { savedAtMs: number } };
  versions: { key: number; value: StoredVersion; indexes: { key: string } };
}

export type DocumentsDatabase = IDBPDatabase<DocumentsSchema>;

const databaseVersion = 1;

/** Opens the database, making it when it is missing. */
export function openDocuments(name = 'logjam-documents', onGone: () => void = () => undefined): Promise<DocumentsDatabase> {
  return openDB<DocumentsSchema>(name, databaseVersion, {
    upgrade(database) {
      const documents = database.createObjectStore('documents', { keyPath: 'key' });
      documents.createIndex('savedAtMs', 'savedAtMs');
      const versions = database.createObjectStore('versions', { keyPath: 'id', autoIncrement: true });
      versions.createIndex('key', 'key');
    },
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    terminated: onGone,
  });
}
