import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { clusterConfig } from '../../pipeline/kinds/cluster.ts';
import { removeFault, setConfig, setScenario, setText } from '../document/edits.ts';
import { formatMilliseconds, formatMoment } from '../format/numbers.ts';
import { interventionWords } from '../run/interventions.ts';
import { useDocument } from '../stores/documentStore.ts';
import { useFindings } from '../stores/findingsStore.ts';
import { ConfigForm } from './ConfigForm.tsx';
import { ObjectivesEditor } from './ObjectivesEditor.tsx';

const longestDurationMs = 1e12;

function Duration() {
  const durationMs = useDocument((state) => state.document.scenario.durationMs);
  const readOnly = useDocument((state) => state.readOnly);
  const [draft, setDraft] = useState<string | null>(null);
  const value = Number(draft ?? durationMs / 1000);
  const wrong = !(Number.isFinite(value) && value > 0 && value * 1000 <= longestDurationMs);
  const keep = () => {
    if (draft !== null && !wrong) setScenario('durationMs', Math.round(value * 1000));
    if (!wrong) setDraft(null);
  };
  return (
    <div className="lj-field">
      <label className="lj-field-words" htmlFor="scenario-duration">
        Duration
      </label>
      <span className="lj-field-control lj-field-box">
        <input
          id="scenario-duration"
          className="lj-input"
          inputMode="decimal"
          aria-invalid={wrong}
          readOnly={readOnly}
          value={draft ?? String(durationMs / 1000)}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={keep}
          onKeyDown={(event) => event.key === 'Enter' && keep()}
        />
        <span className="lj-unit lj-default">s</span>
      </span>
      <div className="lj-field-notes">
        {wrong ? (
          <p className="lj-problem" role="alert">
            The duration is a number of seconds above 0.
          </p>
        ) : (
          <span className="lj-muted">{formatMilliseconds(durationMs)} of virtual time</span>
        )}
      </div>
    </div>
  );
}

function Description() {
  const description = useDocument((state) => state.document.description);
  const readOnly = useDocument((state) => state.readOnly);
  const [draft, setDraft] = useState<string | null>(null);
  return (
    <div className="lj-field lj-field-wide">
      <label className="lj-field-words" htmlFor="document-description">
        Description
      </label>
      <textarea
        id="document-description"
        className="lj-input"
        rows={2}
        readOnly={readOnly}
        value={draft ?? description}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={() => {
          if (draft !== null) setText('description', draft);
          setDraft(null);
        }}
      />
    </div>
  );
}

function Faults() {
  const document = useDocument((state) => state.document);
  const readOnly = useDocument((state) => state.readOnly);
  const { faults } = document.scenario;
  if (faults.length === 0) return <p className="lj-muted">None. What you do to the running system is recorded here.</p>;
  const inTime = faults.map((fault, index) => ({ fault, index })).sort((a, b) => a.fault.atMs - b.fault.atMs);
  return (
    <ul className="lj-rows">
      {inTime.map(({ fault, index }) => (
        <li key={`${fault.atMs} ${fault.action} ${index}`}>
          <span className="lj-numeral">{formatMoment(fault.atMs * 1000)}</span>
          <span>{interventionWords(document, fault)}</span>
          <button
            type="button"
            className="lj-icon-button"
            aria-label={`Remove fault at ${formatMoment(fault.atMs * 1000)}`}
            disabled={readOnly}
            onClick={() => removeFault(index)}
          >
            <Trash2 size={14} aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  );
}

/** With nothing selected: the scenario and the cluster. */
export function ConfigureDocument() {
  const cluster = useDocument((state) => state.document.cluster);
  const readOnly = useDocument((state) => state.readOnly);
  const findings = useFindings((state) => state.all);
  return (
    <>
      <fieldset className="lj-section">
        <legend>Scenario</legend>
        <Description />
        <Duration />
      </fieldset>
      <section className="lj-section" aria-label="Objectives">
        <h3>Objectives</h3>
        <ObjectivesEditor />
      </section>
      <section className="lj-section" aria-label="Faults">
        <h3>Faults</h3>
        <Faults />
      </section>
      <ConfigForm
        rows={clusterConfig}
        config={cluster.config}
        node={null}
        findings={findings.filter((finding) => finding.node === undefined)}
        readOnly={readOnly}
        liveOf={() => undefined}
        onChange={(name, value) => setConfig(null, name, value)}
      />
    </>
  );
}
