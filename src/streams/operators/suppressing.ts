/** Changes of a table held back until their window is closed, or for some time (`KTableSuppressProcessorSupplier`, `InMemoryTimeOrderedKeyValueChangeBuffer`). */
import type { Header, Row } from '../../sql/operators/row.ts';
import type { Indexing, Store } from '../../sql/operators/store.ts';
import { windowedIdentity, type Table, type WindowedKey } from '../../sql/operators/tables.ts';
import { Outlet, type Run } from '../../sql/operators/topology.ts';
import type { TableChange } from '../../sql/operators/row.ts';
import { identityOf } from '../../sql/plan/keyIdentity.ts';
import type { Operator } from './chain.ts';
import { isTable, refuse, type ChainContext, type Rows } from './rows.ts';

/** The latest change of a key that is held back. */
interface Held extends WindowedKey {
  /** By what it goes on: the end of its window, or the time of the first change held back. It stays while the change is replaced. */
  readonly heldMs: number;
  readonly before: Row | null;
  readonly after: Row | null;
  readonly timestampMs: number;
  readonly headers: readonly Header[];
}

/** Ids by the time at which they were put. */
type Index = Map<number, Set<string>>;

const indexing: Indexing<Held, Index> = {
  initial: () => new Map(),
  added: (index, id, { heldMs }) => void index.set(heldMs, (index.get(heldMs) ?? new Set<string>()).add(id)),
  removed: (index, id, { heldMs }) => {
    const ids = index.get(heldMs);
    ids?.delete(id);
    if (ids?.size === 0) index.delete(heldMs);
  },
};

/** Emits what is held since a time or longer, in the order of time and key. */
function emitHeld(store: Store<Held, Index>, upToMs: number, go: (held: Held) => void, run: Run): void {
  const index = store.index(run);
  const due = [...index.keys()].filter((heldMs) => heldMs <= upToMs).sort((a, b) => a - b);
  for (const heldMs of due)
    for (const id of [...index.get(heldMs)!].sort()) {
      const held = store.get(id, run)!;
      store.put(id, null, run);
      go(held);
    }
}

/** The same table, whose changes go on later, and only the last of each key. */
export function suppressed({ topology }: ChainContext, rows: Rows, { untilMs, at }: Extract<Operator, { kind: 'suppress' }>): Rows {
  if (!isTable(rows)) return refuse('suppress holds back changes of tables: write it behind count, aggregate or reduce.', at);
  const isFinal = untilMs === 'windowCloses';
  if (isFinal && rows.graceMs === null) refuse('suppress waits for the end of windows: write windowedBy before the aggregate.', at);
  // A window is closed when the time of the stream has passed its end and its grace period.
  const delayMs = isFinal ? rows.graceMs! : untilMs;
  const { structure } = topology;
  const { table, schema } = rows.relation;
  const identity = identityOf(schema.key);
  const node = structure.name('KTABLE-SUPPRESS-');
  const store = topology.store<Held, Index>(
    { name: structure.storeName('KTABLE-SUPPRESS-'), kind: 'suppress', retentionMs: null },
    indexing,
  );
  const memory = topology.memory<{ streamTimeMs: number }>({ survives: 'none' }, () => ({ streamTimeMs: -1 }));
  structure.processor(node, [table.node], [store.number]);
  const changes = new Outlet<TableChange>();
  table.changes.connect((change, run) => {
    const { key, window, timestampMs, headers, after } = change;
    const known = memory(run);
    known.streamTimeMs = Math.max(known.streamTimeMs, timestampMs);
    const id = windowedIdentity(identity, { key: key!, window });
    const held = store.get(id, run);
    const heldMs = held?.heldMs ?? (isFinal ? window!.endMs : timestampMs);
    store.put(id, { key: key!, window, heldMs, before: held ? held.before : change.before, after, timestampMs, headers }, run);
    emitHeld(
      store,
      known.streamTimeMs - delayMs,
      // A final result that is none was never told before.
      ({ heldMs: _held, ...told }) => {
        if (!isFinal || told.after !== null) changes.emit(isFinal ? { ...told, before: null } : told, run);
      },
      run,
    );
  });
  const held: Table = { ...table, changes, node };
  return { ...rows, relation: { ...rows.relation, table: held } };
}
