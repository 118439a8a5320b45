import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GroupPartitionField, PartitionField } from '../../workers/frameFields.ts';
import type { FrameLayout } from '../../workers/protocol.ts';
import { frameIndex, readCommitted, readLogRow } from './frameIndex.ts';
import { formatLag } from './formatLag.ts';
import { lagLevel, lagMark } from './lagLevel.ts';
import { newRateHistory, rateAgo, recordRate } from './rateHistory.ts';
import { dashSpeed, jamLength, logScale, onLogScale, streamWidth } from './scales.ts';

describe('scales', () => {
  test('a stream grows by the same width for each tenfold rate, and nothing flows at rate 0 or without a number', () => {
    expect(streamWidth(0)).toBe(0);
    expect(streamWidth(NaN)).toBe(0);
    expect(streamWidth(99) - streamWidth(9)).toBeCloseTo(2);
    expect(streamWidth(9_999) - streamWidth(999)).toBeCloseTo(2);
    expect(streamWidth(1e12)).toBe(14);
    expect(dashSpeed(NaN)).toBe(0);
  });

  test('a jam is four times as long when the lag is sixteen times as long', () => {
    expect(jamLength(16)).toBeCloseTo(4 * jamLength(1));
    expect(jamLength(NaN)).toBe(0);
    expect(jamLength(-3)).toBe(0);
  });

  test('more never draws as less (seed 11)', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), fc.double({ min: 0, max: 1e9, noNaN: true }), (one, more) => {
        const [low, high] = one < more ? [one, more] : [more, one];
        return (
          streamWidth(low) <= streamWidth(high) &&
          jamLength(low) <= jamLength(high) &&
          onLogScale(logScale(0, 1e9), low) <= onLogScale(logScale(0, 1e9), high)
        );
      }),
      { seed: 11 },
    );
  });

  test('an empty topic has a scale on which everything is at 0', () => {
    expect(onLogScale(logScale(0, 0), 0)).toBe(0);
    expect(onLogScale(logScale(0, 0), 5)).toBe(0);
    expect(onLogScale(logScale(0, 100), 1_000)).toBe(1);
  });
});

describe('lag level', () => {
  test.each([
    [NaN, 0, 'calm', '✓'],
    [0.4, 900, 'calm', '✓'],
    [3.2, 0, 'rising', '→'],
    [12, 5, 'breached', '▲'],
    [12, -5, 'rising', '▼'],
    [52.9, -5, 'breached', '▼'],
  ] as const)('%s s with a trend of %s records/s is %s %s', (seconds, trend, level, mark) => {
    expect(lagLevel(seconds, trend)).toBe(level);
    expect(lagMark(level, trend)).toBe(mark);
  });
});

test('a lag is told in few letters and one unit', () => {
  expect([NaN, 0.4, 52.94, 119.9, 612, 9_000, 200_000].map(formatLag)).toEqual([
    '–',
    '400 ms',
    '52.9 s',
    '119.9 s',
    '10.2 min',
    '2.5 h',
    '2.3 d',
  ]);
});

describe('rate history', () => {
  test('keeps the last minute, holds a rate over unseen seconds, starts anew after a reset', () => {
    const history = newRateHistory();
    for (let second = 0; second < 100; second += 1) recordRate(history, second * 1e6, second);
    expect(history.count).toBe(60);
    expect(rateAgo(history, 0)).toBe(99);
    expect(rateAgo(history, 59)).toBe(40);
    recordRate(history, 99.5e6, 7);
    expect(rateAgo(history, 0)).toBe(99);
    recordRate(history, 103e6, 7);
    expect([rateAgo(history, 0), rateAgo(history, 3), rateAgo(history, 4)]).toEqual([7, 7, 99]);
    recordRate(history, 0, 5);
    expect(history.count).toBe(1);
  });
});

describe('frame index', () => {
  const layout: FrameLayout = {
    length: 64,
    nodes: [{ id: 'orders', offset: 8 }],
    edges: [{ id: 'e', offset: 20 }],
    partitions: [
      { node: 'orders', partition: 1, offset: 30 },
      { node: 'orders', partition: 0, offset: 24 },
    ],
    groupPartitions: [
      { group: 'g', node: 'reader', topicNode: 'orders', partition: 0, offset: 36 },
      { group: 'g', node: 'reader', topicNode: 'orders', partition: 1, offset: 40 },
    ],
    members: [
      { node: 'reader', member: 1, offset: 44 },
      { node: 'reader', member: 0, offset: 48 },
    ],
  };

  test('finds every block by what it belongs to', () => {
    const index = frameIndex(layout);
    expect(index.nodes.get('orders')).toBe(8);
    expect([...index.partitions.get('orders')!]).toEqual([24, 30]);
    expect(index.groups.get('orders')!.map((group) => [group.node, [...group.offsets]])).toEqual([['reader', [36, 40]]]);
    expect(index.members.get('reader')!.map((slot) => [slot.member, slot.index])).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(index.owned.get('reader')!.map((slot) => slot.partition)).toEqual([0, 1]);
  });

  test('a row over several partitions shows their mean; what nobody committed is no number', () => {
    const frame = new Float64Array(64).fill(NaN);
    frame[24 + PartitionField.logStartOffset] = 0;
    frame[24 + PartitionField.highWatermark] = 100;
    frame[30 + PartitionField.logStartOffset] = 20;
    frame[30 + PartitionField.highWatermark] = 200;
    frame[36 + GroupPartitionField.committed] = 60;
    const index = frameIndex(layout);
    const row = { logStartOffset: 0, highWatermark: 0 };
    readLogRow(frame, index.partitions.get('orders')!, 0, 2, row);
    expect(row).toEqual({ logStartOffset: 10, highWatermark: 150 });
    readLogRow(frame, index.partitions.get('orders')!, 2, 4, row);
    expect(row.highWatermark).toBeNaN();
    const group = index.groups.get('orders')![0]!;
    expect(readCommitted(frame, group, 0, 2)).toBe(60);
    expect(readCommitted(frame, group, 1, 2)).toBeNaN();
  });
});
