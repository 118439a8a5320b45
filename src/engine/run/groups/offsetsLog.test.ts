import { describe, expect, test } from 'vitest';
import type { Config, Fault } from '../../../pipeline/document.ts';
import { decodeBatch, isBatchFault } from '../../log/decodeBatch.ts';
import type { Run } from '../build.ts';
import { checkpoint, restore } from '../checkpoint.ts';
import { finished, runTo, simple, start } from '../harness.ts';
import { beginPartitionExport } from '../views/partitionExport.ts';
import { readPage } from '../views/records.ts';
import { fingerprint } from '../views/report.ts';
import { batchBytesOf, partitionLogView } from '../views/segments.ts';

/** One partition, read by one member that commits after each poll; the group's log has three copies, the topic one. */
function committing(options: { brokers?: number; cluster?: Config; faults?: readonly Fault[]; sink?: Config; topic?: Config } = {}): Run {
  return start(
    simple({
      seconds: 60,
      faults: options.faults ?? [],
      cluster: { brokers: options.brokers ?? 3, 'network.latency.ms': 1, 'broker.restart.ms': 1000, ...options.cluster },
      source: { 'workload.rate': 10 },
      topic: { partitions: 1, 'replication.factor': options.brokers ?? 3, 'min.insync.replicas': 1, ...options.topic },
      sink: { 'group.id': 'orders-group', ...options.sink },
    }),
  );
}

const internal = (run: Run) => run.ctx.partitions.length - 1;
const offsetsLog = (run: Run) => run.ctx.partitions[internal(run)]!;
const replicasOf = (run: Run) => run.ctx.cluster.controller.partitions[internal(run)]!.replicas;
const valueAtEnd = (run: Run): string | null => {
  const { log } = offsetsLog(run);
  const read = readPage(run, { partition: internal(run), offset: log.highWatermark - 1, limit: 1 });
  if ('missing' in read) throw new Error('not resident');
  return read.page.records[0]!.value;
};

describe('records of __consumer_offsets', () => {
  test('[OFS-1] a commit is a batch of the partition that holds the group, in words and in bytes', () => {
    const run = runTo(committing({ brokers: 1 }), 1000);
    expect(partitionLogView(run, internal(run))).toMatchObject({ topic: '__consumer_offsets', compacted: true });
    const read = readPage(run, { partition: internal(run), offset: 0, limit: 3 });
    if ('missing' in read) throw new Error('not resident');
    const [group, first, second] = read.page.records;
    expect(group).toMatchObject({ key: 'orders-group', batchBaseOffset: 0, batchLastOffset: 0 });
    expect(group!.value).toMatch(/^generation 1, range: sink-0-/);
    expect(first).toMatchObject({ key: 'orders-group · topic-0', value: '1', valueSizeBytes: 24, batchBaseOffset: 1 });
    expect(second).toMatchObject({ value: '2', batchBaseOffset: 2 });

    const found = batchBytesOf(run, internal(run), 1, () => null);
    if ('missing' in found) throw new Error('not resident');
    const { bytes } = found.batch!;
    expect(bytes.length).toBe(first!.batchSizeBytes);
    const decoded = decodeBatch(bytes);
    if (isBatchFault(decoded)) throw new Error('not a batch');
    const { key, value } = decoded.records[0]!;
    // OffsetCommitKey 1: "orders-group", "topic", 0.
    expect(hex(key!)).toBe('0001' + '000c' + text('orders-group') + '0005' + text('topic') + '00000000');
    // OffsetCommitValue 3: offset 1, no leader epoch, no metadata, and when.
    expect(hex(value!).slice(0, 32)).toBe('0003' + '0000000000000001' + 'ffffffff' + '0000');
    expect(beginPartitionExport(run, internal(run), () => null).directory).toMatch(/^__consumer_offsets-\d+$/);
  });

  test('[OFS-1] reports tell of the topics of the document only', () => {
    const run = committing({ brokers: 1 });
    expect(run.ctx.topics.map(({ internal: own }) => own === true)).toEqual([false, true]);
  });

  test('[OFS-2] with copies a commit is answered, and counts, when the high watermark has it', () => {
    const run = committing();
    runTo(run, 5000);
    const { log } = offsetsLog(run);
    for (let ms = 5000; ms < 5200; ms += 0.5) {
      runTo(run, ms);
      const [pending] = run.ctx.offsets.logs;
      for (const { endOffset } of pending!.pending) expect(endOffset).toBeGreaterThan(log.highWatermark);
      expect(run.ctx.groups[0]!.committed[0]).toBe(Number(valueAtEnd(run)));
    }
    expect(run.ctx.replication.advanced).toEqual([]);
  });

  test('[OFS-3] a commit that waits longer than offsets.commit.timeout.ms is an error, and counts when the log has it after all', () => {
    const quiet = committing();
    const [leader, ...followers] = replicasOf(quiet);
    const ends = { between: [`broker:${leader}` as const], and: followers.map((broker) => `broker:${broker}` as const) };
    const cut: Fault = { atMs: 10_000, action: 'network.cut', ...ends };
    const heal: Fault = { atMs: 17_000, action: 'network.heal', ...ends };
    const run = runTo(committing({ faults: [cut, heal], topic: { 'replication.factor': 1 } }), 14_900);
    const before = run.ctx.groups[0]!.committed[0]!;
    expect(before).toBeLessThan(102);
    expect(run.ctx.offsets.logs[0]!.pending.length).toBeGreaterThan(0);
    runTo(run, 15_300);
    // Nobody waits for the first any more: its member has heard COORDINATOR_NOT_AVAILABLE and tries again.
    expect(run.ctx.offsets.logs[0]!.pending.map(({ deadlineUs }) => deadlineUs)).toContain(Infinity);
    expect(run.ctx.groups[0]!.committed[0]).toBe(before);
    runTo(run, 25_000);
    expect(run.ctx.groups[0]!.committed[0]).toBeGreaterThan(before);
    expect(run.ctx.offsets.logs[0]!.pending.every(({ deadlineUs }) => deadlineUs > 25e6)).toBe(true);
  });

  test('[OFS-4] the next coordinator knows what is in its log, generation and offsets, and members go on without a rebalance', () => {
    const [leader] = replicasOf(committing());
    const run = runTo(committing({ faults: [{ atMs: 10_050, action: 'broker.stop', broker: leader! }] }), 10_049);
    const { generation } = run.ctx.groups[0]!;
    const known = run.ctx.groups[0]!.committed[0]!;
    runTo(run, 20_000);
    const group = run.ctx.groups[0]!;
    expect(group.coordinator).not.toBe(leader);
    expect(group).toMatchObject({ loading: false, state: 'Stable', generation, rebalances: 1 });
    expect(group.committed[0]).toBeGreaterThan(known);
    expect(group.committed[0]).toBe(Number(valueAtEnd(run)));
  });

  test('[OFS-5] loading takes time by the bytes of the log; meanwhile the coordinator says so', () => {
    const slow = { 'offsets.load.bytes.per.second': 1000 };
    const run = runTo(committing({ brokers: 1, cluster: slow, faults: [{ atMs: 10_000, action: 'broker.restart', broker: 0 }] }), 10_000);
    const bytes = offsetsLog(run).log.sizeBytes;
    while (!run.ctx.groups[0]!.loading) runTo(run, run.ctx.events.nowUs / 1000 + 1);
    const begunMs = run.ctx.events.nowUs / 1000;
    runTo(run, begunMs + bytes - 20);
    expect(run.ctx.groups[0]!.loading).toBe(true);
    runTo(run, begunMs + bytes + 20);
    expect(run.ctx.groups[0]).toMatchObject({ loading: false, state: 'Stable', rebalances: 1 });
    runTo(run, 60_000);
    expect(run.ctx.groups[0]!.committed[0]).toBeGreaterThan(500);
  });

  test('[OFS-6] closed segments are compacted to the last value of each key', () => {
    const run = runTo(committing({ brokers: 1, cluster: { 'offsets.topic.segment.bytes': 4096, 'log.cleaner.backoff.ms': 1000 } }), 60_000);
    const { log } = offsetsLog(run);
    expect(log.compactedRecords).toBeGreaterThan(400);
    expect(log.sizeBytes).toBeLessThan(12_000);
    expect(Number(valueAtEnd(run))).toBe(run.ctx.groups[0]!.committed[0]);
    expect(run.ctx.timeline.entries.some(({ code, node }) => code === 'cleaner.cleaned' && node === null)).toBe(true);
  });

  test('[OFS-7] offsets of a group without members expire, and a member that comes back meets auto.offset.reset', () => {
    const faults: Fault[] = [
      { atMs: 5000, action: 'member.stop', node: 'sink', member: 0 },
      { atMs: 150_000, action: 'member.restart', node: 'sink', member: 0 },
    ];
    const keep = { 'offsets.retention.minutes': 1, 'offsets.retention.check.interval.ms': 10_000 };
    const run = runTo(committing({ brokers: 1, cluster: keep, faults, sink: { 'auto.offset.reset': 'latest' } }), 69_999);
    const group = run.ctx.groups[0]!;
    expect(group.state).toBe('Empty');
    expect(group.committed[0]).toBeGreaterThan(40);
    runTo(run, 70_001);
    expect(group.committed[0]).toBe(-1);
    expect(valueAtEnd(run)).toBe(null);
    expect(run.ctx.timeline.entries.find(({ code }) => code === 'offsets.expired')?.text).toMatch(/^1 offsets of orders-group expire/);
    runTo(run, 160_000);
    expect(group.committed[0]).toBeGreaterThan(1490);
    expect(run.ctx.consumers[0]!.resets).toBeGreaterThan(0);
  });

  test('[OFS-2] [RUN-3] a copy goes on as the run does, with writes that wait', () => {
    const document = simple({
      seconds: 20,
      cluster: { brokers: 3, 'network.latency.ms': 1 },
      source: { 'workload.rate': 10 },
      faults: [{ atMs: 6000, action: 'broker.kill', broker: 0 }],
    });
    const whole = fingerprint(finished(document));
    for (const atMs of [2002, 6001, 15_200]) {
      const run = runTo(start(document), atMs);
      expect(fingerprint(runTo(restore(run.topology, checkpoint(run)), 20_000))).toBe(whole);
    }
  });
});

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const text = (word: string) => Array.from(word, (letter) => letter.charCodeAt(0).toString(16)).join('');
