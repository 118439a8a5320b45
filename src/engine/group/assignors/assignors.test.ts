import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assignors } from './index.ts';
import type { Assignment, AssignorMember, AssignorTopic, TopicPartition } from './types.ts';
import { assignRange } from './range.ts';
import { assignCooperativeSticky } from './cooperativeSticky.ts';
import { assignSticky } from './sticky.ts';

function member(id: string, topics: string[], rest: Partial<AssignorMember> = {}): AssignorMember {
  return { id, topics, owned: [], generation: null, ...rest };
}

function show(assignment: Assignment): string[] {
  return assignment.map((partitions) => partitions.map(({ topic, partition }) => `${topic}${partition}`).join(' '));
}

const orders: AssignorTopic = { name: 'o', partitions: 7 };
const pages: AssignorTopic = { name: 'p', partitions: 3 };

describe('range', () => {
  test('[GRP-2] the first members of each topic get its extra partitions', () => {
    const members = ['a', 'b', 'c'].map((id) => member(id, ['o', 'p']));
    expect(show(assignRange([orders, pages], members))).toEqual(['o0 o1 o2 p0', 'o3 o4 p1', 'o5 o6 p2']);
  });

  test('[GRP-2] members sort as strings, static ones before dynamic ones', () => {
    expect(show(assignRange([pages], [member('c2', ['p']), member('c10', ['p'])]))).toEqual(['p2', 'p0 p1']);
    expect(show(assignRange([pages], [member('a', ['p']), member('z', ['p'], { instanceId: 'i' })]))).toEqual(['p2', 'p0 p1']);
  });

  test('[GRP-2] with racks, partitions go where a replica is as far as balance allows', () => {
    const topic = { name: 'o', partitions: 4, racks: [['x'], ['y'], ['x'], ['y']] };
    const members = [member('a', ['o'], { rack: 'y' }), member('b', ['o'], { rack: 'x' })];
    expect(show(assignRange([topic], members))).toEqual(['o1 o3', 'o0 o2']);
    const oneSided = { ...topic, racks: [['x'], ['x'], ['x'], ['y']] };
    expect(show(assignRange([oneSided], members))).toEqual(['o2 o3', 'o0 o1']);
  });

  test('[GRP-2] topics with equal counts and consumers stay co-partitioned', () => {
    const racks = [['x'], ['y'], ['x'], ['y']];
    const topics = ['s', 't'].map((name) => ({ name, partitions: 4, racks }));
    const members = [member('a', ['s', 't'], { rack: 'y' }), member('b', ['s', 't'], { rack: 'x' })];
    expect(show(assignRange(topics, members))).toEqual(['s1 s3 t1 t3', 's0 s2 t0 t2']);
  });
});

describe('sticky', () => {
  const owned = (...partitions: number[]): TopicPartition[] => partitions.map((partition) => ({ topic: 'o', partition }));

  test("[GRP-3] members keep what they have; a newcomer gets only what is above the others' share", () => {
    const members = [
      member('a', ['o'], { owned: owned(0, 2, 4, 6), generation: 1 }),
      member('b', ['o'], { owned: owned(1, 3, 5), generation: 1 }),
      member('c', ['o']),
    ];
    expect(show(assignSticky([orders], members))).toEqual(['o0 o2 o4', 'o1 o3', 'o5 o6']);
    expect(show(assignCooperativeSticky([orders], members))).toEqual(['o0 o2 o4', 'o1 o3', '']);
  });

  test('[GRP-3] of two claims the later generation holds; equal ones cancel each other', () => {
    const claims = (first: number, second: number): string[] =>
      show(
        assignSticky(
          [pages],
          [
            member('a', ['p'], { owned: [{ topic: 'p', partition: 2 }], generation: first }),
            member('b', ['p'], { owned: [{ topic: 'p', partition: 2 }], generation: second }),
          ],
        ),
      );
    expect(claims(1, 2)).toEqual(['p0', 'p1 p2']);
    expect(claims(2, 1)).toEqual(['p1 p2', 'p0']);
    expect(claims(1, 1)).toEqual(['p0 p2', 'p1']);
  });

  test("[GRP-3] of equal candidates the first in the order of Java's hash of the member ids keeps the extra partition", () => {
    // Hash codes of one-letter ids are their characters, modulo 16 buckets: "p" is in the first one, "o" in the last.
    const both = (ids: string[]): number[] =>
      assignSticky(
        [{ name: 'o', partitions: 4 }],
        [
          member(ids[0], ['o'], { owned: owned(0, 1), generation: 1 }),
          member(ids[1], ['o'], { owned: owned(2, 3), generation: 1 }),
          member('q', ['o']),
        ],
      ).map(({ length }) => length);
    expect(both(['n', 'o'])).toEqual([2, 1, 1]);
    expect(both(['o', 'p'])).toEqual([1, 2, 1]);
  });

  test('[GRP-3] with different subscriptions the load is balanced as far as they allow', () => {
    const members = [member('a', ['o', 'p']), member('b', ['p'])];
    expect(assignSticky([orders, pages], members).map(({ length }) => length)).toEqual([7, 3]);
  });
});

/**
 * Topics of up to eight partitions, and up to seven members that subscribe to some of them, with racks or without. Every member has a topic: for one
 * without any, Kafka's sticky assignors depend on who is looked at first.
 */
const problem = fc
  .record({
    counts: fc.array(fc.nat(8), { minLength: 1, maxLength: 4 }),
    subscriptions: fc.array(fc.array(fc.nat(3), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 7 }),
    racks: fc.option(fc.array(fc.nat(2), { minLength: 7, maxLength: 7 })),
    equal: fc.boolean(),
  })
  .map(({ counts, subscriptions, racks, equal }) => {
    const topics: AssignorTopic[] = counts.map((partitions, i) => ({
      name: `topic-${i}`,
      partitions,
      ...(racks === null ? {} : { racks: Array.from({ length: partitions }, (_, p) => [`r${(p + i) % 3}`, `r${(p + i + 1) % 3}`]) }),
    }));
    const members = subscriptions.map((subscription, i) => {
      const names = [...new Set(equal ? subscriptions[0] : subscription)].map((topic) => `topic-${topic}`);
      return member(`m${(i * 5) % 7}`, names, racks === null ? {} : { rack: `r${racks[i]}` });
    });
    return { topics, members, equal };
  });

function keys(partitions: readonly TopicPartition[]): string[] {
  return partitions.map(({ topic, partition }) => `${topic}/${partition}`);
}

/** The members as they would rejoin after this assignment. */
function rejoin(members: readonly AssignorMember[], assignment: Assignment, generation: number): AssignorMember[] {
  return members.map((each, i) => ({ ...each, owned: assignment[i], generation }));
}

function expectComplete(topics: readonly AssignorTopic[], members: readonly AssignorMember[], assignment: Assignment): void {
  const subscribed = new Set(members.flatMap((each) => each.topics));
  const expected = topics
    .filter(({ name }) => subscribed.has(name))
    .flatMap(({ name, partitions }) => Array.from({ length: partitions }, (_, i) => `${name}/${i}`));
  expect(assignment.flatMap(keys).sort()).toEqual(expected.sort());
  assignment.forEach((partitions, i) => expect(partitions.every(({ topic }) => members[i].topics.includes(topic))).toBe(true));
}

describe('any assignor', () => {
  for (const [name, assign] of assignors) {
    test(`[GRP-2] ${name} gives every subscribed partition to exactly one subscriber`, () => {
      fc.assert(
        fc.property(problem, ({ topics, members }) => expectComplete(topics, members, assign(topics, members))),
        { seed: 29, numRuns: 300 },
      );
    });

    test(`[GRP-2] ${name} does not depend on the order of members`, () => {
      fc.assert(
        fc.property(problem, ({ topics, members }) => {
          const reversed = assign(topics, [...members].reverse()).reverse();
          expect(reversed).toEqual(assign(topics, members));
        }),
        { seed: 31, numRuns: 200 },
      );
    });
  }

  test('[GRP-2] range is balanced in every topic', () => {
    fc.assert(
      fc.property(problem, ({ topics, members }) => {
        const assignment = assignRange(topics, members);
        for (const { name } of topics) {
          const counts = assignment
            .filter((_, i) => members[i].topics.includes(name))
            .map((each) => each.filter(({ topic }) => topic === name).length);
          if (counts.length > 0) expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
      }),
      { seed: 37, numRuns: 200 },
    );
  });

  test('[GRP-3] sticky moves nothing when nothing changed, and only what it must when somebody left', () => {
    fc.assert(
      fc.property(problem, ({ topics, members, equal }) => {
        const first = assignSticky(topics, members);
        expect(assignSticky(topics, rejoin(members, first, 1))).toEqual(first);
        if (!equal || members.length < 2 || members.some(({ rack }) => rack !== undefined)) return;
        const left = rejoin(members, first, 1).slice(1);
        const second = assignSticky(topics, left);
        left.forEach((each, i) => {
          const now = new Set(keys(second[i]));
          expect(keys(each.owned).every((key) => now.has(key))).toBe(true);
        });
      }),
      { seed: 41, numRuns: 200 },
    );
  });

  test('[GRP-3] cooperative-sticky never gives away what somebody still owns, and reaches the complete assignment by rebalancing on', () => {
    fc.assert(
      fc.property(problem, fc.nat(6), ({ topics, members, equal }, newcomer) => {
        const before = members.filter((_, i) => i !== newcomer % members.length);
        const held = assignCooperativeSticky(topics, before);
        const owned = new Map(before.map((each, i) => [each.id, held[i]]));
        let joined = members.map((each) => ({ ...each, owned: owned.get(each.id) ?? [], generation: owned.has(each.id) ? 1 : null }));
        let assignment: Assignment = [];
        // Equal subscriptions are done in the second; different ones may let the balance improve once more.
        for (let generation = 2; generation <= (equal ? 3 : 6); generation++) {
          assignment = assignCooperativeSticky(topics, joined);
          assignment.forEach((partitions, i) => {
            const others = new Set(joined.filter((_, j) => j !== i).flatMap((each) => keys(each.owned)));
            expect(keys(partitions).some((key) => others.has(key))).toBe(false);
          });
          joined = joined.map((each, i) => ({ ...each, owned: assignment[i], generation }));
        }
        expectComplete(topics, members, assignment);
      }),
      { seed: 43, numRuns: 300 },
    );
  });
});
