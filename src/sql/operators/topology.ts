/**
 * Operators joined into a graph, and the state that a run of it has. The graph is the program, made once; the state is plain data, so a copy of it is a
 * checkpoint. A record goes through all operators below its source, depth first, before the next one (`StreamTask`, `ProcessorContext.forward`); what is
 * repartitioned waits in a channel, as in an internal topic, and the channel whose first record is oldest goes next (`PartitionGroup`).
 */
import type { SourceRecord, TopicRecord } from './row.ts';

/** What a run knows: one state per store, and the records that wait in channels. */
export interface TopologyState {
  readonly stores: unknown[];
  readonly waiting: ChannelRecord[][];
}

interface ChannelRecord {
  readonly timestampMs: number;
}

/** What operators may reach while they handle a record. */
export interface Run {
  readonly state: TopologyState;
  /** The clock of the machine, which only throttles what is emitted when windows close. */
  readonly wallClockMs: number;
  /** Takes what a sink writes. */
  readonly write: (topic: string, record: TopicRecord) => void;
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

/** A place in the state, of one shape. */
export type StoreOf<T> = (run: Run) => T;

export class Topology {
  /** Topics that are read, each with those who read it in order. */
  readonly sources = new Map<string, Outlet<SourceRecord>>();
  private readonly initialStores: (() => unknown)[] = [];
  private readonly channels: ((record: ChannelRecord, run: Run) => void)[] = [];

  source(topic: string): Outlet<SourceRecord> {
    const outlet = this.sources.get(topic) ?? new Outlet<SourceRecord>();
    this.sources.set(topic, outlet);
    return outlet;
  }

  /** Declares a store; `initial` makes the state that a run begins with, plain data. */
  store<T>(initial: () => T): StoreOf<T> {
    const index = this.initialStores.push(initial) - 1;
    return (run) => run.state.stores[index] as T;
  }

  /** Declares an internal topic: what is sent arrives at the outlet when all operators are done with the present record. */
  channel<R extends ChannelRecord>(): { readonly send: (record: R, run: Run) => void; readonly outlet: Outlet<R> } {
    const outlet = new Outlet<R>();
    const index = this.channels.push((record, run) => outlet.emit(record as R, run)) - 1;
    return { outlet, send: (record, run) => run.state.waiting[index]!.push(record) };
  }

  initialState(): TopologyState {
    return { stores: this.initialStores.map((initial) => initial()), waiting: this.channels.map(() => []) };
  }

  /** Takes one record of a source's topic through the whole graph, with everything that it leads to. */
  process(topic: string, record: SourceRecord, run: Run): void {
    this.sources.get(topic)?.emit(record, run);
    for (let next = oldest(run.state.waiting); next >= 0; next = oldest(run.state.waiting))
      this.channels[next]!(run.state.waiting[next]!.shift()!, run);
  }
}

/** The channel whose first record has the least time, the first such one; -1 where nothing waits. */
function oldest(waiting: readonly (readonly ChannelRecord[])[]): number {
  let found = -1;
  for (let i = 0; i < waiting.length; i++) {
    const first = waiting[i]![0];
    if (first && (found < 0 || first.timestampMs < waiting[found]![0]!.timestampMs)) found = i;
  }
  return found;
}
