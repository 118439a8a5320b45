import { describe, expect, test } from 'vitest';
import { javaHashOrder, javaTextHash } from './javaHash.ts';

describe('orders of Java', () => {
  test('[KER-9] the hash of a text is that of String.hashCode, with its overflow', () => {
    expect(javaTextHash('')).toBe(0);
    expect(javaTextHash('rack-1')).toBe(-938608965);
    expect(javaTextHash('polygenelubricants')).toBe(-2147483648);
  });

  test('[KER-9] elements come by bucket, those of one bucket as they were put in', () => {
    expect(javaHashOrder([17, 3, 1, 33, 16])).toEqual([4, 0, 2, 3, 1]);
    // The thirteenth element doubles the table to 32 buckets: 17 moves behind 12.
    const grown = [17, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12];
    expect(javaHashOrder(grown).map((place) => grown[place])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 17]);
  });

  test('[KER-9] the upper half of a hash code counts in a small table', () => {
    expect(javaHashOrder([1, 0x10000 + 1])).toEqual([1, 0]);
  });
});
