/**
 * Where operators keep what they know of records: entries of plain data by id. Every write goes through `put`, which tells the run, so that a changelog can
 * hold it; an entry is put back by id and value alone (`ChangeLoggingKeyValueBytesStore`, `StoreChangelogReader`).
 */
import type { Run, TopologyState } from './topology.ts';

/** `join` keeps all records of one side of a join of streams, `list` the ones that found no partner yet, `subscription` who asks for a foreign key. */
export type StoreKind = 'keyValue' | 'window' | 'session' | 'join' | 'list' | 'subscription' | 'suppress';

export interface StoreInfo {
  /** Kafka Streams' name; the changelog is named after it. */
  readonly name: string;
  readonly kind: StoreKind;
  /** How long entries of windows can be found, by the time of the store; null: until they are removed. */
  readonly retentionMs: number | null;
  /** The topic that stands for its changelog, as the store holds that topic's records (`reuse.ktable.source.topics`). */
  readonly sourceTopic?: string;
  /** Whether it is a whole table that every instance has, which no changelog belongs to. */
  readonly isGlobal?: boolean;
}

/** What finds entries other than by id. It is made of the entries alone, so it is not in the changelog. */
export interface Indexing<V, I> {
  readonly initial: () => I;
  /** An id that was not there has come; what the index holds may depend on nothing of the value that changes while the id stays. */
  readonly added: (index: I, id: string, value: V) => void;
  readonly removed: (index: I, id: string, value: V) => void;
}

export class Store<V, I = null> {
  /** Its place in the topology's stores and in the state. */
  readonly number: number;
  private readonly indexing: Indexing<V, I> | null;

  constructor(number: number, indexing: Indexing<V, I> | null) {
    this.number = number;
    this.indexing = indexing;
  }

  entries(run: { readonly state: TopologyState }): ReadonlyMap<string, V> {
    return this.mutable(run.state);
  }

  get(id: string, run: { readonly state: TopologyState }): V | undefined {
    return this.mutable(run.state).get(id);
  }

  index(run: { readonly state: TopologyState }): I {
    return run.state.indexes[this.number] as I;
  }

  initialIndex(): I | null {
    return this.indexing?.initial() ?? null;
  }

  /** Writes an entry, null takes it out; tells the run also where nothing was there to be taken out, as a changelog gets a tombstone then. */
  put(id: string, value: V | null, run: Run): void {
    this.restore(id, value, run.state);
    run.changed?.(this.number, id, value);
  }

  /** Writes an entry that comes from the changelog. */
  restore(id: string, value: V | null, state: TopologyState): void {
    const entries = this.mutable(state);
    const old = entries.get(id);
    if (value === null) return this.drop(id, state);
    entries.set(id, value);
    if (old === undefined) this.indexing?.added(state.indexes[this.number] as I, id, value);
  }

  /** Forgets an entry that is older than the retention; the changelog has a retention of its own. */
  drop(id: string, state: TopologyState): void {
    const entries = this.mutable(state);
    const old = entries.get(id);
    if (old === undefined) return;
    entries.delete(id);
    this.indexing?.removed(state.indexes[this.number] as I, id, old);
  }

  private mutable(state: TopologyState): Map<string, V> {
    return state.stores[this.number] as Map<string, V>;
  }
}
