import { lazy, Suspense } from 'react';
import { Dialog } from './Dialog.tsx';

const LoadedFiles = lazy(() => import('./ExportFiles.tsx').then(({ ExportFiles }) => ({ default: ExportFiles })));

/** The design as configuration for real systems. */
export function ExportDialog() {
  return (
    <Dialog name="export" title="Export" wide>
      <Suspense fallback={<p className="lj-muted">Making the files …</p>}>
        <LoadedFiles />
      </Suspense>
    </Dialog>
  );
}
