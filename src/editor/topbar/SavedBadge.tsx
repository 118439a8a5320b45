import { Check, CircleAlert, Eye, LoaderCircle } from 'lucide-react';
import { saveAsFile } from '../files/documents.ts';
import { useSaved } from '../files/savedStore.ts';

/** Whether the document is stored, always to be seen. */
export function SavedBadge() {
  const saved = useSaved((state) => state.saved);
  const role = useSaved((state) => state.role);
  if (role === 'follower') {
    return (
      <span className="lj-saved" role="status" aria-label="Saved state">
        <Eye size={14} aria-hidden="true" /> <span>Following</span>
      </span>
    );
  }
  if (saved.state === 'failed') {
    const why = saved.trouble === 'quota' ? 'No room left' : 'Not stored';
    return (
      <button
        type="button"
        className="lj-saved lj-saved-failed"
        title={`${saved.detail} The document is kept in this tab. Click to save it as a file.`}
        onClick={saveAsFile}
      >
        <CircleAlert size={14} aria-hidden="true" /> <span>{why}: save as a file</span>
      </button>
    );
  }
  const done = saved.state === 'saved';
  return (
    <span className={done ? 'lj-saved lj-saved-done' : 'lj-saved'} role="status" aria-label="Saved state">
      {done ? <Check size={14} aria-hidden="true" /> : <LoaderCircle size={14} aria-hidden="true" />}{' '}
      <span>{done ? 'Saved' : 'Saving …'}</span>
    </span>
  );
}
