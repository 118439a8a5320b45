import { describe, expect, test } from 'vitest';
import { noteFetch } from './followerProgress.ts';
import { acksAllAnswer, appendError, followerHighWatermark, leaderHighWatermark, type LeaderView } from './highWatermark.ts';
import { isrAnswered, laggingMembers, proposeChange, shouldJoin } from './isrChanges.ts';
import { followerOf, type LeaderState, takeOffice } from './leaderState.ts';
import { applyChange, type PartitionRegistration, registerPartition } from './partitionRegistration.ts';

const second = 1_000_000;
const lagMaxUs = 30 * second;

/** A partition on the given brokers, the first of them leads; those of `out` are not in the ISR. */
function registered(replicas: number[], out: number[] = []): PartitionRegistration {
  return registerPartition(replicas, (broker) => !out.includes(broker))!;
}

/** A leader with its log, driven by the clock of the test. */
function lead(registration: PartitionRegistration, start: Partial<LeaderView> = {}) {
  const view = {
    logEndOffset: 0,
    highWatermark: 0,
    minInsyncReplicas: 1,
    nowUs: 0,
    lagMaxUs,
    isEligible: (broker: number, brokerEpoch: number) => !fenced.has(broker) && brokerEpoch === 7,
    ...start,
  };
  const fenced = new Set<number>();
  const state = takeOffice(null, registration, view);
  const raise = () => (view.highWatermark = leaderHighWatermark(state, view));
  return {
    state,
    view,
    fenced,
    raise,
    /** Appends up to an offset; gives the high watermark. */
    append(logEndOffset: number) {
      view.logEndOffset = logEndOffset;
      return raise();
    },
    /** A follower's fetch; gives the high watermark. */
    fetch(broker: number, offset: number, brokerEpoch = 7) {
      const moved = noteFetch(followerOf(state, broker)!, { offset, nowUs: view.nowUs, leaderEndOffset: view.logEndOffset, brokerEpoch });
      return moved ? raise() : view.highWatermark;
    },
    joins: (broker: number) => shouldJoin(state, followerOf(state, broker)!, view),
    at(seconds: number) {
      view.nowUs = seconds * second;
      return this;
    },
  };
}

describe('the high watermark', () => {
  test('[CLU-19] moves with the next fetch of the slowest in-sync follower, which tells where its log ends', () => {
    const leader = lead(registered([1, 2, 3]));
    leader.fetch(2, 0);
    leader.fetch(3, 0);
    expect(leader.append(10)).toBe(0);
    expect(leader.fetch(2, 10)).toBe(0);
    expect(leader.fetch(3, 4)).toBe(4);
    expect(leader.fetch(3, 10)).toBe(10);
  });

  test('[CLU-19] stays while an in-sync follower has not fetched from this leader yet', () => {
    const leader = lead(registered([1, 2]), { logEndOffset: 50, highWatermark: 40 });
    expect(leader.append(60)).toBe(40);
    expect(leader.fetch(2, 55)).toBe(55);
  });

  test('[CLU-19] never falls on a leader, though a follower comes back with less', () => {
    const leader = lead(registered([1, 2]));
    leader.append(10);
    leader.fetch(2, 10);
    expect(leader.fetch(2, 3)).toBe(10);
  });

  test('[CLU-19] alone in the ISR the leader shows what it appends', () => {
    expect(lead(registered([1, 2], [2])).append(5)).toBe(5);
  });

  test('[CLU-20] waits for a follower that keeps up and may join, though it is not in the ISR', () => {
    const leader = lead(registered([1, 2], [2]));
    leader.append(10);
    leader.fetch(2, 4);
    expect(leader.append(20)).toBe(20);
    leader.fetch(2, 10);
    // From offset 10, the end at its fetch before: caught up then.
    expect(leader.append(30)).toBe(20);
    expect(leader.at(31).append(40)).toBe(40);
  });

  test('[CLU-20] does not wait for one that is fenced, or was restarted since it fetched', () => {
    const leader = lead(registered([1, 2, 3], [2, 3]));
    leader.fetch(2, 0);
    leader.fetch(3, 0, 6);
    leader.fenced.add(2);
    expect(leader.append(10)).toBe(10);
  });

  test('[CLU-21] an expansion counts as soon as it is asked for, a shrink only when it is confirmed', () => {
    const leader = lead(registered([1, 2, 3], [3]));
    leader.append(10);
    leader.fetch(3, 10);
    expect(leader.fetch(2, 10)).toBe(10);
    proposeChange(leader.state, { kind: 'expand', broker: 3 });
    leader.fenced.add(3);
    leader.append(20);
    expect(leader.fetch(2, 20)).toBe(10);
    const shrinking = lead(registered([1, 2]));
    shrinking.append(10);
    shrinking.fetch(2, 5);
    proposeChange(shrinking.state, { kind: 'shrink', brokers: [2] });
    expect(shrinking.raise()).toBe(5);
  });

  test('[CLU-22] stands still while the ISR is smaller than min.insync.replicas, at most the number of replicas', () => {
    const leader = lead(registered([1, 2, 3], [2, 3]), { minInsyncReplicas: 2 });
    expect(leader.append(10)).toBe(0);
    expect(lead(registered([1]), { minInsyncReplicas: 2 }).append(10)).toBe(10);
  });

  test("[CLU-19] a follower's own is the leader's, within its log", () => {
    const log = { logStartOffset: 5, logEndOffset: 20 };
    expect([3, 12, 30].map((offset) => followerHighWatermark(offset, log))).toEqual([5, 12, 20]);
  });
});

describe('acks', () => {
  test('[CLU-23] acks=all is refused below min.insync.replicas, acks=1 and 0 are not', () => {
    const { state } = lead(registered([1, 2, 3], [2, 3]));
    const error = (acks: 'all' | '1' | '0') => appendError(state, { acks, minInsyncReplicas: 2 });
    expect([error('all'), error('1'), error('0')]).toEqual(['NOT_ENOUGH_REPLICAS', 'NONE', 'NONE']);
    expect(appendError(lead(registered([1, 2], [2])).state, { acks: 'all', minInsyncReplicas: 1 })).toBe('NONE');
  });

  test('[CLU-23] acks=all is answered when the high watermark has passed the last offset', () => {
    const { state } = lead(registered([1, 2, 3]));
    const answer = (highWatermark: number) => acksAllAnswer(state, { requiredOffset: 10, highWatermark, minInsyncReplicas: 2 });
    expect([answer(9), answer(10)]).toEqual([null, 'NONE']);
  });

  test('[CLU-23] when the ISR has shrunk since, the records are written and the answer is an error all the same', () => {
    const { state } = lead(registered([1, 2, 3], [2, 3]));
    const answer = () => acksAllAnswer(state, { requiredOffset: 10, highWatermark: 10, minInsyncReplicas: 2 });
    expect(answer()).toBe('NOT_ENOUGH_REPLICAS_AFTER_APPEND');
    proposeChange(state, { kind: 'expand', broker: 2 });
    expect(answer()).toBe('NONE');
  });
});

describe('leaving and joining the ISR', () => {
  test('[CLU-24] a follower leaves when it was last caught up longer ago than replica.lag.time.max.ms, however much is missing', () => {
    const leader = lead(registered([1, 2, 3]));
    leader.at(1).fetch(2, 0);
    leader.append(1_000_000);
    // Follower 2 keeps up with where the log ended at its fetch before; follower 3 never fetched and counts from the election.
    for (let at = 2; at <= 40; at++) {
      leader.at(at).fetch(2, 1_000_000 + (at - 3) * 10);
      leader.append(1_000_000 + (at - 1) * 10);
    }
    expect(laggingMembers(leader.state, leader.at(30).view)).toEqual([]);
    expect(laggingMembers(leader.state, leader.at(31).view)).toEqual([3]);
    expect(laggingMembers(leader.state, leader.at(69).view)).toEqual([3]);
    expect(laggingMembers(leader.state, leader.at(70).view)).toEqual([2, 3]);
  });

  test('[CLU-24] one whose log ends where the leader ends stays, however long ago it fetched', () => {
    const leader = lead(registered([1, 2]));
    leader.append(5);
    leader.fetch(2, 5);
    expect(laggingMembers(leader.state, leader.at(1000).view)).toEqual([]);
  });

  test("[CLU-25] a follower joins at or beyond the high watermark and the start of the leader's epoch", () => {
    const leader = lead(registered([1, 2], [2]), { logEndOffset: 100, highWatermark: 60 });
    leader.fetch(2, 59);
    expect(leader.joins(2)).toBe(false);
    leader.fetch(2, 99);
    expect(leader.joins(2)).toBe(false);
    leader.view.highWatermark = 100;
    leader.fetch(2, 100);
    expect(leader.joins(2)).toBe(true);
    leader.fenced.add(2);
    expect(leader.joins(2)).toBe(false);
  });

  test('[CLU-25] one change of the ISR at a time; one that is out of date is forgotten', () => {
    const before = registered([1, 2, 3], [2, 3]);
    const leader = lead(before);
    leader.fetch(2, 0);
    leader.fetch(3, 0);
    const change = { kind: 'expand', broker: 2 } as const;
    expect(proposeChange(leader.state, change)).toEqual({ broker: 1, leaderEpoch: 0, partitionEpoch: 0, isr: [1, 2], recovering: false });
    expect(leader.joins(3)).toBe(false);
    expect(laggingMembers(leader.state, leader.at(99).view)).toEqual([]);
    expect(() => proposeChange(leader.state, change)).toThrow('while expand is under way');
    const newer = applyChange(before, { isr: [1, 3] });
    const term = takeOffice(leader.state, newer, leader.view);
    expect([term.isr, term.pending, term.partitionEpoch]).toEqual([[1, 3], null, 1]);
    expect(isrAnswered(term, change, { error: 'NONE', partition: before })).toBe('outdated');
    expect(takeOffice(term, before, leader.view)).toBe(term);
  });

  test('[CLU-26] answers: confirmed, dropped, asked again, or left until the metadata come', () => {
    const before = registered([1, 2], [2]);
    const change = { kind: 'expand', broker: 2 } as const;
    const answered = (answer: Parameters<typeof isrAnswered>[2]): [string, LeaderState] => {
      const { state } = lead(before);
      proposeChange(state, change);
      return [isrAnswered(state, change, answer), state];
    };
    const partition = applyChange(before, { isr: [1, 2] });
    const [word, state] = answered({ error: 'NONE', partition });
    expect([word, state.isr, state.partitionEpoch, state.pending]).toEqual(['confirmed', [1, 2], 1, null]);
    const dropped = answered({ error: 'INELIGIBLE_REPLICA', partition: null });
    expect([dropped[0], dropped[1].pending]).toEqual(['dropped', null]);
    expect(answered({ error: 'NOT_CONTROLLER', partition: null })[0]).toBe('retry');
    const stale = answered({ error: 'FENCED_LEADER_EPOCH', partition: null });
    expect([stale[0], stale[1].pending]).toEqual(['outdated', change]);
    expect(answered({ error: 'NONE', partition: applyChange(partition, { leader: 1 }) })[0]).toBe('outdated');
  });

  test('[CLU-26] in a new epoch of the same leader ends of logs stay known, and members count as caught up for now', () => {
    const before = registered([1, 2, 3], [3]);
    const leader = lead(before);
    leader.append(10);
    leader.fetch(2, 8);
    leader.fetch(3, 6);
    leader.at(50);
    const term = takeOffice(leader.state, applyChange(before, { leader: 1 }), leader.view);
    expect(term.epochStartOffset).toBe(10);
    expect(term.followers.map(({ logEndOffset }) => logEndOffset)).toEqual([8, 6]);
    expect(laggingMembers(term, leader.at(80).view)).toEqual([]);
    expect(laggingMembers(term, leader.at(81).view)).toEqual([2]);
  });
});
