import { FolderOpen, Redo2, Search, Share2, Table2, Undo2 } from 'lucide-react';
import { shortcutWords } from '../actions/index.ts';
import { useDocument } from '../stores/documentStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import { performAction } from '../actions/index.ts';
import { DocumentName } from './DocumentName.tsx';
import { ExportMenu } from './ExportMenu.tsx';
import { RunControls } from './RunControls.tsx';
import { SavedBadge } from './SavedBadge.tsx';
import { ThemeMenu } from './ThemeMenu.tsx';
import './TopBar.css';

function Logo() {
  return (
    <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true" focusable="false" className="lj-logo">
      <rect x="1" y="4" width="14" height="3" rx="1.5" fill="var(--lj-accent)" />
      <rect x="1" y="9.5" width="20" height="3" rx="1.5" fill="var(--lj-rising)" />
      <rect x="1" y="15" width="10" height="3" rx="1.5" fill="var(--lj-accent)" />
      <rect x="13" y="15" width="8" height="3" rx="1.5" fill="var(--lj-text)" />
    </svg>
  );
}

function UndoButtons() {
  const canUndo = useDocument((state) => state.canUndo && !state.readOnly);
  const canRedo = useDocument((state) => state.canRedo && !state.readOnly);
  const undoLabel = useDocument((state) => state.undoLabel);
  const redoLabel = useDocument((state) => state.redoLabel);
  return (
    <>
      <button
        type="button"
        className="lj-icon-button"
        aria-label="Undo"
        title={`Undo ${undoLabel ?? ''} (${shortcutWords('Mod+Z')})`}
        disabled={!canUndo}
        onClick={() => performAction('edit.undo')}
      >
        <Undo2 size={16} aria-hidden="true" />
      </button>
      <button
        type="button"
        className="lj-icon-button"
        aria-label="Redo"
        title={`Redo ${redoLabel ?? ''} (${shortcutWords('Mod+Shift+Z')})`}
        disabled={!canRedo}
        onClick={() => performAction('edit.redo')}
      >
        <Redo2 size={16} aria-hidden="true" />
      </button>
    </>
  );
}

/** Name and saved state left, run controls in the middle, commands, theme, share, open and export right. */
export function TopBar() {
  const { show } = viewStore.getState();
  return (
    <header className="lj-topbar">
      <div className="lj-topbar-side">
        <Logo />
        <h1 className="lj-brand">Logjam</h1>
        <DocumentName />
        <SavedBadge />
        <UndoButtons />
      </div>
      <RunControls />
      <div className="lj-topbar-side lj-topbar-end">
        <button
          type="button"
          className="lj-button lj-find"
          title={`Find or do anything (${shortcutWords('Mod+K')})`}
          onClick={() => show('palette')}
        >
          <Search size={15} aria-hidden="true" />
          <span className="lj-find-words">Find or do …</span>
          <kbd aria-hidden="true">{shortcutWords('Mod+K')}</kbd>
        </button>
        <button
          type="button"
          className="lj-icon-button lj-bordered"
          aria-label="Guarantee matrix"
          title="Guarantee matrix: the same run under each delivery guarantee"
          onClick={() => performAction('run.matrix')}
        >
          <Table2 size={16} aria-hidden="true" />
        </button>
        <ThemeMenu />
        <button
          type="button"
          className="lj-icon-button lj-bordered"
          aria-label="Open"
          title="Open a document, an example or a file"
          onClick={() => show('open')}
        >
          <FolderOpen size={16} aria-hidden="true" />
        </button>
        <button
          type="button"
          className="lj-icon-button lj-bordered"
          aria-label="Share"
          title="Share or save as a file"
          onClick={() => show('share')}
        >
          <Share2 size={16} aria-hidden="true" />
        </button>
        <ExportMenu />
      </div>
    </header>
  );
}
