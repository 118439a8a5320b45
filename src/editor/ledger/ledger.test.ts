import { expect, test } from 'vitest';
import type { LedgerCause, LedgerReport, LedgerRoute } from '../../workers/protocol.ts';
import { fateWords, partsOf, shownFates, sumOf } from './fates.ts';
import { barWords, causesOf, differenceWords, rangeWords, stationsOf, sumWords } from './routeWords.ts';

const route: LedgerRoute = {
  source: 'p',
  sink: 's',
  topic: 'u',
  made: 1000,
  deliveredOnce: 900,
  duplicated: 40,
  extraDeliveries: 41,
  reordered: 12,
  underWay: 20,
  causes: [0, 2],
  givenUp: 0,
  lost: 30,
  expired: 0,
  skipped: 0,
  aborted: 0,
  compacted: 0,
  filtered: 10,
  failed: 0,
  deadLettered: 0,
  deduplicated: 0,
  archived: 0,
};

function cause(id: number, fate: LedgerCause['fate'], records: number): LedgerCause {
  const place = { firstMs: 41_200, lastMs: 41_200, countedMs: 41_200, member: 's-1', broker: null, node: 's' };
  return { id, fate, records, ...place, sentence: 'Something happened.', offsets: [], sequences: [], recordsLeftOut: 0 };
}

const ledger = { causes: [cause(0, 'lost', 25), cause(1, 'lost', 9), cause(2, 'lost', 10)] } as unknown as LedgerReport;

test('[LDGV-2] the parts of a route are what was produced; reordered records are in them and no part of their own', () => {
  expect(sumOf(route)).toBe(1000);
  expect(partsOf(route).map(({ fate }) => fate)).toEqual(['deliveredOnce', 'duplicated', 'lost', 'filtered', 'underWay']);
  expect(sumWords(route)).toEqual({ adds: true, words: '1,000 produced, all accounted for' });
  expect(sumWords({ ...route, lost: 29 })).toEqual({ adds: false, words: '1,000 produced, but 999 accounted for' });
  expect(barWords(route)).toBe('Of 1,000 records: 900 delivered once, 40 duplicated, 30 lost, 10 filtered, 20 under way.');
});

test('[LDGV-2] a route names its source, the topic its sink reads, and that others lie between', () => {
  const edge = { id: 'e', source: 'p', target: 't' };
  expect(stationsOf(route, { edges: [edge] })).toEqual(['p', '…', 'u', 's']);
  expect(stationsOf({ ...route, topic: 't' }, { edges: [edge] })).toEqual(['p', 't', 's']);
});

test('[LDGV-3] counts that are 0 are left out, but for those people look for and the chosen one', () => {
  expect(shownFates(route, null)).toEqual(['deliveredOnce', 'duplicated', 'reordered', 'lost', 'filtered', 'underWay']);
  const fresh = { ...route, deliveredOnce: 0, duplicated: 0, reordered: 0, lost: 0, filtered: 0, underWay: 0 };
  expect(shownFates(fresh, 'expired')).toEqual(['deliveredOnce', 'duplicated', 'lost', 'expired']);
});

test('[LDGV-3] no two counts have the same word', () => {
  const labels = Object.values(fateWords).map(({ label }) => label);
  expect(new Set(labels).size).toBe(labels.length);
});

test('[LDGV-4] a count has the causes of its route, and says so when they count other than the route', () => {
  const causes = causesOf(ledger, route, 'lost');
  expect(causes.map(({ id }) => id)).toEqual([0, 2]);
  expect(causesOf(ledger, route, 'duplicated')).toEqual([]);
  expect(differenceWords(causes, 35)).toBeNull();
  expect(differenceWords(causes, 30)).toContain('35 records in all');
});

test('[LDGV-5] ranges are said with their last offset', () => {
  expect(rangeWords('offset', { from: 120, to: 160 })).toBe('offsets 120 to 159');
  expect(rangeWords('record', { from: 7, to: 8 })).toBe('record 7');
});
