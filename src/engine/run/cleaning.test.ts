import { describe, expect, test } from 'vitest';
import type { Config } from '../../pipeline/document.ts';
import { rollSegment } from '../log/append.ts';
import type { PartitionLog } from '../log/logState.ts';
import { blockImage, confirmStored, evictBlock, provideBlock, takeSealed } from '../log/residency.ts';
import { stampImage } from '../log/blockImage.ts';
import { advance } from './advance.ts';
import type { Run } from './build.ts';
import { attach } from './build.ts';
import { clonePlain } from '../kernel/plainClone.ts';
import { documentOf, nodeOf, pathOf, runTo, simple, start } from './harness.ts';
import { readPage } from './views/records.ts';
import { fingerprint, reportOf } from './views/report.ts';

const compacted: Config = { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': 0.001, 'delete.retention.ms': 100_000 };

/** One record a ms, keys k0 to k99 in turn, then what `more` says; rows are time, key, size (empty: a tombstone). */
const csvOf = (more: readonly string[] = []): string =>
  ['at_ms,key,value', ...Array.from({ length: 1000 }, (_, i) => `${i},k${i % 100},value ${i}`), ...more].join('\n');

function replay(options: { more?: readonly string[]; topic?: Config; sink?: Config; cluster?: Config; seconds?: number } = {}): Run {
  const { more = [], topic = {}, sink = {}, cluster = {}, seconds = 300 } = options;
  return start(
    simple({
      source: { 'workload.shape': 'replay', 'workload.csv': csvOf(more) },
      topic: { ...compacted, ...topic },
      // Away until the log has been cleaned.
      sink: { 'service.time.ms': 0, ...sink },
      faults: [
        { atMs: 0, action: 'member.stop', node: 'sink', member: 0 },
        { atMs: 60_000, action: 'member.restart', node: 'sink', member: 0 },
      ],
      cluster,
      seconds,
    }),
  );
}

const logOf = (run: Run): PartitionLog => run.ctx.partitions[0]!.log;
const close = (run: Run): void => void rollSegment(logOf(run), run.ctx.events.nowUs);
const cleanings = (run: Run): string[] => run.ctx.timeline.entries.filter(({ code }) => code === 'cleaner.cleaned').map(({ text }) => text);
const page = (run: Run, offset = 0): { offset: number; key: string | null; value: string | null }[] => {
  const found = readPage(run, { partition: 0, offset, limit: 1000 });
  if (!('page' in found)) throw new Error(`block ${found.missing} is not resident`);
  return found.page.records.map((record) => ({ offset: record.offset, key: record.key, value: record.value }));
};

describe('compaction in a run', () => {
  test('[LOG-68] a compacted topic is cleaned a backoff after there is something dirty outside of the active segment', () => {
    const run = runTo(replay(), 14_000);
    close(run);
    runTo(run, 14_999);
    expect([reportOf(run).topics[0]!.records, cleanings(run)]).toEqual([1000, []]);
    runTo(run, 15_001);
    expect(reportOf(run).topics[0]).toMatchObject({ records: 100, compacted: 900, expired: 0 });
    expect(cleanings(run)).toEqual(['Cleaner: topic-0 from 1,000 to 100 records.']);
    expect(page(run)[0]).toEqual({ offset: 900, key: 'k0', value: 'value 900' });
    expect(page(run).map(({ offset }) => offset)).toEqual(Array.from({ length: 100 }, (_, i) => 900 + i));
  });

  test('[LOG-70] offset lag overstates what there is to read; the offsets without records are stepped over', () => {
    const run = runTo(replay(), 14_000);
    close(run);
    runTo(run, 59_000);
    expect(reportOf(run).groups[0]!.partitions[0]).toMatchObject({ committed: null, lagRecords: 1000 });
    runTo(run, 70_000);
    expect(nodeOf(run, 'sink').recordsIn).toBe(100);
    expect(pathOf(run, 'sink')).toMatchObject({ produced: 1000, processed: 100, steppedOver: 900, underWay: 0, skippedByReset: 0 });
    expect(reportOf(run).groups[0]!.partitions[0]).toMatchObject({ committed: 1000, position: 1000, lagRecords: 0 });
    expect(nodeOf(run, 'topic')).toMatchObject({ recordsIn: 1000, recordsOut: 100 });
  });

  test('[LOG-65] a tombstone is there for delete.retention.ms after its first cleaning, and goes in one with something dirty', () => {
    const tombstones = Array.from({ length: 10 }, (_, i) => `20000,k${i},`);
    const run = runTo(replay({ more: [...tombstones, '200000,k50,again'] }), 14_000);
    close(run);
    runTo(run, 21_000);
    close(run);
    runTo(run, 31_000);
    expect(page(run)).toHaveLength(100);
    expect(page(run).filter(({ value }) => value === null)).toHaveLength(10);
    runTo(run, 190_000);
    expect(page(run)).toHaveLength(100);
    runTo(run, 201_000);
    close(run);
    runTo(run, 220_000);
    expect(page(run)).toHaveLength(90);
    expect(page(run).filter(({ value }) => value === null)).toEqual([]);
  });

  test('[LOG-67] retention of a compacted log comes with the cleaner; without delete in the policy nothing goes by age', () => {
    const cluster = { 'log.retention.check.interval.ms': 1000 };
    const run = runTo(replay({ topic: { 'retention.ms': 5000, 'min.cleanable.dirty.ratio': 1 }, cluster }), 60_000);
    expect(reportOf(run).topics[0]).toMatchObject({ records: 1000, expired: 0 });
    const both = replay({ topic: { 'cleanup.policy': 'compact,delete', 'retention.ms': 5000, 'min.cleanable.dirty.ratio': 1 }, cluster });
    runTo(both, 14_999);
    expect(reportOf(both).topics[0]).toMatchObject({ records: 1000, expired: 0 });
    runTo(both, 15_001);
    expect(reportOf(both).topics[0]).toMatchObject({ records: 0, expired: 1000 });
    expect(logOf(both)).toMatchObject({ logStartOffset: 1000, logEndOffset: 1000 });
  });

  test('[LOG-69] takes the time of its bytes at the disk and at log.cleaner.io.max.bytes.per.second; until then the log is as it was', () => {
    for (const cluster of [{ 'disk.bytes.per.second': 100_000 }, { 'log.cleaner.io.max.bytes.per.second': 100_000 }]) {
      const run = runTo(replay({ cluster, topic: { 'min.cleanable.dirty.ratio': 0.001 } }), 14_000);
      close(run);
      const bytes = logOf(run).sizeBytes;
      runTo(run, 15_001);
      // Read twice, once for the map and once to clean; what is kept is written.
      const kept = 100 * (bytes / 1000);
      const endMs = 15_000 + (2 * bytes + kept) / 100;
      runTo(run, endMs - 20);
      expect(reportOf(run).topics[0]!.records).toBe(1000);
      runTo(run, endMs + 20);
      expect(reportOf(run).topics[0]!.records).toBe(100);
    }
  });

  test('[LOG-69] is given up when the log was cut meanwhile', () => {
    const run = runTo(replay({ cluster: { 'log.cleaner.io.max.bytes.per.second': 1000 } }), 14_000);
    close(run);
    runTo(run, 20_000);
    expect(run.ctx.cleaner.threads[0]!.job).not.toBeNull();
    logOf(run).logStartOffset = 10;
    runTo(run, 59_000);
    expect(cleanings(run)).toEqual([]);
  });

  test('[LOG-68] without a compacted topic there is no event of a cleaner', () => {
    const events = (topic: Config): number[] =>
      [100, 15_000].map((backoff) => {
        const document = simple({ topic, source: { 'workload.records': 10 }, cluster: { 'log.cleaner.backoff.ms': backoff }, seconds: 60 });
        return reportOf(runTo(start(document), 60_000)).events;
      });
    const [often, rarely] = events({});
    expect(often).toBe(rarely);
    const [compactedOften, compactedRarely] = events({ 'cleanup.policy': 'compact' });
    expect(compactedOften! - compactedRarely!).toBe(600 - 4);
  });

  test('[LOG-62] pages of a compacted log are as full as others, forth and back', () => {
    const run = runTo(replay(), 14_000);
    close(run);
    runTo(run, 16_000);
    const pageAt = (offset: number) => {
      const found = readPage(run, { partition: 0, offset, limit: 30 });
      if (!('page' in found)) throw new Error('a block is not resident');
      const { records, olderOffset, newerOffset } = found.page;
      return { shown: [records[0]?.offset, records.at(-1)?.offset], olderOffset, newerOffset };
    };
    expect(pageAt(0)).toEqual({ shown: [900, 929], olderOffset: null, newerOffset: 930 });
    expect(pageAt(930)).toEqual({ shown: [930, 959], olderOffset: 900, newerOffset: 960 });
    expect(pageAt(990)).toEqual({ shown: [990, 999], olderOffset: 960, newerOffset: null });
    expect(pageAt(910)).toEqual({ shown: [910, 939], olderOffset: 900, newerOffset: 940 });
  });

  test('[LOG-65] a key is the same key whichever range or list of keys it came from', () => {
    const keys = { 'key.shape': 'sequential', 'key.prefix': 'k', 'workload.records': 200, 'workload.rate': 100 };
    const run = start(
      documentOf({
        nodes: {
          first: { kind: 'producer', config: { ...keys, 'key.count': 20 }, to: ['topic'] },
          second: { kind: 'producer', config: { ...keys, 'key.count': 10, 'workload.start.ms': 3000 }, to: ['topic'] },
          third: { kind: 'producer', config: { ...keys, 'key.prefix': 'k1', 'key.count': 9, 'workload.start.ms': 6000 }, to: ['topic'] },
          topic: { kind: 'topic', config: compacted, to: ['sink'] },
          sink: { kind: 'sink' },
        },
        seconds: 30,
      }),
    );
    runTo(run, 14_000);
    close(run);
    runTo(run, 16_000);
    const found = page(run).map(({ key }) => key);
    expect([...new Set(found)].sort()).toEqual(Array.from({ length: 20 }, (_, i) => `k${i + 1}`).sort());
    expect(found).toHaveLength(20);
  });

  test('[LOG-64] blocks that are not resident are asked for, and the run is the same', () => {
    const plain = runTo(replay(), 14_000);
    close(plain);
    const run = runTo(replay(), 14_000);
    close(run);
    const log = logOf(run);
    const images = new Map<number, ArrayBuffer>();
    for (const number of takeSealed(log)) {
      const image = blockImage(log, number);
      stampImage(image);
      images.set(number, image);
      confirmStored(log, number);
      evictBlock(log, number);
    }
    let waits = 0;
    for (;;) {
      const outcome = advance(run, { untilUs: 70e6, maxEvents: Infinity });
      if (outcome.kind !== 'waiting') break;
      waits++;
      provideBlock(log, outcome.block, images.get(outcome.block)!);
    }
    expect(waits).toBeGreaterThan(0);
    runTo(plain, 70_000);
    expect(fingerprint(run)).toBe(fingerprint(plain));
    expect(reportOf(run).ledger).toEqual(reportOf(plain).ledger);
  });

  test('[RUN-3] a copy taken in the middle of a cleaning goes on as the run does', () => {
    const run = runTo(replay({ cluster: { 'log.cleaner.io.max.bytes.per.second': 20_000 } }), 14_000);
    close(run);
    runTo(run, 17_000);
    expect(run.ctx.cleaner.threads[0]!.job).not.toBeNull();
    const copy = attach(run.topology, clonePlain(run.state));
    runTo(run, 100_000);
    runTo(copy, 100_000);
    expect(reportOf(copy)).toEqual(reportOf(run));
    expect(cleanings(run)).toHaveLength(1);
  });
});
