import { expect, test } from 'vitest';
import { RecordState } from '../../share/sharePartition.ts';
import type { Run } from '../build.ts';
import { inShareGroups } from './inShareGroups.ts';
import { wholeDesignProblems } from './wholeDesignChecks.ts';
import { runHosted, startDesign } from './wholeDesignRuns.ts';
import { designOf } from './wholeDesigns.ts';

/** What does not hold of the share partitions of a run. */
function shareProblems({ ctx }: Run): string[] {
  const found: string[] = [];
  for (const group of ctx.share.groups) {
    for (const share of group?.partitions.values() ?? []) {
      const name = `group ${share.group}, partition ${share.partition} at ${ctx.events.nowUs} µs`;
      const counts = { available: 0, acquired: 0, done: 0 };
      let next = share.startOffset;
      for (const { first, last, state, write, deliveryCount, member } of share.ranges) {
        if (first !== next || last < first) found.push(`${name}: a range from ${first} to ${last} where ${next} is next`);
        next = last + 1;
        if (deliveryCount < 0 || deliveryCount > group!.limits.deliveryCountLimit) found.push(`${name}: ${deliveryCount} deliveries`);
        if ((state === RecordState.acquired) !== member >= 0 && write === 0) found.push(`${name}: state ${state} with member ${member}`);
        if (write !== 0) continue;
        if (state === RecordState.available) counts.available += last - first + 1;
        else if (state === RecordState.acquired) counts.acquired += last - first + 1;
        else counts.done += last - first + 1;
      }
      if (next !== share.endOffset) found.push(`${name}: ranges end at ${next}, not ${share.endOffset}`);
      const { available, acquired, done } = share;
      if (available !== counts.available || acquired !== counts.acquired || done !== counts.done)
        found.push(`${name}: counted ${JSON.stringify({ available, acquired, done })}, there are ${JSON.stringify(counts)}`);
    }
  }
  return found;
}

test.each([200, 203])(
  '[SHG-7] [RUN-10] design %i with share groups: every offset has one state and one holder at most, counts add up, and it is the same run however it is hosted',
  (seed) => {
    const document = inShareGroups(designOf(seed), seed % 2 === 0 ? 1000 : 4000);
    const found: string[] = [];
    const look = (run: Run): Run => {
      if (found.length === 0) found.push(...shareProblems(run));
      return run;
    };
    runHosted(startDesign(document), { between: look }, () => 60);
    expect(found).toEqual([]);
    expect(wholeDesignProblems(seed, document)).toEqual([]);
  },
);
