import { describe, expect, it } from 'vitest';
import { joinForeignKey } from './foreignKeyJoin.ts';
import { connectText, keyForm, startRun, streamOf, tableOf } from './handMade.ts';
import type { Row } from './row.ts';
import type { JoinWindows } from './streamJoin.ts';
import { joinStreams } from './streamJoin.ts';
import { joinStreamTable, joinTables } from './tableJoin.ts';
import { streamOfTable } from './tables.ts';
import { Topology } from './topology.ts';

const join = (_key: Row | null, left: Row | null, right: Row | null): Row => [left?.[0] ?? '-', right?.[0] ?? '-'];

describe('joins of streams', () => {
  const joined = (windows: Partial<JoinWindows>, keepsLeft: boolean, keepsRight: boolean) => {
    const topology = new Topology();
    const all = { beforeMs: 10, afterMs: 5, graceMs: 3, waitsForClose: true, ...windows };
    connectText(
      topology,
      joinStreams(topology, streamOf(topology, 'l'), streamOf(topology, 'r'), {
        windows: all,
        keepsLeft,
        keepsRight,
        join,
        form: keyForm,
        name: null,
      }),
    );
    return startRun(topology);
  };

  it('[SQL-220] the right record may be so far before or after the left one; the pair has the later time', () => {
    const run = joined({}, false, false);
    expect(run.feed(['l', 'a', 'l20', 20], ['r', 'a', 'r9', 9], ['r', 'a', 'r10', 10], ['r', 'b', 'r20', 20])).toEqual(['a=l20/r10@20']);
    expect(run.feed(['r', 'a', 'r25', 25], ['r', 'a', 'r26', 26])).toEqual(['a=l20/r25@25']);
    expect(run.feed(['l', 'a', 'l15', 15])).toEqual(['a=l15/r9@15', 'a=l15/r10@15']);
  });

  it('[SQL-221] with GRACE PERIOD a record without a partner goes on when its window is closed', () => {
    const run = joined({}, true, false);
    expect(run.feed(['l', 'a', 'l20', 20], ['l', 'b', 'l21', 21], ['r', 'b', 'r22', 22], ['l', 'c', 'l28', 28])).toEqual(['b=l21/r22@22']);
    expect(run.feed(['l', 'c', 'l29', 29])).toEqual(['a=l20/-@20']);
  });

  it('[SQL-222] without GRACE PERIOD it goes on at once, and again when a partner comes', () => {
    const run = joined({ waitsForClose: false }, true, true);
    expect(run.feed(['l', 'a', 'l20', 20], ['r', 'a', 'r21', 21])).toEqual(['a=l20/-@20', 'a=l20/r21@21']);
    expect(run.feed(['r', 'x', 'r22', 22])).toEqual(['x=-/r22@22']);
  });

  it('[SQL-223] a record without a key goes on only from a side that is kept', () => {
    expect(joined({}, true, false).feed(['l', null, 'l1', 1], ['r', null, 'r1', 1])).toEqual(['undefined=l1/-@1']);
  });
});

describe('joins with tables', () => {
  const tables = (keepsLeft: boolean, keepsRight: boolean) => {
    const topology = new Topology();
    const left = tableOf(topology, 'l');
    const right = tableOf(topology, 'r');
    connectText(topology, streamOfTable(topology, joinTables(topology, left, right, { keepsLeft, keepsRight, join })));
    return startRun(topology);
  };

  it('[SQL-224] a record of a stream meets the row that the table has at that moment', () => {
    const topology = new Topology();
    const table = tableOf(topology, 'r');
    connectText(topology, joinStreamTable(topology, streamOf(topology, 'l'), table, { ...keyForm, name: null, keepsLeft: true, join }));
    const run = startRun(topology);
    expect(run.feed(['l', 'a', 1, 1], ['r', 'a', 'x', 2], ['l', 'a', 2, 3], ['r', 'a', null, 4], ['l', 'a', 3, 5])).toEqual([
      'a=1/-@1',
      'a=2/x@3',
      'a=3/-@5',
    ]);
  });

  it('[SQL-225] a change of either table changes the joined row, at the later time of both', () => {
    const run = tables(false, false);
    expect(run.feed(['l', 'a', 1, 10], ['r', 'a', 2, 5])).toEqual(['a=1/2@10']);
    expect(run.feed(['r', 'a', null, 6], ['l', 'a', 3, 11])).toEqual(['a=none@10']);
  });

  it('[SQL-225] left, right and full joins keep rows of the side that they are named after', () => {
    expect(tables(true, false).feed(['l', 'a', 1, 1], ['r', 'b', 2, 2], ['r', 'a', 3, 3])).toEqual(['a=1/-@1', 'a=1/3@3']);
    expect(tables(false, true).feed(['l', 'a', 1, 1], ['r', 'b', 2, 2], ['r', 'a', 3, 3])).toEqual(['b=-/2@2', 'a=1/3@3']);
    expect(tables(true, true).feed(['l', 'a', 1, 1], ['r', 'b', 2, 2], ['l', 'a', null, 3], ['l', 'a', null, 4])).toEqual([
      'a=1/-@1',
      'b=-/2@2',
      'a=none@3',
    ]);
  });

  it('[SQL-226] a foreign key joins many rows to one: all change with it, a row that leaves is told, an answer to an older row is dropped', () => {
    const topology = new Topology();
    const left = tableOf(topology, 'l');
    const right = tableOf(topology, 'r');
    const version = (row: Row) => String(row[0]);
    const foreignKey = ([value]: Row): Row => [String(value)];
    const table = joinForeignKey(topology, left, right, {
      keepsLeft: false,
      foreignKey,
      join,
      left: keyForm,
      right: keyForm,
      version,
    });
    connectText(topology, streamOfTable(topology, table));
    const run = startRun(topology);
    expect(run.feed(['l', 'a', 'x', 1], ['l', 'b', 'x', 2])).toEqual([]);
    expect(run.feed(['r', 'x', 'X', 3])).toEqual(['a=x/X@3', 'b=x/X@3']);
    expect(run.feed(['l', 'a', 'y', 4])).toEqual(['a=none@4']);
    expect(run.feed(['r', 'x', 'Z', 5], ['l', 'b', null, 6])).toEqual(['b=x/Z@5', 'b=none@6']);
  });
});
