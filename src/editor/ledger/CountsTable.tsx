import { formatCount } from '../format/numbers.ts';
import { viewStore } from '../stores/viewStore.ts';
import type { Names } from './routeWords.ts';

/** A count: its field in a row, its heading, and what it means. */
export type CountColumn<Field extends string> = readonly [field: Field, label: string, help: string];

/** Counts of nodes, a node a row; its name selects it. */
export function CountsTable<Field extends string>({
  caption,
  heading,
  columns,
  rows,
  names,
}: {
  readonly caption: string;
  readonly heading: string;
  readonly columns: readonly CountColumn<Field>[];
  readonly rows: readonly ({ readonly node: string } & Readonly<Record<Field, number>>)[];
  readonly names: Names;
}) {
  return (
    <table className="lj-table lj-ledger-table">
      <caption className="lj-visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{heading}</th>
          {columns.map(([field, label, help]) => (
            <th key={field} scope="col" title={help}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.node}>
            <th scope="row">
              <button type="button" className="lj-link" onClick={() => viewStore.getState().select({ nodes: [row.node] })}>
                {names.get(row.node) ?? row.node}
              </button>
            </th>
            {columns.map(([field]) => (
              <td key={field} className={row[field] === 0 ? 'lj-muted' : undefined}>
                {formatCount(row[field])}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
