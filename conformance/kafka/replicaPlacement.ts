import { type DrawBelow, placeReplicas } from '../../src/engine/cluster/replicaPlacement.ts';
import type { ConformanceSuite } from '../suite.ts';

interface Case {
  readonly name: string;
  readonly random: 'mock' | 'zero';
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly brokers: readonly { readonly id: number; readonly rack: string | null; readonly fenced: boolean }[];
  readonly expected: readonly (readonly number[])[] | null;
  readonly error?: string;
  /** Values drawn, in order; not stated where the case is long or fails. */
  readonly nextInts?: readonly number[];
  /** How often each list of replicas came, in long cases. */
  readonly counts?: Readonly<Record<string, number>>;
}

/** The generator of the file's facts: a 64-bit congruence, of which java.util.Random takes 31 bits at a time. */
function mockRandom(): DrawBelow {
  let state = 17n;
  const next = () => {
    state = BigInt.asUintN(64, state * 2862933555777941757n + 3037000493n);
    return Number(state >> 33n);
  };
  return (bound) => {
    if ((bound & (bound - 1)) === 0) return Number((BigInt(bound) * BigInt(next())) >> 31n);
    for (;;) {
      const drawn = next();
      const rest = drawn % bound;
      if (drawn - rest + (bound - 1) <= 0x7fffffff) return rest;
    }
  };
}

function countsOf(replicas: readonly (readonly number[])[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const list of replicas) {
    const name = `[${list.join(', ')}]`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Placements of new topics, with the draws Kafka made. */
export const replicaPlacementSuite: ConformanceSuite = {
  file: 'kafka/replica-placement.json',
  run(data, report) {
    for (const entry of (data as { cases: readonly Case[] }).cases) {
      const drawn: number[] = [];
      const source: DrawBelow = entry.random === 'zero' ? () => 0 : mockRandom();
      const placement = placeReplicas(entry, (bound) => {
        const value = source(bound);
        drawn.push(value);
        return value;
      });
      const found =
        placement.error === 'NONE'
          ? {
              expected: placement.replicas,
              nextInts: entry.nextInts && drawn,
              counts: entry.counts && countsOf(placement.replicas),
            }
          : { expected: null, error: `InvalidReplicationFactorException: ${placement.message}` };
      const { expected, error, nextInts, counts } = entry;
      report.check(entry.name, found, { expected, error, nextInts, counts });
    }
  },
};
