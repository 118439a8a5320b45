import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createStream, nextBelow } from '../kernel/random.ts';
import { type PlacementRequest, placeReplicas, type UsableBroker } from './replicaPlacement.ts';

const zero = () => 0;

/** `a1 a2 b3!`: rack and id of each broker, fenced ones with an exclamation mark; an id alone has no rack. */
function brokersOf(text: string): UsableBroker[] {
  return text.split(' ').map((word) => {
    const [, rack, id, mark] = /^([a-z]*)(\d+)(!?)$/.exec(word)!;
    return { id: Number(id), rack: rack === '' ? null : rack, fenced: mark === '!' };
  });
}

function placed(text: string, counts: { partitions: number; replicationFactor: number }, draw: (bound: number) => number = zero) {
  const placement = placeReplicas({ brokers: brokersOf(text), ...counts }, draw);
  if (placement.error !== 'NONE') throw new Error(placement.message);
  return placement.replicas;
}

function refused(text: string, replicationFactor: number): string {
  const placement = placeReplicas({ brokers: brokersOf(text), partitions: 1, replicationFactor }, zero);
  return placement.error === 'NONE' ? 'placed' : `${placement.error}: ${placement.message}`;
}

describe('placing replicas', () => {
  test('[CLU-1] racks take turns partition by partition, and so do the brokers of each rack', () => {
    const counts = { partitions: 3, replicationFactor: 3 };
    expect(placed('a1 a2 a3 b4 b5 b6 c7 c8 c9', counts)).toEqual([
      [1, 4, 7],
      [5, 8, 2],
      [9, 3, 6],
    ]);
  });

  test('[CLU-1] without racks the brokers follow one another in the order of their ids', () => {
    expect(placed('3 1 2', { partitions: 3, replicationFactor: 2 })).toEqual([
      [1, 2],
      [2, 3],
      [3, 1],
    ]);
  });

  test('[CLU-1] where it begins is drawn: fenced and unfenced start of each rack, then the rack', () => {
    const bounds: number[] = [];
    const replicas = placed('a1 a2 b3 b4! b5!', { partitions: 1, replicationFactor: 2 }, (bound) => {
      bounds.push(bound);
      return bound - 1;
    });
    expect(bounds).toEqual([2, 2, 1, 2]);
    expect(replicas).toEqual([[3, 2]]);
  });

  test('[CLU-1] brokers without a rack are a rack of their own, before the others', () => {
    expect(placed('a1 2 3', { partitions: 1, replicationFactor: 3 })).toEqual([[2, 1, 3]]);
  });

  test('[CLU-2] a rack without an unfenced broker never leads; its fenced ones follow when its turn comes', () => {
    expect(placed('a1! b2 b3', { partitions: 2, replicationFactor: 2 })).toEqual([
      [2, 1],
      [3, 1],
    ]);
  });

  test('[CLU-3] after as many partitions as there are unfenced brokers, racks and brokers are shuffled', () => {
    let draws = 0;
    placed('1 2 3 4!', { partitions: 3, replicationFactor: 1 }, () => (draws++, 0));
    expect(draws).toBe(3);
    placed('1 2 3 4!', { partitions: 4, replicationFactor: 1 }, () => (draws++, 0));
    // Three starts again, and two draws for three brokers; one rack and one fenced broker need none.
    expect(draws).toBe(3 + 3 + 2);
  });

  test('[CLU-3] the racks take turns in another order after the shuffle', () => {
    // Draws of 0 leave the starts where they are and turn three racks a, b, c into b, c, a.
    expect(placed('a1 b2 c3', { partitions: 6, replicationFactor: 1 })).toEqual([[1], [2], [3], [2], [3], [1]]);
  });

  test('[CLU-3] a broker that is the only unfenced one leads every partition', () => {
    expect(placed('1! 2 3!', { partitions: 3, replicationFactor: 1 })).toEqual([[2], [2], [2]]);
  });

  test('[CLU-3] a rack that was last used by the partition of the same number before the shuffle counts as used up', () => {
    // Draws that leave every order as it is: rack b serves the first partition of each two, and has done so before.
    const draw = (bound: number) => bound - 1;
    const leaders = placed('a1 b2', { partitions: 6, replicationFactor: 1 }, draw).map(([leader]) => leader);
    expect(leaders).toEqual([2, 1, 1, 1, 1, 1]);
  });

  test('[CLU-4] fenced brokers count towards the replication factor, but one broker must be unfenced', () => {
    expect(refused('1 2! 3!', 3)).toBe('placed');
    expect(refused('1 2', 3)).toBe(
      'INVALID_REPLICATION_FACTOR: The target replication factor of 3 cannot be reached because only 2 broker(s) are registered.',
    );
    expect(refused('1! 2!', 3)).toBe('INVALID_REPLICATION_FACTOR: All brokers are currently fenced.');
    expect(refused('1', 0)).toBe('INVALID_REPLICATION_FACTOR: Invalid replication factor 0: the replication factor must be positive.');
  });

  test('[CLU-2] any placement: distinct replicas, an unfenced leader, racks shared only when they run out (seed 7)', () => {
    const broker = fc.record({ rack: fc.constantFrom(null, 'a', 'b', 'c'), fenced: fc.boolean() });
    const cases = fc.record({ brokers: fc.array(broker, { minLength: 1, maxLength: 9 }), factor: fc.nat(8), seed: fc.nat() });
    const check = ({ brokers: drawn, factor, seed }: { brokers: Omit<UsableBroker, 'id'>[]; factor: number; seed: number }) => {
      const brokers = drawn.map((entry, id) => ({ id, ...entry }));
      const stream = createStream(seed, 'placement');
      const request: PlacementRequest = { brokers, partitions: 20, replicationFactor: (factor % brokers.length) + 1 };
      const placement = placeReplicas(request, (bound) => nextBelow(stream, bound));
      if (placement.error !== 'NONE') {
        expect(brokers.every(({ fenced }) => fenced)).toBe(true);
        return;
      }
      for (const replicas of placement.replicas) {
        expect(new Set(replicas).size).toBe(request.replicationFactor);
        expect(brokers[replicas[0]].fenced).toBe(false);
      }
      const unfenced = brokers.filter(({ fenced }) => !fenced).length;
      for (const replicas of placement.replicas.slice(0, unfenced)) expectStriped(replicas, brokers);
    };
    fc.assert(fc.property(cases, check), { seed: 7, numRuns: 300 });
  });
});

function expectStriped(replicas: readonly number[], brokers: readonly UsableBroker[]): void {
  const racks = new Set(brokers.map(({ rack }) => rack));
  const used = new Set(replicas.map((id) => brokers[id].rack));
  expect(used.size).toBe(Math.min(racks.size, replicas.length));
  for (const id of replicas) {
    if (!brokers[id].fenced) continue;
    const rest = brokers.filter(({ rack, fenced, id: other }) => rack === brokers[id].rack && !fenced && !replicas.includes(other));
    expect(rest).toEqual([]);
  }
}
