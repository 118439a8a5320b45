import { beforeEach, describe, expect, test } from 'vitest';
import type { GroupPartitionView } from '../../workers/protocol.ts';
import type { PipelineDocument } from '../../pipeline/index.ts';
import { viewStore } from '../stores/viewStore.ts';
import { documentStore } from '../stores/documentStore.ts';
import { chooseGroup, groupIdsOf, groupStore, showGroup, shownGroup } from './groupStore.ts';
import {
  cellStates,
  cellWords,
  coordinatorWords,
  countCells,
  epochWords,
  listedPartitions,
  memberWords,
  protocolWords,
  rebalancePlace,
  rebalanceWords,
} from './groupWords.ts';

const member = { state: 'stable', known: 'stable', failure: '' };
const rebalance = {
  startUs: 20_150_000,
  endUs: 21_350_000,
  reason: 'a member joins',
  moreReasons: 0,
  generation: 3,
  stopped: 6,
  longestStopMs: 1100,
};

describe('words', () => {
  test("[GRPV-1] protocol, epoch and coordinator in Kafka's words", () => {
    expect(protocolWords({ protocol: 'classic', cooperative: true })).toBe('Classic protocol, cooperative');
    expect(protocolWords({ protocol: 'classic', cooperative: null })).toBe('Classic protocol');
    expect(protocolWords({ protocol: 'share', cooperative: null })).toBe('Share group');
    expect(epochWords({ protocol: 'classic', epoch: 4, assignmentEpoch: null })).toBe('generation 4');
    expect(epochWords({ protocol: 'consumer', epoch: 7, assignmentEpoch: 7 })).toBe('epoch 7');
    expect(epochWords({ protocol: 'consumer', epoch: 8, assignmentEpoch: 7 })).toBe('epoch 8, target of 7');
    expect(coordinatorWords({ coordinator: 2, loading: false })).toBe('coordinator broker 2');
    expect(coordinatorWords({ coordinator: 2, loading: true })).toBe('broker 2 loads the group');
    expect(coordinatorWords({ coordinator: null, loading: false })).toBe('no coordinator');
  });

  test('[GRPV-1] a member says what it does, and what its coordinator waits for', () => {
    expect(memberWords(member)).toBe('stable');
    expect(memberWords({ ...member, known: 'to rejoin' })).toBe('to rejoin');
    expect(memberWords({ ...member, known: 'UNREVOKED_PARTITIONS' })).toBe('gives up partitions');
    expect(memberWords({ ...member, state: 'down' })).toBe('down, not noticed');
    expect(memberWords({ ...member, state: 'down', known: null })).toBe('down');
    expect(memberWords({ ...member, known: null })).toBe('stable, out of the group');
    expect(memberWords({ ...member, state: 'joining', known: null })).toBe('joining');
    expect(memberWords({ ...member, failure: 'FENCED_INSTANCE_ID' })).toBe('failed: FENCED_INSTANCE_ID');
  });

  test('[GRPV-2] each state of a cell has a sign of its own', () => {
    expect(new Set(cellStates.map((state) => cellWords[state].sign)).size).toBe(cellStates.length);
    const cells = [
      { place: 0, state: 'kept' as const },
      { place: 1, state: 'waiting' as const },
      { place: 2, state: 'kept' as const },
    ];
    expect(countCells({ cells })).toEqual([
      ['kept', 2],
      ['waiting', 1],
    ]);
  });

  test('[GRPV-3] a rebalance says when, how long, why, and what stood still', () => {
    expect(rebalanceWords(rebalance, 30e6)).toBe(
      'At 0:20.150, took 1.2 s: a member joins; 6 partitions stood still, the longest for 1.1 s',
    );
    expect(rebalanceWords({ ...rebalance, endUs: null, moreReasons: 2, stopped: 0 }, 21.15e6)).toBe(
      'At 0:20.150, on for 1 s: a member joins and 2 more; no partition stood still',
    );
  });

  test('[GRPV-3] a rebalance stands at its place in time and can always be seen', () => {
    expect(rebalancePlace({ startUs: 10e6, endUs: 20e6 }, { fromUs: 0, nowUs: 40e6 })).toEqual({ left: 0.25, width: 0.25 });
    expect(rebalancePlace({ startUs: 40e6, endUs: null }, { fromUs: 0, nowUs: 40e6 }, 0.01)).toEqual({ left: 0.99, width: 0.01 });
    expect(rebalancePlace({ startUs: 0, endUs: null }, { fromUs: 0, nowUs: 0 })).toEqual({ left: 0, width: 0.004 });
  });
});

test('[GRPV-4] where not all partitions are listed, those that stand still or lag are', () => {
  const row = (partition: number, part: Partial<GroupPartitionView> = {}): GroupPartitionView => ({
    topicNode: 't',
    topic: 'orders',
    partition,
    logStartOffset: 0,
    endOffset: 100,
    committed: 100,
    position: 100,
    lagRecords: 0,
    lagSeconds: 0,
    readsFrom: null,
    paused: false,
    owner: 0,
    standsMs: null,
    share: null,
    ...part,
  });
  const rows = [row(0), row(1, { lagRecords: 50 }), row(2), row(3, { owner: null, standsMs: 10 })];
  expect(listedPartitions(rows, 4)).toBe(rows);
  expect(listedPartitions(rows, 2).map(({ partition }) => partition)).toEqual([3, 1]);
});

describe('choosing', () => {
  const node = (id: string, kind: 'topic' | 'sink', groupId?: string) => ({
    id,
    kind,
    name: id,
    config: groupId === undefined ? {} : { 'group.id': groupId },
  });
  const document = {
    ...documentStore.getState().document,
    nodes: [node('t', 'topic'), node('a', 'sink', 'one'), node('b', 'sink', 'two'), node('c', 'sink', 'one')],
  } as PipelineDocument;

  beforeEach(() => {
    viewStore.getState().select({});
    groupStore.setState({ chosen: null, rebalanceUs: null });
    documentStore.setState({ document });
  });

  test('[GRPV-5] the groups of a document, each once; the first one until another is chosen', () => {
    const groups = groupIdsOf(document);
    expect(groups).toEqual(['one', 'two']);
    expect(shownGroup(groups, null)).toBe('one');
    expect(shownGroup(groups, 'two')).toBe('two');
    expect(shownGroup(groups, 'gone')).toBe('one');
    expect(shownGroup([], 'gone')).toBeNull();
  });

  test('[GRPV-5] selecting a node that consumes chooses its group, any other leaves it', () => {
    viewStore.getState().select({ nodes: ['b'] });
    expect(groupStore.getState().chosen).toBe('two');
    viewStore.getState().select({ nodes: ['t'] });
    expect(groupStore.getState().chosen).toBe('two');
    chooseGroup('one');
    viewStore.getState().select({ nodes: ['a', 'b'] });
    expect(groupStore.getState().chosen).toBe('one');
  });

  test('[GRPV-5] a group is opened in the dock', () => {
    showGroup('two');
    expect(groupStore.getState().chosen).toBe('two');
    expect(viewStore.getState().dockTab).toBe('groups');
  });
});
