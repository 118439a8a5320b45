import { describe, expect, test } from 'vitest';
import { intervene } from '../advance.ts';
import { checkpoint, restore } from '../checkpoint.ts';
import { runWatched, unrepaired } from './clusterInvariants.ts';
import { replayLine, scheduleMs, scheduleOf } from './faultSchedules.ts';
import { runTo, start } from '../harness.ts';
import { fingerprint } from '../views/report.ts';
import { designReplayLine } from './wholeDesigns.ts';

describe('[CLU-27] brokers die, return and are cut off: nothing committed is lost, one leader in an epoch, high watermarks do not fall, replicas agree', () => {
  test.each(Array.from({ length: 60 }, (_, seed) => seed))('fault schedule %i', (seed) => {
    const run = start(scheduleOf(seed));
    const { violations, timeMs } = runWatched(run, scheduleMs);
    expect({ timeMs, violations }, replayLine(seed)).toEqual({ timeMs: scheduleMs, violations: [] });
    expect(unrepaired(run), replayLine(seed)).toEqual([]);
  });

  test('the line that replays a schedule or a design says which command checks it', () => {
    for (const line of [replayLine(7), designReplayLine(7)])
      expect(line).toMatch(/^replay with the checks: npm run soak -- .*--seed 7 \| without them: npm run logjam -- run \S+\/7\.json,/);
  });

  test.each([3, 14, 15, 92, 477])(
    '[RUN-3] schedule %i goes on from a checkpoint in its middle as it would have, however it is sliced',
    (seed) => {
      const whole = runTo(start(scheduleOf(seed)), scheduleMs);
      const sliced = runTo(runTo(start(scheduleOf(seed)), 17_003), 31_000);
      const restored = runTo(restore(sliced.topology, checkpoint(sliced)), scheduleMs);
      expect(fingerprint(restored)).toBe(fingerprint(whole));
      expect(fingerprint(runTo(sliced, scheduleMs))).toBe(fingerprint(whole));
      expect(restored.state.timeline).toEqual(whole.state.timeline);
    },
  );

  test('[RUN-4] a broker killed by hand is the run of the document with that fault', () => {
    const live = runTo(start(scheduleOf(7)), 2_000);
    const { fault } = intervene(live, { action: 'broker.kill', broker: 1 });
    const schedule = scheduleOf(7);
    const planned = start({ ...schedule, scenario: { ...schedule.scenario, faults: [...schedule.scenario.faults, fault!] } });
    expect(fingerprint(runTo(planned, scheduleMs))).toBe(fingerprint(runTo(live, scheduleMs)));
  });

  test('where unclean elections are allowed, the same checks find what is lost', () => {
    const lost = [2, 10, 17, 19, 23].filter((seed) => {
      const schedule = scheduleOf(seed);
      const nodes = schedule.nodes.map((node) =>
        node.kind === 'topic' ? { ...node, config: { ...node.config, 'unclean.leader.election.enable': true } } : node,
      );
      return runWatched(start({ ...schedule, nodes }), scheduleMs).violations.length > 0;
    });
    expect(lost.length).toBeGreaterThan(0);
  });
});
