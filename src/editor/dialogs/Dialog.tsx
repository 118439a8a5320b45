import { X } from 'lucide-react';
import { useEffect, useId, useRef, type ReactNode } from 'react';
import { useView, viewStore, type DialogName } from '../stores/viewStore.ts';
import './Dialog.css';

interface Properties {
  readonly name: DialogName;
  readonly title: string;
  readonly wide?: boolean;
  /** As large as the page allows. */
  readonly full?: boolean;
  /** The palette has no visible title and begins at the top. */
  readonly bare?: boolean;
  readonly children: ReactNode;
}

/** A modal dialog, the browser's own: it keeps the focus inside and gives it back. */
export function Dialog({ name, title, wide = false, full = false, bare = false, children }: Properties) {
  const open = useView((view) => view.dialog === name);
  const frame = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = frame.current;
    if (dialog === null) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);
  const close = () => viewStore.getState().show(null);
  return (
    // A click on the backdrop closes, as Escape does for the keyboard.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <dialog
      ref={frame}
      className={`lj-dialog${wide ? ' lj-dialog-wide' : ''}${full ? ' lj-dialog-full' : ''}${bare ? ' lj-dialog-bare' : ''}`}
      aria-labelledby={id}
      onClose={() => viewStore.getState().dialog === name && close()}
      onClick={(event) => event.target === event.currentTarget && close()}
    >
      <div className="lj-dialog-content">
        <header className={bare ? 'lj-visually-hidden' : undefined}>
          <h2 id={id}>{title}</h2>
          {!bare && (
            <button type="button" className="lj-icon-button" aria-label="Close" onClick={close}>
              <X size={16} aria-hidden="true" />
            </button>
          )}
        </header>
        {open && children}
      </div>
    </dialog>
  );
}
