import { formatShort } from '../format/numbers.ts';
import { readReport } from '../run/session.ts';
import { useDocument } from '../stores/documentStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import { usePolled } from './usePolled.ts';

/** Each objective with what the run gave so far. */
export function ObjectivesTable() {
  const report = usePolled(readReport);
  const objectives = useDocument((state) => state.document.scenario.objectives);
  const nodes = useDocument((state) => state.document.nodes);
  if (objectives.length === 0) {
    return (
      <p className="lj-muted">
        No objectives yet.{' '}
        <button type="button" className="lj-link" onClick={() => viewStore.getState().focusField(null, 'brokers')}>
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
          <th scope="col">Objective</th>
          <th scope="col">Node</th>
          <th scope="col">Must be</th>
          <th scope="col">Is</th>
          <th scope="col">Result so far</th>
        </tr>
      </thead>
      <tbody>
        {objectives.map((objective) => {
          const result = report?.objectives.find((candidate) => candidate.id === objective.id);
          const state = result === undefined || result.value === null ? 'open' : result.pass ? 'calm' : 'breached';
          return (
            <tr key={objective.id}>
              <th scope="row">{objective.name}</th>
              <td>{nodes.find((node) => node.id === objective.node)?.name ?? objective.node}</td>
              <td>
                <code>{objective.metric}</code> {objective.statistic}{' '}
                {objective.comparison === '<=' ? '≤' : objective.comparison === '>=' ? '≥' : '='} {formatShort(objective.value)}
              </td>
              <td>{result === undefined || result.value === null ? '–' : formatShort(result.value)}</td>
              <td title={result?.sentence}>
                <span className={`lj-badge lj-badge-${state}`}>
                  {state === 'open' ? '… no samples yet' : state === 'calm' ? '✓ holds' : '✕ breached'}
                </span>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
