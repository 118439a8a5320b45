import { expect, test } from 'vitest';
import { inConsumerProtocol } from './inConsumerProtocol.ts';
import { inPools } from './inPools.ts';
import { wholeDesignProblems } from './wholeDesignChecks.ts';
import { designOf } from './wholeDesigns.ts';

test.each([200, 201, 202, 203])(
  '[SRV-12] [SRV-13] [RUN-10] design %i with pools ends, adds up, and is the same run however it is hosted',
  (seed) => {
    const document = inPools(designOf(seed), seed);
    expect(wholeDesignProblems(seed, seed % 2 === 0 ? document : inConsumerProtocol(document))).toEqual([]);
  },
);
