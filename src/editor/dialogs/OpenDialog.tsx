import { FilePlus, FolderOpen, Trash2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { openExample, openFromFile, openNew, openStored, recentDocuments, removeDocument } from '../files/documents.ts';
import { examples } from '../files/examples.ts';
import { documentStore } from '../stores/documentStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import { toast } from '../toasts/toastStore.ts';
import { Dialog } from './Dialog.tsx';

type Recent = Awaited<ReturnType<typeof recentDocuments>>;

function leave(open: () => Promise<unknown>): void {
  viewStore.getState().show(null);
  void open();
}

async function openRecent(key: string): Promise<void> {
  if (!(await openStored(key).catch(() => false))) toast('This document could not be read.', { tone: 'bad' });
}

function Lists() {
  const [recent, setRecent] = useState<Recent | null>(null);
  const [trouble, setTrouble] = useState(false);
  useEffect(() => {
    recentDocuments().then(setRecent, () => setTrouble(true));
  }, []);
  const present = documentStore.getState().key;
  return (
    <div className="lj-open">
      <section aria-label="Examples">
        <h3>Start from</h3>
        <ul className="lj-choices">
          {examples.map((example) => (
            <li key={example.id}>
              <button type="button" className="lj-template" onClick={() => leave(() => openExample(example, true))}>
                <span>
                  <strong>{example.title}</strong>
                  <small>{example.description}</small>
                </span>
              </button>
            </li>
          ))}
        </ul>
        <div className="lj-row">
          <button type="button" className="lj-button" onClick={() => leave(openNew)}>
            <FilePlus size={15} aria-hidden="true" /> New pipeline
          </button>
          <button type="button" className="lj-button" onClick={() => leave(openFromFile)}>
            <FolderOpen size={15} aria-hidden="true" /> Open a file
          </button>
        </div>
        <p className="lj-muted">Or drop a file anywhere, or paste its text.</p>
      </section>
      <section aria-label="Recent documents">
        <h3>In this browser</h3>
        {trouble && <p className="lj-problem">The browser’s database is not available: documents are kept in their tabs only.</p>}
        {recent?.length === 0 && <p className="lj-muted">Nothing yet. Documents are saved here on their own.</p>}
        <ul className="lj-choices">
          {recent?.map((document) => (
            <li key={document.key} className="lj-recent">
              <button
                type="button"
                className="lj-template"
                aria-current={document.key === present}
                onClick={() => leave(() => openRecent(document.key))}
              >
                <span>
                  <strong>{document.name}</strong>
                  <small>
                    {document.nodeCount} nodes, saved {new Date(document.savedAtMs).toLocaleString()}
                    {document.key === present ? ', open now' : ''}
                  </small>
                </span>
              </button>
              <button
                type="button"
                className="lj-icon-button"
                aria-label={`Remove ${document.name}`}
                title={document.key === present ? 'The open document cannot be removed' : 'Remove from this browser'}
                disabled={document.key === present}
                onClick={() => void removeDocument(document.key).then(() => recentDocuments().then(setRecent))}
              >
                <Trash2 size={14} aria-hidden="true" />
              </button>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

/** Examples, recent documents, files. */
export function OpenDialog() {
  return (
    <Dialog name="open" title="Open" wide>
      <Lists />
    </Dialog>
  );
}
