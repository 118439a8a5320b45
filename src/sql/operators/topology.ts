/**
 * Operators joined into a graph, and the state that a run of it has. The graph is the program, made once; the state is plain data, so a copy of it is a
 * checkpoint. A record goes through all operators below its source, depth first, before the next one (`StreamTask`, `ProcessorContext.forward`); what is
 * repartitioned waits in a channel, as in an internal topic, and the channel whose first record is oldest goes next (`PartitionGroup`). A run that has
 * partitions takes what is repartitioned itself and brings it to the task that reads it; each task then has a state of its own.
 */
import type { Payload } from '../formats/serde.ts';
import { ofPlainJson, plainJson } from './plainJson.ts';
import type { SourceRecord, TopicRecord } from './row.ts';
import type { Indexing, StoreInfo } from './store.ts';
import { Store } from './store.ts';
import type { PhysicalTopology } from './structure.ts';
import { Structure } from './structure.ts';

/** What a run, or one task of it, knows. */
export interface TopologyState {
  /** Entries of each store by id. */
  readonly stores: Map<string, unknown>[];
  /** What stores find their entries by besides their ids; made of the entries. */
  readonly indexes: unknown[];
  /** What operators know besides their stores, in no changelog. */
  readonly memories: unknown[];
  /** Records in channels that have not been delivered; always empty where the run takes them itself. */
  readonly waiting: ChannelRecord[][];
}

export interface ChannelRecord {
  readonly timestampMs: number;
}

/** What operators may reach while they handle a record. */
export interface Run {
  readonly state: TopologyState;
  /** The partition of the task; 0 where the run has no partitions. */
  readonly partition?: number;
  /** The clock of the machine, which only throttles what is emitted when windows close. */
  readonly wallClockMs: number;
  /** Takes what a sink writes. */
  readonly write: (topic: string, record: TopicRecord) => void;
  /** Takes a record for a channel, to be delivered to the task of its partition; without it the record waits in the state. */
  readonly repartition?: (channel: number, record: ChannelRecord) => void;
  /** Told of each entry of a store that is written, with null where it is taken out. The value is plain data. */
  readonly changed?: (store: number, id: string, value: unknown) => void;
  /** Takes a message for the processing log: a record that could not be handled wholly. */
  readonly log: (message: string) => void;
  /** A number of [0, 1) from a stream of the run's own. */
  readonly random: () => number;
  /** The clock as functions see it, milliseconds since 1970. */
  readonly now: () => number;
}

/** Where an operator hands on what it makes. */
export class Outlet<R> {
  private readonly receivers: ((record: R, run: Run) => void)[] = [];

  connect(receiver: (record: R, run: Run) => void): void {
    this.receivers.push(receiver);
  }

  emit(record: R, run: Run): void {
    for (const receiver of this.receivers) receiver(record, run);
  }
}

/** What operators know besides their stores. */
export interface MemoryInfo {
  /** `commit`: is stored with committed offsets, so a task that moves goes on with it (`ProcessorMetadata`); `none`: begins anew. */
  readonly survives: 'commit' | 'none';
}

/** How records go through an internal topic. */
export interface ChannelOptions<R> {
  /** The topic's name without the application's id. */
  readonly name: string;
  /** The payload of the record's key, which the partitioner hashes; null: any partition. */
  readonly partitionKey: (record: R) => Payload;
  /** The partition where the record names it itself, as answers to a foreign-key join do; null: by the key. */
  readonly partition?: (record: R) => number | null;
}

/** An internal topic as those who run the topology see it. */
export interface Channel {
  readonly name: string;
  readonly partitionKey: (record: ChannelRecord) => Payload;
  readonly partition: (record: ChannelRecord) => number | null;
  /** A record as plain data that JSON can hold, and back. */
  readonly encode: (record: ChannelRecord) => unknown;
  readonly decode: (json: unknown) => ChannelRecord;
  readonly outlet: Outlet<ChannelRecord>;
}

export class Topology {
  /** Topics that are read, each with those who read it in order. */
  readonly sources = new Map<string, Outlet<SourceRecord>>();
  /** What each store is, by its number. */
  readonly stores: StoreInfo[] = [];
  readonly memories: MemoryInfo[] = [];
  /** Internal topics by their number. */
  readonly channels: Channel[] = [];
  /** The nodes that its operators are, under Kafka Streams' names. */
  readonly structure = new Structure();
  private readonly storeHandles: Store<unknown, unknown>[] = [];
  private readonly restores = new Map<number, (record: SourceRecord, run: Run) => void>();
  private readonly initialMemories: (() => unknown)[] = [];

  source(topic: string): Outlet<SourceRecord> {
    const outlet = this.sources.get(topic) ?? new Outlet<SourceRecord>();
    this.sources.set(topic, outlet);
    return outlet;
  }

  /** Declares a store, whose entries are plain data. */
  store<V>(info: StoreInfo): Store<V>;
  store<V, I>(info: StoreInfo, indexing: Indexing<V, I>): Store<V, I>;
  store<V, I>(info: StoreInfo, indexing?: Indexing<V, I>): Store<V, I> {
    const store = new Store<V, I>(this.stores.length, indexing ?? null);
    this.stores.push(info);
    this.storeHandles.push(store as Store<unknown, unknown>);
    return store;
  }

  /** Declares what an operator knows besides its stores; `initial` makes plain data. */
  memory<T>(info: MemoryInfo, initial: () => T): (run: Run) => T {
    const index = this.memories.push(info) - 1;
    this.initialMemories.push(initial);
    return (run) => run.state.memories[index] as T;
  }

  /** Declares an internal topic: what is sent arrives at the outlet when all operators are done with the present record. */
  channel<R extends ChannelRecord>(
    options: ChannelOptions<R>,
  ): { readonly send: (record: R, run: Run) => void; readonly outlet: Outlet<R> } {
    const outlet = new Outlet<R>();
    const index = this.channels.length;
    this.channels.push({
      name: options.name,
      partitionKey: (record) => options.partitionKey(record as R),
      partition: (record) => options.partition?.(record as R) ?? null,
      encode: plainJson,
      decode: (json) => ofPlainJson(json) as ChannelRecord,
      outlet: outlet as unknown as Outlet<ChannelRecord>,
    });
    const send = (record: R, run: Run): void => {
      if (run.repartition) run.repartition(index, record);
      else run.state.waiting[index]!.push(record);
    };
    return { outlet, send };
  }

  /** What tasks there are, and the topics between them and behind their stores. */
  describe(): PhysicalTopology {
    return this.structure.describe(this.stores, this.channels);
  }

  initialState(): TopologyState {
    return {
      stores: this.stores.map(() => new Map<string, unknown>()),
      indexes: this.storeHandles.map((store) => store.initialIndex()),
      memories: this.initialMemories.map((initial) => initial()),
      waiting: this.channels.map(() => []),
    };
  }

  /** Takes one record of a source's topic through the whole graph, with everything that it leads to and that the run does not take. */
  process(topic: string, record: SourceRecord, run: Run): void {
    this.sources.get(topic)?.emit(record, run);
    this.drain(run);
  }

  /** Takes one record of an internal topic, by the channel's number, through the part of the graph that reads it. */
  deliver(channel: number, record: ChannelRecord, run: Run): void {
    this.channels[channel]!.outlet.emit(record, run);
    this.drain(run);
  }

  /** Puts an entry into a store as its changelog has it; null takes it out. */
  restore(store: number, id: string, value: unknown, { state }: { readonly state: TopologyState }): void {
    this.storeHandles[store]!.restore(id, value, state);
  }

  /** Declares how a store with a source topic is brought back from that topic. */
  restoreBy(store: number, restore: (record: SourceRecord, run: Run) => void): void {
    this.restores.set(store, restore);
  }

  /** Puts a record of the source topic that stands for a store's changelog into the store, telling nobody. */
  restoreRecord(store: number, record: SourceRecord, run: Run): void {
    this.restores.get(store)?.(record, run);
  }

  private drain(run: Run): void {
    const { waiting } = run.state;
    for (let next = oldest(waiting); next >= 0; next = oldest(waiting)) this.channels[next]!.outlet.emit(waiting[next]!.shift()!, run);
  }
}

/** The state of a topology of nothing, for expressions that are computed outside of one. */
export const emptyState = (): TopologyState => ({ stores: [], indexes: [], memories: [], waiting: [] });

/** The channel whose first record has the least time, the first such one; -1 where nothing waits. */
function oldest(waiting: readonly (readonly ChannelRecord[])[]): number {
  let found = -1;
  for (let i = 0; i < waiting.length; i++) {
    const first = waiting[i]![0];
    if (first && (found < 0 || first.timestampMs < waiting[found]![0]!.timestampMs)) found = i;
  }
  return found;
}
