import { describe, expect, it } from 'vitest';
import { aggregateStream, reducer } from './aggregates.ts';
import { filterRecords, flatMapRecords, mergeStreams, peekStream, repartitionAlways, splitStream, toTable } from './branches.ts';
import { deduplicateStream } from './deduplicate.ts';
import { globalTable, joinStreamGlobal } from './globalTable.ts';
import { connectText, countAndSum, counts, identity, keyForm, startRun, streamOf, tableOf } from './handMade.ts';
import { partitionCounts } from './partitionCounts.ts';
import type { Row } from './row.ts';
import { aggregateSessions } from './sessions.ts';
import { aggregateSliding } from './sliding.ts';
import { rekeyStream } from './streams.ts';
import type { Suppression } from './suppress.ts';
import { suppressTable } from './suppress.ts';
import { streamOfTable } from './tables.ts';
import { Topology } from './topology.ts';
import { aggregateWindows } from './windows.ts';

const sumOf = (state: Row, [value]: Row): Row => [(state[0] as number) + (value as number)];
const nodesOf = (topology: Topology) => topology.describe().subTopologies.flatMap(({ nodes }) => nodes.map(({ name }) => name));
const isNumber = (at: number) => (record: { readonly value: Row | null }) => record.value?.[0] === at;

describe('streams', () => {
  it('[SQL-269] peek shows records and changes nothing', () => {
    const topology = new Topology();
    const seen: unknown[] = [];
    connectText(
      topology,
      peekStream(topology, streamOf(topology, 'in'), 'peek', ({ value }) => seen.push(value)),
    );
    expect(startRun(topology).feed(['in', 'a', 1, 1], ['in', 'b', null, 2])).toEqual(['a=1@1', 'b=none@2']);
    expect(seen).toEqual([[1], null]);
  });

  it('[SQL-270] split sends a record to the first branch whose condition holds, else to the last one; merge brings branches together', () => {
    const topology = new Topology();
    const split = splitStream(topology, streamOf(topology, 'in'), topology.structure.name('KSTREAM-BRANCH-'), [isNumber(1), isNumber(2)]);
    const [ones, , rest] = split as [(typeof split)[0], (typeof split)[0], (typeof split)[0]];
    connectText(topology, mergeStreams(topology, ones, rest, topology.structure.name('KSTREAM-MERGE-')));
    expect(startRun(topology).feed(['in', 'a', 1, 1], ['in', 'b', 2, 2], ['in', 'c', 3, 3])).toEqual(['a=1@1', 'c=3@3']);
    expect(nodesOf(topology)).toEqual([
      'KSTREAM-SOURCE-0000000000',
      'KSTREAM-BRANCH-0000000001',
      'KSTREAM-BRANCH-00000000011',
      'KSTREAM-BRANCH-00000000012',
      'KSTREAM-BRANCH-00000000010',
      'KSTREAM-MERGE-0000000005',
      'KSTREAM-SINK-0000000006',
    ]);
  });

  it('[SQL-271] flatMap makes any number of records under other keys, which move before they are grouped', () => {
    const topology = new Topology();
    const kept = filterRecords(topology, streamOf(topology, 'in'), 'filter', ({ key }) => key?.[0] !== 'x');
    const halves = flatMapRecords(topology, kept, 'halves', ({ value }) =>
      value ? [1, 2].map((key) => ({ key: [String(key)], value })) : [],
    );
    connectText(topology, streamOfTable(topology, aggregateStream(topology, halves, countAndSum, counts)));
    expect(startRun(topology).feed(['in', 'a', 4, 1], ['in', 'x', 4, 1], ['in', 'b', 5, 2])).toEqual([
      '1=1/4@1',
      '2=1/4@1',
      '1=2/9@2',
      '2=2/9@2',
    ]);
    expect(topology.describe().internalTopics[0]!.name).toBe('counts-repartition');
  });

  it('[SQL-271] repartition moves records in any case; a table of a stream is kept when someone looks its rows up', () => {
    const topology = new Topology();
    const moved = repartitionAlways(topology, streamOf(topology, 'in'), null, keyForm);
    const table = toTable(topology, moved, keyForm, { name: null, store: null });
    expect(topology.describe().internalTopics.map(({ name }) => name)).toEqual(['KSTREAM-REPARTITION-0000000001-repartition']);
    table.stores();
    expect(topology.describe().internalTopics.map(({ name }) => name)).toEqual([
      'KSTREAM-REPARTITION-0000000001-repartition',
      'KSTREAM-TOTABLE-STATE-STORE-0000000006-changelog',
    ]);
  });

  it('[SQL-272] reduce begins with the first row of a group, in windows and sessions as well', () => {
    const grouped = { ...counts, prefix: 'KSTREAM-REDUCE-' as const };
    const everyUpdate = { graceMs: 100, retentionMs: 200, emitFinalEveryMs: null };
    const feed = (make: (topology: Topology) => ReturnType<typeof aggregateStream>) => {
      const topology = new Topology();
      connectText(topology, streamOfTable(topology, make(topology)));
      return startRun(topology).feed(['in', 'a', 2, 1], ['in', 'a', 3, 4], ['in', 'a', 5, 12]);
    };
    expect(feed((topology) => aggregateStream(topology, streamOf(topology, 'in'), reducer(sumOf), grouped))).toEqual([
      'a=2@1',
      'a=5@4',
      'a=10@12',
    ]);
    const windows = { sizeMs: 10, advanceMs: 10, ...everyUpdate };
    expect(feed((topology) => aggregateWindows(topology, streamOf(topology, 'in'), reducer(sumOf), grouped, windows))).toEqual([
      'a[0,10)=2@1',
      'a[0,10)=5@4',
      'a[10,20)=5@12',
    ]);
    const sessions = { gapMs: 5, ...everyUpdate };
    expect(feed((topology) => aggregateSessions(topology, streamOf(topology, 'in'), reducer(sumOf), grouped, sessions))).toEqual([
      'a[1,1)=2@1',
      'a[1,1)=none@1',
      'a[1,4)=5@4',
      'a[12,12)=5@12',
    ]);
  });

  it('[SQL-273] a repetition within the interval of a record that went on is dropped, one after it goes on', () => {
    const topology = new Topology();
    connectText(topology, deduplicateStream(topology, streamOf(topology, 'in'), { ...keyForm, intervalMs: 10, idOf: null, name: null }));
    const run = startRun(topology);
    expect(run.feed(['in', 'a', 1, 20], ['in', 'a', 2, 30], ['in', 'a', 3, 10], ['in', 'b', 4, 21], ['in', null, 5, 22])).toEqual([
      'a=1@20',
      'b=4@21',
      'undefined=5@22',
    ]);
    expect(run.feed(['in', 'a', 6, 31], ['in', 'a', 7, 15])).toEqual(['a=6@31']);
    expect(run.logs).toHaveLength(2);
  });

  it('[SQL-273] an id besides the key tells records apart that do not repeat each other', () => {
    const topology = new Topology();
    const options = { ...keyForm, intervalMs: 10, idOf: ({ value }: { readonly value: Row | null }) => String(value?.[0]), name: 'once' };
    connectText(topology, deduplicateStream(topology, streamOf(topology, 'in'), options));
    expect(startRun(topology).feed(['in', 'a', 1, 1], ['in', 'a', 2, 2], ['in', 'a', 1, 3])).toEqual(['a=1@1', 'a=2@2']);
  });
});

describe('sliding windows', () => {
  /** Sums of all windows that have records, by definition: one ends with each record, one begins just after it. */
  function expected(records: readonly (readonly [value: number, timestampMs: number])[], differenceMs: number) {
    const found = new Map<number, string>();
    for (const [, timestampMs] of records)
      for (const startMs of [Math.max(0, timestampMs - differenceMs), timestampMs + 1]) {
        const inside = records.filter(([, time]) => time >= startMs && time <= startMs + differenceMs);
        const sum = inside.reduce((all, [value]) => all + value, 0);
        if (inside.length > 0)
          found.set(startMs, `${String(inside.length)}/${String(sum)}@${String(Math.max(...inside.map(([, time]) => time)))}`);
      }
    return [...found].sort(([a], [b]) => a - b);
  }

  const windows = { differenceMs: 10, graceMs: 1000, emitFinalEveryMs: null };

  it.each([1, 2, 3, 4, 5, 6])(
    '[SQL-274] each window has the records within its bounds, in whichever order they came (order %i)',
    (seed) => {
      const times = [12, 15, 15, 3, 22, 26, 40, 1, 37, 50, 33, 7, 12, 61].map((time, i) => (time * seed + i * (seed - 1)) % 67);
      const records = times.map((time, i) => [i + 1, time] as const);
      const topology = new Topology();
      const table = aggregateSliding(topology, streamOf(topology, 'in'), countAndSum, counts, windows);
      connectText(topology, streamOfTable(topology, table));
      const run = startRun(topology);
      run.feed(...records.map(([value, time]) => ['in', 'a', value, time] as const));
      const held = [...run.state.stores[0]!.values()] as { window: { startMs: number }; row: Row; timestampMs: number }[];
      const texts = held.map(({ window, row, timestampMs }) => [window.startMs, `${row.join('/')}@${String(timestampMs)}`] as const);
      expect([...texts].sort(([a], [b]) => a - b)).toEqual(expected(records, 10));
    },
  );

  it('[SQL-274] updates go on one by one; a record that no open window can hold is dropped', () => {
    const topology = new Topology();
    connectText(
      topology,
      streamOfTable(topology, aggregateSliding(topology, streamOf(topology, 'in'), countAndSum, counts, { ...windows, graceMs: 5 })),
    );
    const run = startRun(topology);
    expect(run.feed(['in', 'a', 1, 20], ['in', 'a', 2, 25])).toEqual(['a[10,20)=1/1@20', 'a[21,31)=1/2@25', 'a[15,25)=2/3@25']);
    run.feed(['in', 'b', 9, 60]);
    expect(run.feed(['in', 'a', 4, 44])).toEqual([]);
    expect(run.logs).toHaveLength(1);
  });

  it('[SQL-274] emitted once they are closed, they go by start and key', () => {
    const topology = new Topology();
    const final = { differenceMs: 10, graceMs: 0, emitFinalEveryMs: 0 };
    connectText(topology, streamOfTable(topology, aggregateSliding(topology, streamOf(topology, 'in'), countAndSum, counts, final)));
    const run = startRun(topology);
    expect(run.feed(['in', 'b', 1, 20], ['in', 'a', 2, 20])).toEqual([]);
    expect(run.feed(['in', 'a', 3, 50])).toEqual(['a[10,20)=1/2@20', 'b[10,20)=1/1@20']);
  });
});

describe('suppress', () => {
  const timeLimit: Suppression = { until: 'time limit', waitMs: 10, maxRecords: null, whenFull: 'emit early', identity, name: null };
  const suppressed = (suppression: Partial<Suppression>) => {
    const topology = new Topology();
    connectText(topology, streamOfTable(topology, suppressTable(topology, tableOf(topology, 'in'), { ...timeLimit, ...suppression })));
    return { topology, run: startRun(topology) };
  };

  it('[SQL-275] the latest change of a key goes on so long after the first that waited', () => {
    const { topology, run } = suppressed({});
    expect(run.feed(['in', 'a', 1, 1], ['in', 'a', 2, 5], ['in', 'b', 7, 10])).toEqual([]);
    expect(run.feed(['in', 'c', 9, 11])).toEqual(['a=2@5']);
    expect(run.feed(['in', 'b', null, 12], ['in', 'c', 9, 30])).toEqual(['b=none@12', 'c=9@30']);
    expect(topology.describe().internalTopics.map(({ name }) => name)).toEqual([
      'in-changelog',
      'KTABLE-SUPPRESS-STATE-STORE-0000000003-changelog',
    ]);
  });

  it('[SQL-275] where more keys wait than may, the oldest go on early or processing ends', () => {
    const records = [['in', 'a', 1, 1] as const, ['in', 'b', 2, 2] as const, ['in', 'c', 3, 3] as const];
    expect(suppressed({ maxRecords: 2 }).run.feed(...records)).toEqual(['a=1@1']);
    const full = suppressed({ maxRecords: 2, whenFull: 'shut down', name: 'held' }).run;
    expect(() => full.feed(...records)).toThrow('held buffer exceeded its max capacity. Currently [3/2] records.');
  });

  it('[SQL-276] until windows close, each goes on once, when the time of the stream has passed its end and the grace period', () => {
    const topology = new Topology();
    const windows = { sizeMs: 10, advanceMs: 10, graceMs: 5, retentionMs: 20, emitFinalEveryMs: null };
    const table = aggregateWindows(topology, streamOf(topology, 'in'), countAndSum, counts, windows);
    const final: Suppression = { ...timeLimit, until: 'window closes', waitMs: 5 };
    connectText(topology, streamOfTable(topology, suppressTable(topology, table, final)));
    const run = startRun(topology);
    expect(run.feed(['in', 'a', 1, 1], ['in', 'b', 1, 12], ['in', 'a', 2, 9], ['in', 'b', 1, 14])).toEqual([]);
    expect(run.feed(['in', 'b', 1, 15])).toEqual(['a[0,10)=2/3@9']);
    expect(run.feed(['in', 'c', 1, 25])).toEqual(['b[10,20)=3/3@15']);
  });
});

describe('global tables', () => {
  it('[SQL-277] a stream meets them by any key, and neither topic has to be partitioned as the other', () => {
    const topology = new Topology();
    const read = ({ key, value, timestampMs }: { key: unknown; value: unknown; timestampMs: number }) => ({
      ...{
        key: key === null ? null : [key as string],
        value: value === null ? null : [value as string],
        timestampMs,
        window: null,
        headers: [],
      },
    });
    const table = globalTable(topology, 'names', read, { identity, store: null });
    const stream = rekeyStream(topology, streamOf(topology, 'in'), 'rekey', ({ key, value }) => ({ key, value }));
    const join = (_key: Row | null, left: Row | null, right: Row | null): Row => [left![0]!, right?.[0] ?? '-'];
    const keyOf = ({ value }: { readonly value: Row | null }): Row => [`n${String(value![0])}`];
    connectText(topology, joinStreamGlobal(topology, stream, table, { name: null, keyOf, keepsLeft: true, join }));
    const run = startRun(topology);
    expect(run.feed(['in', 'a', 1, 1], ['names', 'n1', 'one', 2], ['in', 'a', 1, 3], ['names', 'n1', null, 4], ['in', 'b', 1, 5])).toEqual([
      'a=1/-@1',
      'a=1/one@3',
      'b=1/-@5',
    ]);
    const physical = topology.describe();
    expect(physical.globals).toEqual([{ topic: 'names', store: 0 }]);
    expect(physical.subTopologies.map(({ sources }) => sources)).toEqual([['in']]);
    expect(physical.internalTopics).toEqual([]);
    expect(partitionCounts(physical, (topic) => (topic === 'in' ? 3 : 7))).toMatchObject({ kind: 'counts', internal: new Map() });
  });
});
