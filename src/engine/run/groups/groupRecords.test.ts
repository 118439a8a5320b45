/** Records of groups whose coordinator deals out the partitions, in `__consumer_offsets`. */
import { describe, expect, test } from 'vitest';
import type { Config, Fault } from '../../../pipeline/document.ts';
import { topicIdWords } from '../../broker/topicIds.ts';
import { groupOfRecords } from '../../group/offsets/groupRecords.ts';
import { readGroup } from '../../group/offsets/reading.ts';
import { decodeBatch, isBatchFault } from '../../log/decodeBatch.ts';
import type { Run } from '../build.ts';
import { runTo, simple, start } from '../harness.ts';
import { readPage } from '../views/records.ts';
import { batchBytesOf } from '../views/segments.ts';

type Protocol = 'consumer' | 'share';

function design(
  protocol: Protocol,
  options: { cluster?: Config; faults?: readonly Fault[]; sink?: Config; source?: Config; seconds?: number } = {},
) {
  const { cluster, faults = [], sink, source, seconds = 120 } = options;
  return simple({
    seconds,
    faults,
    cluster: { brokers: 3, 'network.latency.ms': 1, 'offsets.topic.replication.factor': 3, ...cluster },
    source: { 'workload.rate': 10, ...source },
    topic: { partitions: 2, 'replication.factor': 1 },
    sink: {
      'group.id': 'orders-group',
      'group.protocol': protocol,
      ...(protocol === 'share' ? { 'auto.offset.reset': 'latest', 'commit.mode': 'auto' } : {}),
      ...sink,
    },
  });
}

const internal = (run: Run) => run.ctx.partitions.length - 1;
const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const ascii = (value: string) => hex(new TextEncoder().encode(value));
/** A text of a fixed version, and a compact one. */
const text = (value: string) => value.length.toString(16).padStart(4, '0') + ascii(value);
const compact = (value: string) => (value.length + 1).toString(16).padStart(2, '0') + ascii(value);
const int32 = (value: number) => (value >>> 0).toString(16).padStart(8, '0');

function firstBatch(run: Run): { readonly key: string; readonly value: string | null }[] {
  const found = batchBytesOf(run, internal(run), 0, () => null);
  if ('missing' in found) throw new Error('not resident');
  const decoded = decodeBatch(found.batch!.bytes);
  if (isBatchFault(decoded)) throw new Error('not a batch');
  return decoded.records.map(({ key, value }) => ({ key: hex(key!), value: value === null ? null : hex(value) }));
}

function wordsOf(run: Run, limit = 100): string[] {
  const read = readPage(run, { partition: internal(run), offset: 0, limit });
  if ('missing' in read) throw new Error('not resident');
  return read.page.records.map(({ key, value }) => `${key} = ${value}`);
}

const seatOf = (run: Run) => (run.ctx.groups[0]!.consumer ?? run.ctx.groups[0]!.share)!;

/** The group as its log tells it. */
function readBack(run: Run) {
  const { values } = readGroup(run.ctx.offsets, run.ctx.partitions[internal(run)]!.log, 0);
  return groupOfRecords(
    [...values.values()].flatMap((number) =>
      run.ctx.offsets.values[number]!.record.kind === 'classic' ? [] : [run.ctx.offsets.values[number]!.record as never],
    ),
  );
}

describe('records of groups', () => {
  test('[OFS-12] the first heartbeat of a group of the consumer protocol is one batch of five records, with the bytes of Kafka', () => {
    const run = runTo(start(design('consumer', { cluster: { brokers: 1, 'offsets.topic.replication.factor': 1 } })), 3000);
    const [memberId] = [...seatOf(run).live.members.keys()];
    const [member, epoch, target, targetEpoch, current] = firstBatch(run);
    const named = text('orders-group') + text(memberId!);
    const topicId = topicIdWords(run.ctx.seed, 'topic').map(int32).join('');
    const both = `02${topicId}03${int32(0)}${int32(1)}00`;
    expect(member).toEqual({
      key: `0005${named}`,
      value:
        `0000` + `00` + `00` + compact('sink-0') + compact('/127.0.0.1') + `02${compact('topic')}` + `01` + int32(300_000) + `00` + `00`,
    });
    expect(epoch!.key).toBe(`0003${text('orders-group')}`);
    expect(epoch!.value).toMatch(/^0000000000010100080000000[0-9a-f]{9}$/);
    expect(target).toEqual({ key: `0007${named}`, value: `0000${both}00` });
    expect(targetEpoch).toEqual({ key: `0006${text('orders-group')}`, value: `0000${int32(1)}00` });
    expect(current).toEqual({ key: `0008${named}`, value: `0000${int32(1)}${int32(0)}00${both}0100` });
    expect(wordsOf(run, 5)).toEqual([
      `orders-group · member · ${memberId} = sink-0 reads topic`,
      'orders-group · group = epoch 1',
      `orders-group · target · ${memberId} = topic-0, topic-1`,
      'orders-group · target = epoch 1',
      `orders-group · assignment · ${memberId} = epoch 1, STABLE: topic-0, topic-1`,
    ]);
  });

  test('[OFS-12] a share group has records of its own', () => {
    const run = runTo(start(design('share', { cluster: { brokers: 1, 'offsets.topic.replication.factor': 1 } })), 3000);
    const [memberId] = [...seatOf(run).live.members.keys()];
    const named = text('orders-group') + text(memberId!);
    const topicId = topicIdWords(run.ctx.seed, 'topic').map(int32).join('');
    const both = `02${topicId}03${int32(0)}${int32(1)}00`;
    const [member, epoch, target, targetEpoch, current] = firstBatch(run);
    expect(member).toEqual({
      key: `000a${named}`,
      value: '0000' + '00' + compact('sink-0') + compact('/127.0.0.1') + `02${compact('topic')}00`,
    });
    expect(epoch!.key).toBe(`000b${text('orders-group')}`);
    expect(epoch!.value).toMatch(/^00000000000100000000[0-9a-f]{8}00$/);
    expect(target).toEqual({ key: `000d${named}`, value: `0000${both}00` });
    expect(targetEpoch).toEqual({ key: `000c${text('orders-group')}`, value: `0000${int32(1)}00` });
    expect(current).toEqual({ key: `000e${named}`, value: `0000${int32(1)}${int32(0)}00${both}00` });
  });

  test.each<Protocol>(['consumer', 'share'])(
    '[OFS-12] (%s) whatever members do, and with a log that is cleaned, it tells the group as it is',
    (protocol) => {
      const moves: Fault[] = [];
      for (let i = 0; i < 24; i++) {
        const member = i % 3;
        moves.push({ atMs: 4000 + i * 3000, action: 'member.stop', node: 'sink', member });
        moves.push({ atMs: 5300 + i * 3000, action: 'member.restart', node: 'sink', member });
      }
      const run = start(
        design(protocol, {
          faults: moves,
          sink: { instances: 3 },
          cluster: { 'offsets.topic.segment.bytes': 1000, 'log.cleaner.backoff.ms': 1000 },
        }),
      );
      for (let ms = 3000; ms <= 90_000; ms += 2900) {
        runTo(run, ms);
        const { written } = seatOf(run);
        const told = readBack(run);
        expect([told.groupEpoch, told.assignmentEpoch, told.metadata]).toEqual([
          written.groupEpoch,
          written.assignmentEpoch,
          written.metadata,
        ]);
        expect([...told.targets].sort()).toEqual([...written.targets].sort());
        expect(told.members.size).toBe(written.members.size);
        for (const [memberId, member] of written.members) expect(told.members.get(memberId)).toMatchObject(member);
      }
      const { log } = run.ctx.partitions[internal(run)]!;
      expect(log.blocks.reduce((records, { recordCount }) => records + recordCount, 0)).toBeLessThan(log.logEndOffset);
    },
  );
});

describe('when they count', () => {
  const coordinatorOf = (document: ReturnType<typeof design>): number => runTo(start(document), 3000).ctx.groups[0]!.coordinator;
  const apart = (broker: number) =>
    ({ between: [`broker:${broker}`], and: [0, 1, 2].filter((other) => other !== broker).map((other) => `broker:${other}`) }) as const;

  test.each<Protocol>(['consumer', 'share'])(
    '[OFS-13] (%s) a heartbeat that changes something is answered when the copies have it',
    (protocol) => {
      const broker = coordinatorOf(design(protocol));
      const faults: Fault[] = [
        { atMs: 9_000, action: 'network.cut', ...apart(broker) },
        { atMs: 10_000, action: 'member.add', node: 'sink' },
      ];
      const run = runTo(start(design(protocol, { faults })), 14_000);
      // The coordinator knows the newcomer, and has not told it yet; it looks for its coordinator after offsets.commit.timeout.ms (5 s).
      expect(seatOf(run).live.members.size).toBe(2);
      expect(run.ctx.members[1]!.state).toBe('joining');
      expect(run.ctx.members[1]!.coordinatorFailures).toBe(0);
      runTo(run, 15_500);
      expect(run.ctx.members[1]!.coordinatorFailures).toBeGreaterThan(0);
    },
  );

  test.each<Protocol>(['consumer', 'share'])(
    '[OFS-13] [CNP-19] (%s) what was not copied is not known to the next coordinator',
    (protocol) => {
      const broker = coordinatorOf(design(protocol));
      const faults = (cut: boolean): Fault[] => [
        ...(cut ? [{ atMs: 9_000, action: 'network.cut', ...apart(broker) } satisfies Fault] : []),
        { atMs: 10_000, action: 'member.stop', node: 'sink', member: 0 },
        { atMs: 12_000, action: 'broker.kill', broker },
      ];
      const membersAfter = (cut: boolean): number => {
        const run = runTo(start(design(protocol, { faults: faults(cut), sink: { instances: 2 } })), 40_000);
        expect(run.ctx.groups[0]!.coordinator).not.toBe(broker);
        return seatOf(run).live.members.size;
      };
      // It has left, in records that only the broker that died had: its session has to end there first.
      expect(membersAfter(true)).toBe(2);
      expect(membersAfter(false)).toBe(1);
    },
  );

  test('[OFS-5] the more records of a group there are, the longer its coordinator loads', () => {
    const loadedMs = (instances: number): number => {
      const document = (faults: readonly Fault[]) =>
        design('consumer', {
          faults,
          sink: { instances },
          source: { 'workload.records': 1 },
          cluster: { 'offsets.load.bytes.per.second': 1000 },
        });
      const broker = coordinatorOf(document([]));
      const run = start(document([{ atMs: 10_000, action: 'broker.kill', broker }]));
      let ms = 10_000;
      runTo(run, ms);
      while (run.ctx.groups[0]!.coordinator === broker || run.ctx.groups[0]!.loading) runTo(run, (ms += 10));
      return ms;
    };
    expect(loadedMs(6)).toBeGreaterThan(loadedMs(1) + 2000);
  });
});
