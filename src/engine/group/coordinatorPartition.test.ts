import { describe, expect, test } from 'vitest';
import { coordinatorPartition, kafkaAbs } from './coordinatorPartition.ts';
import { javaTextHash } from '../kernel/javaHash.ts';

describe('[GRP-1] the coordinator of a group is the leader of a partition found by Java hash', () => {
  test('[GRP-1] hashes UTF-16 units in 32 bits', () => {
    expect(javaTextHash('')).toBe(0);
    expect(javaTextHash('hello')).toBe(99_162_322);
    expect(javaTextHash('\u{1F600}')).toBe(0xd83d * 31 + 0xde00);
  });

  test('[GRP-1] the smallest integer counts as 0, other negative hashes as their absolute value', () => {
    expect(javaTextHash('polygenelubricants')).toBe(-2_147_483_648);
    expect(kafkaAbs(-2_147_483_648)).toBe(0);
    expect(coordinatorPartition('polygenelubricants', 50)).toBe(0);
    expect(kafkaAbs(-7)).toBe(7);
    expect(coordinatorPartition('hello', 50)).toBe(22);
  });
});
