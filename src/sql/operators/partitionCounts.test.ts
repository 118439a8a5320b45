import { describe, expect, it } from 'vitest';
import { aggregateStream } from './aggregates.ts';
import { countAndSum, counts, keyForm, streamOf, tableOf } from './handMade.ts';
import { partitionCounts } from './partitionCounts.ts';
import type { Row } from './row.ts';
import { rekeyStream } from './streams.ts';
import type { Stream } from './streams.ts';
import { joinStreamTable } from './tableJoin.ts';
import { Topology } from './topology.ts';

const of = (sizes: Readonly<Record<string, number>>) => (topic: string) => sizes[topic] ?? null;
const rekeyed = (topology: Topology, stream: Stream) =>
  rekeyStream(topology, stream, topology.structure.name('KSTREAM-KEY-SELECT-'), ({ value }) => ({ key: value, value }));

function joined(isRekeyed: boolean) {
  const topology = new Topology();
  const stream = streamOf(topology, 'stream');
  const table = tableOf(topology, 'table');
  const join = (_key: Row | null, left: Row | null): Row => left ?? [];
  joinStreamTable(topology, isRekeyed ? rekeyed(topology, stream) : stream, table, { ...keyForm, name: 'join', keepsLeft: false, join });
  return topology.describe();
}

describe('numbers of partitions', () => {
  it('[SQL-267] a repartition topic has as many as the largest topic that it is made of, a changelog as many as there are tasks', () => {
    const topology = new Topology();
    aggregateStream(topology, rekeyed(topology, streamOf(topology, 'in')), countAndSum, counts);
    expect(partitionCounts(topology.describe(), of({ in: 6 }))).toEqual({
      kind: 'counts',
      tasks: [6, 6],
      internal: new Map([
        ['counts-repartition', 6],
        ['counts-changelog', 6],
      ]),
    });
  });

  it('[SQL-268] topics that are read together have to have equally many', () => {
    expect(partitionCounts(joined(false), of({ stream: 4, table: 3 }))).toEqual({
      kind: 'refused',
      message: 'Invalid topology: Topics not co-partitioned: [{stream=4, table=3}]',
      topics: ['stream', 'table'],
    });
    expect(partitionCounts(joined(false), of({ stream: 4, table: 4 }))).toMatchObject({ tasks: [4] });
  });

  it('[SQL-268] a repartition topic gets the number of the topic that it is read together with', () => {
    const found = partitionCounts(joined(true), of({ stream: 4, table: 3 }));
    expect(found).toMatchObject({ kind: 'counts', tasks: [4, 3] });
    expect(found.kind === 'counts' && found.internal.get('join-repartition')).toBe(3);
  });

  it('[SQL-268] a topic that is not there is told', () => {
    expect(partitionCounts(joined(false), of({ stream: 4 }))).toMatchObject({ kind: 'refused', topics: ['table'] });
  });
});
