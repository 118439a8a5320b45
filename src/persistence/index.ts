/** The documents' database, autosave, and who writes. */
export { createAutosave, type SavedState } from './autosave.ts';
export type { StoredHistory, StoredVersion } from './database.ts';
export { createDocumentRepository } from './repository.ts';
export { holdWriterLock, type TabRole, type WriterLock } from './writerLock.ts';
