import { Copy, Download, History } from 'lucide-react';
import { serializeDocument } from '../../pipeline/index.ts';
import { saveAsFile } from '../files/documents.ts';
import { documentStore } from '../stores/documentStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import { toast } from '../toasts/toastStore.ts';
import { Dialog } from './Dialog.tsx';

async function copyDocument(): Promise<void> {
  try {
    await navigator.clipboard.writeText(serializeDocument(documentStore.getState().document));
    toast('The document is on the clipboard as JSON. Paste it into a mail or into another tab of Logjam.', { tone: 'good' });
  } catch {
    toast('The browser does not allow copying here. Save the document as a file instead.', { tone: 'bad' });
  }
}

/** Ways to hand the document on. */
export function ShareDialog() {
  return (
    <Dialog name="share" title="Share">
      <p>A design is one JSON file. It opens here by drop, paste or Open, and runs headless with the same result.</p>
      <div className="lj-stack">
        <button type="button" className="lj-button lj-primary" onClick={saveAsFile}>
          <Download size={15} aria-hidden="true" /> Save as a file
        </button>
        <button type="button" className="lj-button" onClick={() => void copyDocument()}>
          <Copy size={15} aria-hidden="true" /> Copy as JSON text
        </button>
        <button type="button" className="lj-button" onClick={() => viewStore.getState().show('history')}>
          <History size={15} aria-hidden="true" /> Versions of this document
        </button>
      </div>
    </Dialog>
  );
}
