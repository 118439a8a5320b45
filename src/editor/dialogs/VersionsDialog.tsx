import { useEffect, useState } from 'react';
import { keepVersion, keptVersions, restoreVersion } from '../files/documents.ts';
import { viewStore } from '../stores/viewStore.ts';
import { Dialog } from './Dialog.tsx';

type Versions = Awaited<ReturnType<typeof keptVersions>>;

function List() {
  const [versions, setVersions] = useState<Versions | null>(null);
  const [label, setLabel] = useState('');
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    keptVersions().then(setVersions, () => setVersions([]));
  }, [turn]);
  const keep = async () => {
    await keepVersion(label.trim() === '' ? new Date().toLocaleString() : label.trim());
    setLabel('');
    setTurn(turn + 1);
  };
  return (
    <>
      <form
        className="lj-row"
        onSubmit={(event) => {
          event.preventDefault();
          void keep();
        }}
      >
        <input
          className="lj-input"
          aria-label="Name of the version"
          placeholder="Before the change to 12 partitions"
          value={label}
          onChange={(event) => setLabel(event.target.value)}
        />
        <button type="submit" className="lj-button lj-primary">
          Keep this version
        </button>
      </form>
      {versions?.length === 0 && <p className="lj-muted">None yet. Every few minutes of work one is kept on its own.</p>}
      <ul className="lj-choices">
        {versions?.map((version) => (
          <li key={version.id}>
            <button
              type="button"
              className="lj-template"
              onClick={() => {
                restoreVersion(version);
                viewStore.getState().show(null);
              }}
            >
              <span>
                <strong>{version.label === '' ? 'Kept on its own' : version.label}</strong>
                <small>
                  {new Date(version.savedAtMs).toLocaleString()}, {version.document.nodes.length} nodes
                </small>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Named and automatic versions; bringing one back is an edit that can be undone. */
export function VersionsDialog() {
  return (
    <Dialog name="history" title="Versions of this document">
      <List />
    </Dialog>
  );
}
