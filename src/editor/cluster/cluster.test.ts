import { beforeEach, describe, expect, test } from 'vitest';
import type { BrokerView, ClusterView, PartitionView, ReplicaView } from '../../workers/protocol.ts';
import { viewStore } from '../stores/viewStore.ts';
import { measureCluster } from './brokerRates.ts';
import { cellState, countStates, isCrowded, mostCells, racksOfView, sharesOf } from './clusterCells.ts';
import { moveReplica } from './clusterDeeds.ts';
import { choosePartition, clusterStore, narrowTo } from './clusterStore.ts';
import { axisOf, epochMarks, missingRecords, placeOn, replicaWords } from './replicaAxis.ts';

const replica = (broker: number, part: Partial<ReplicaView> = {}): ReplicaView => ({
  broker,
  role: 'follower',
  inSync: true,
  brokerUp: true,
  logEndOffset: 1_000,
  highWatermark: 1_000,
  leaderEpoch: 3,
  divergesAt: null,
  behindMs: 0,
  adding: false,
  removing: false,
  ...part,
});

const partition = (part: Partial<PartitionView> = {}): PartitionView => ({
  topicNode: 't',
  topic: 'orders',
  partition: 0,
  leader: 0,
  preferredLeader: 0,
  leaderEpoch: 3,
  isr: [0, 1, 2],
  replicas: [replica(0, { role: 'leader' }), replica(1), replica(2)],
  minInsyncReplicas: 2,
  logStartOffset: 0,
  logEndOffset: 1_000,
  highWatermark: 1_000,
  lastStableOffset: 1_000,
  sizeBytes: 0,
  epochs: [{ epoch: 0, startOffset: 0 }],
  underReplicated: false,
  underMinIsr: false,
  lostRecords: 0,
  lostAcknowledged: 0,
  ...part,
});

const broker = (id: number, part: Partial<BrokerView> = {}): BrokerView => ({
  id,
  rack: null,
  condition: 'running',
  processUp: true,
  leaders: 0,
  replicas: 0,
  outOfSync: 0,
  diskBytes: 0,
  diskCapacityBytes: null,
  diskFactor: 1,
  diskFull: false,
  bytesIn: 0,
  bytesOut: 0,
  diskBytesWritten: 0,
  diskBytesRead: 0,
  requests: 0,
  handlerBusyUs: 0,
  handlers: 8,
  cutFrom: [],
  throttledClients: 0,
  ...part,
});

const cluster = (part: Partial<ClusterView> = {}): ClusterView => ({
  timeUs: 0,
  controller: { active: true, epoch: 1, voters: 3, votersUp: 3, metadataOffset: 0 },
  brokers: [broker(0), broker(1), broker(2)],
  partitions: [partition()],
  offline: 0,
  underReplicated: 0,
  underMinIsr: 0,
  ...part,
});

describe('cells', () => {
  test('[CLUV-1] led, in sync, out of sync, offline', () => {
    const led = partition();
    expect(cellState(led, replica(0, { role: 'leader' }))).toBe('leader');
    expect(cellState(led, replica(1))).toBe('follower');
    expect(cellState(led, replica(1, { inSync: false }))).toBe('out of sync');
    expect(cellState(led, replica(0, { role: 'leader', brokerUp: false }))).toBe('offline');
    expect(cellState(partition({ leader: null }), replica(1))).toBe('offline');
  });

  test('[CLUV-2] each replica stands once, under its broker, by topic; a topic narrows', () => {
    const view = cluster({
      partitions: [
        partition(),
        partition({ partition: 1, replicas: [replica(1), replica(2)], leader: 1 }),
        partition({ topicNode: 'u', topic: 'paid' }),
      ],
    });
    const all = sharesOf(view, null);
    expect(all.get(2)).toEqual([
      {
        topicNode: 't',
        topic: 'orders',
        cells: [
          { partition: 0, state: 'follower' },
          { partition: 1, state: 'follower' },
        ],
      },
      { topicNode: 'u', topic: 'paid', cells: [{ partition: 0, state: 'follower' }] },
    ]);
    expect(all.get(0)?.map(({ cells }) => cells.length)).toEqual([1, 1]);
    expect(
      sharesOf(view, 'u')
        .get(2)
        ?.map(({ topic }) => topic),
    ).toEqual(['paid']);
    expect(countStates(all.get(1)![0]!.cells)).toEqual({ leader: 1, follower: 1, 'out of sync': 0, offline: 0 });
  });

  test('[CLUV-2] above the bound topics are shown by their counts', () => {
    const of = (count: number) => cluster({ partitions: Array.from({ length: count }, (_, index) => partition({ partition: index })) });
    expect(isCrowded(sharesOf(of(mostCells / 3), null))).toBe(false);
    expect(isCrowded(sharesOf(of(mostCells / 3 + 1), null))).toBe(true);
  });

  test('[CLUV-2] brokers stand in their racks, racks in the order they come up', () => {
    const view = cluster({ brokers: [broker(0, { rack: 'b' }), broker(1, { rack: 'a' }), broker(2, { rack: 'b' })] });
    expect(racksOfView(view).map(({ rack, brokers }) => [rack, brokers.map(({ id }) => id)])).toEqual([
      ['b', [0, 2]],
      ['a', [1]],
    ]);
  });
});

describe('rates', () => {
  const at = (timeUs: number, bytesIn: number, handlerBusyUs = 0) => cluster({ timeUs, brokers: [broker(0, { bytesIn, handlerBusyUs })] });

  test('[CLUV-3] two views make a rate; too soon after, the former one stays', () => {
    let measured = measureCluster(null, at(1e6, 500));
    expect(measured.rates.size).toBe(0);
    measured = measureCluster(measured, at(3e6, 2_500, 4e6));
    expect(measured.rates.get(0)).toMatchObject({ bytesIn: 1_000, busy: 0.25 });
    measured = measureCluster(measured, at(3_000_001, 9_999));
    expect(measured.rates.get(0)?.bytesIn).toBe(1_000);
    expect(measured.view.timeUs).toBe(3_000_001);
    measured = measureCluster(measured, at(4e6, 3_500));
    expect(measured.rates.get(0)?.bytesIn).toBe(1_000);
  });

  test('[CLUV-3] when time goes back, rates begin anew', () => {
    const measured = measureCluster(measureCluster(null, at(1e6, 0)), at(2e6, 100));
    expect(measureCluster(measured, at(1e6, 0)).rates.size).toBe(0);
  });
});

describe('replicas on one axis', () => {
  const diverged = partition({
    logEndOffset: 10_000,
    highWatermark: 9_900,
    lastStableOffset: 9_800,
    replicas: [
      replica(1, { role: 'leader', logEndOffset: 10_000 }),
      replica(0, { role: 'former leader', inSync: false, divergesAt: 9_700, logEndOffset: 9_950, behindMs: 3_200 }),
    ],
  });

  test('[CLUV-4] the whole log, or its end from before the first difference', () => {
    expect(axisOf(diverged, 'whole')).toEqual({ from: 0, to: 10_000 });
    expect(axisOf(diverged, 'end')).toEqual({ from: 9_625, to: 10_000 });
    expect(axisOf(partition(), 'end')).toEqual({ from: 990, to: 1_000 });
    expect(
      axisOf(partition({ logEndOffset: 0, highWatermark: 0, lastStableOffset: 0, replicas: [replica(0, { logEndOffset: 0 })] }), 'whole'),
    ).toEqual({ from: 0, to: 1 });
  });

  test('[CLUV-4] a tail beyond the log end is on the axis too', () => {
    const beyond = partition({ replicas: [replica(0, { logEndOffset: 1_400, divergesAt: 900 })] });
    expect(axisOf(beyond, 'whole').to).toBe(1_400);
    expect(placeOn({ from: 0, to: 1_400 }, 700)).toBe(0.5);
    expect(placeOn({ from: 1_000, to: 1_400 }, 700)).toBe(0);
  });

  test('[CLUV-5] what a replica lacks, has of its own, and since when', () => {
    const [leads, former] = diverged.replicas as [ReplicaView, ReplicaView];
    expect(missingRecords(diverged, former)).toBe(300);
    expect(replicaWords(diverged, leads)).toBe('leads');
    expect(replicaWords(diverged, former)).toBe('250 of its own, 300 behind, believes it leads, caught up 3.2 s ago');
    expect(replicaWords(diverged, { ...former, brokerUp: false })).toBe('250 of its own, 300 behind, broker down');
    expect(replicaWords(diverged, { ...leads, brokerUp: false })).toBe('broker down');
    expect(replicaWords(partition(), replica(1))).toBe('caught up');
    expect(replicaWords(partition(), replica(1, { behindMs: null, logEndOffset: 0 }))).toBe('1,000 behind, never caught up yet');
  });

  test('[CLUV-4] epochs stand at their first offset; where there is no room for all names the later ones keep theirs', () => {
    const epochs = [0, 500, 510, 990].map((startOffset, epoch) => ({ epoch, startOffset }));
    const view = partition({ epochs });
    expect(epochMarks(view, axisOf(view, 'whole')).map(({ epoch, at, named }) => [epoch, at, named])).toEqual([
      [0, 0, true],
      [1, 0.5, false],
      [2, 0.51, false],
      [3, 0.99, true],
    ]);
    expect(epochMarks(view, axisOf(view, 'end')).map(({ epoch }) => epoch)).toEqual([3]);
  });
});

describe('choosing', () => {
  beforeEach(() => {
    viewStore.getState().select({});
    clusterStore.setState({ chosen: null, unfiltered: null });
  });

  test('[CLUV-6] a chosen partition selects its topic without narrowing the list', () => {
    choosePartition({ topicNode: 't', partition: 4 });
    expect(viewStore.getState().selection.nodes).toEqual(['t']);
    expect(clusterStore.getState()).toMatchObject({ chosen: { topicNode: 't', partition: 4 }, unfiltered: 't' });
  });

  test('[CLUV-9] a partition of a topic that has no node selects nothing and narrows nothing', () => {
    viewStore.getState().select({ nodes: ['t'] });
    narrowTo('t', false);
    choosePartition({ topicNode: '', partition: 12 });
    expect(viewStore.getState().selection.nodes).toEqual(['t']);
    expect(clusterStore.getState()).toMatchObject({ chosen: { topicNode: '', partition: 12 }, unfiltered: 't' });
  });

  test('[CLUV-6] in a list that is narrowed already it stays narrowed; another selection narrows again', () => {
    viewStore.getState().select({ nodes: ['t'] });
    choosePartition({ topicNode: 't', partition: 4 });
    expect(clusterStore.getState().unfiltered).toBeNull();
    narrowTo('t', false);
    expect(clusterStore.getState().unfiltered).toBe('t');
    viewStore.getState().select({ nodes: ['other'] });
    expect(clusterStore.getState().unfiltered).toBeNull();
  });
});

test('[CLUV-7] a moved replica keeps its place in the list, and with it the preferred leader', () => {
  expect(moveReplica({ topicNode: 't', partition: 1 }, [2, 0, 1], { from: 2, to: 5 })).toMatchObject({
    replicas: [5, 0, 1],
    node: 't',
    partition: 1,
  });
});
