import { RefreshCw } from 'lucide-react';
import { useCallback, useState } from 'react';
import type { Catalogue } from '../../sql/plan/catalogue.ts';
import type { NodePlan } from '../../streams/plan.ts';
import { formatCount, formatInstant } from '../format/numbers.ts';
import { readSources } from './readSources.ts';
import { tryRecords } from './sandbox.ts';
import { storeEntry, storeFacts, type StoreEntry } from './storeWords.ts';
import { useAsked } from './useAsked.ts';

/** How many records of the sources are taken for what the stores hold. */
const mostRecords = 500;
const mostRows = 200;

interface StoreLook {
  readonly name: string;
  readonly facts: readonly (readonly [string, string])[];
  readonly entries: readonly StoreEntry[];
}

interface StoresLook {
  readonly stores: readonly StoreLook[];
  /** How the entries came about. */
  readonly words: string;
}

/** The stores as the node's own operators make them of the last records of its sources. */
async function replayed(plan: NodePlan, catalogue: Catalogue): Promise<StoresLook> {
  const records = await readSources(plan.sourceTopics, catalogue, mostRecords);
  const { state } = tryRecords(plan.topology, records, () => 1);
  return {
    words:
      records.length === 0
        ? 'Nothing has run yet: the stores are empty. Press Space to play.'
        : `As the last ${formatCount(records.length)} records of ${plan.sourceTopics.join(' and ')} make them, computed here.`,
    stores: plan.topology.stores.map((store, at) => ({
      name: store.name,
      facts: storeFacts(store),
      entries: [...state.stores[at]!].map(([id, value]) => storeEntry(id, value)),
    })),
  };
}

function Entries({ store }: { readonly store: StoreLook }) {
  const [wanted, setWanted] = useState('');
  const found = store.entries.filter(({ key }) => key.toLowerCase().includes(wanted.trim().toLowerCase()));
  const windowed = store.entries.some(({ window }) => window !== '');
  return (
    <>
      <label className="lj-store-search">
        Key{' '}
        <input
          className="lj-input"
          type="search"
          value={wanted}
          placeholder="all keys"
          onChange={(event) => setWanted(event.target.value)}
        />
        <span className="lj-muted lj-numeral" role="status">
          {formatCount(found.length)} of {formatCount(store.entries.length)} entries
        </span>
      </label>
      {store.entries.length === 0 ? (
        <p className="lj-muted">The store is empty.</p>
      ) : found.length === 0 ? (
        <p className="lj-muted">No key has “{wanted.trim()}” in it.</p>
      ) : (
        <table className="lj-table">
          <caption className="lj-visually-hidden">Entries of {store.name}</caption>
          <thead>
            <tr>
              <th scope="col">Key</th>
              {windowed && <th scope="col">Window</th>}
              <th scope="col">Value</th>
              <th scope="col">Time</th>
            </tr>
          </thead>
          <tbody>
            {found.slice(0, mostRows).map(({ id, key, window, value, timestampMs }) => (
              <tr key={id}>
                <th scope="row">{key}</th>
                {windowed && <td>{window}</td>}
                <td>{value}</td>
                <td>{timestampMs === null ? '' : formatInstant(timestampMs * 1_000)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {found.length > mostRows && <p className="lj-muted">The first {mostRows} are shown. Write a part of a key to find others.</p>}
    </>
  );
}

/** What a node knows: its state stores, entry by entry. */
export function StoreBrowser({ plan, catalogue }: { readonly plan: NodePlan; readonly catalogue: Catalogue }) {
  const ask = useCallback(() => replayed(plan, catalogue), [plan, catalogue]);
  const { asked, again } = useAsked(ask);
  const [chosen, setChosen] = useState<string | null>(null);
  if (plan.topology.stores.length === 0)
    return (
      <p className="lj-muted">
        This query keeps nothing: each record is handled by itself. Aggregates, joins and tables have state stores.
      </p>
    );
  if (asked.kind === 'loading') return <p role="status">Reading the state stores …</p>;
  if (asked.kind === 'failed') return <p className="lj-problem">{asked.reason}</p>;
  const { stores, words } = asked.answer;
  const store = stores.find(({ name }) => name === chosen) ?? stores[0]!;
  return (
    <div className="lj-stores">
      <div className="lj-stores-list">
        {stores.map(({ name, facts, entries }) => (
          <button key={name} type="button" className="lj-store" aria-pressed={name === store.name} onClick={() => setChosen(name)}>
            <b>{name}</b>
            <small className="lj-muted">{facts.map(([word, value]) => `${word.toLowerCase()} ${value}`).join(', ')}</small>
            <span className="lj-numeral">{formatCount(entries.length)}</span>
          </button>
        ))}
      </div>
      <section className="lj-store-entries" aria-label={`Store ${store.name}`}>
        <p className="lj-streams-words">
          <span className="lj-muted">{words}</span>
          <button type="button" className="lj-icon-button" aria-label="Read the stores again" title="Read the stores again" onClick={again}>
            <RefreshCw size={14} aria-hidden="true" />
          </button>
        </p>
        <Entries key={store.name} store={store} />
      </section>
    </div>
  );
}
