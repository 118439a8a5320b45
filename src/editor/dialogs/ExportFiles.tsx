import { strToU8, zipSync } from 'fflate';
import { Copy, Download } from 'lucide-react';
import { useState } from 'react';
import { exportFiles, type ExportedFile } from '../../interchange/index.ts';
import { download, fileNameOf } from '../files/download.ts';
import { exportTo, useExportTarget } from '../files/exportTo.ts';
import { exportTargets } from '../files/exports.ts';
import { TabList } from '../shell/TabList.tsx';
import { documentStore } from '../stores/documentStore.ts';
import { toast } from '../toasts/toastStore.ts';

/** A fixed date: the same design gives the same archive. */
const archiveDate = new Date(2026, 0, 1);

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast('Copied.', { tone: 'good' });
  } catch {
    toast('The browser does not allow copying here. Select the text and copy it.', { tone: 'bad' });
  }
}

/** One file as itself, several as an archive that keeps their folders. */
function save(target: string, files: readonly ExportedFile[]): void {
  const [first] = files;
  if (files.length === 1 && first !== undefined)
    return download(first.path.slice(first.path.lastIndexOf('/') + 1), first.text, 'text/plain');
  const archive = zipSync(Object.fromEntries(files.map(({ path, text }) => [path, strToU8(text)])), { mtime: archiveDate });
  download(`${fileNameOf(documentStore.getState().document.name)}-${target}.zip`, archive, 'application/zip');
}

/** The files of the target that is chosen: look, copy, save. Loaded when it is asked for, as one target knows SQL. */
export function ExportFiles() {
  const target = useExportTarget();
  const [chosen, setChosen] = useState('');
  const { files, findings } = exportFiles(documentStore.getState().document, target);
  const file = files.find((candidate) => candidate.path === chosen) ?? files[0];
  return (
    <>
      <TabList label="Target" tabs={exportTargets} chosen={target} onChoose={exportTo} panel="export-files" />
      <div id="export-files" role="tabpanel" aria-label="Files" tabIndex={-1}>
        {findings.map((finding) => (
          <p key={finding.path + finding.code + finding.message} className={`lj-problem lj-problem-${finding.severity}`}>
            {finding.message} {finding.remedy}
          </p>
        ))}
        {file === undefined ? (
          <p className="lj-muted">There is nothing to export yet: draw a topic first.</p>
        ) : (
          <>
            <div className="lj-row lj-dialog-bar">
              <select className="lj-select" aria-label="File" value={file.path} onChange={(event) => setChosen(event.target.value)}>
                {files.map(({ path }) => (
                  <option key={path}>{path}</option>
                ))}
              </select>
              <button type="button" className="lj-button" onClick={() => void copy(file.text)}>
                <Copy size={14} aria-hidden="true" /> Copy
              </button>
              <button type="button" className="lj-button lj-primary" onClick={() => save(target, files)}>
                <Download size={14} aria-hidden="true" /> {files.length === 1 ? 'Save file' : `Save ${files.length} files as .zip`}
              </button>
            </div>
            {/* A long text that scrolls must be reachable by the keyboard. */}
            {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
            <pre className="lj-file" tabIndex={0} aria-label={file.path}>
              {file.text}
            </pre>
          </>
        )}
      </div>
    </>
  );
}
