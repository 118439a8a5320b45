import { describe, expect, test } from 'vitest';
import { clonePlain } from './plainClone.ts';

describe('plain clone', () => {
  test('[KER-8] a copy is equal and shares nothing with its original', () => {
    const original = {
      n: 1,
      s: 'x',
      u: undefined,
      nil: null,
      list: [1, [2], { three: 3 }],
      map: new Map([['k', { v: 1 }]]),
      words: Uint32Array.of(1, 2),
    };
    const copy = clonePlain(original);
    expect(copy).toEqual(original);
    copy.words[0] = 9;
    copy.map.get('k')!.v = 2;
    (copy.list[1] as number[])[0] = 5;
    expect(original.words[0]).toBe(1);
    expect(original.map.get('k')).toEqual({ v: 1 });
    expect(original.list[1]).toEqual([2]);
  });

  test('[KER-8] what is shared stays shared: objects, buffers under several arrays, cycles', () => {
    const shared = { value: 1 };
    const buffer = new ArrayBuffer(32);
    const original: Record<string, unknown> = {
      x: shared,
      y: [shared],
      bytes: new Uint8Array(buffer, 8, 8),
      numbers: new Float64Array(buffer),
    };
    original['self'] = original;
    const copy = clonePlain(original) as typeof original & { x: object; y: object[]; bytes: Uint8Array; numbers: Float64Array };
    expect(copy.y[0]).toBe(copy.x);
    expect(copy['self']).toBe(copy);
    expect(copy.bytes.buffer).toBe(copy.numbers.buffer);
    expect(copy.bytes.byteOffset).toBe(8);
    expect(copy.bytes.buffer).not.toBe(buffer);
  });

  test('[KER-8] what is not plain data is refused with its place', () => {
    class Thing {}
    expect(() => clonePlain({ nodes: [{ handler: () => 1 }] })).toThrow('function at nodes.0.handler');
    expect(() => clonePlain({ thing: new Thing() })).toThrow('an instance of Thing at thing');
  });
});
