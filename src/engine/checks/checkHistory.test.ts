import { describe, expect, test } from 'vitest';
import { checkHistory } from './checkHistory.ts';
import { type Contract, strictContract } from './contract.ts';
import { anomaliesKeptMax, type Anomaly, type AnomalyKind, anomalyKinds } from './findings.ts';
import type { Entry, History, Operation, Outcome, RecordName } from './history.ts';

type Pair = readonly [offset: number, record: RecordName];

const entries = (pairs: readonly Pair[], partition = 'orders-0'): Entry[] =>
  pairs.map(([offset, record]) => ({ partition, record, offset }));

const send = (process: RecordName, pairs: readonly Pair[], outcome: Outcome = 'ok'): Operation => ({
  kind: 'records',
  process,
  outcome,
  sends: entries(pairs),
  reads: [],
});

const poll = (process: RecordName, pairs: readonly Pair[], more: { outcome?: Outcome; rebalanced?: string[] } = {}): Operation => ({
  kind: 'records',
  process,
  outcome: 'ok',
  sends: [],
  reads: entries(pairs),
  ...more,
});

const turn = (kind: 'assign' | 'subscribe' | 'seek', process: RecordName, partitions: string[]): Operation => ({
  kind,
  process,
  outcome: 'ok',
  partitions,
});

function kindsOf(counts: Record<AnomalyKind, number>): AnomalyKind[] {
  return anomalyKinds.filter((kind) => counts[kind] > 0);
}

function judge(history: History, contract: Partial<Contract> = {}) {
  const verdict = checkHistory(history, { ...strictContract, ...contract });
  return { ...verdict, bad: kindsOf(verdict.forbidden), good: kindsOf(verdict.allowed) };
}

function only(anomalies: readonly Anomaly[], kind: AnomalyKind): Anomaly {
  const found = anomalies.filter((anomaly) => anomaly.kind === kind);
  expect(found).toHaveLength(1);
  return found[0];
}

const abc: readonly Pair[] = [
  [0, 'a'],
  [1, 'b'],
  [2, 'c'],
];
const readAll = poll('reader', abc);

describe('order of a partition', () => {
  test('[CHR-1] offsets that nobody saw leave no gap: markers and aborted records are no skip', () => {
    const apart: readonly Pair[] = [
      [0, 'a'],
      [7, 'b'],
      [900, 'c'],
    ];
    expect(judge([send(1, apart), poll(2, apart)]).anomalies).toEqual([]);
  });

  test('[CHR-2] a send of unknown end counts only when one of its records was read; then all of them do', () => {
    const crashed: Operation = {
      kind: 'records',
      process: 0,
      outcome: 'info',
      sends: [...entries([[0, 'x']]), ...entries([[0, 'y']], 'bills-0')],
      reads: [],
    };
    const next: Operation = { kind: 'records', process: 1, outcome: 'ok', sends: entries([[1, 'z']], 'bills-0'), reads: [] };
    const readNext: Operation = { kind: 'records', process: 2, outcome: 'ok', sends: [], reads: entries([[1, 'z']], 'bills-0') };
    expect(judge([crashed, next, readNext]).bad).toEqual([]);
    expect(judge([crashed, next, readNext, poll(3, [[0, 'x']], { outcome: 'fail' })]).bad).toEqual([]);
    const { bad, anomalies } = judge([crashed, next, readNext, poll(3, [[0, 'x']])]);
    expect(bad).toEqual(['lost-write']);
    expect(only(anomalies, 'lost-write')).toMatchObject({ partition: 'bills-0', operations: [0, 2], records: ['y', 'z'] });
  });

  test('[CHR-2] records count by their partition: one name in two partitions is two records', () => {
    const history = [send(1, [[0, 'a']]), { ...send(1, []), sends: entries([[5, 'a']], 'bills-0') } as Operation];
    expect(judge(history).forbidden).toMatchObject({ duplicate: 0, unseen: 2 });
  });
});

describe('logs', () => {
  test('[CHR-3] two records at one offset', () => {
    const history = [send(0, [[4, 17]]), poll(1, [[4, 17]]), poll(2, [[4, 18]])];
    const { bad, anomalies } = judge(history);
    expect(bad).toEqual(['inconsistent-offsets']);
    expect(only(anomalies, 'inconsistent-offsets')).toEqual({
      kind: 'inconsistent-offsets',
      partition: 'orders-0',
      operations: [0, 2],
      records: [17, 18],
      sentence: 'record 17 was sent at offset 4 of orders-0 (operation 0) and record 18 was read at the same offset (operation 2)',
      allowed: null,
    });
    expect(judge(history, { durable: false })).toMatchObject({ bad: [], good: ['inconsistent-offsets'] });
  });

  test('[CHR-4] an acknowledged record that nobody read though a later one was', () => {
    const read: Pair[] = [abc[0], abc[2]];
    const { bad, anomalies } = judge([send(0, abc), poll(1, read)]);
    expect(bad).toEqual(['lost-write', 'int-poll-skip', 'unseen']);
    expect(only(anomalies, 'lost-write').sentence).toBe(
      'record b of operation 0 stands at offset 1 of orders-0 and nobody read it, though operation 1 read record c at offset 2',
    );
    expect(judge([send(0, abc), poll(1, read)], { durable: false })).toMatchObject({
      bad: [],
      good: ['lost-write', 'int-poll-skip', 'unseen'],
    });
  });

  test('[CHR-4] a record after the last one read is not lost, only unseen; with readers still under way it is neither', () => {
    const history = [send(0, abc), poll(1, abc.slice(0, 2))];
    expect(judge(history).bad).toEqual(['unseen']);
    expect(judge(history, { drained: false })).toMatchObject({ bad: [], good: ['unseen'] });
  });

  test('[CHR-4] without acks=all a skip over what somebody else did read stays forbidden', () => {
    expect(judge([send(0, abc), poll(1, [abc[0], abc[2]]), readAll], { durable: false }).bad).toEqual(['int-poll-skip']);
  });

  test('[CHR-5] a record at two offsets is forbidden with idempotence and the price of retries without', () => {
    const twice: Pair[] = [...abc, [3, 'a'], [4, 'd']];
    const history = [send(0, abc), send(1, [[4, 'd']]), poll(2, twice)];
    const strict = judge(history);
    expect(strict.bad).toContain('duplicate');
    expect(only(strict.anomalies, 'duplicate').sentence).toBe('record a stands at 2 offsets of orders-0: first 0, last 3');
    expect(judge(history, { idempotent: false })).toMatchObject({ bad: [], good: expect.arrayContaining(['duplicate']) });
    const jumped = [...history, poll(3, [abc[0], [4, 'd']])];
    expect(judge(jumped, { idempotent: false }).bad).toEqual([]);
    expect(judge([...history, poll(3, [abc[1], [4, 'd']])], { idempotent: false }).bad).toEqual(['int-poll-skip']);
  });

  test('[CHR-5] a record that comes again later makes its first reading no skip without idempotence', () => {
    const again: Pair[] = [[0, 'x'], [1, 'a'], [2, 'b'], [3, 'a']]; // prettier-ignore
    const history = [...again.slice(0, 3).map((pair) => send(`producer of ${pair[1]}`, [pair])), poll(1, again)];
    const found = ['duplicate', 'int-poll-skip', 'int-nonmonotonic-poll'];
    expect(judge(history).bad).toEqual(found);
    expect(judge(history, { idempotent: false })).toMatchObject({ bad: [], good: found });
    expect(judge([...history, poll(2, [again[0], again[2]])], { idempotent: false }).bad).toEqual(['int-poll-skip']);
  });

  test('[CHR-6] a failed send that was read, unless consumers read uncommitted', () => {
    const history = [send(0, [[0, 'a']], 'fail'), poll(1, [[0, 'a']])];
    const { bad, anomalies } = judge(history);
    expect(bad).toEqual(['G1a']);
    expect(only(anomalies, 'G1a').sentence).toBe('record a of orders-0 was read by operation 1 though operation 0 failed to send it');
    expect(judge(history, { isolation: 'read_uncommitted' })).toMatchObject({ bad: [], good: ['G1a'] });
    expect(judge([history[0], send(0, [[0, 'a']]), history[1]]).bad).toEqual([]);
    expect(judge([send(0, [[0, 'a']]), history[0], history[1]]).bad).toEqual([]);
  });

  test('[CHR-7] what retention or compaction took is neither lost nor unseen nor skipped', () => {
    const history = [send(0, abc), poll(1, [abc[0], abc[2]])];
    const found = ['lost-write', 'int-poll-skip', 'unseen'];
    expect(judge(history, { deletedBelow: new Map([['orders-0', 2]]) })).toMatchObject({ bad: [], good: found });
    expect(judge(history, { deletedBelow: new Map([['orders-0', 1]]) }).bad).toEqual(found);
    expect(judge(history, { compacted: new Set(['orders-0']) })).toMatchObject({ bad: [], good: found });
    expect(judge(history, { compacted: new Set(['bills-0']) }).bad).toEqual(found);
  });
});

describe('steps of one client', () => {
  const skip = [send(0, abc), readAll, poll(1, [abc[0]]), poll(1, [abc[2]])];

  test('[CHR-8] from one poll to the next over a known record', () => {
    const { bad, anomalies } = judge(skip);
    expect(bad).toEqual(['poll-skip']);
    expect(only(anomalies, 'poll-skip')).toMatchObject({
      operations: [2, 3],
      sentence: 'after record a of orders-0 record c was read next, from operation 2 to operation 3 of the same client, over b at offset 1',
    });
  });

  test('[CHR-8] back to a record that was read before, or the same again', () => {
    const back = [send(0, abc), readAll, poll('reader', [abc[1]])];
    expect(judge(back).bad).toEqual(['nonmonotonic-poll']);
    expect(only(judge(back).anomalies, 'nonmonotonic-poll').sentence).toBe(
      'after record c of orders-0 record b was read next, which stands before it, from operation 1 to operation 2 of the same client',
    );
    expect(judge([send(0, abc), readAll, poll('reader', [abc[2]])]).bad).toEqual(['nonmonotonic-poll']);
    expect(judge([send(0, abc), readAll, poll('other', [abc[1]])]).bad).toEqual([]);
  });

  test('[CHR-9] within one operation', () => {
    expect(judge([send(0, abc), readAll, poll(1, [abc[0], abc[2]])]).bad).toEqual(['int-poll-skip']);
    expect(judge([send(0, abc), readAll, poll(1, [abc[1], abc[0]])]).bad).toEqual(['int-nonmonotonic-poll']);
    const moved = { rebalanced: ['orders-0'] };
    expect(judge([send(0, abc), readAll, poll(1, [abc[0], abc[2]], moved)])).toMatchObject({ bad: [], good: ['int-poll-skip'] });
    expect(judge([send(0, abc), readAll, poll(1, [abc[0], abc[2]], { rebalanced: ['orders-1'] })]).bad).toEqual(['int-poll-skip']);
  });

  test.each(['fail', 'info'] as const)(
    '[CHR-10] a poll that ended %s does not move the client: it has to read the same again',
    (outcome) => {
      const begun = [send(0, abc), readAll, poll(1, [abc[0]]), poll(1, [abc[1]], { outcome })];
      expect(judge([...begun, poll(1, [abc[1]])]).bad).toEqual([]);
      expect(judge([...begun, poll(1, [abc[2]])]).bad).toEqual(['poll-skip']);
      expect(judge([send(0, abc), readAll, poll(1, [abc[0]]), poll(1, [abc[2]], { outcome })]).bad).toEqual(['poll-skip']);
    },
  );

  test('[CHR-11] assign and subscribe forget the partitions they do not name, seek those it names', () => {
    const between = (operation: Operation) => judge([...skip.slice(0, 3), operation, skip[3]]);
    expect(between(turn('assign', 1, ['orders-0'])).bad).toEqual(['poll-skip']);
    expect(between(turn('assign', 1, ['bills-0'])).anomalies).toEqual([]);
    expect(between(turn('seek', 1, ['orders-0'])).anomalies).toEqual([]);
    expect(between(turn('seek', 1, ['bills-0'])).bad).toEqual(['poll-skip']);
    expect(between({ ...turn('seek', 1, ['orders-0']), outcome: 'fail' }).bad).toEqual(['poll-skip']);
  });

  test('[CHR-11] a subscribed client may be moved any time; where rebalances are known, only by them', () => {
    const subscribed = [turn('subscribe', 1, ['orders-0']), ...skip];
    expect(judge(subscribed)).toMatchObject({ bad: [], good: ['poll-skip'] });
    expect(judge(subscribed, { rebalancesKnown: true }).bad).toEqual(['poll-skip']);
    const moved = [...subscribed.slice(0, 4), poll(1, [], { rebalanced: ['orders-0'] }), poll(1, [abc[1]], { outcome: 'fail' }), skip[3]];
    expect(judge(moved, { rebalancesKnown: true })).toMatchObject({ bad: [], good: ['poll-skip'] });
    const again = [...moved, poll(1, [abc[0]])];
    expect(judge(again, { rebalancesKnown: true }).bad).toEqual(['nonmonotonic-poll']);
    expect(judge([...subscribed, turn('assign', 1, ['orders-0']), poll(1, [abc[0]])]).bad).toEqual(['nonmonotonic-poll']);
  });

  test('[CHR-12] sends of one producer stand in its order; steps over the records of others are no fault', () => {
    const late = [send(0, [[2, 'a']]), send(0, [[1, 'b']]), poll(1, [[1, 'b'], [2, 'a']])]; // prettier-ignore
    expect(judge(late).bad).toEqual(['nonmonotonic-send']);
    expect(judge(late, { idempotent: false })).toMatchObject({ bad: [], good: ['nonmonotonic-send'] });
    expect(judge([send(0, [[1, 'b'], [0, 'a']]), poll(1, abc.slice(0, 2))]).bad).toEqual(['int-nonmonotonic-send']); // prettier-ignore
    const apart = judge([send(0, [abc[0], abc[2]]), send(1, [abc[1]]), readAll]);
    expect(apart).toMatchObject({ bad: [], good: ['int-send-skip'] });
  });

  test('[CHR-12] a client with other partitions sends from anew', () => {
    const late = (between: Operation) => judge([send(0, [[2, 'a']]), between, send(0, [[1, 'b']]), poll(1, [[1, 'b'], [2, 'a']])]); // prettier-ignore
    expect(late(turn('assign', 0, ['bills-0'])).bad).toEqual([]);
    expect(late(turn('assign', 0, ['orders-0'])).bad).toEqual(['nonmonotonic-send']);
    expect(late(turn('seek', 0, ['orders-0'])).bad).toEqual(['nonmonotonic-send']);
  });

  test('[CHR-12] a failed send does not count for the order of the next', () => {
    expect(judge([send(0, [[5, 'z']], 'fail'), send(0, abc), readAll]).bad).toEqual([]);
  });
});

describe('transactions', () => {
  const transaction = (process: RecordName, sends: Entry[], reads: Entry[], outcome: Outcome = 'ok'): Operation => ({
    kind: 'records',
    process,
    outcome,
    sends,
    reads,
  });

  test('[CHR-13] nobody reads a record that it has not committed yet', () => {
    const history = [transaction(0, entries([[0, 'a']]), entries([[0, 'a']]))];
    expect(judge(history).bad).toEqual(['precommitted-read']);
    expect(judge(history, { isolation: 'read_uncommitted' }).bad).toEqual([]);
  });

  test('[CHR-14] transactions that read each other in a circle, which is named', () => {
    const at = (place: number) => entries([[0, place]], `orders-${place}`);
    const ring = [0, 1, 2].map((place) => transaction(place, at(place), at((place + 2) % 3)));
    const outside = [
      transaction(3, at(3), at(0)),
      transaction(4, at(4), at(3)),
      transaction(5, at(5), []),
      transaction(6, [], [...at(4), ...at(5)]),
    ];
    const { bad, anomalies } = judge([...outside, ...ring]);
    expect(bad).toEqual(['G1c']);
    const circle = only(anomalies, 'G1c');
    expect([...circle.operations].sort()).toEqual([4, 5, 6]);
    expect(circle.sentence.split(', and ').sort()).toEqual([
      'operation 4 read record 2 of orders-2 from operation 6',
      'operation 5 read record 0 of orders-0 from operation 4',
      'operation 6 read record 1 of orders-1 from operation 5',
    ]);
    expect(judge([...outside, ...ring.slice(0, 2), transaction(2, at(2), at(1), 'fail')]).forbidden.G1c).toBe(0);
    expect(judge([...outside, ...ring.slice(0, 2), transaction(2, at(2), at(5))]).forbidden.G1c).toBe(0);
    expect(judge(ring, { isolation: 'read_uncommitted' }).bad).toEqual([]);
  });

  test('[CHR-14] a circle is found behind a chain that leads to it', () => {
    const at = (partition: string) => entries([[0, partition]], partition);
    const chain = [transaction(0, at('p-1'), at('p-0')), transaction(1, at('p-2'), at('p-1')), transaction(2, at('p-3'), at('p-2'))];
    const circle = [transaction(3, at('p-4'), [...at('p-3'), ...at('p-5')]), transaction(4, at('p-5'), at('p-4'))];
    expect([...only(judge([...chain, ...circle]).anomalies, 'G1c').operations].sort()).toEqual([3, 4]);
    expect(judge([...chain, circle[0]]).forbidden.G1c).toBe(0);
  });

  test('[CHR-14] two circles apart are two', () => {
    const pair = (first: string, second: string) => [
      transaction(first, entries([[0, 'a']], first), entries([[0, 'a']], second)),
      transaction(second, entries([[0, 'a']], second), entries([[0, 'a']], first)),
    ];
    expect(judge([...pair('p-0', 'p-1'), ...pair('p-2', 'p-3')]).forbidden.G1c).toBe(2);
  });
});

test('[CHR-15] every anomaly is counted, the first of each kind are kept', () => {
  const history = Array.from({ length: 100 }, (_unused, index) => send(0, [[index, index]]));
  const { forbidden, anomalies } = judge(history);
  expect(forbidden.unseen).toBe(100);
  expect(anomalies.map(({ operations }) => operations[0])).toEqual(Array.from({ length: anomaliesKeptMax }, (_unused, index) => index));
});
