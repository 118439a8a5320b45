import { Download } from 'lucide-react';
import { useState } from 'react';
import type { PartitionRequest } from '../../workers/protocol.ts';
import { download } from '../files/download.ts';
import { formatBytes } from '../format/numbers.ts';
import { askLog } from '../run/questions.ts';
import { toast } from '../toasts/toastStore.ts';

/** A partition as a zip of the directory a broker keeps of it, and what whoever uses it must know. */
export function DownloadPartition({ request }: { readonly request: PartitionRequest }) {
  const [notes, setNotes] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      const answer = await askLog()?.partitionFiles(request);
      if (answer === null || answer === undefined) return toast('Nothing has run yet. Press Space to play.', { tone: 'bad' });
      download(answer.name, answer.archive, 'application/zip');
      setNotes(answer.notes);
      toast(`${answer.name}: ${answer.files.length} files, ${formatBytes(answer.archive.size)}.`, { tone: 'good' });
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), { tone: 'bad' });
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="lj-download">
      <button type="button" className="lj-button" disabled={busy} onClick={() => void save()}>
        <Download size={14} aria-hidden="true" /> {busy ? 'Writing the files …' : "Download as Kafka's files"}
      </button>
      {notes.length > 0 && (
        <ul className="lj-download-notes" aria-label="What to know about the files">
          {notes.map((note) => (
            <li key={note} className="lj-muted">
              {note}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
