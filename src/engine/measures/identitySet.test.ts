import { describe, expect, test } from 'vitest';
import { createStream, nextUniform } from '../kernel/random.ts';
import { clonePlain } from '../kernel/plainClone.ts';
import { addIdentity, createIdentitySet, hasIdentity } from './identitySet.ts';

describe('identity sets', () => {
  test('say the same as a set of all identities, in any order, also as a copy (seed 7)', () => {
    const stream = createStream(7, 'identities');
    let set = createIdentitySet(3);
    const known = new Set<string>();
    for (let i = 0; i < 30_000; i++) {
      const root = Math.floor(nextUniform(stream) * 3);
      const sequence = Math.floor(nextUniform(stream) * 12_000);
      const fresh = !known.has(`${root}/${sequence}`);
      expect(hasIdentity(set, root, sequence)).toBe(!fresh);
      expect(addIdentity(set, root, sequence)).toBe(fresh);
      known.add(`${root}/${sequence}`);
      if (i === 15_000) set = clonePlain(set);
    }
    expect(set.size).toBe(known.size);
  });

  test('forget the bits of what is complete', () => {
    const set = createIdentitySet(1);
    for (let sequence = 0; sequence < 10_000; sequence++) addIdentity(set, 0, sequence);
    expect(set.chunks[0]!.map((chunk) => chunk === 'full')).toEqual([true, true, false]);
    expect(set.size).toBe(10_000);
    expect([hasIdentity(set, 0, 8191), hasIdentity(set, 0, 9_999), hasIdentity(set, 0, 10_000)]).toEqual([true, true, false]);
    expect(addIdentity(set, 0, 17)).toBe(false);
  });
});
