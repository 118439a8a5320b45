import { takeOver } from '../files/documents.ts';
import { useSaved } from '../files/savedStore.ts';

/** Says that another tab writes this document, and offers to write here. */
export function FollowerBanner() {
  const role = useSaved((state) => state.role);
  if (role === 'writer') return null;
  return (
    <div className="lj-banner" role="status">
      <span>Another tab edits this document. What it saves appears here.</span>
      <button type="button" className="lj-button" onClick={takeOver}>
        Take over
      </button>
    </div>
  );
}
