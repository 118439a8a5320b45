import { expect, test } from 'vitest';
import { runSuite } from '../suite.ts';
import { checkRetentionCase, type RetentionCase } from './retention.ts';

/** What the cases expect, by their names. */
const expected: Readonly<Record<string, RetentionCase['expected']>> = {
  T02: { segments_deleted: 2, remaining_MB: 340 },
  T03: { records_left: 0, log_start_offset: 1000, log_end_offset: 1000 },
  T04: { max_segments_deleted: 3 },
  T06: {
    records_left: 100,
    offsets_left: [900, 999],
    log_end_offset: 1000,
    lag_of_consumer_at_0_by_offset: 1000,
    records_it_actually_reads: 100,
  },
  T07: { after_first: 100, after_second: 90 },
};

test.each(Object.keys(expected))('[RUN-5] retention and compaction to the record: %s', (id) => {
  const suite = {
    file: '',
    run: (data: unknown, report: Parameters<typeof checkRetentionCase>[1]) => checkRetentionCase(data as RetentionCase, report),
  };
  const outcome = runSuite(suite, { id, title: id, expected: expected[id] });
  expect(outcome.failures).toEqual([]);
  expect(outcome.passed).toBe(Object.keys(expected[id]!).length);
});
