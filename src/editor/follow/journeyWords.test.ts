import { expect, test } from 'vitest';
import type { JourneyCopy, JourneyDelivery, RecordJourney } from '../../workers/protocol.ts';
import { journeyRows, longestStage } from './journeyWords.ts';

const copy = (id: number, parent: number, more: Partial<JourneyCopy> = {}): JourneyCopy => ({
  id,
  parent,
  duplicateOf: -1,
  writtenBy: parent < 0 ? 'shop' : 'work',
  as: 'output',
  topicNode: 't',
  topic: 'orders',
  partition: 1,
  offset: 10 + id,
  key: 'a',
  keyHash: 7,
  partitions: 3,
  broker: 0,
  leaderEpoch: 0,
  handedUs: 0,
  appendedUs: 2000,
  visibleUs: 2000,
  answeredUs: 3000,
  acks: 'all',
  requests: 1,
  recognised: 0,
  outcome: 'readable',
  error: 'NONE',
  stages: [{ kind: 'linger', fromUs: 0, toUs: 2000 }],
  ...more,
});

const delivery = (id: number, of: number, more: Partial<JourneyDelivery> = {}): JourneyDelivery => ({
  id,
  copy: of,
  node: 'work',
  group: 'work',
  member: 0,
  before: 0,
  outcome: 'served',
  retries: 0,
  endUs: 10_000,
  committedUs: -1,
  stages: [{ kind: 'fetch', fromUs: 2000, toUs: 10_000 }],
  way: [
    { kind: 'linger', fromUs: 0, toUs: 2000 },
    { kind: 'fetch', fromUs: 2000, toUs: 10_000 },
  ],
  ...more,
});

const journey: RecordJourney = {
  source: 'shop',
  sequence: 4,
  madeUs: 0,
  untilUs: 20_000,
  complete: true,
  copies: [copy(0, -1), copy(1, -1, { duplicateOf: 0 }), copy(2, 1, { as: 'dead-letter', topic: 'dead' })],
  deliveries: [delivery(0, 0, { outcome: 'crashed', endUs: 5000 }), delivery(1, 0, { before: 1, outcome: 'dead-lettered' })],
};
const nameOf = (id: string): string => id.toUpperCase();

test('[FOLV-1] rows follow the way: a copy, who had it, what came of it; what went wrong is marked', () => {
  const rows = journeyRows(journey, nameOf);
  expect(rows.map(({ depth, title, isTrouble }) => `${depth} ${title}${isTrouble ? ' !' : ''}`)).toEqual([
    '0 orders-1@10',
    '1 WORK !',
    '1 WORK !',
    '2 dead-1@12 !',
    '0 orders-1@11 !',
  ]);
  expect(rows[0]!.notes).toEqual(['sent by SHOP', 'key a: murmur2 7 modulo 3 = 1', '1 request to broker 0', 'acks=all after 3 ms']);
  expect(rows[2]!.notes).toContain('delivery number 2');
});

test('[FOLV-2] what most of the time went to is said', () => {
  expect(longestStage(journey, nameOf)).toBe('10 ms until WORK was done with it; 80 % of that: until it is fetched.');
  expect(longestStage({ ...journey, deliveries: [] }, nameOf)).toBeNull();
});
