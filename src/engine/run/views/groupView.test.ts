import { expect, test } from 'vitest';
import type { Config, Fault, PipelineDocument } from '../../../pipeline/document.ts';
import type { GroupView } from '../../report/groupView.ts';
import type { Run } from '../build.ts';
import { groupViewOf } from './groupView.ts';
import { runTo, simple, start } from '../harness.ts';
import { fingerprint } from './report.ts';

const third: Fault = { action: 'member.add', atMs: 20_000, node: 'sink' };

/** Two members on six partitions, 20 ms away from their broker, and what happens to them after 20 s. */
function design(sink: Config, faults: readonly Fault[] = [third]): PipelineDocument {
  return simple({
    seconds: 90,
    source: { 'workload.rate': 300, 'key.shape': 'uniform' },
    topic: { partitions: 6 },
    sink: { 'group.id': 'g', instances: 2, 'service.time.ms': 1, ...sink },
    cluster: { 'network.latency.ms': 20 },
    faults,
  });
}

const look = (run: Run): GroupView => groupViewOf(run, 'g')!;
/** Cells of a member as `partition state`. */
const cells = ({ members }: GroupView, member: number) => members[member]!.cells.map(({ place, state }) => `${place} ${state}`);
const withState = ({ members }: GroupView, state: string) =>
  members.flatMap((member) => member.cells.filter((cell) => cell.state === state).map(({ place }) => `${member.member}:${place}`));

/** Views every 10 ms from the fault on, long enough for the group to be at rest again. */
function moving(run: Run, ms: number): GroupView[] {
  const views: GroupView[] = [];
  for (let at = 20_000; at <= 20_000 + ms; at += 10) views.push(look(runTo(run, at)));
  return views;
}

const cooperative: Config = { 'heartbeat.interval.ms': 1000, 'partition.assignment.strategy': 'cooperative-sticky' };
const consumer: Config = { 'group.protocol': 'consumer' };

for (const [name, sink, ms] of [
  ['cooperative', cooperative, 3_000],
  ['consumer protocol', consumer, 11_000],
] as const) {
  test(`[GRV-2] ${name}: what stays is kept and read on; what moves shows at the member that gives it up and at the one it is meant for`, () => {
    const run = runTo(start(design(sink)), 19_990);
    const before = look(run);
    expect(before.members.map((member) => member.cells.length)).toEqual([3, 3]);
    const views = moving(run, ms);
    const after = views.at(-1)!;
    expect(after.state).toBe('Stable');
    expect(after.members.map((member) => member.cells.length)).toEqual([2, 2, 2]);
    const moved = after.members[2]!.cells.map(({ place, state }) => ({ place, state }));
    expect(moved.map(({ state }) => state)).toEqual(['new', 'new']);
    for (const { place } of moved) {
      const from = before.partitions[place]!.owner!;
      const both = views.filter((view) => cells(view, from).includes(`${place} revoking`) && cells(view, 2).includes(`${place} waiting`));
      expect(both.length).toBeGreaterThan(0);
      // Nobody has it for a while, and then it is no longer waited for.
      expect(views.some(({ partitions }) => partitions[place]!.owner === null && partitions[place]!.standsMs !== null)).toBe(true);
    }
    const stayed = [0, 1, 2, 3, 4, 5].filter((place) => !moved.some((cell) => cell.place === place));
    for (const place of stayed) {
      const owner = before.partitions[place]!.owner!;
      // Until the next rebalance begins, what came with the one before is new.
      expect(views.every((view) => cells(view, owner).some((cell) => cell === `${place} kept` || cell === `${place} new`))).toBe(true);
      expect(cells(after, owner)).toContain(`${place} kept`);
      expect(views.every(({ partitions }) => partitions[place]!.standsMs === null)).toBe(true);
      expect(after.partitions[place]!.position!).toBeGreaterThan(before.partitions[place]!.position! + 50);
    }
    const handed = after.rebalances.filter(({ startUs }) => startUs >= 20e6).reduce((sum, { stopped }) => sum + stopped, 0);
    expect(handed).toBe(2);
  });
}

test('[GRV-3] eager: every member gives up everything, and all partitions stand still from then until they are taken up', () => {
  const run = runTo(start(design({ 'heartbeat.interval.ms': 1000, 'partition.assignment.strategy': 'range' })), 19_990);
  expect(look(run)).toMatchObject({ protocol: 'classic', assignor: 'range', cooperative: false, state: 'Stable', assignmentEpoch: null });
  const views = moving(run, 2_000);
  expect(Math.max(...views.map(({ partitions }) => partitions.filter(({ standsMs }) => standsMs !== null).length))).toBe(6);
  expect(views.some((view) => withState(view, 'revoking').length > 0)).toBe(true);
  expect(views.every((view) => withState(view, 'waiting').length === 0)).toBe(true);
  const after = views.at(-1)!;
  const last = after.rebalances.at(-1)!;
  expect(last).toMatchObject({ stopped: 6, moreReasons: 0, generation: after.epoch });
  // The one that gives up last waits for nobody, so its partitions stand for four ways over the network; the other's stand for a heartbeat more.
  expect(last.longestStopMs).toBeGreaterThanOrEqual(80);
  expect(last.longestStopMs).toBeLessThanOrEqual(1_200);
  expect(last.endUs! - last.startUs).toBeLessThanOrEqual(1.2e6);
  expect(after.rebalancesBegun).toBe(after.rebalances.length);
});

test('[GRV-4] a crashed member holds its partitions until its session is over, and they stand still as long', () => {
  const run = runTo(start(design(cooperative, [{ action: 'member.crash', atMs: 20_000, node: 'sink', member: 1 }])), 40_000);
  const view = look(run);
  const gone = view.members[1]!;
  expect(gone).toMatchObject({ state: 'down', epoch: null, sincePollMs: null, known: 'stable', sessionTimeoutMs: 45_000 });
  expect(gone.sessionLeftMs!).toBeGreaterThan(23_000);
  expect(gone.sessionLeftMs!).toBeLessThan(25_100);
  expect(gone.cells.map(({ state }) => state)).toEqual(['held', 'held', 'held']);
  const held = gone.cells.map(({ place }) => view.partitions[place]!);
  for (const { owner, standsMs, lagRecords } of held) expect([owner, standsMs! > 19_900, lagRecords > 500]).toEqual([null, true, true]);
  const after = look(runTo(run, 70_000));
  expect(after.members[1]).toMatchObject({ state: 'down', known: null, sessionLeftMs: null, cells: [] });
  expect(after.members[0]!.cells.map(({ state }) => state).filter((state) => state === 'new')).toHaveLength(3);
  const last = after.rebalances.at(-1)!;
  expect(last).toMatchObject({ stopped: 3, reason: 'heartbeat expired' });
  expect(last.longestStopMs).toBeGreaterThan(44_000);
});

test('[GRV-5] a share group: every member has every partition, and the ranges between SPSO and SPEO add up', () => {
  const sink: Config = { 'group.protocol': 'share', 'share.auto.offset.reset': 'earliest', 'service.time.ms': 12, 'max.poll.records': 10 };
  const run = runTo(start(design(sink)), 30_000);
  const view = look(run);
  expect(view).toMatchObject({ protocol: 'share', assignor: 'simple', cooperative: null, state: 'Stable' });
  expect(view.members.map((member) => member.cells.map(({ state }) => state))).toEqual(Array(3).fill(Array(6).fill('kept')));
  let acquired = 0;
  for (const { share, owner, committed, position, endOffset } of view.partitions) {
    expect([owner, committed, position]).toEqual([null, null, null]);
    const { ranges, startOffset, endOffset: speo, rangesLeftOut, byDeliveries } = share!;
    expect([rangesLeftOut, ranges[0]?.first ?? speo, ranges.at(-1)?.last ?? speo - 1]).toEqual([0, startOffset, speo - 1]);
    expect(share!.available + share!.acquired + share!.acknowledged + share!.archived + share!.written).toBe(speo - startOffset);
    expect(speo).toBeLessThanOrEqual(endOffset);
    for (const range of ranges) expect(range.member === null).toBe(range.state !== 'acquired');
    expect(byDeliveries.reduce((sum, count) => sum + count, 0)).toBe(share!.available + share!.acquired + share!.written);
    acquired += share!.acquired;
  }
  expect(acquired).toBeGreaterThan(0);
  // The third member's coming was one rebalance, in which nothing stood still.
  expect(view.rebalances.at(-1)).toMatchObject({ reason: 'a member joins', stopped: 0 });
  expect(view.rebalances.at(-1)!.endUs).not.toBeNull();
});

test('[GRV-1] looking changes nothing; a group that is not there has no view', () => {
  const watched = start(design(consumer));
  for (let at = 0; at <= 25_000; at += 50) look(runTo(watched, at));
  const alone = runTo(start(design(consumer)), 25_000);
  expect(fingerprint(watched)).toBe(fingerprint(alone));
  expect(look(watched)).toEqual(look(alone));
  expect(groupViewOf(alone, 'nobody')).toBeNull();
});
