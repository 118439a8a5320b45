import { useState } from 'react';
import { setText } from '../document/edits.ts';
import { useDocument } from '../stores/documentStore.ts';

const longest = 200;

/** The pipeline's name, edited in place: Enter keeps it, Escape takes it back. */
export function DocumentName() {
  const name = useDocument((state) => state.document.name);
  const readOnly = useDocument((state) => state.readOnly);
  const [draft, setDraft] = useState<string | null>(null);
  const keep = () => {
    if (draft !== null && draft.trim() !== '') setText('name', draft.trim());
    setDraft(null);
  };
  return (
    <input
      className="lj-document-name"
      aria-label="Pipeline name"
      title={name}
      maxLength={longest}
      readOnly={readOnly}
      value={draft ?? name}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape') setDraft(null);
      }}
    />
  );
}
