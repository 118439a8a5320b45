import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { murmur2, toPositive } from './murmur2.ts';
import { createKeyTable, describeKeys, internKey, keyHash, keySize, keyText, registerKeyRange } from './keys.ts';
import { encodeUtf8, utf8Length } from './utf8.ts';

describe('keys', () => {
  test('[PRO-1] UTF-8 is that of the platform for whole text, and ? for a lone surrogate', () => {
    const encoder = new TextEncoder();
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = encodeUtf8(text);
        // The platform puts U+FFFD where Java puts `?`.
        const javas = [...text].map((point) => (/^[\ud800-\udfff]$/.test(point) ? '?' : point)).join('');
        expect([...bytes]).toEqual([...encoder.encode(javas)]);
        expect(utf8Length(text)).toBe(bytes.length);
      }),
      { seed: 1, numRuns: 300 },
    );
    expect([...encodeUtf8('a\ud800b\udc00')]).toEqual([0x61, 0x3f, 0x62, 0x3f]);
    expect([...encodeUtf8('\ud83d\udce6')]).toEqual([0xf0, 0x9f, 0x93, 0xa6]);
  });

  test('[WRK-9] the same text has the same id, a range member that of the range', () => {
    const table = createKeyTable();
    expect(internKey(table, 'a')).toBe(0);
    expect(internKey(table, 'b')).toBe(1);
    expect(internKey(table, 'a')).toBe(0);
    const first = registerKeyRange(table, 'key-', 1000);
    expect(first).toBe(2 ** 26);
    expect(registerKeyRange(table, 'key-', 1000)).toBe(first);
    expect(registerKeyRange(table, 'other-', 10)).toBe(first + 1000);
    expect(internKey(table, 'key-1')).toBe(first);
    expect(internKey(table, 'key-1000')).toBe(first + 999);
    expect(internKey(table, 'key-1001')).toBe(2);
    expect(internKey(table, 'key-01')).toBe(3);
    expect(keyText(table, first + 41)).toBe('key-42');
    expect(keyText(table, 1)).toBe('b');
  });

  test('[PRO-1] sizes and hashes of all kinds of keys are those of their texts, one by one and in columns', () => {
    const table = createKeyTable();
    const small = registerKeyRange(table, 'schlüssel-', 1200);
    const large = registerKeyRange(table, 'k', 2_000_000);
    const ids = [
      internKey(table, ''),
      internKey(table, '日本'),
      small,
      small + 8,
      small + 9,
      small + 1199,
      large,
      large + 999_999,
      large + 1_999_999,
      -1,
    ];
    const hashes = new Int32Array(ids.length);
    const sizes = new Int32Array(ids.length);
    describeKeys(table, Int32Array.from(ids), ids.length, hashes, sizes);
    ids.forEach((id, i) => {
      const bytes = id < 0 ? null : encodeUtf8(keyText(table, id));
      expect(hashes[i]).toBe(bytes === null ? -1 : toPositive(murmur2(bytes)));
      expect(sizes[i]).toBe(bytes === null ? -1 : bytes.length);
      if (id < 0) return;
      expect(keyHash(table, id)).toBe(hashes[i]);
      expect(keySize(table, id)).toBe(sizes[i]);
    });
  });

  test('[WRK-9] more range keys than there are ids are refused with the config to change', () => {
    const table = createKeyTable();
    for (let i = 0; i < 20; i++) registerKeyRange(table, `p${i}`, 100_000_000);
    expect(() => registerKeyRange(table, 'one-more', 100_000_000)).toThrow(/key\.count 100000000 of prefix "one-more"/);
  });

  test('[WRK-9] more texts than a table holds are refused in words', () => {
    const table = createKeyTable();
    table.texts.length = 16_000_000;
    expect(() => internKey(table, 'one more')).toThrow(/More than 16000000 distinct keys in one run/);
  });
});
