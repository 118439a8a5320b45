import { useCallback, useDeferredValue, useState } from 'react';
import type { NodePlan } from '../../streams/plan.ts';
import type { StoreEntriesView, StreamsView } from '../../workers/protocol.ts';
import { formatBytes, formatCount, formatInstant } from '../format/numbers.ts';
import { readStore, readStreams } from '../run/questions.ts';
import { usePolled } from '../run/usePolled.ts';
import { storeEntry, storeFacts } from './storeWords.ts';

const mostRows = 200;

interface Held {
  readonly entries: number;
  readonly bytes: number;
}

/** What a store holds, all active tasks together; a global table is whole at every instance, so one of them tells. */
function heldIn(view: StreamsView | null, name: string): Held {
  const tasks = view?.threads.flatMap((thread) => thread.tasks).filter(({ state }) => state !== 'standby') ?? [];
  const stores = tasks.flatMap(({ stores: some }) => some.filter((store) => store.name === name));
  const whole = view?.threads.flatMap(({ globals }) => globals).find((store) => store.name === name);
  if (whole !== undefined) return whole;
  return { entries: stores.reduce((sum, { entries }) => sum + entries, 0), bytes: stores.reduce((sum, { bytes }) => sum + bytes, 0) };
}

function Rows({ name, answer }: { readonly name: string; readonly answer: StoreEntriesView }) {
  const rows = answer.entries.map(({ task, id, value }) => ({ task, ...storeEntry(id, value) }));
  const windowed = rows.some(({ window }) => window !== '');
  return (
    <>
      <table className="lj-table">
        <caption className="lj-visually-hidden">Entries of {name}</caption>
        <thead>
          <tr>
            <th scope="col">Key</th>
            {windowed && <th scope="col">Window</th>}
            <th scope="col">Value</th>
            <th scope="col">Time</th>
            <th scope="col">Task</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ task, id, key, window, value, timestampMs }) => (
            <tr key={`${task} ${id}`}>
              <th scope="row">{key}</th>
              {windowed && <td>{window}</td>}
              <td>{value}</td>
              <td>{timestampMs === null ? '' : formatInstant(timestampMs * 1_000)}</td>
              <td>{task}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {answer.total > rows.length && (
        <p className="lj-muted">
          The first {formatCount(rows.length)} of {formatCount(answer.total)} are shown. Write a part of a key to find others.
        </p>
      )}
    </>
  );
}

function Entries({ node, name }: { readonly node: string; readonly name: string }) {
  const [wanted, setWanted] = useState('');
  const key = useDeferredValue(wanted.trim());
  const read = useCallback(() => readStore({ node, store: name, limit: mostRows, ...(key === '' ? {} : { key }) }), [node, name, key]);
  const answer = usePolled(read);
  return (
    <section className="lj-store-entries" aria-label={`Store ${name}`}>
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
          {answer === null ? '' : `${formatCount(answer.total)} ${answer.total === 1 ? 'entry' : 'entries'}`}
        </span>
      </label>
      {answer === null ? (
        <p className="lj-muted">Nothing has run yet. Press Space to play.</p>
      ) : answer.total === 0 ? (
        <p className="lj-muted">{key === '' ? 'The store is empty.' : `No key has “${key}” in it.`}</p>
      ) : (
        <Rows name={name} answer={answer} />
      )}
    </section>
  );
}

/** What a node knows in the run: its state stores, entry by entry, all tasks together. */
export function StoreBrowser({ plan }: { readonly plan: NodePlan }) {
  const { nodeId, topology } = plan;
  const read = useCallback(() => readStreams(nodeId), [nodeId]);
  const view = usePolled(read);
  const [chosen, setChosen] = useState<string | null>(null);
  if (topology.stores.length === 0)
    return (
      <p className="lj-muted">
        This query keeps nothing: each record is handled by itself. Aggregates, joins and tables have state stores.
      </p>
    );
  const store = topology.stores.find(({ name }) => name === chosen) ?? topology.stores[0]!;
  return (
    <div className="lj-stores">
      <div className="lj-stores-list" role="group" aria-label="State stores">
        {topology.stores.map((one) => {
          const { entries, bytes } = heldIn(view, one.name);
          return (
            <button key={one.name} type="button" className="lj-store" aria-pressed={one === store} onClick={() => setChosen(one.name)}>
              <b>{one.name}</b>
              <span className="lj-numeral">{view === null ? '' : `${formatCount(entries)}, ${formatBytes(bytes)}`}</span>
              <small className="lj-muted">
                {storeFacts(one)
                  .map(([word, value]) => `${word.toLowerCase()} ${value}`)
                  .join(', ')}
              </small>
            </button>
          );
        })}
      </div>
      <Entries key={store.name} node={nodeId} name={store.name} />
    </div>
  );
}
