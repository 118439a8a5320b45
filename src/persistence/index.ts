/** The documents' database, autosave, and who writes. */
export { createAutosave, type Autosave, type SavedState } from './autosave.ts';
export type { StoredVersion } from './database.ts';
export { createDocumentRepository, troubleOf, type DocumentRepository, type DocumentSummary } from './repository.ts';
export { holdWriterLock, type TabRole, type WriterLock } from './writerLock.ts';
