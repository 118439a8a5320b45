/** Changes of a table held back until their window is closed, or for some time (`KTable.suppress`). */
import { suppressTable } from '../../sql/operators/suppress.ts';
import { identityOf } from '../../sql/plan/keyIdentity.ts';
import type { Operator } from './chain.ts';
import { isTable, refuse, type ChainContext, type Rows } from './rows.ts';

/** The same table, whose changes go on later, and only the last of each key. */
export function suppressed({ topology }: ChainContext, rows: Rows, { untilMs, at }: Extract<Operator, { kind: 'suppress' }>): Rows {
  if (!isTable(rows)) return refuse('suppress holds back changes of tables: write it behind count, aggregate or reduce.', at);
  const isFinal = untilMs === 'windowCloses';
  if (isFinal && rows.graceMs === null) refuse('suppress waits for the end of windows: write windowedBy before the aggregate.', at);
  const { table, schema } = rows.relation;
  const held = suppressTable(topology, table, {
    until: isFinal ? 'window closes' : 'time limit',
    // A window is closed when the time of the stream has passed its end and its grace period.
    waitMs: isFinal ? rows.graceMs! : untilMs,
    maxRecords: null,
    whenFull: 'emit early',
    identity: identityOf(schema.key),
    name: null,
  });
  return { ...rows, relation: { ...rows.relation, table: held } };
}
