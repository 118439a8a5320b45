import { useState } from 'react';
import { clusterRows } from '../../pipeline/index.ts';
import { setConfig, setScenario, setText } from '../document/edits.ts';
import { formatMilliseconds } from '../format/numbers.ts';
import { FaultsEditor } from '../scenario/FaultsEditor.tsx';
import { ObjectivesEditor } from '../scenario/ObjectivesEditor.tsx';
import { useDocument } from '../stores/documentStore.ts';
import { useFindings } from '../stores/findingsStore.ts';
import { ConfigForm } from './ConfigForm.tsx';
import { GuaranteeSetting } from './GuaranteeSetting.tsx';

const longestDurationMs = 1e12;
/** A guarantee is about nodes. */
const nothingGoverned = {} as const;

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

/** With nothing selected: the scenario, the guarantee and the cluster. */
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
      <GuaranteeSetting />
      <section className="lj-section" aria-label="Objectives">
        <h3>Objectives</h3>
        <ObjectivesEditor />
      </section>
      <section className="lj-section" aria-label="Faults">
        <h3>Faults</h3>
        <FaultsEditor />
      </section>
      <ConfigForm
        rows={clusterRows(cluster)}
        config={cluster.config}
        node={null}
        findings={findings.filter((finding) => finding.node === undefined)}
        readOnly={readOnly}
        liveOf={() => undefined}
        governed={nothingGoverned}
        onChange={(name, value) => setConfig(null, name, value)}
      />
    </>
  );
}
