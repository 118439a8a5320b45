import { expect, test } from 'vitest';
import { runSuite } from '../suite.ts';
import { checkReplicationCase, type ReplicationCase } from './replication.ts';

/** What the cases expect, by their names. */
const expected: Readonly<Record<string, ReplicationCase['expected']>> = {
  R01: { acknowledged_lost: 100, new_log_end: 1000, old_leader_truncates_to: 1000, consumers_ever_saw_lost_records: false },
  R02: { acknowledged: 1000, acknowledged_lost: 0, unacknowledged_to_retry: 100 },
  R03: {
    acks_all: 'NOT_ENOUGH_REPLICAS, nothing appended',
    acks_all_already_appended: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND once HW passes',
    acks_1: 'accepted',
    acks_0: 'accepted',
    reads: 'allowed up to HW',
  },
  R05: { up3: 'rw', up2: 'rw', up1: 'reads only (acks=all rejected)', up0: 'offline' },
  F09: { broker_ingress_MB_s: 300, broker_egress_MB_s: 400, produced: 100, replication: 200, consumed: 200 },
};

test.each(Object.keys(expected))('[BRK-12] [CAP-13] replication to the record, traffic to the MB/s: %s', (id) => {
  const suite = {
    file: '',
    run: (data: unknown, report: Parameters<typeof checkReplicationCase>[1]) => void checkReplicationCase(data as ReplicationCase, report),
  };
  const outcome = runSuite(suite, { id, title: id, expected: expected[id] });
  expect(outcome.failures).toEqual([]);
  expect(outcome.passed).toBe(1);
});
