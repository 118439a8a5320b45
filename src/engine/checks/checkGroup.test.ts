import { describe, expect, test } from 'vitest';
import { checkGroup } from './checkGroup.ts';
import type { GroupContract, GroupOperation } from './groupHistory.ts';

const p = 'topic-0';
const contract: GroupContract = {
  delivery: 'at-least-once',
  drained: false,
  reset: 'earliest',
  kept: true,
  records: new Map([[p, [0, 1, 2, 3, 5, 6]]]),
};

const own = (member: string, generation: number, partitions: readonly string[] = [p]): GroupOperation => ({
  kind: 'assigned',
  member,
  generation,
  partitions,
});
const at = (member: string, offset: number, cause: 'committed' | 'reset' = 'committed'): GroupOperation => ({
  kind: 'positioned',
  member,
  partition: p,
  offset,
  cause,
});
const poll = (member: string, offsets: readonly number[], next = offsets[offsets.length - 1]! + 1): GroupOperation => ({
  kind: 'polled',
  member,
  partition: p,
  offsets,
  next,
});
const done = (member: string, offsets: readonly number[]): GroupOperation => ({ kind: 'served', member, partition: p, offsets });
const commit = (member: string, id: number, offset: number): GroupOperation => ({
  kind: 'commit',
  member,
  id,
  offsets: [{ partition: p, offset }],
});
const answer = (id: number, outcome: 'ok' | 'fail' | 'info' = 'ok'): GroupOperation => ({ kind: 'committed', id, outcome });

/** A member that reads, is done and commits, closes, and is followed by another one. Offset 4 is a marker. */
const correct: readonly GroupOperation[] = [
  own('a', 1),
  at('a', 0, 'reset'),
  poll('a', [0, 1, 2]),
  done('a', [0, 1, 2]),
  commit('a', 1, 3),
  answer(1),
  poll('a', [3], 5),
  done('a', [3]),
  commit('a', 2, 5),
  answer(2),
  own('a', 2, []),
  own('b', 2),
  at('b', 5),
  poll('b', [5, 6]),
  done('b', [5, 6]),
];

const kindsOf = (history: readonly GroupOperation[], changed: Partial<GroupContract> = {}): string[] => [
  ...new Set(checkGroup(history, { ...contract, ...changed }).map(({ kind }) => kind)),
];

/** The correct history with the operations from `index` on replaced. */
const then = (index: number, ...operations: readonly GroupOperation[]): readonly GroupOperation[] => [
  ...correct.slice(0, index),
  ...operations,
];

describe('[CHR-17] a group that does what Kafka promises shows nothing', () => {
  test('read, done, committed, handed over, read to the end', () => {
    expect(kindsOf(correct, { drained: true })).toEqual([]);
  });
  test('a crash before the commit repeats what was not committed', () => {
    const history = then(8, { kind: 'ended', member: 'a' }, own('b', 2), at('b', 3), poll('b', [3, 5, 6]), done('b', [3, 5, 6]));
    expect(kindsOf(history, { drained: true })).toEqual([]);
  });
  test('a commit whose answer is not known may be the one, and may not', () => {
    const history = (offset: number) => then(9, { kind: 'ended', member: 'a' }, own('b', 2), at('b', offset));
    expect(kindsOf(history(5))).toEqual([]);
    expect(kindsOf(history(3))).toEqual([]);
  });
  test('nor is one that was refused when it was sent again; until somebody has committed after that', () => {
    const history = (outcome: 'info' | 'fail', ...next: readonly GroupOperation[]) =>
      then(9, answer(2, outcome), { kind: 'ended', member: 'a' }, own('b', 2), ...next);
    expect(kindsOf(history('info', at('b', 5)))).toEqual([]);
    expect(kindsOf(history('info', at('b', 3)))).toEqual([]);
    expect(kindsOf(history('fail', at('b', 5)))).toEqual(['wrong-position']);
    const after = [
      at('b', 5),
      poll('b', [5]),
      done('b', [5]),
      commit('b', 3, 6),
      answer(3),
      { kind: 'ended', member: 'b' },
      own('c', 3),
    ] as const;
    expect(kindsOf(history('info', ...after, at('c', 6)))).toEqual([]);
    expect(kindsOf(history('info', ...after, at('c', 5)))).toEqual(['wrong-position']);
  });
});

describe('[CHR-18] nobody reads what is not his', () => {
  test.each<[string, readonly GroupOperation[]]>([
    ['two-owners', then(2, own('b', 1))],
    ['unowned-poll', then(11, poll('a', [5]))],
    ['unowned-poll', then(11, at('a', 5))],
  ])('%s', (kind, history) => expect(kindsOf(history)).toEqual([kind]));
});

describe('[CHR-19] a member reads on where it stands', () => {
  test.each([
    ['over a record', then(6, poll('a', [5]))],
    ['again', then(6, poll('a', [2]))],
    ['out of order within a poll', then(2, poll('a', [0, 2, 1]))],
    ['over a record within a poll', then(2, poll('a', [0, 2]))],
    ['without having asked where to begin', then(1, poll('a', [0]))],
  ])('off-position: %s', (_, history) => expect(kindsOf(history)).toEqual(['off-position']));
});

test('[CHR-19] a member that gets a partition back begins anew', () => {
  const history = [...correct, own('a', 3), poll('a', [3])];
  expect(kindsOf(history)).toEqual(['off-position']);
});

describe('[CHR-20] a partition is taken up at the committed offset', () => {
  test.each([
    ['an older commit', then(12, at('b', 3))],
    ['an offset that nobody committed', then(12, at('b', 6))],
    ['a reset although there is a commit', then(12, at('b', 0, 'reset'))],
  ])('wrong-position: %s', (_, history) => expect(kindsOf(history)).toEqual(['wrong-position']));
});

describe('[CHR-21] a commit says what its member is done with', () => {
  test.each([
    ['commit-ahead', then(4, commit('a', 1, 4))],
    ['commit-ahead', then(3, commit('a', 1, 3))],
    ['commit-behind', then(4, commit('a', 1, 2))],
  ])('%s', (kind, history) => expect(kindsOf(history)).toEqual([kind]));
  test('before processing: what was handed out', () => {
    expect(kindsOf(then(3, commit('a', 1, 3)), { delivery: 'at-most-once' })).toEqual([]);
  });
});

test('[CHR-24] left alone, every partition has an owner', () => {
  expect(kindsOf([...correct, { kind: 'ended', member: 'b' }], { drained: true })).toEqual(['no-owner']);
});

test('[CHR-22] a commit sent after a later generation has given the partition to somebody else is refused', () => {
  const late = [...correct.slice(0, 8), own('b', 2), commit('a', 2, 5)];
  expect(kindsOf([...late, answer(2)])).toEqual(['stale-commit']);
  expect(kindsOf([...late, answer(2, 'fail')])).toEqual([]);
});

describe('[CHR-23] nothing is left out, and with commits before processing nothing is done twice', () => {
  test('missed: a record below a commit', () => {
    const other = { ...contract, records: new Map([[p, [0, 1, 2]]]) };
    const history = [own('a', 1), at('a', 0, 'reset'), poll('a', [0]), poll('a', [1, 2]), done('a', [1, 2]), commit('a', 1, 3), answer(1)];
    expect(checkGroup(history, other).map(({ kind }) => kind)).toContain('missed');
  });
  test('missed: a record at the end, when members were left alone', () => {
    expect(kindsOf(correct.slice(0, 10), { drained: true })).toEqual(['missed']);
    expect(kindsOf(correct.slice(0, 10), { drained: false })).toEqual([]);
  });
  test('served-again', () => {
    const once = [own('a', 1), at('a', 0, 'reset'), poll('a', [0]), commit('a', 1, 1), answer(1), done('a', [0])];
    const atMostOnce = { ...contract, delivery: 'at-most-once' as const };
    const twice = checkGroup([...once, done('a', [0])], atMostOnce).map(({ kind }) => kind);
    expect([checkGroup(once, atMostOnce), twice]).toEqual([[], ['served-again']]);
  });
});
