import { expect, test } from 'vitest';
import type { RunEvent } from '../../workers/protocol.ts';
import { countFamilies, newestOf } from './eventFilter.ts';

const event = (timeUs: number, code: RunEvent['code']): RunEvent => ({ timeUs, code, node: null, text: '' });
const events = [
  event(1, 'broker.killed'),
  event(2, 'leader.elected'),
  event(3, 'isr.shrunk'),
  event(4, 'member.joined'),
  event(5, 'isr.expanded'),
];

test('[EVNT-1] without a kind all are shown, newest first; with kinds only those, and never more than asked for', () => {
  expect(newestOf(events, new Set(), 10).map(({ timeUs }) => timeUs)).toEqual([5, 4, 3, 2, 1]);
  expect(newestOf(events, new Set(['replicas']), 2).map(({ timeUs }) => timeUs)).toEqual([5, 3]);
  expect(newestOf(events, new Set(['brokers', 'groups']), 10).map(({ timeUs }) => timeUs)).toEqual([4, 1]);
});

test('[EVNT-1] kinds are counted in their own order, those without an event left out', () => {
  expect(countFamilies(events)).toEqual([
    ['brokers', 1],
    ['replicas', 3],
    ['groups', 1],
  ]);
});
