import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GroupScenario } from './groupScenario.ts';
import { createScenario, keepBusy, ownedBy, runTo, secondUs, startMembers } from './groupScenario.ts';
import { crashMember, stopMember } from './membership.ts';

const memberCount = 5;

const action = fc.record({
  what: fc.constantFrom('start', 'stop', 'crash', 'busy'),
  member: fc.nat(memberCount - 1),
  forUs: fc.integer({ min: 1, max: 20 * secondUs }),
  thenWaitUs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 60 * secondUs })),
});

function perform(scenario: GroupScenario, { what, member, forUs }: { what: string; member: number; forUs: number }): void {
  const up = scenario.ctx.members[member].state !== 'down';
  if (what === 'start' && !up) startMembers(scenario, member);
  else if (what === 'stop') stopMember(scenario.ctx, member);
  else if (what === 'crash') crashMember(scenario.ctx, member);
  else if (what === 'busy' && up) keepBusy(scenario, member, forUs);
}

/** No partition has two owners among the members that are up. */
function expectDisjoint(scenario: GroupScenario): void {
  const all = ownedBy(scenario).flat();
  expect(new Set(all).size).toBe(all.length);
}

for (const assignor of ['range', 'cooperative-sticky'] as const) {
  for (const fixed of [false, true]) {
    test(`[GRP-17] ${assignor}, ${fixed ? 'static' : 'dynamic'}: never two owners, and every partition has one once the group is left alone`, () => {
      fc.assert(
        fc.property(
          fc.array(action, { maxLength: 25 }),
          fc.integer({ min: 1, max: 14 }),
          fc.nat(20_000),
          (actions, partitions, networkLatencyUs) => {
            const members = Array.from({ length: memberCount }, (_, i) => ({
              assignors: [assignor],
              groupInstanceId: fixed ? `instance-${i}` : '',
            }));
            const scenario = createScenario({ members, topics: [partitions], networkLatencyUs });
            for (const step of actions) {
              perform(scenario, step);
              runTo(scenario, scenario.ctx.events.nowUs + step.thenWaitUs, () => expectDisjoint(scenario));
            }
            runTo(scenario, scenario.ctx.events.nowUs + 400 * secondUs, () => expectDisjoint(scenario));
            const up = scenario.ctx.members.filter(({ state }) => state !== 'down');
            expect(up.every(({ state }) => state === 'stable')).toBe(true);
            const counts = up.map(({ owned }) => owned.length);
            expect(counts.reduce((a, b) => a + b, 0)).toBe(up.length === 0 ? 0 : partitions);
            if (up.length > 0) expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
            expect(scenario.ctx.groups[0].state).toBe(up.length === 0 ? 'Empty' : 'Stable');
            // Heartbeats may be on their way; every other request has been answered and its slot is free.
            expect(scenario.ctx.groupRequests.items.every((item) => item === null || item.type === 'heartbeat')).toBe(true);
          },
        ),
        { seed: 848, numRuns: 100 },
      );
    });
  }
}
