import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../pipeline/document.ts';
import type { Run } from '../build.ts';
import { intervene } from '../advance.ts';
import { pathOf, runTo, simple, start } from '../harness.ts';
import { reportOf } from '../views/report.ts';
import { evictingHost, runHosted, seenOf, startDesign } from '../schedules/wholeDesignRuns.ts';

type Reset = Omit<Extract<Fault, { action: 'offsets.reset' }>, 'atMs' | 'node' | 'action'>;

/** 1000 records a second for four seconds; the member stops at 2 s, offsets are reset at 3 s, it comes back at 5 s. */
const resetting = (reset: Reset): Run =>
  start(
    simple({
      source: { 'workload.records': 4000 },
      sink: { 'group.id': 'orders', 'service.time.ms': 0.1 },
      faults: [
        { atMs: 2000, action: 'member.stop', node: 'sink', member: 0 },
        { atMs: 3000, action: 'offsets.reset', node: 'sink', ...reset },
        { atMs: 5000, action: 'member.restart', node: 'sink', member: 0 },
      ],
    }),
  );
const said = (run: Run) => run.state.timeline.entries.map(({ text }) => text).filter((text) => text.includes('offsets of group'));
const committed = (run: Run) => run.ctx.groups[0]!.committed[0]!;

describe('an administrator resets the offsets of a group without members', () => {
  test.each<[Reset, number]>([
    [{ to: 'earliest' }, 0],
    [{ to: 'offset', value: 500 }, 500],
    [{ to: 'offset', value: 1e9 }, 3000],
    [{ to: 'timestamp', value: 700 }, 700],
    [{ to: 'timestamp', value: 60_000 }, 3000],
    [{ to: 'shift-by', value: -1e6 }, 0],
    [{ to: 'latest' }, 3000],
  ])('[OFS-8] %j', (reset, offset) => {
    const run = runTo(resetting(reset), 3100);
    expect(Math.abs(committed(run) - offset)).toBeLessThanOrEqual(1);
    expect(said(run)).toHaveLength(1);
    expect(said(run)[0]).toMatch(/^An administrator resets the offsets of group orders .*: 1 partitions, \d+ offsets back, \d+ ahead\.$/);
  });

  test('[OFS-8] what is before it is read again, what is behind it is skipped, and the reset is the cause', () => {
    const rewound = runTo(resetting({ to: 'offset', value: 500 }), 10_000);
    expect(pathOf(rewound, 'sink')).toMatchObject({ processed: 4000, skippedByReset: 0 });
    expect(pathOf(rewound, 'sink').processedAgain).toBeGreaterThan(1400);
    const causesOf = (run: Run) =>
      reportOf(run)
        .ledger.causes.map(({ fate, sentence }) => `${fate}: ${sentence}`)
        .join('\n');
    expect(causesOf(rewound)).toContain("duplicated: An administrator had reset the group's offsets: sink-0 began again");
    const skipped = runTo(resetting({ to: 'latest' }), 10_000);
    const path = pathOf(skipped, 'sink');
    expect(path.processed + path.skippedByReset).toBe(4000);
    expect(path.skippedByReset).toBeGreaterThan(900);
    expect(causesOf(skipped)).toContain("skipped: An administrator had reset the group's offsets: sink-0 jumped over them");
  });

  test('[OFS-8] [CON-15] what is looked up by time does not hang on which blocks are in memory', () => {
    const document = simple({
      source: { 'workload.rate': 200, 'workload.records': 1000 },
      sink: { 'auto.offset.reset': 'by_duration:PT0.5S', 'service.time.ms': 0.1 },
      faults: [
        { atMs: 0, action: 'member.stop', node: 'sink', member: 0 },
        { atMs: 1000, action: 'member.restart', node: 'sink', member: 0 },
        { atMs: 2000, action: 'member.stop', node: 'sink', member: 0 },
        { atMs: 3000, action: 'offsets.reset', node: 'sink', to: 'timestamp', value: 700 },
        { atMs: 4000, action: 'member.restart', node: 'sink', member: 0 },
      ],
    });
    const straight = runHosted(startDesign(document), { between: (run) => run }, () => 20_000);
    const evicting = runHosted(startDesign(document), evictingHost(), () => 7);
    expect(seenOf(evicting)).toEqual(seenOf(straight));
    expect(pathOf(evicting, 'sink').processedAgain).toBeGreaterThan(200);
  });

  test('[OFS-8] refused while members are active, in the words of kafka-consumer-groups, and for what cannot be shifted', () => {
    const run = runTo(start(simple({ sink: { 'group.id': 'orders' } })), 1000);
    const state = "Assignments can only be reset if the group 'orders' is inactive, but the current state is Stable.";
    expect(intervene(run, { action: 'offsets.reset', node: 'sink', to: 'earliest' })).toEqual({ fault: null, refusal: state });
    const away: Fault[] = [{ atMs: 0, action: 'member.stop', node: 'sink', member: 0 }];
    const never = runTo(start(simple({ sink: { 'group.id': 'orders' }, faults: away })), 1000);
    expect(intervene(never, { action: 'offsets.reset', node: 'sink', to: 'shift-by', value: -1 }).refusal).toBe(
      'Cannot shift offset for partition topic-0 since there is no current committed offset.',
    );
    expect(intervene(never, { action: 'offsets.reset', node: 'sink', to: 'earliest' }).refusal).toBeNull();
  });
});
