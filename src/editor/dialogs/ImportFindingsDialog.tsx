import { openFromFile } from '../files/documents.ts';
import { useOpenAttempt } from '../files/openStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import { Dialog } from './Dialog.tsx';

/** What was found in a file: what is wrong, where, and what to do. */
export function ImportFindingsDialog() {
  const attempt = useOpenAttempt();
  if (attempt === null) return null;
  const { file, opened, findings } = attempt;
  const close = () => viewStore.getState().show(null);
  return (
    <Dialog name="import-findings" title={opened ? `${file} was opened, with findings` : `${file} was not opened`} wide>
      <p>{opened ? 'Nothing was dropped: what could not be kept is listed here.' : 'The open document is untouched.'}</p>
      <table className="lj-table lj-findings-table">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">What is wrong</th>
            <th scope="col">What to do</th>
          </tr>
        </thead>
        <tbody>
          {findings.map((finding) => (
            <tr key={finding.path + finding.code + finding.message}>
              <th scope="row">
                <code>{finding.path === '' ? 'the file' : finding.path}</code>
              </th>
              <td>{finding.message}</td>
              <td>{finding.remedy}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="lj-row lj-dialog-foot">
        {!opened && (
          <button
            type="button"
            className="lj-button"
            onClick={() => {
              close();
              void openFromFile();
            }}
          >
            Open another file
          </button>
        )}
        <button type="button" className="lj-button lj-primary" onClick={close}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
