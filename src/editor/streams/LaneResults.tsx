import type { NodePlan } from '../../streams/plan.ts';
import { keyText, valueCells, valueColumns } from './rowWords.ts';
import type { TriedStep } from './sandbox.ts';

interface Result {
  readonly id: string;
  readonly key: string;
  readonly columns: readonly string[] | null;
  /** The record that wrote it last, by its place. */
  readonly at: number;
}

/** What stands in the result: for a table the last of each key and window, for a stream every record. */
function resultsOf(steps: readonly TriedStep[], { sink, sinkTopic, result }: NodePlan): Result[] {
  const rows = new Map<string, Result>();
  steps.forEach(({ written }, at) => {
    written.forEach(({ topic, key, value, window }, i) => {
      if (topic !== sinkTopic) return;
      const name = keyText(sink, key, window) ?? 'no key';
      const id = result === 'table' ? name : `${at} ${i}`;
      rows.delete(id);
      rows.set(id, { id, key: name, columns: valueCells(sink, value), at });
    });
  });
  const all = [...rows.values()];
  return result === 'table' ? all.filter(({ columns }) => columns !== null).sort((a, b) => (a.key < b.key ? -1 : 1)) : all;
}

/** What the query has made of the records, and the story of the chosen one. */
export function LaneResults({
  steps,
  plan,
  chosen,
  words,
}: {
  readonly steps: readonly TriedStep[];
  readonly plan: NodePlan;
  readonly chosen: number;
  readonly words: string;
}) {
  const rows = resultsOf(steps, plan);
  const columns = valueColumns(plan.sink);
  const late = steps.filter(({ late: is }) => is !== 'no').length;
  return (
    <section className="lj-lane-results" aria-label="Result">
      <p role="status">{words}</p>
      <h3>
        {plan.sink.name}{' '}
        <span className="lj-muted">
          {plan.result === 'table' ? 'the last of each key' : 'every record'}
          {late === 0 ? '' : `; ${late} ${late === 1 ? 'record' : 'records'} dropped as too late`}
        </span>
      </h3>
      {rows.length === 0 ? (
        <p className="lj-muted">The query has written nothing for these records.</p>
      ) : (
        <table className="lj-table">
          <caption className="lj-visually-hidden">Result of the query</caption>
          <thead>
            <tr>
              <th scope="col">Key</th>
              {columns.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
              <th scope="col">By</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ id, key, columns: cells, at }) => (
              <tr key={id} className={at === chosen ? 'lj-row-changed' : undefined}>
                <th scope="row">{key}</th>
                {cells === null ? (
                  <td colSpan={Math.max(1, columns.length)}>
                    <i>null</i>
                  </td>
                ) : (
                  columns.map((name, i) => <td key={name}>{cells[i] ?? ''}</td>)
                )}
                <td className="lj-muted">record {at + 1}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
