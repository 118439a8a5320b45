import { expect, test } from 'vitest';
import { replicationTrouble, type ReplicatedPartition } from './replicationTrouble.ts';

const partition = (number: number, part: Partial<ReplicatedPartition> = {}): ReplicatedPartition => ({
  partition: number,
  leader: 0,
  outOfSync: 0,
  underMinIsr: false,
  ...part,
});

test('[EVNT-2] nothing is told while every partition is led and in sync', () => {
  expect(replicationTrouble([partition(0), partition(1)])).toBeNull();
  expect(replicationTrouble([])).toBeNull();
});

test('[EVNT-2] the worst comes first, each partition counts once', () => {
  const trouble = replicationTrouble([
    partition(0, { outOfSync: 1 }),
    partition(1, { outOfSync: 2, underMinIsr: true }),
    partition(2, { outOfSync: 3, underMinIsr: true, leader: -1 }),
    partition(3, { outOfSync: 1 }),
  ]);
  expect(trouble).toMatchObject({ worst: 'offline', count: 1 });
  expect(trouble?.sentence).toMatch(
    /^Partition 2 is offline.*Partition 1 is under min\.insync\.replicas.*Partitions 0, 3 are under-replicated/,
  );
});
