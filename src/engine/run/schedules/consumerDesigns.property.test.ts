import { describe, expect, test } from 'vitest';
import type { Run } from '../build.ts';
import { judgeSchedule } from './groupScheduleChecks.ts';
import { groupScheduleOf } from './groupSchedules.ts';
import { inConsumerProtocol } from './inConsumerProtocol.ts';
import { wholeDesignProblems } from './wholeDesignChecks.ts';
import { runHosted, startDesign } from './wholeDesignRuns.ts';
import { designOf } from './wholeDesigns.ts';

/** Two members that are up and that the coordinator has for members with all they own, and that own the same. */
function sharedPartitions({ ctx }: Run): string[] {
  return ctx.groups.flatMap(({ index, groupId, consumer }) => {
    if (consumer === null) return [];
    const seen = new Set<number>();
    const { members } = consumer.live;
    return ctx.members
      .filter(({ group, memberId }) => group === index && members.has(memberId))
      .flatMap(({ owned, memberId, state }) =>
        state === 'fenced' || state === 'stale' || members.get(memberId)!.memberEpoch < 1 ? [] : owned,
      )
      .filter((partition) => seen.size === seen.add(partition).size)
      .map((partition) => `group ${groupId}: partition ${partition} has two owners at ${ctx.events.nowUs} µs`);
  });
}

test.each([100, 101, 102])(
  '[CNP-24] [RUN-10] design %i in the consumer protocol: no partition has two owners, counts add up, and it is the same run however it is hosted',
  (seed) => {
    const document = inConsumerProtocol(designOf(seed), 1 + (seed % 2));
    const found: string[] = [];
    const look = (run: Run): Run => {
      if (found.length === 0) found.push(...sharedPartitions(run));
      return run;
    };
    runHosted(startDesign(document), { between: look }, () => 100);
    expect(found).toEqual([]);
    expect(wholeDesignProblems(seed, document)).toEqual([]);
  },
);

describe('schedules that found a fault once', () => {
  test('[CON-13] who learns of a new leader with a new assignment asks it about the positions in what it keeps (75)', () => {
    expect(judgeSchedule(inConsumerProtocol(groupScheduleOf(75), 2)).problems).toEqual([]);
  });
  test('[CON-13] records at work stay what they are while what was fetched behind them is dropped for a new leader (313)', () => {
    expect(judgeSchedule(inConsumerProtocol(groupScheduleOf(313), 2)).problems).toEqual([]);
  });
});

describe('[CNP-24] [WAT-2] members crash, close, stand still and are added while brokers fail', () => {
  test.each([0, 1, 2, 3, 4, 5])('group schedule %i in the consumer protocol', (seed) => {
    expect(judgeSchedule(inConsumerProtocol(groupScheduleOf(seed), 1 + (seed % 2))).problems).toEqual([]);
  });
});
