import { describe, expect, test } from 'vitest';
import { createScenario, ownedBy, runTo, secondUs, startMembers, type GroupScenario } from './groupScenario.ts';
import { stopMember } from './membership.ts';

const list = (assignors: readonly string[]) => ({ assignors });

function together(...members: readonly { readonly assignors: readonly string[] }[]): GroupScenario {
  const scenario = createScenario({ members });
  startMembers(scenario, ...members.keys());
  runTo(scenario, 20 * secondUs);
  return scenario;
}

/** Member `index` is closed and starts again with another list, and the group is left alone for a while. */
function bounce(scenario: GroupScenario, index: number, assignors: readonly string[]): void {
  const member = scenario.ctx.members[index];
  stopMember(scenario.ctx, index);
  member.config = { ...member.config, assignors };
  runTo(scenario, scenario.ctx.events.nowUs + 5 * secondUs);
  startMembers(scenario, index);
  runTo(scenario, scenario.ctx.events.nowUs + 20 * secondUs);
}

describe('lists of strategies', () => {
  // Vectors of ConsumerCoordinatorTest.testSelectRebalanceProtocol: what a list supports together, then the highest of it.
  test.each([
    [['range'], false],
    [['cooperative-sticky'], true],
    [['range', 'cooperative-sticky'], false],
    [['cooperative-sticky', 'range'], false],
    [['roundrobin'], false],
    [['sticky'], false],
  ])('[GRP-22] members with %j keep their partitions while they rejoin: %s', (assignors, cooperative) => {
    const scenario = together(list(assignors), list(assignors));
    expect(scenario.ctx.members.map((member) => member.cooperative)).toEqual([cooperative, cooperative]);
    expect(scenario.ctx.groups[0].protocol).toBe(assignors[0]);
  });

  test("[GRP-22] Kafka's default list is eager range as long as all have it", () => {
    const scenario = together(list(['range', 'cooperative-sticky']), list(['range', 'cooperative-sticky']), list(['range']));
    expect(scenario.ctx.groups[0]).toMatchObject({ protocol: 'range', state: 'Stable', rebalances: 1 });
    expect(ownedBy(scenario).map((owned) => owned.length)).toEqual([2, 2, 2]);
  });

  test.each(['roundrobin', 'sticky'])('[GRP-21] a group may deal out by %s', (assignor) => {
    const scenario = together(list([assignor]), list([assignor]));
    expect(scenario.ctx.groups[0].protocol).toBe(assignor);
    expect(
      ownedBy(scenario)
        .flat()
        .sort((a, b) => a - b),
    ).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('[GRP-23] from range to cooperative-sticky with two rolling restarts, through a list with both (KIP-429)', () => {
    const scenario = together(list(['range']), list(['range']));
    for (const index of [0, 1]) bounce(scenario, index, ['cooperative-sticky', 'range']);
    expect(scenario.ctx.groups[0].protocol).toBe('cooperative-sticky');
    expect(scenario.ctx.members.map((member) => member.cooperative)).toEqual([false, false]);
    for (const index of [0, 1]) bounce(scenario, index, ['cooperative-sticky']);
    expect(scenario.ctx.members.map((member) => member.cooperative)).toEqual([true, true]);
    expect(ownedBy(scenario).map((owned) => owned.length)).toEqual([3, 3]);
    expect(scenario.ctx.members.map(({ failure }) => failure)).toEqual(['', '']);
  });

  test('[GRP-23] with one rolling restart the first member that comes back is refused', () => {
    const scenario = together(list(['range']), list(['range']));
    bounce(scenario, 0, ['cooperative-sticky']);
    expect(scenario.ctx.members[0].failure).toBe('INCONSISTENT_GROUP_PROTOCOL');
    expect(ownedBy(scenario)[1]).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
