/** Operators on rows made by hand, for tests: topics of numbers and texts, and what comes out of a stream. */
import type { KeyForm, KeyIdentity, Row, RowWindow, TopicRecord } from './row.ts';
import type { RowAggregator } from './aggregates.ts';
import type { Stream } from './streams.ts';
import { sinkStream, sourceStream } from './streams.ts';
import type { Table } from './tables.ts';
import { tableOfStream } from './tables.ts';
import type { Run, TopologyState, Topology } from './topology.ts';

/** A record as a test writes it: topic, key, the only column of its value, time. */
export type Given = readonly [topic: string, key: string | null, value: number | string | null, timestampMs: number];

export const identity: KeyIdentity = (key) => key.map(String).join();
export const keyForm: KeyForm = { identity, payload: (key) => key && identity(key) };
/** Where tests keep counts. */
export const counts = { ...keyForm, store: 'counts', repartition: null };

/** A stream of a topic whose payloads are texts; a value of "null" is none. */
export function streamOf(topology: Topology, topic: string): Stream {
  return sourceStream(topology, topic, topology.structure.name('KSTREAM-SOURCE-'), ({ key, value, timestampMs, headers }) => {
    const row: Row | null = value === null ? null : [Number.isNaN(Number(value)) ? (value as string) : Number(value)];
    return { key: key === null ? null : [key as string], value: row, timestampMs, window: null, headers };
  });
}

/** A table of such a topic, kept in a store of the topic's name. */
export function tableOf(topology: Topology, topic: string): Table {
  const stream = streamOf(topology, topic);
  return tableOfStream(topology, stream, { identity, node: topology.structure.name('KTABLE-SOURCE-'), store: topic, isKept: true });
}

const windowText = (window: RowWindow | null): string => (window ? `[${String(window.startMs)},${String(window.endMs)})` : '');

/** Writes what comes out of a stream as "key[window]=value@time". */
export function connectText(topology: Topology, stream: Stream): void {
  sinkStream(topology, stream, 'out', ({ key, value, timestampMs, window, headers }, run) => {
    const text = `${String(key?.[0])}${windowText(window)}=${value === null ? 'none' : value.map(String).join('/')}@${String(timestampMs)}`;
    run.write('out', { key: null, value: text, timestampMs, window, headers });
  });
}

/** A run of a topology: `feed` gives it records and returns what came out. */
export function startRun(
  topology: Topology,
  state: TopologyState = topology.initialState(),
  hooks: Pick<Run, 'changed' | 'repartition' | 'partition'> = {},
) {
  const written: string[] = [];
  const logs: string[] = [];
  const run: Run = {
    ...hooks,
    state,
    wallClockMs: 0,
    write: (_topic, record: TopicRecord) => written.push(record.value as string),
    log: (message) => logs.push(message),
    random: () => 0,
    now: () => 0,
  };
  return {
    run,
    written,
    state,
    logs,
    feed: (...records: readonly Given[]): string[] => {
      written.length = 0;
      for (const [topic, key, value, timestampMs] of records)
        topology.process(
          topic,
          { key, value: value === null ? null : String(value), timestampMs, window: null, headers: [], partition: 0, offset: 0 },
          run,
        );
      return [...written];
    },
  };
}

/** Counts rows and sums their only column. */
export const countAndSum: RowAggregator = {
  initial: () => [0, 0],
  add: ([value], state) => [(state![0] as number) + 1, (state![1] as number) + (value as number)],
  undo: ([value], [count, sum]) => [(count as number) - 1, (sum as number) - (value as number)],
  merge: (left, [count, sum]) => [(left![0] as number) + (count as number), (left![1] as number) + (sum as number)],
};
