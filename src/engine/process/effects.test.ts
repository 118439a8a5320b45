import { describe, expect, test } from 'vitest';
import type { Config, Fault } from '../../pipeline/document.ts';
import { advance } from '../run/advance.ts';
import { finished, nodeOf, runTo, simple, start } from '../run/harness.ts';
import { createSeenIds, hasSeen, keepSeen } from './seenIds.ts';
import { createUpsertTable, upsert } from './upsertTable.ts';

/** 1000 records of 50 keys into a sink that polls 100 and takes 1 ms for each; it crashes in the middle of a poll and comes back at once. */
function crashing(sink: Config) {
  const faults: Fault[] = [
    { atMs: 2340.5, action: 'member.crash', node: 'sink', member: 0 },
    { atMs: 2341, action: 'member.restart', node: 'sink', member: 0 },
  ];
  return simple({
    source: { 'workload.rate': 1_000_000, 'workload.records': 1000, 'workload.start.ms': 1000, 'key.shape': 'uniform', 'key.count': 50 },
    sink: { 'service.time.ms': 5, 'max.poll.records': 100, 'session.timeout.ms': 6000, ...sink },
    faults,
    seconds: 60,
  });
}

describe('effects kept once', () => {
  test('[ERR-7] a durable table skips what a crash delivers again; one in memory has forgotten it', () => {
    const without = nodeOf(finished(crashing({})), 'sink');
    const again = without.recordsIn - 1000;
    expect(again).toBeGreaterThan(20);
    const durable = nodeOf(finished(crashing({ 'idempotence.store': 'durable' })), 'sink');
    expect(durable).toMatchObject({ recordsIn: 1000 + again, deduplicated: again });
    const inMemory = nodeOf(finished(crashing({ 'idempotence.store': 'in-memory' })), 'sink');
    expect(inMemory).toMatchObject({ recordsIn: 1000 + again, deduplicated: 0 });
  });

  test('[ERR-7] lookups take their time, and an expression may be the id', () => {
    const config = { 'idempotence.store': 'durable', 'idempotence.key': 'key', 'idempotence.lookup.ms': 0.25, 'service.time.ms': 3 };
    const source = { 'workload.records': 400, 'key.shape': 'sequential', 'key.count': 40 };
    const { recordsIn, deduplicated, utilisation } = nodeOf(finished(simple({ source, sink: config })), 'sink');
    expect([recordsIn, deduplicated]).toEqual([400, 360]);
    // 400 lookups and 40 services in ten seconds of one member.
    expect(utilisation).toBeCloseTo((400 * 0.25 + 40 * 3) / 10_000, 6);
  });

  test('[ERR-8] a table forgets the oldest ids beyond its capacity and after their time', () => {
    const id = (sequence: number) => ({ root: 0, sequence, text: null });
    const few = createSeenIds({ roots: 1, texts: false, capacity: 3, ttlUs: 0 });
    for (let i = 0; i < 5; i++) expect(keepSeen(few, id(i), i)).toBe(true);
    expect([0, 1, 2, 3, 4].map((i) => hasSeen(few, id(i), 9))).toEqual([false, false, true, true, true]);
    const short = createSeenIds({ roots: 1, texts: true, capacity: 0, ttlUs: 100 });
    const text = { root: 0, sequence: 0, text: 'a' };
    expect([keepSeen(short, text, 0), keepSeen(short, text, 99), keepSeen(short, text, 100)]).toEqual([true, false, true]);
    expect(short.recent!.size).toBe(1);
  });

  test('[ERR-9] upserts make a delivery that is repeated harmless: the same rows, none wrong', () => {
    const { table, recordsIn } = nodeOf(finished(crashing({ 'write.mode': 'upsert' })), 'sink');
    expect(table).toEqual({ writes: recordsIn, rows: 50, wrongRows: 0 });
    expect(recordsIn).toBeGreaterThan(1020);
  });

  test('[ERR-9] a row is wrong while an older record stands in it, and gone after a null value', () => {
    const table = createUpsertTable();
    const write = (key: number, sequence: number, size = 10) => upsert(table, { key, size, sequence, timestampUs: sequence });
    write(70, 1);
    write(70, 3);
    write(5, 2);
    expect(table).toMatchObject({ writes: 3, rows: 2, wrongRows: 0 });
    write(70, 1);
    expect(table).toMatchObject({ rows: 2, wrongRows: 1 });
    write(70, 3);
    write(5, 4, -1);
    expect(table).toMatchObject({ writes: 6, rows: 1, wrongRows: 0 });
    write(-1, 5);
    write(-1, 5);
    expect(table).toMatchObject({ writes: 8, rows: 3 });
  });

  test('[ERR-9] whoever looks changes nothing', () => {
    const document = crashing({ 'write.mode': 'upsert', 'idempotence.store': 'in-memory', 'error.rate': 0.2 });
    const whole = finished(document);
    const looked = start(document);
    for (let us = 0; us < 60_000_000; us += 333_333) {
      advance(looked, { untilUs: us, maxEvents: Infinity });
      nodeOf(looked, 'sink');
    }
    expect(nodeOf(runTo(looked, 60_000), 'sink')).toEqual(nodeOf(whole, 'sink'));
    expect(looked.state.trace).toEqual(whole.state.trace);
  });
});
