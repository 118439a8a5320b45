import type { ReactNode } from 'react';

/** A number by name, with its unit. */
export type NumberRow = readonly [name: string, value: ReactNode];

/** Numbers by name, one below the other. `label` names the list where there are several. */
export function NumbersList({ rows, label }: { readonly rows: readonly NumberRow[]; readonly label?: string }) {
  return (
    <dl className="lj-numbers" aria-label={label}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
