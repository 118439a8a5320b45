import { describe, expect, it } from 'vitest';
import { aggregateStream, aggregateTable, regroupTable } from './aggregates.ts';
import { deduplicateStream } from './deduplicate.ts';
import { joinForeignKey } from './foreignKeyJoin.ts';
import type { Given } from './handMade.ts';
import { connectText, countAndSum, counts, identity, keyForm, startRun, streamOf, tableOf } from './handMade.ts';
import { ofPlainJson, plainJson } from './plainJson.ts';
import type { Row } from './row.ts';
import { aggregateSessions } from './sessions.ts';
import { aggregateSliding } from './sliding.ts';
import { joinStreams } from './streamJoin.ts';
import { repartitionStream } from './streams.ts';
import { suppressTable } from './suppress.ts';
import { streamOfTable } from './tables.ts';
import type { ChannelRecord } from './topology.ts';
import { Topology } from './topology.ts';
import { aggregateWindows } from './windows.ts';

const pair = (_key: Row | null, left: Row | null, right: Row | null): Row => [left?.[0] ?? '-', right?.[0] ?? '-'];
const final = { emitFinalEveryMs: 0 };

/** Topologies whose stores are of all kinds, each reading `l` and `r` or one of both. */
const programs: Readonly<Record<string, (topology: Topology) => void>> = {
  'a table grouped': (topology) => {
    const table = tableOf(topology, 'l');
    const keyOf = ([value]: Row): Row => [(value as number) % 2];
    const groups = regroupTable(topology, table, 'groups', { keyOf, identity });
    connectText(topology, streamOfTable(topology, aggregateTable(topology, groups, countAndSum, counts)));
  },
  windows: (topology) => {
    const windows = { sizeMs: 10, advanceMs: 5, graceMs: 5, retentionMs: 20, ...final };
    connectText(topology, streamOfTable(topology, aggregateWindows(topology, streamOf(topology, 'l'), countAndSum, counts, windows)));
  },
  sessions: (topology) => {
    const windows = { gapMs: 6, graceMs: 5, retentionMs: 20, emitFinalEveryMs: null };
    connectText(topology, streamOfTable(topology, aggregateSessions(topology, streamOf(topology, 'l'), countAndSum, counts, windows)));
  },
  'sliding windows': (topology) => {
    const windows = { differenceMs: 6, graceMs: 5, emitFinalEveryMs: null };
    connectText(topology, streamOfTable(topology, aggregateSliding(topology, streamOf(topology, 'l'), countAndSum, counts, windows)));
  },
  'a suppressed table': (topology) => {
    const suppression = { until: 'time limit', waitMs: 4, maxRecords: 3, whenFull: 'emit early', identity, name: null } as const;
    connectText(topology, streamOfTable(topology, suppressTable(topology, tableOf(topology, 'l'), suppression)));
  },
  'a stream without repetitions': (topology) => {
    connectText(topology, deduplicateStream(topology, streamOf(topology, 'l'), { ...keyForm, intervalMs: 5, idOf: null, name: null }));
  },
  'an outer join of streams': (topology) => {
    const windows = { beforeMs: 4, afterMs: 3, graceMs: 2, waitsForClose: true };
    const options = { windows, keepsLeft: true, keepsRight: true, join: pair, form: keyForm, name: null };
    connectText(topology, joinStreams(topology, streamOf(topology, 'l'), streamOf(topology, 'r'), options));
  },
  'a join on a foreign key': (topology) => {
    const left = tableOf(topology, 'l');
    const right = tableOf(topology, 'r');
    const version = (row: Row) => String(row[0]);
    const foreignKey = ([value]: Row): Row => [`k${String((value as number) % 4)}`];
    const join = { keepsLeft: true, foreignKey, join: pair, left: keyForm, right: keyForm, version };
    connectText(topology, streamOfTable(topology, joinForeignKey(topology, left, right, join)));
  },
};

/** Records of both topics in a fixed order, times going on by one with some behind. */
const records = Array.from({ length: 120 }, (_one, i): Given => {
  const timestampMs = Math.max(0, i - ((i * 7) % 5));
  return [(i * 5) % 3 === 0 ? 'r' : 'l', `k${String((i * 3) % 4)}`, (i * 11) % 13, timestampMs];
});

describe('stores', () => {
  it.each(Object.keys(programs))('[SQL-260] %s: entries put back by id and value make the stores that were', (name) => {
    const topology = new Topology();
    programs[name]!(topology);
    const changelog = topology.stores.map(() => new Map<string, unknown>());
    const changed = (store: number, id: string, value: unknown) =>
      value === null ? changelog[store]!.delete(id) : changelog[store]!.set(id, ofPlainJson(JSON.parse(JSON.stringify(plainJson(value)))));
    const first = startRun(topology, topology.initialState(), { changed });
    first.feed(...records.slice(0, 70));
    const state = topology.initialState();
    changelog.forEach((entries, store) => entries.forEach((value, id) => topology.restore(store, id, value, { state })));
    const second = startRun(topology, { ...state, memories: structuredClone(first.state.memories) });
    const expected = first.feed(...records.slice(70));
    expect(expected.length).toBeGreaterThan(10);
    expect(second.feed(...records.slice(70))).toEqual(expected);
  });

  it('[SQL-260] what is taken out is told as null, also where nothing was', () => {
    const topology = new Topology();
    tableOf(topology, 'in');
    const told: unknown[] = [];
    const run = startRun(topology, topology.initialState(), { changed: (...change) => told.push(change) });
    run.feed(['in', 'a', 1, 5], ['in', 'a', null, 6], ['in', 'b', null, 7]);
    expect(told).toEqual([
      [0, 'a', { key: ['a'], window: null, row: [1], timestampMs: 5 }],
      [0, 'a', null],
      [0, 'b', null],
    ]);
  });
});

describe('internal topics', () => {
  it('[SQL-261] a run that has partitions takes what is repartitioned and delivers it to the task of its key', () => {
    const topology = new Topology();
    const moved = repartitionStream(topology, streamOf(topology, 'in'), { ...keyForm, name: 'moved', keepsNullKeys: false });
    connectText(topology, streamOfTable(topology, aggregateStream(topology, moved, countAndSum, counts)));
    const taken: ChannelRecord[] = [];
    const source = startRun(topology, topology.initialState(), { repartition: (_channel, record) => taken.push(record) });
    expect(source.feed(['in', 'a', 1, 5], ['in', 'b', 2, 6], ['in', 'a', 3, 7])).toEqual([]);
    const { name, partitionKey, encode, decode } = topology.channels[0]!;
    expect(name).toBe('moved-repartition');
    expect(taken.map(partitionKey)).toEqual(['a', 'b', 'a']);
    const tasks = ['a', 'b'].map(() => startRun(topology));
    for (const record of taken) {
      const arrived = decode(JSON.parse(JSON.stringify(encode(record))));
      topology.deliver(0, arrived, tasks[partitionKey(arrived) === 'a' ? 0 : 1]!.run);
    }
    expect(tasks.map(({ written }) => written)).toEqual([['a=1/1@5', 'a=2/4@7'], ['b=1/2@6']]);
    expect(source.state.waiting).toEqual([[]]);
  });

  it('[SQL-261] answers of a foreign-key join go to the partition of the row that asked', () => {
    const topology = new Topology();
    programs['a join on a foreign key']!(topology);
    const sent: string[] = [];
    const run = startRun(topology, topology.initialState(), {
      partition: 2,
      repartition: (channel, record) => {
        const { name, partition, partitionKey } = topology.channels[channel]!;
        sent.push(`${name.slice(0, -17)} ${String(partition(record))} ${String(partitionKey(record))}`);
        if (name.includes('REGISTRATION')) topology.deliver(channel, record, run.run);
      },
    });
    run.feed(['l', 'a', 5, 1]);
    expect(sent).toEqual(['KTABLE-FK-JOIN-SUBSCRIPTION-REGISTRATION null k1', 'KTABLE-FK-JOIN-SUBSCRIPTION-RESPONSE 2 a']);
  });

  it('[SQL-261] rows of any type pass through JSON', () => {
    const row = [1n, -0, NaN, Infinity, 1.5, 'x', null, true, { unscaled: 12n, scale: 1 }, Uint8Array.of(1, 255), new Map([['k', [1n]]])];
    expect(ofPlainJson(JSON.parse(JSON.stringify(plainJson(row))))).toEqual(row);
  });
});
