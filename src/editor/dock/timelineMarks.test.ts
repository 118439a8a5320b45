import { expect, test } from 'vitest';
import type { RunEvent } from '../../workers/protocol.ts';
import { spread } from './lineNames.ts';
import { marksOf } from './timelineMarks.ts';

const event = (timeUs: number, code: RunEvent['code']): RunEvent => ({ timeUs, code, node: 'sink', text: `${code} happened.` });

test('a planned fault is drawn once: as planned before it happens, as happened after', () => {
  const faults = [{ atMs: 1_000, action: 'member.crash', node: 'sink', member: 0 }] as const;
  expect(marksOf([], faults, 10e6)).toMatchObject([{ planned: true, at: 0.1, caption: 'crash' }]);
  expect(marksOf([event(1e6, 'fault')], faults, 10e6)).toMatchObject([{ planned: false, caption: 'crash' }]);
});

test('a fault of the cluster has happened once there is an event of its own kind at its moment', () => {
  const faults = [{ atMs: 1_000, action: 'broker.restart', broker: 1 }] as const;
  expect(marksOf([], faults, 10e6)).toMatchObject([{ planned: true, caption: 'broker starts' }]);
  expect(marksOf([event(1e6, 'broker.starting')], faults, 10e6)).toMatchObject([{ planned: false, caption: 'broker starting' }]);
});

test('captions never run into one another, and what matters more keeps its own', () => {
  const marks = marksOf([event(5_000_000, 'rebalance.completed'), event(5_100_000, 'member.crashed')], [], 10e6);
  expect(marks.map((mark) => mark.caption)).toEqual([null, 'member crashed']);
});

test('a crowd of events is thinned out', () => {
  const events = Array.from({ length: 5_000 }, (_, index) => event(index * 2_000, 'retention.deleted'));
  expect(marksOf(events, [], 10e6).length).toBeLessThanOrEqual(240);
});

test('names at line ends keep their order, their distance and their place', () => {
  const moved = spread([50, 52, 51, 0], 10, 0, 100);
  expect(moved).toEqual([50, 70, 60, 0]);
  expect(Math.max(...spread([99, 98, 97], 10, 0, 100))).toBeLessThanOrEqual(100);
});
