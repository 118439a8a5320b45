import { expect, test } from 'vitest';
import type { DamagedPartition } from '../../workers/protocol.ts';
import { damagedNames, readableWords } from './damageWords.ts';

const damaged = (partition: number, cutOffset = 50): DamagedPartition => ({
  topicNode: 't',
  topic: 'orders',
  partition,
  damagedBlocks: 1,
  blocks: 4,
  logStartOffset: 10,
  cutOffset,
  logEndOffset: 90,
  found: 'block 0/2: the block has checksum 1, its bytes give 2',
});

test('[SAVE-10] damage is told by partition, many are counted', () => {
  const names = [1, 2, 3, 4, 6].map((count) => damagedNames(Array.from({ length: count }, (_, partition) => damaged(partition))));
  expect(names).toEqual([
    'orders-0',
    'orders-0 and orders-1',
    'orders-0, orders-1 and orders-2',
    'orders-0, orders-1 and 2 more partitions',
    'orders-0, orders-1 and 4 more partitions',
  ]);
});

test('[SAVE-10] what can be read is told in offsets', () => {
  expect(readableWords(damaged(0))).toBe('Offsets 10 to 49 can be read, 50 to 89 cannot be read');
  expect(readableWords(damaged(0, 10))).toBe('Offsets 10 to 89 cannot be read');
});
