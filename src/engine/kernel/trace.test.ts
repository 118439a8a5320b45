import { describe, expect, test } from 'vitest';
import { createTrace, fingerprintOf, mix } from './trace.ts';

function fingerprint(events: readonly (readonly [number, number, number, number])[]): string {
  const trace = createTrace();
  for (const [timeUs, kind, a, b] of events) mix(trace, timeUs, kind, a, b);
  return fingerprintOf(trace);
}

describe('trace', () => {
  test('[KER-7] every argument, its high half and the order count', () => {
    const base = [1000, 1, 2, 3] as const;
    const variants = [
      fingerprint([base]),
      fingerprint([[1001, 1, 2, 3]]),
      fingerprint([[1000 + 2 ** 32, 1, 2, 3]]),
      fingerprint([[1000, 2, 2, 3]]),
      fingerprint([[1000, 1, 3, 3]]),
      fingerprint([[1000, 1, 2, 4]]),
      fingerprint([[1000, 1, 3, 2]]),
      fingerprint([base, base]),
      fingerprint([base, [5, 5, 5, 5]]),
      fingerprint([[5, 5, 5, 5], base]),
      fingerprint([]),
    ];
    expect(new Set(variants).size).toBe(variants.length);
    for (const variant of variants) expect(variant).toMatch(/^[0-9a-f]{16}$/);
  });

  test('[KER-7] a million near-equal traces do not collide', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 100000; i++)
      seen.add(
        fingerprint([
          [i, 0, i & 7, 0],
          [i >> 3, i & 7, 0, i],
        ]),
      );
    expect(seen.size).toBe(100000);
  });

  test('[KER-7] the value is fixed: a change of the hash changes every stored fingerprint', () => {
    expect(
      fingerprint([
        [1, 2, 3, 4],
        [2 ** 40 + 5, 6, -7, 8],
      ]),
    ).toMatchInlineSnapshot(`"06d8c14962de435a"`);
  });
});
