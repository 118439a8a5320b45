import { Plus } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { kindOf } from '../../pipeline/kinds/index.ts';
import { metricsByRole, type Objective, type PipelineDocument } from '../../pipeline/index.ts';
import { putObjective } from '../document/edits.ts';
import { readReport } from '../run/questions.ts';
import { usePolled } from '../run/usePolled.ts';
import { documentStore, useDocument } from '../stores/documentStore.ts';
import { ObjectiveForm } from './ObjectiveForm.tsx';
import { objectiveSentence, verdictOf } from './objectiveWords.ts';
import { SentenceItem } from './SentenceItem.tsx';
import { Standing } from './Standing.tsx';
import './scenario.css';

const askEveryMs = 2_000;

/** An objective people can start from: the last sink keeps within thirty seconds of the log. */
function firstObjective(document: PipelineDocument): Objective | null {
  const node = document.nodes.findLast((candidate) => kindOf(candidate.kind).role === 'sink') ?? document.nodes.at(-1);
  if (node === undefined) return null;
  const taken = new Set(document.scenario.objectives.map((objective) => objective.id));
  let number = 1;
  while (taken.has(`objective-${number}`)) number += 1;
  const metric = metricsByRole[kindOf(node.kind).role].includes('lag.seconds') ? 'lag.seconds' : 'throughput.per.second';
  const comparison = metric === 'lag.seconds' ? '<=' : '>=';
  return { id: `objective-${number}`, name: `${node.name} keeps up`, node: node.id, metric, statistic: 'max', comparison, value: 30 };
}

/** What must hold at the end of the scenario: one sentence each with how it stands so far, a form below the one that is chosen. */
export function ObjectivesEditor(): ReactElement {
  const document = useDocument((state) => state.document);
  const readOnly = useDocument((state) => state.readOnly);
  const report = usePolled(readReport, askEveryMs);
  const [chosen, setChosen] = useState<string | null>(null);
  const { objectives } = document.scenario;
  const add = () => {
    const objective = firstObjective(documentStore.getState().document);
    if (objective === null) return;
    putObjective(objective);
    setChosen(objective.id);
  };
  return (
    <>
      {objectives.length === 0 && <p className="lj-muted">None yet. An objective is checked here and headless, from the same file.</p>}
      <ul className="lj-sentences">
        {objectives.map((objective) => {
          const verdict = verdictOf(objective, report);
          return (
            <SentenceItem
              key={objective.id}
              isOpen={chosen === objective.id}
              onToggle={() => setChosen(chosen === objective.id ? null : objective.id)}
              form={() => <ObjectiveForm objective={objective} />}
            >
              <Standing verdict={verdict} />
              <span>
                <strong>{objective.name}</strong>
                <span className="lj-muted">
                  {objectiveSentence(document, objective)}
                  {verdict.state === 'open' ? '' : `; ${verdict.value} so far`}.
                </span>
              </span>
            </SentenceItem>
          );
        })}
      </ul>
      <button type="button" className="lj-button" disabled={readOnly || document.nodes.length === 0} onClick={add}>
        <Plus size={14} aria-hidden="true" /> Add objective
      </button>
    </>
  );
}
