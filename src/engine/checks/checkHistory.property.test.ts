import { describe, expect, test } from 'vitest';
import { createStream, nextBelow, type RandomStream } from '../kernel/random.ts';
import { checkHistory } from './checkHistory.ts';
import { strictContract } from './contract.ts';
import { type AnomalyKind, anomalyKinds } from './findings.ts';
import type { Entry, Operation, RecordName, RecordsOperation } from './history.ts';
import { correctHistory, partitions } from './historyFixtures.ts';

const contract = { ...strictContract, rebalancesKnown: true };
const seedsCount = 40;
const stepsCount = 400;

/** Breaks a correct history; returns the broken one and the records that a finding of the kind has to name. */
type Plant = (history: Operation[], random: RandomStream) => { broken: Operation[]; named: RecordName[] };

/** What the last reader of the simulation saw of one partition: its whole log. */
function wholeLog(history: readonly Operation[], partition: string): Entry[] {
  const last = history.at(-1);
  return last?.kind === 'records' ? last.reads.filter((entry) => entry.partition === partition) : [];
}

/** Records next to each other in a partition, from anywhere in it. */
function neighbours(history: readonly Operation[], random: RandomStream, count: number): Entry[] {
  const log = wholeLog(history, partitions[nextBelow(random, partitions.length)]);
  const start = nextBelow(random, log.length - count);
  return log.slice(start, start + count);
}

function operation(process: string, sends: Entry[], reads: Entry[]): RecordsOperation {
  return { kind: 'records', process, outcome: 'ok', sends, reads };
}

const names = (entries: readonly Entry[]) => entries.map(({ record }) => record);

/** Entries at the end of a partition where nothing stands yet. */
function fresh(history: readonly Operation[], partition: string, records: readonly string[]): Entry[] {
  const end = 1000 + wholeLog(history, partition).length * 2;
  return records.map((record, index) => ({ partition, record, offset: end + index }));
}

function without(history: Operation[], lost: Entry): Operation[] {
  const keep = (entry: Entry) => entry.partition !== lost.partition || entry.record !== lost.record;
  return history.map((each) => (each.kind === 'records' ? { ...each, reads: each.reads.filter(keep) } : each));
}

/** A record of a send that ended well, followed by another one in its partition. */
function acknowledged(history: readonly Operation[], random: RandomStream): { entry: Entry; index: number } {
  const found: { entry: Entry; index: number }[] = [];
  history.forEach((each, index) => {
    if (each.kind !== 'records' || each.outcome !== 'ok') return;
    for (const entry of each.sends) {
      if (entry.record !== wholeLog(history, entry.partition).at(-1)?.record) found.push({ entry, index });
    }
  });
  return found[nextBelow(random, found.length)];
}

const plants: Record<AnomalyKind, Plant> = {
  'inconsistent-offsets': (history, random) => {
    const [entry] = neighbours(history, random, 1);
    return { broken: [...history, operation('planted', [], [{ ...entry, record: 'ghost' }])], named: [entry.record, 'ghost'] };
  },
  'lost-write': (history, random) => {
    const { entry } = acknowledged(history, random);
    return { broken: without(history, entry), named: [entry.record] };
  },
  duplicate: (history, random) => {
    const [entry] = neighbours(history, random, 1);
    const [again] = fresh(history, entry.partition, ['again']);
    return { broken: [...history, operation('planted', [], [{ ...again, record: entry.record }])], named: [entry.record] };
  },
  G1a: (history, random) => {
    const { entry, index } = acknowledged(history, random);
    return { broken: history.map((each, at) => (at === index ? { ...each, outcome: 'fail' } : each)), named: [entry.record] };
  },
  'precommitted-read': (history) => {
    const own = fresh(history, 'orders-0', ['own']);
    return { broken: [...history, operation('planted', own, own)], named: ['own'] };
  },
  'poll-skip': (history, random) => {
    const [first, , third] = neighbours(history, random, 3);
    return { broken: [...history, operation('planted', [], [first]), operation('planted', [], [third])], named: names([first, third]) };
  },
  'nonmonotonic-poll': (history, random) => {
    const [first, second] = neighbours(history, random, 2);
    return { broken: [...history, operation('planted', [], [second]), operation('planted', [], [first])], named: names([second, first]) };
  },
  'int-poll-skip': (history, random) => {
    const [first, , third] = neighbours(history, random, 3);
    return { broken: [...history, operation('planted', [], [first, third])], named: names([first, third]) };
  },
  'int-nonmonotonic-poll': (history, random) => {
    const [first, second] = neighbours(history, random, 2);
    return { broken: [...history, operation('planted', [], [second, first])], named: names([second, first]) };
  },
  'nonmonotonic-send': (history) => {
    const [first, second] = fresh(history, 'orders-1', ['first', 'second']);
    const sends = [operation('planted', [second], []), operation('planted', [first], [])];
    return { broken: [...history, ...sends, operation('planted reader', [], [first, second])], named: ['second', 'first'] };
  },
  'int-send-skip': (history) => {
    const [first, second, third] = fresh(history, 'orders-1', ['first', 'second', 'third']);
    const sends = [operation('planted', [first, third], []), operation('other', [second], [])];
    return { broken: [...history, ...sends, operation('planted reader', [], [first, second, third])], named: ['first', 'third'] };
  },
  'int-nonmonotonic-send': (history) => {
    const [first, second] = fresh(history, 'orders-1', ['first', 'second']);
    const sends = operation('planted', [second, first], []);
    return { broken: [...history, sends, operation('planted reader', [], [first, second])], named: ['second', 'first'] };
  },
  unseen: (history, random) => {
    const [entry] = fresh(history, partitions[nextBelow(random, partitions.length)], ['unread']);
    return { broken: [...history, operation('planted', [entry], [])], named: ['unread'] };
  },
  G1c: (history) => {
    const first = fresh(history, 'orders-0', ['first']);
    const second = fresh(history, 'orders-1', ['second']);
    return { broken: [...history, operation('planted', first, second), operation('other', second, first)], named: ['first', 'second'] };
  },
};

/** int-send-skip is the one anomaly that no contract forbids. */
const neverForbidden: AnomalyKind = 'int-send-skip';

describe('[CHR-16] simulated logs', () => {
  test(`[CHR-16] a Kafka without faults shows nothing that is forbidden (seeds 1 to ${seedsCount})`, () => {
    const seen = { rebalanced: 0, failed: 0, unknown: 0, skipsAllowed: 0, backAllowed: 0 };
    for (let seed = 1; seed <= seedsCount; seed++) {
      const history = correctHistory(seed, stepsCount);
      const { anomalies, forbidden, allowed } = checkHistory(history, contract);
      expect({ seed, forbidden: anomalies.filter((anomaly) => anomaly.allowed === null) }).toEqual({ seed, forbidden: [] });
      expect(anomalyKinds.filter((kind) => forbidden[kind] > 0)).toEqual([]);
      for (const each of history) {
        if (each.kind === 'records' && each.rebalanced !== undefined && each.rebalanced.length > 0) seen.rebalanced++;
        if (each.outcome === 'fail') seen.failed++;
        if (each.outcome === 'info') seen.unknown++;
      }
      seen.skipsAllowed += allowed['int-send-skip'];
      seen.backAllowed += allowed['nonmonotonic-poll'];
    }
    // The histories hold what makes the check hard.
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(seedsCount / 2);
  });

  test.each(anomalyKinds)(`[CHR-16] a planted %s is found with its records (seeds 1 to ${seedsCount})`, (kind) => {
    for (let seed = 1; seed <= seedsCount; seed++) {
      const history = correctHistory(seed, stepsCount);
      const { broken, named } = plants[kind](history, createStream(seed, 'plant'));
      const { anomalies, forbidden, allowed } = checkHistory(broken, contract);
      const before = checkHistory(history, contract);
      if (kind === neverForbidden) expect(allowed[kind], `seed ${seed}`).toBe(before.allowed[kind] + 1);
      else {
        expect(forbidden[kind], `seed ${seed}`).toBeGreaterThan(0);
        const records = anomalies.filter((each) => each.kind === kind && each.allowed === null).flatMap((each) => each.records);
        expect(records, `seed ${seed}`).toEqual(expect.arrayContaining(named));
      }
    }
  });

  test('[CHR-16] the verdict depends on the history alone and leaves it as it was', () => {
    const history = correctHistory(7, stepsCount);
    const copy = structuredClone(history);
    expect(checkHistory(history, contract)).toEqual(checkHistory(copy, contract));
    expect(history).toEqual(copy);
  });
});
