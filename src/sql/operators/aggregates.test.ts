import { describe, expect, it } from 'vitest';
import { aggregateStream, aggregateTable, regroupTable } from './aggregates.ts';
import { toTable } from './branches.ts';
import { connectText, countAndSum, counts, identity, keyForm, startRun, streamOf, tableOf } from './handMade.ts';
import type { Row } from './row.ts';
import { aggregateSessions } from './sessions.ts';
import { filterStream, repartitionStream } from './streams.ts';
import { filterTable, streamOfTable } from './tables.ts';
import { Topology } from './topology.ts';
import type { TimeWindows } from './windows.ts';
import { aggregateWindows, windowStarts } from './windows.ts';

describe('aggregates without windows', () => {
  it('[SQL-210] one state per key, at the latest time of its records; records without a key are dropped', () => {
    const topology = new Topology();
    connectText(topology, streamOfTable(topology, aggregateStream(topology, streamOf(topology, 'in'), countAndSum, counts)));
    const run = startRun(topology);
    expect(run.feed(['in', 'a', 5, 10], ['in', 'b', 1, 11], ['in', null, 9, 12], ['in', 'a', 2, 3])).toEqual([
      'a=1/5@10',
      'b=1/1@11',
      'a=2/7@10',
    ]);
    expect(run.logs).toHaveLength(1);
  });

  it('[SQL-211] a table regrouped takes a row out of its old group before it enters the new one', () => {
    const topology = new Topology();
    const table = tableOf(topology, 'in');
    const keyOf = ([value]: Row): Row => [(value as number) % 2 === 0 ? 'even' : 'odd'];
    const groups = regroupTable(topology, table, 'groups', { keyOf, identity });
    connectText(topology, streamOfTable(topology, aggregateTable(topology, groups, countAndSum, counts)));
    const run = startRun(topology);
    expect(run.feed(['in', 'a', 2, 1], ['in', 'b', 4, 2])).toEqual(['even=1/2@1', 'even=2/6@2']);
    expect(run.feed(['in', 'a', 3, 3])).toEqual(['even=1/4@3', 'odd=1/3@3']);
    expect(run.feed(['in', 'b', 6, 4])).toEqual(['even=1/6@4']);
    expect(run.feed(['in', 'b', null, 5])).toEqual(['even=0/0@5']);
  });

  it('[SQL-212] HAVING: a group for which it no longer holds is a tombstone once, one for which it never held is nothing', () => {
    const topology = new Topology();
    const table = aggregateStream(topology, streamOf(topology, 'in'), countAndSum, counts);
    connectText(
      topology,
      streamOfTable(
        topology,
        filterTable(topology, table, 'having', ([, sum]) => (sum as number) > 5),
      ),
    );
    const run = startRun(topology);
    expect(run.feed(['in', 'a', 3, 1], ['in', 'a', 4, 2], ['in', 'a', -7, 3], ['in', 'a', -1, 4])).toEqual(['a=2/7@2', 'a=none@3']);
  });

  it('[SQL-212] where the row before is not known, each row that does not pass is a tombstone', () => {
    const topology = new Topology();
    const table = toTable(topology, streamOf(topology, 'in'), keyForm, { name: null, store: null });
    connectText(
      topology,
      streamOfTable(
        topology,
        filterTable(topology, table, 'large', ([value]) => (value as number) > 5),
      ),
    );
    expect(startRun(topology).feed(['in', 'a', 3, 1], ['in', 'a', 7, 2], ['in', 'a', 4, 3])).toEqual(['a=none@1', 'a=7@2', 'a=none@3']);
  });
});

describe('windows of time', () => {
  const tumbling: TimeWindows = { sizeMs: 10, advanceMs: 10, graceMs: 5, retentionMs: 15, emitFinalEveryMs: null };
  const windowed = (windows: TimeWindows) => {
    const topology = new Topology();
    connectText(topology, streamOfTable(topology, aggregateWindows(topology, streamOf(topology, 'in'), countAndSum, counts, windows)));
    return { topology, run: startRun(topology) };
  };

  it('[SQL-213] a time falls into every window that covers it, none of which begins before 0', () => {
    expect(windowStarts(12, { sizeMs: 10, advanceMs: 10 })).toEqual([10]);
    expect(windowStarts(12, { sizeMs: 10, advanceMs: 3 })).toEqual([3, 6, 9, 12]);
    expect(windowStarts(2, { sizeMs: 10, advanceMs: 5 })).toEqual([0]);
  });

  it('[SQL-214] late records count until the time of the stream has passed end and grace, then they are dropped', () => {
    const { run } = windowed(tumbling);
    expect(run.feed(['in', 'a', 1, 3], ['in', 'a', 1, 14], ['in', 'a', 1, 4])).toEqual([
      'a[0,10)=1/1@3',
      'a[10,20)=1/1@14',
      'a[0,10)=2/2@4',
    ]);
    expect(run.feed(['in', 'b', 1, 15], ['in', 'a', 1, 5])).toEqual(['b[10,20)=1/1@15']);
    expect(run.logs).toEqual(['Skipping record for expired window.']);
  });

  it('[SQL-215] EMIT FINAL: a window goes on once, when it is closed, by start and key', () => {
    const { run } = windowed({ ...tumbling, emitFinalEveryMs: 0 });
    expect(run.feed(['in', 'b', 1, 3], ['in', 'a', 2, 4], ['in', 'a', 3, 14])).toEqual([]);
    expect(run.feed(['in', 'a', 1, 15])).toEqual(['a[0,10)=1/2@4', 'b[0,10)=1/1@3']);
    expect(run.feed(['in', 'a', 1, 25])).toEqual(['a[10,20)=2/4@15']);
  });

  it('[SQL-201] a run goes on from a copy of its state as it would have without', () => {
    const { topology, run } = windowed({ ...tumbling, advanceMs: 5 });
    run.feed(['in', 'a', 1, 3], ['in', 'a', 1, 14]);
    const other = startRun(topology, structuredClone(run.state));
    const rest = [['in', 'a', 7, 9] as const, ['in', 'b', 2, 22] as const, ['in', 'a', 1, 6] as const];
    const expected = run.feed(...rest);
    expect(expected.length).toBeGreaterThan(2);
    expect(other.feed(...rest)).toEqual(expected);
  });
});

describe('sessions', () => {
  it('[SQL-216] a record joins the sessions within the gap around it; those it joins are tombstones', () => {
    const topology = new Topology();
    const windows = { gapMs: 10, graceMs: 100, retentionMs: 110, emitFinalEveryMs: null };
    connectText(topology, streamOfTable(topology, aggregateSessions(topology, streamOf(topology, 'in'), countAndSum, counts, windows)));
    const run = startRun(topology);
    expect(run.feed(['in', 'a', 1, 0], ['in', 'a', 2, 15])).toEqual(['a[0,0)=1/1@0', 'a[15,15)=1/2@15']);
    expect(run.feed(['in', 'a', 4, 7])).toEqual(['a[0,0)=none@0', 'a[15,15)=none@15', 'a[0,15)=3/7@15']);
    expect(run.feed(['in', 'a', 1, 200], ['in', 'a', 1, 20])).toEqual(['a[200,200)=1/1@200']);
  });
});

describe('repartitioning', () => {
  it('[SQL-202] what is sent through a channel arrives after the record at hand, the oldest first', () => {
    const topology = new Topology();
    const stream = streamOf(topology, 'in');
    const late = repartitionStream(
      topology,
      filterStream(topology, stream, 'ones', ([value]) => value === 1),
      { ...keyForm, name: 'late', keepsNullKeys: false },
    );
    connectText(topology, late);
    connectText(topology, stream);
    expect(startRun(topology).feed(['in', 'a', 1, 5], ['in', 'b', 2, 6])).toEqual(['a=1@5', 'a=1@5', 'b=2@6']);
  });
});
