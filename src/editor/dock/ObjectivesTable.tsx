import { readReport } from '../run/questions.ts';
import { usePolled } from '../run/usePolled.ts';
import { objectiveSentence, verdictOf } from '../scenario/objectiveWords.ts';
import { Standing } from '../scenario/Standing.tsx';
import { useDocument } from '../stores/documentStore.ts';
import { viewStore } from '../stores/viewStore.ts';

function editObjectives(): void {
  const view = viewStore.getState();
  view.revealInspector();
  view.select({});
  view.setInspectorTab('configure');
}

/** Each objective as its sentence, with how it stands and what the run gave so far. */
export function ObjectivesTable() {
  const report = usePolled(readReport);
  const document = useDocument((state) => state.document);
  const { objectives } = document.scenario;
  if (objectives.length === 0) {
    return (
      <p className="lj-muted">
        No objectives yet.{' '}
        <button type="button" className="lj-link" onClick={editObjectives}>
          Add one in the scenario
        </button>
        : it is checked here and headless.
      </p>
    );
  }
  return (
    <table className="lj-table lj-objectives-table">
      <caption className="lj-visually-hidden">Objectives</caption>
      <thead>
        <tr>
          <th scope="col">State</th>
          <th scope="col">Objective</th>
          <th scope="col">What must hold</th>
          <th scope="col">So far</th>
        </tr>
      </thead>
      <tbody>
        {objectives.map((objective) => {
          const verdict = verdictOf(objective, report);
          return (
            <tr key={objective.id}>
              <td>
                <Standing verdict={verdict} inFull />
              </td>
              <th scope="row">
                <button type="button" className="lj-link" title="Edit the objectives" onClick={editObjectives}>
                  {objective.name}
                </button>
              </th>
              <td>{objectiveSentence(document, objective)}.</td>
              <td>{verdict.state === 'open' ? '–' : verdict.value}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
