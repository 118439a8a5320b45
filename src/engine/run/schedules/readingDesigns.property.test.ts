import { expect, test } from 'vitest';
import { wholeDesignProblems } from './wholeDesignChecks.ts';
import { designOf } from './wholeDesigns.ts';
import { withReading } from './withReading.ts';

test.each([200, 202, 300])(
  '[CON-25] [CON-28] [CON-30] [RUN-10] design %i with pauses, seeks and nearest replicas: counts add up, and it is the same run however it is hosted',
  (seed) => {
    expect(wholeDesignProblems(seed, withReading(seed, designOf(seed)))).toEqual([]);
  },
);
