import { lazy, Suspense } from 'react';
import { configDefinition } from '../../pipeline/kinds/index.ts';
import { Dialog } from '../dialogs/Dialog.tsx';
import { useDocument } from '../stores/documentStore.ts';
import { useCodeField } from './codeDialogStore.ts';

const LargeText = lazy(() => import('./LargeText.tsx').then((chunk) => ({ default: chunk.LargeText })));

/** A node's text with all the room of the page. */
export function CodeDialog() {
  const field = useCodeField();
  const node = useDocument((state) => state.document.nodes.find(({ id }) => id === field?.node));
  const name = node === undefined || field === null ? '' : `${configDefinition(node.kind, field.config)?.name ?? ''} of ${node.name}`;
  return (
    <Dialog name="code" title={name} full>
      {field !== null && node !== undefined && (
        <Suspense fallback={<p className="lj-muted">Loading the text editor …</p>}>
          <LargeText key={`${field.node} ${field.config}`} node={field.node} config={field.config} />
        </Suspense>
      )}
    </Dialog>
  );
}
