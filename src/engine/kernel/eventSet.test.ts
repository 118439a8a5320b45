import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventSet } from './eventSet.ts';
import { createEventSet, nextTimeUs, Priority, putBack, schedule, takeBefore, takeNext } from './eventSet.ts';
import { clonePlain } from './plainClone.ts';

interface ModelEvent {
  timeUs: number;
  priority: number;
  sequence: number;
  kind: number;
}

function drain(set: EventSet): number[] {
  const kinds: number[] = [];
  while (takeNext(set)) kinds.push(set.kind);
  return kinds;
}

describe('event set', () => {
  test('[KER-1] events come by time, then priority, then the order they were scheduled in', () => {
    const set = createEventSet();
    schedule(set, 20, 1, 0, 0);
    schedule(set, 10, 2, 0, 0);
    schedule(set, 10, 3, 0, 0);
    schedule(set, 10, 4, 0, 0, Priority.fault);
    schedule(set, 0, 5, 0, 0);
    schedule(set, 0, 6, 0, 0, Priority.fault);
    expect(drain(set)).toEqual([6, 5, 4, 2, 3, 1]);
    expect(set.nowUs).toBe(20);
    expect(set.taken).toBe(6);
    expect(nextTimeUs(set)).toBe(Infinity);
    expect(takeNext(set)).toBe(false);
  });

  test('[KER-1] what was scheduled earlier for this moment comes before what is scheduled at this moment', () => {
    const set = createEventSet();
    schedule(set, 10, 1, 0, 0);
    schedule(set, 10, 2, 0, 0);
    takeNext(set);
    schedule(set, 10, 3, 0, 0);
    schedule(set, 10, 4, 0, 0, Priority.fault);
    expect(drain(set)).toEqual([4, 2, 3]);
  });

  test('[KER-1] taking before a moment leaves what is due then or later, wherever it waits', () => {
    const set = createEventSet();
    expect(takeBefore(set, Infinity)).toBe(false);
    schedule(set, 0, 1, 0, 0);
    schedule(set, 5, 2, 0, 0);
    schedule(set, 10_000_000, 3, 0, 0);
    for (const timeUs of [0, 5, 10_000_000]) {
      expect(takeBefore(set, timeUs)).toBe(false);
      expect(takeBefore(set, timeUs + 1)).toBe(true);
      expect(set.nowUs).toBe(timeUs);
    }
    expect([set.size, set.taken]).toEqual([0, 3]);
  });

  test('[KER-2] an event put back comes first again, with its payload', () => {
    const set = createEventSet();
    schedule(set, 10, 1, 7, -8);
    schedule(set, 10, 2, 0, 0);
    takeNext(set);
    putBack(set);
    expect(set.size).toBe(2);
    expect(set.taken).toBe(0);
    takeNext(set);
    expect([set.kind, set.a, set.b]).toEqual([1, 7, -8]);
    takeNext(set);
    expect(set.kind).toBe(2);
    putBack(set);
    expect(() => putBack(set)).toThrow('putBack without an event');
  });

  test('[KER-3] a time before the clock, a fraction, infinity or a wide payload is refused', () => {
    const set = createEventSet();
    schedule(set, 10, 1, 0, 0);
    takeNext(set);
    for (const timeUs of [9, 10.5, NaN, Infinity]) expect(() => schedule(set, timeUs, 1, 0, 0)).toThrow('event set');
    expect(() => schedule(set, 11, 1, 2 ** 31, 0)).toThrow('32-bit');
    expect(() => schedule(set, 11, 1, 0, 0.5)).toThrow('32-bit');
    expect(set.size).toBe(0);
  });

  test('[KER-1] property, seed 1: any mix of scheduling, taking and putting back agrees with a sorted array', () => {
    const step = fc.oneof(
      fc.record({ delay: fc.oneof(fc.constant(0), fc.nat(5), fc.nat(1000)), priority: fc.constantFrom(1, 1, 1, 0) }),
      fc.constantFrom('take' as const, 'take' as const, 'putBack' as const, 'clone' as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 600 }), (steps) => {
        let set = createEventSet();
        const model: ModelEvent[] = [];
        let last: ModelEvent | undefined;
        let sequence = 0;
        for (const action of steps) {
          if (action === 'clone') {
            set = clonePlain(set);
          } else if (action === 'putBack') {
            if (last === undefined) continue;
            putBack(set);
            model.push(last);
            last = undefined;
          } else if (action === 'take') {
            model.sort((x, y) => x.timeUs - y.timeUs || x.priority - y.priority || x.sequence - y.sequence);
            expect(nextTimeUs(set)).toBe(model[0]?.timeUs ?? Infinity);
            const next = model.shift();
            expect(takeNext(set)).toBe(next !== undefined);
            if (next === undefined) continue;
            last = next;
            expect([set.nowUs, set.kind, set.a, set.b]).toEqual([next.timeUs, next.kind, next.kind + 1, ~next.kind]);
          } else {
            const kind = sequence;
            const timeUs = set.nowUs + action.delay;
            schedule(set, timeUs, kind, kind + 1, ~kind, action.priority);
            model.push({ timeUs, priority: action.priority, sequence: sequence++, kind });
          }
          expect(set.size).toBe(model.length);
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test('[KER-1] growth keeps the order, in the heap and in the lane', () => {
    const set = createEventSet();
    for (let i = 0; i < 1000; i++) schedule(set, (i * 7919) % 1000, i, 0, 0);
    for (let i = 0; i < 1000; i++) {
      takeNext(set);
      expect(set.nowUs).toBe(i);
    }
    for (let i = 0; i < 1000; i++) schedule(set, set.nowUs, i, 0, 0);
    expect(drain(set)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  });
});
