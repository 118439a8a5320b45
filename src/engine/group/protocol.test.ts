import { describe, expect, test } from 'vitest';
import { clonePlain } from '../kernel/plainClone.ts';
import { fingerprintOf } from '../kernel/trace.ts';
import { validateCommit } from './coordinator.ts';
import type { GroupScenario } from './groupScenario.ts';
import { createScenario, happenings, keepBusy, ownedBy, runTo, secondUs, startMembers } from './groupScenario.ts';
import { crashMember, noteCommitError, startMember, stopMember } from './membership.ts';

const sticky = { assignors: ['cooperative-sticky'] } as const;

/** A group whose members have all joined and have been stable for a while, at 20 s. */
function stableGroup(members: Parameters<typeof createScenario>[0]['members'], topics = [6]): GroupScenario {
  const scenario = createScenario({ members, topics });
  startMembers(scenario, ...members.keys());
  runTo(scenario, 20 * secondUs);
  scenario.ctx.notices.length = 0;
  return scenario;
}

function rebalances(scenario: GroupScenario): number {
  return scenario.ctx.groups[0].rebalances;
}

describe('joining', () => {
  test('[GRP-4] a dynamic member joins twice, since the first answer is its member id; a static one joins once', () => {
    const dynamic = createScenario({ members: [{}], initialRebalanceDelayUs: 0 });
    startMembers(dynamic, 0);
    runTo(dynamic, 2_999);
    expect(dynamic.ctx.brokers[0].requests).toBe(3);
    expect(dynamic.ctx.members[0].memberId).toMatch(/^client-0-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(dynamic.ctx.members[0].state).toBe('syncing');
    runTo(dynamic, 3_000);
    expect(dynamic.ctx.members[0]).toMatchObject({ state: 'stable', owned: [0, 1, 2, 3, 4, 5], generation: 1 });

    const fixed = createScenario({ members: [{ groupInstanceId: 'a' }], initialRebalanceDelayUs: 0 });
    startMembers(fixed, 0);
    runTo(fixed, 2_000);
    expect(fixed.ctx.brokers[0].requests).toBe(2);
    expect(fixed.ctx.members[0].state).toBe('stable');
    expect(fixed.ctx.members[0].memberId.startsWith('a-')).toBe(true);
  });

  test('[GRP-5] an empty group waits for its initial delay, longer when somebody comes during it', () => {
    const alone = createScenario({ members: [{}] });
    startMembers(alone, 0);
    runTo(alone, 3 * secondUs);
    expect(ownedBy(alone)).toEqual([[]]);
    runTo(alone, 3 * secondUs + 3_000);
    expect(ownedBy(alone)).toEqual([[0, 1, 2, 3, 4, 5]]);

    const two = createScenario({ members: [{}, {}] });
    startMembers(two, 0);
    runTo(two, 2 * secondUs);
    startMembers(two, 1);
    runTo(two, 5.9 * secondUs);
    expect(rebalances(two)).toBe(0);
    runTo(two, 6.1 * secondUs);
    expect(rebalances(two)).toBe(1);
    expect(two.ctx.members.map(({ owned }) => owned.length)).toEqual([3, 3]);
    expect(happenings(two)).toEqual([
      'member.joined: new member',
      'rebalance.started: initial join',
      'member.joined: new member',
      'rebalance.completed: generation 1',
    ]);
  });

  test('[GRP-5] the initial delay ends with the rebalance timeout, however many come', () => {
    const scenario = createScenario({ members: Array.from({ length: 9 }, () => ({ maxPollIntervalUs: 10 * secondUs })) });
    for (let i = 0; i < 9; i++) {
      startMembers(scenario, i);
      runTo(scenario, (i + 1) * 2 * secondUs);
      if (rebalances(scenario) > 0) break;
    }
    expect(scenario.ctx.notices.find(({ code }) => code === 'rebalance.completed')?.timeUs).toBeLessThan(12.1 * secondUs);
    expect(rebalances(scenario)).toBe(1);
  });

  test('[GRP-6] members without a common strategy: the later one is refused for good', () => {
    const scenario = createScenario({ members: [{}, sticky] });
    startMembers(scenario, 0);
    runTo(scenario, 10 * secondUs);
    startMembers(scenario, 1);
    runTo(scenario, 20 * secondUs);
    expect(scenario.ctx.members[1]).toMatchObject({ state: 'down', failure: 'INCONSISTENT_GROUP_PROTOCOL', owned: [] });
    expect(rebalances(scenario)).toBe(1);
    expect(happenings(scenario).at(-1)).toBe('member.left: INCONSISTENT_GROUP_PROTOCOL');
  });

  test('[GRP-3] members of one group may subscribe to different topics', () => {
    const scenario = createScenario({ members: [{ topics: [0] }, { topics: [1] }, { topics: [0, 1] }], topics: [4, 6] });
    startMembers(scenario, 0, 1, 2);
    runTo(scenario, 10 * secondUs);
    const [first, second, third] = ownedBy(scenario);
    expect(first.every((partition) => partition < 4)).toBe(true);
    expect(second.every((partition) => partition >= 4)).toBe(true);
    expect([...first, ...second, ...third].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

describe('rebalancing', () => {
  test('[GRP-7] a rebalance is discovered by heartbeat and there is no delay for a group that is not empty', () => {
    const scenario = stableGroup([{}, {}, {}]);
    stopMember(scenario.ctx, 2);
    runTo(scenario, 30 * secondUs);
    scenario.ctx.notices.length = 0;
    startMembers(scenario, 2);
    runTo(scenario, 33.1 * secondUs);
    const [, started, completed] = scenario.ctx.notices;
    expect(happenings(scenario)).toEqual([
      'member.joined: new member',
      'rebalance.started: new member',
      'rebalance.completed: generation 3',
    ]);
    expect(completed.timeUs - started.timeUs).toBeLessThanOrEqual(3 * secondUs + 3_000);
    expect(completed.timeUs - started.timeUs).toBeGreaterThan(3_000);
  });

  test('[GRP-8] eager members give up everything before they join', () => {
    const scenario = stableGroup([{}, {}, {}]);
    stopMember(scenario.ctx, 2);
    let allStopped = false;
    runTo(scenario, 30 * secondUs, () => {
      if (scenario.ctx.members[0].owned.length === 0 && scenario.ctx.members[1].owned.length === 0) allStopped = true;
    });
    expect(allStopped).toBe(true);
    expect(ownedBy(scenario).map(({ length }) => length)).toEqual([3, 3, 0]);
  });

  test('[GRP-8] cooperative members keep what stays theirs and pay a second rebalance for what moves', () => {
    const scenario = createScenario({ members: [sticky, sticky, sticky] });
    startMembers(scenario, 0, 1);
    runTo(scenario, 20 * secondUs);
    const before = ownedBy(scenario);
    startMembers(scenario, 2);
    let least = [6, 6];
    runTo(scenario, 40 * secondUs, () => (least = least.map((count, i) => Math.min(count, scenario.ctx.members[i].owned.length))));
    expect(least).toEqual([2, 2]);
    expect(rebalances(scenario)).toBe(3);
    const after = ownedBy(scenario);
    expect(after.map(({ length }) => length)).toEqual([2, 2, 2]);
    expect(after[0].every((partition) => before[0].includes(partition))).toBe(true);
    expect(after[1].every((partition) => before[1].includes(partition))).toBe(true);
  });

  test('[GRP-9] a rebalance waits for the slowest member to poll', () => {
    const scenario = stableGroup([{}, {}, {}]);
    keepBusy(scenario, 0, 60 * secondUs);
    stopMember(scenario.ctx, 2);
    runTo(scenario, 79.9 * secondUs);
    expect(rebalances(scenario)).toBe(1);
    expect(ownedBy(scenario)[1]).toEqual([]);
    runTo(scenario, 80.1 * secondUs);
    expect(rebalances(scenario)).toBe(2);
    expect(ownedBy(scenario).map(({ length }) => length)).toEqual([3, 3, 0]);
  });

  test('[GRP-9] who has not rejoined when the rebalance timeout ends is out, and loses its partitions when it comes back', () => {
    const config = { maxPollIntervalUs: 30 * secondUs };
    const scenario = createScenario({ members: [config, config] });
    startMembers(scenario, 0, 1);
    runTo(scenario, 20 * secondUs);
    keepBusy(scenario, 0, 29 * secondUs);
    runTo(scenario, 21 * secondUs);
    stopMember(scenario.ctx, 1);
    startMembers(scenario, 1);
    runTo(scenario, 48 * secondUs);
    keepBusy(scenario, 0, 29 * secondUs);
    runTo(scenario, 60 * secondUs);
    expect(happenings(scenario)).toContain('member.left: did not rejoin in time');
    expect(ownedBy(scenario)[1]).toEqual([0, 1, 2, 3, 4, 5]);
    runTo(scenario, 90 * secondUs);
    expect(ownedBy(scenario).map(({ length }) => length)).toEqual([3, 3]);
  });

  test('[GRP-10] a member that does not poll for max.poll.interval.ms leaves although its heartbeats go on', () => {
    const scenario = stableGroup([{}, {}]);
    keepBusy(scenario, 0, 400 * secondUs);
    runTo(scenario, 319.9 * secondUs);
    expect(happenings(scenario)).toEqual([]);
    runTo(scenario, 325 * secondUs);
    expect(happenings(scenario)).toEqual([
      'member.left: poll interval exceeded',
      'rebalance.started: poll interval exceeded',
      'rebalance.completed: generation 2',
    ]);
    expect(ownedBy(scenario)[1]).toEqual([0, 1, 2, 3, 4, 5]);
    runTo(scenario, 430 * secondUs);
    expect(ownedBy(scenario).map(({ length }) => length)).toEqual([3, 3]);
  });
});

describe('members that go', () => {
  test('[GRP-11] a crash is found by the session timeout, not earlier', () => {
    const scenario = stableGroup([{}, {}]);
    crashMember(scenario.ctx, 0);
    const record = [...scenario.ctx.groups[0].members.values()].find(({ client }) => client === 0);
    const deadlineUs = record?.session.deadlineUs ?? 0;
    expect(deadlineUs).toBeGreaterThan(20 * secondUs + 42 * secondUs - 1_000);
    runTo(scenario, deadlineUs - 1);
    expect(happenings(scenario)).toEqual([]);
    runTo(scenario, deadlineUs);
    expect(happenings(scenario)).toEqual(['member.session-expired: heartbeat expired', 'rebalance.started: heartbeat expired']);
    runTo(scenario, deadlineUs + 4 * secondUs);
    expect(ownedBy(scenario)).toEqual([[], [0, 1, 2, 3, 4, 5]]);
  });

  test('[GRP-11] a process back before its old session is over is a new member beside the old one', () => {
    const scenario = stableGroup([{}]);
    crashMember(scenario.ctx, 0);
    startMembers(scenario, 0);
    runTo(scenario, 24 * secondUs);
    expect(scenario.ctx.groups[0].members.size).toBe(2);
    runTo(scenario, 120 * secondUs);
    expect(scenario.ctx.groups[0].members.size).toBe(1);
    expect(ownedBy(scenario)).toEqual([[0, 1, 2, 3, 4, 5]]);
  });

  test('[GRP-12] a member that is closed leaves at once, and the last one leaves the group Empty in its next generation', () => {
    const scenario = stableGroup([{}, {}]);
    stopMember(scenario.ctx, 0);
    runTo(scenario, 20 * secondUs + 500);
    expect(happenings(scenario)).toEqual(['member.left: leave', 'rebalance.started: leave']);
    runTo(scenario, 30 * secondUs);
    expect(ownedBy(scenario)).toEqual([[], [0, 1, 2, 3, 4, 5]]);
    stopMember(scenario.ctx, 1);
    runTo(scenario, 31 * secondUs);
    expect(scenario.ctx.groups[0]).toMatchObject({ state: 'Empty', generation: 3, leaderId: '' });
    expect(scenario.ctx.groupRequests.items.every((item) => item === null)).toBe(true);
  });

  test('[GRP-13] a static member back within its session gets its partitions without a rebalance', () => {
    const scenario = stableGroup([{ groupInstanceId: 'a' }, { groupInstanceId: 'b' }]);
    const before = ownedBy(scenario);
    for (const member of [0, 1]) {
      stopMember(scenario.ctx, member);
      runTo(scenario, (30 + 20 * member) * secondUs);
      startMembers(scenario, member);
      runTo(scenario, (40 + 20 * member) * secondUs);
    }
    expect(happenings(scenario)).toEqual([]);
    expect(rebalances(scenario)).toBe(1);
    expect(ownedBy(scenario)).toEqual(before);
  });

  test('[GRP-13] a static member gone for longer than its session: one rebalance without it, one with it', () => {
    const scenario = stableGroup([{ groupInstanceId: 'a' }, { groupInstanceId: 'b' }]);
    crashMember(scenario.ctx, 0);
    runTo(scenario, 90 * secondUs);
    expect(rebalances(scenario)).toBe(2);
    expect(ownedBy(scenario)[1]).toEqual([0, 1, 2, 3, 4, 5]);
    startMembers(scenario, 0);
    runTo(scenario, 100 * secondUs);
    expect(rebalances(scenario)).toBe(3);
    expect(ownedBy(scenario)).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
  });

  test('[GRP-13] two clients with one instance id: the later one fences the earlier one', () => {
    const twin = createScenario({ members: [{ groupInstanceId: 'a' }, { groupInstanceId: 'a' }] });
    startMembers(twin, 0);
    runTo(twin, 10 * secondUs);
    startMembers(twin, 1);
    runTo(twin, 20 * secondUs);
    expect(twin.ctx.members[0]).toMatchObject({ state: 'down', failure: 'FENCED_INSTANCE_ID' });
    expect(twin.ctx.members[1].owned).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe('commits', () => {
  test('[GRP-14] are checked against membership, generation and the state of the group', () => {
    const scenario = stableGroup([{}, {}]);
    const { ctx } = scenario;
    expect(validateCommit(ctx, 0, 0, 1, 0)).toBe('NONE');
    expect(validateCommit(ctx, 0, 0, 0, 0)).toBe('ILLEGAL_GENERATION');
    stopMember(ctx, 1);
    runTo(scenario, 20 * secondUs + 600);
    expect(ctx.groups[0].state).toBe('PreparingRebalance');
    expect(validateCommit(ctx, 0, 0, 1, 0)).toBe('NONE');
    expect(validateCommit(ctx, 0, 1, 1, 0)).toBe('UNKNOWN_MEMBER_ID');
    runTo(scenario, 40 * secondUs, () => {
      if (ctx.groups[0].state === 'CompletingRebalance') expect(validateCommit(ctx, 0, 0, 2, 0)).toBe('REBALANCE_IN_PROGRESS');
    });
    expect(validateCommit(ctx, 0, 0, 1, 0)).toBe('ILLEGAL_GENERATION');
    expect(validateCommit(ctx, 0, 0, 2, 0)).toBe('NONE');
  });

  test('[GRP-14] a refused commit puts the member out of its generation', () => {
    const scenario = stableGroup([{}, {}]);
    noteCommitError(scenario.ctx, 0, 'UNKNOWN_MEMBER_ID', 1);
    expect(scenario.ctx.members[0].state).toBe('unjoined');
    runTo(scenario, 80 * secondUs);
    expect(ownedBy(scenario).map(({ length }) => length)).toEqual([3, 3]);
  });
});

describe('a large group', () => {
  test('[GRP-15] 1,000 partitions and 100 members settle in one rebalance and cost three events a heartbeat', () => {
    const scenario = createScenario({ members: Array.from({ length: 100 }, () => sticky), topics: [1000] });
    startMembers(scenario, ...scenario.ctx.members.keys());
    runTo(scenario, 20 * secondUs);
    expect(rebalances(scenario)).toBe(1);
    expect(scenario.ctx.members.every(({ owned }) => owned.length === 10)).toBe(true);
    // A heartbeat falls due, arrives and is answered; beside that, sessions are looked at about every 42 s and poll intervals every 300 s.
    expect(runTo(scenario, 320 * secondUs)).toBeLessThan(100 * 100 * 3 + 100 * 12);
  });
});

describe('state', () => {
  test('[GRP-16] is plain: a copy taken in the middle of a rebalance goes on as the original does', () => {
    const scenario = createScenario({ members: [sticky, sticky, sticky] });
    startMembers(scenario, 0, 1);
    runTo(scenario, 20 * secondUs);
    startMember(scenario.ctx, 2);
    startMembers(scenario, 2);
    runTo(scenario, 21 * secondUs);
    const copy = clonePlain(scenario);
    for (const each of [scenario, copy]) runTo(each, 60 * secondUs);
    expect(copy.ctx.notices).toEqual(scenario.ctx.notices);
    expect(copy.ctx.members).toEqual(scenario.ctx.members);
    expect(fingerprintOf(copy.ctx.trace)).toBe(fingerprintOf(scenario.ctx.trace));
    expect(copy.ctx.events.taken).toBe(scenario.ctx.events.taken);
  });
});
