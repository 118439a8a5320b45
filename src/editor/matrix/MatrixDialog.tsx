import { Play, X } from 'lucide-react';
import type { MouseEvent } from 'react';
import { guarantees, guaranteeWords, type Guarantee } from '../../pipeline/index.ts';
import type { GuaranteeMatrix, MatrixProgress } from '../../workers/protocol.ts';
import { Dialog } from '../dialogs/Dialog.tsx';
import { inSentence, setGuarantee } from '../document/edits.ts';
import { sameRun } from '../run/runnable.ts';
import { useDocument } from '../stores/documentStore.ts';
import { announce } from '../toasts/toastStore.ts';
import { MatrixTable } from './MatrixTable.tsx';
import { cancelMatrix, runMatrix, setSeedCount, useMatrix } from './matrixStore.ts';
import { conditionWords, toneOf, totalOf, verdictWords } from './matrixWords.ts';
import './matrix.css';

const seedCounts = [1, 3, 10] as const;

/** The last matrix of the open document, and whether the document has been changed since, but for its guarantee. */
function useMade(): { readonly matrix: GuaranteeMatrix; readonly stale: boolean } | null {
  const made = useMatrix((state) => state.made);
  const document = useDocument((state) => state.document);
  const key = useDocument((state) => state.key);
  if (made === null || made.key !== key) return null;
  const { guarantee: _then, ...then } = made.document;
  const { guarantee: _now, ...now } = document;
  return { matrix: made.matrix, stale: !sameRun(then, now) };
}

function Progress({ share, runsDone, runs }: MatrixProgress) {
  return (
    <div className="lj-row lj-matrix-progress">
      <progress aria-label="Progress of the matrix" value={share} />
      <span className="lj-numeral">
        {Math.floor(share * 100)} %, run {Math.min(runs, runsDone + 1)} of {runs}
      </span>
    </div>
  );
}

function Conditions({ seedCount }: { readonly seedCount: number }) {
  const document = useDocument((state) => state.document);
  return (
    <>
      <p>
        The same pipeline once under each guarantee.{' '}
        <span className="lj-muted">{conditionWords(document, seedCount)}; the run on screen goes on.</span>
      </p>
      <label className="lj-matrix-seeds">
        Seeds{' '}
        <select className="lj-select" value={seedCount} onChange={(event) => setSeedCount(Number(event.target.value))}>
          {seedCounts.map((count) => (
            <option key={count}>{count}</option>
          ))}
        </select>
      </label>
    </>
  );
}

/** Under which conditions, or how far it is; and one button that begins and cancels, so that the focus stays. */
function Bar() {
  const seedCount = useMatrix((state) => state.seedCount);
  const progress = useMatrix((state) => state.progress);
  const made = useMade();
  const press = (event: MouseEvent) => {
    if (progress === null) runMatrix();
    // The second click of a double click would take back what the first one began.
    else if (event.detail < 2) cancelMatrix();
  };
  return (
    <div className="lj-row lj-matrix-bar">
      {progress === null ? <Conditions seedCount={seedCount} /> : <Progress {...progress} />}
      <button type="button" className={`lj-button${progress === null ? ' lj-primary' : ''}`} onClick={press}>
        {progress === null ? <Play size={14} aria-hidden="true" /> : <X size={14} aria-hidden="true" />}
        {progress !== null ? 'Cancel' : made === null ? 'Run the matrix' : 'Run it again'}
      </button>
    </div>
  );
}

/** One guarantee: what it promises, what it kept, and the way to take it. */
function Card({ name, matrix }: { readonly name: Guarantee; readonly matrix: GuaranteeMatrix | null }) {
  const chosen = useDocument((state) => state.document.guarantee === name);
  const readOnly = useDocument((state) => state.readOnly);
  const { label, promise } = guaranteeWords[name];
  const total = matrix === null ? null : totalOf(matrix, name);
  const use = () => {
    setGuarantee(name);
    announce(`The pipeline’s guarantee is ${inSentence(name)} now.`);
  };
  return (
    <li className="lj-matrix-card" aria-label={label} aria-current={chosen}>
      <h3>{label}</h3>
      {total !== null && <p className={`lj-matrix-tone lj-matrix-${toneOf(total)}`}>{verdictWords(total)}</p>}
      <p className="lj-muted">{promise}</p>
      {chosen ? (
        <p className="lj-row">
          <strong>In use</strong>
          <button type="button" className="lj-link" disabled={readOnly} onClick={() => setGuarantee(null)}>
            Back to as configured
          </button>
        </p>
      ) : (
        <button type="button" className="lj-button" disabled={readOnly} onClick={use}>
          Use this guarantee
        </button>
      )}
    </li>
  );
}

function Troubles() {
  const refusals = useMatrix((state) => state.refusals);
  const failure = useMatrix((state) => state.failure);
  return (
    <>
      {failure !== null && (
        <p className="lj-problem">The matrix was not made: {failure}. The document and the run are safe; try it again.</p>
      )}
      {refusals.length > 0 && <p className="lj-problem">This pipeline cannot run yet:</p>}
      {refusals.map((finding) => (
        <p key={finding.path + finding.code + finding.message} className="lj-problem">
          {finding.message} {finding.remedy}
        </p>
      ))}
    </>
  );
}

function Content() {
  const made = useMade();
  const chosen = useDocument((state) => state.document.guarantee);
  return (
    <div className="lj-matrix">
      <Bar />
      <Troubles />
      {made?.stale === true && (
        <p className="lj-problem lj-problem-warning">The pipeline has been changed since. Run it again to see what that does.</p>
      )}
      <ul className="lj-matrix-cards" aria-label="Guarantees">
        {guarantees.map((name) => (
          <Card key={name} name={name} matrix={made?.matrix ?? null} />
        ))}
      </ul>
      {made !== null && made.matrix.rows.length > 0 && <MatrixTable matrix={made.matrix} chosen={chosen} />}
      {made?.matrix.rows.length === 0 && <p className="lj-muted">What arrives is counted at sinks, and this pipeline has none. Add one.</p>}
    </div>
  );
}

/** The same pipeline, seeds and faults under each delivery guarantee, side by side. */
export function MatrixDialog() {
  return (
    <Dialog name="matrix" title="Guarantee matrix">
      <Content />
    </Dialog>
  );
}
