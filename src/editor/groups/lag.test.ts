import { beforeEach, expect, test } from 'vitest';
import type { LagCause, LagFigures, LagReport } from '../../workers/protocol.ts';
import { viewStore } from '../stores/viewStore.ts';
import { groupStore, showPartition } from './groupStore.ts';
import { causeNames, drainsWords, figureWords, lagOf, lagTitle, skewWords, trendWords, whyWords } from './lagWords.ts';

const figures: LagFigures = {
  records: 600,
  seconds: 12,
  trendPerSecond: 412,
  arrivalPerSecond: 900,
  servicePerSecond: 488,
  drainSeconds: null,
  drains: 'never',
  skew: 3.94,
};
const cause = (part: Partial<LagCause>): LagCause => ({
  kind: 'hot-key',
  node: 'index',
  member: 1,
  partitions: [{ topicNode: 't', topic: 'orders', partition: 3 }],
  records: 500,
  share: 0.83,
  sentence: '',
  remedy: '',
  figures: [],
  ...part,
});
const report: LagReport = {
  ...figures,
  windowSeconds: 5,
  causes: [cause({}), cause({ kind: 'silent-member', node: 'other', records: 100, share: 0.17 })],
  unexplained: 0,
  noCause: null,
  nodes: [
    { node: 'index', ...figures, records: 500, causes: [0] },
    { node: 'other', ...figures, records: 100, causes: [1] },
  ],
  partitions: [
    { topicNode: 't', topic: 'orders', partition: 0, unreadable: 0, ...figures, records: 0, causes: [] },
    { topicNode: 't', topic: 'orders', partition: 1, unreadable: 0, ...figures, causes: [0] },
  ],
};

test('[LAGV-1] trend, time to drain and skew in words; a dash where nothing is known', () => {
  expect([trendWords(figures), drainsWords(figures), skewWords(figures)]).toEqual(['+412/s', 'never at this rate', '3.9 × an even share']);
  expect(trendWords({ trendPerSecond: -1200 })).toBe('−1.2 k/s');
  expect([trendWords({ trendPerSecond: 0.2 }), trendWords({ trendPerSecond: null })]).toEqual(['steady', '–']);
  expect(drainsWords({ drains: 'yes', drainSeconds: 6 })).toBe('6 s');
  expect([drainsWords({ drains: 'nothing', drainSeconds: 0 }), drainsWords({ drains: 'unknown', drainSeconds: null })]).toEqual([
    'nothing to drain',
    '–',
  ]);
  expect(skewWords({ skew: 0 })).toBe('–');
});

test('[LAGV-2] each cause has a name of its own, figures have units, and a node has only its own causes', () => {
  expect(new Set(Object.values(causeNames)).size).toBe(Object.keys(causeNames).length);
  expect(figureWords({ name: '', value: 488.4, unit: 'records/s' })).toBe('488/s');
  expect(figureWords({ name: '', value: 84.64, unit: '%' })).toBe('85 %');
  expect(figureWords({ name: '', value: 996, unit: '' })).toBe('996');
  expect(lagOf(report, 'other')).toMatchObject({ figures: { records: 100 }, causes: [{ kind: 'silent-member' }] });
  expect(lagOf(report, null).causes).toHaveLength(2);
  expect([whyWords(report, 'index'), whyWords(report, null)]).toEqual(['hot key', 'hot key and 1 more']);
  expect(whyWords({ ...report, causes: [], nodes: [] }, null)).toBeNull();
  expect(whyWords({ ...report, causes: [], nodes: [], noCause: 'No cause found in the state: …' }, null)).toBe('no cause found');
  expect([lagTitle(report, 0), lagTitle(report, 1)]).toEqual(['No lag', '+412/s, never at this rate; 3.9 × an even share; hot key']);
});

beforeEach(() => groupStore.setState({ chosen: null, rebalanceUs: null, partition: null }));

test('[LAGV-3] a partition of a cause leads to its row in its group, each time it is asked for', () => {
  showPartition('g', { topicNode: 't', partition: 3 });
  expect(viewStore.getState().dockTab).toBe('groups');
  expect(groupStore.getState()).toMatchObject({ chosen: 'g', partition: { topicNode: 't', partition: 3, request: 1 } });
  showPartition('g', { topicNode: 't', partition: 3 });
  expect(groupStore.getState().partition!.request).toBe(2);
});
