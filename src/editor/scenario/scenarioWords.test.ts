import { describe, expect, test } from 'vitest';
import type { Objective } from '../../pipeline/document.ts';
import type { RunReport } from '../run/session.ts';
import { emptyDocument } from '../stores/documentStore.ts';
import { faultDeed, withAction } from './faultWords.ts';
import { objectiveSentence, verdictOf } from './objectiveWords.ts';

const document = { ...emptyDocument, nodes: [{ id: 'ui', kind: 'sink', name: 'shop UI', config: {} } as const] };
const objective: Objective = {
  id: 'o',
  name: 'Fast enough',
  node: 'ui',
  metric: 'end-to-end.latency.ms',
  statistic: 'p99',
  comparison: '<=',
  value: 40_000,
};

function reportOf(found: { readonly limit: number; readonly value: number | null; readonly pass: boolean }, virtualTimeMs = 1000) {
  const { id, name, node, metric, statistic, comparison } = objective;
  return { virtualTimeMs, objectives: [{ id, name, node, metric, statistic, comparison, sentence: '', ...found }] } as unknown as RunReport;
}

describe('objectives in words', () => {
  test.each([
    [{}, 'p99 end-to-end latency of shop UI must be at most 40 s'],
    [{ metric: 'lag.seconds', statistic: 'max', value: 90 }, 'Highest lag of shop UI must be at most 90 s'],
    [{ metric: 'lag.seconds', statistic: 'last', value: 1 }, 'Lag of shop UI at the end must be at most 1 s'],
    [
      { metric: 'records.failed', statistic: 'total', comparison: '>=', value: 4000 },
      'Failed records of shop UI in all must be at least 4,000',
    ],
    [{ metric: 'utilisation', statistic: 'mean', value: 0.8 }, 'Mean utilisation of shop UI must be at most 80 %'],
    [{ metric: 'throughput.per.second', statistic: 'min', value: 1200 }, 'Lowest throughput of shop UI must be at most 1.2 k/s'],
  ] as const)('[SCEN-1] %j', (part, sentence) => {
    expect(objectiveSentence(document, { ...objective, ...part })).toBe(sentence);
  });

  test('[SCEN-2] the value so far has its unit', () => {
    expect(verdictOf(objective, reportOf({ limit: 40_000, value: 536.576, pass: true }))).toEqual({ state: 'holds', value: '537 ms' });
    expect(verdictOf(objective, reportOf({ limit: 40_000, value: 53_400, pass: false }))).toEqual({ state: 'fails', value: '53.4 s' });
  });

  test('[SCEN-2] no number, no run, no time passed, or a former limit: open', () => {
    expect(verdictOf(objective, null).state).toBe('open');
    expect(verdictOf(objective, reportOf({ limit: 40_000, value: null, pass: false })).state).toBe('open');
    expect(verdictOf(objective, reportOf({ limit: 40_000, value: 0, pass: true }, 0)).state).toBe('open');
    expect(verdictOf(objective, reportOf({ limit: 30_000, value: 1, pass: true })).state).toBe('open');
  });
});

describe('faults in words', () => {
  test('[SCEN-3] a crash names the member', () => {
    const crash = { atMs: 90_000, action: 'member.crash', node: 'ui', member: 1 } as const;
    expect(faultDeed(document, crash)).toBe('shop UI-1 crashes');
    expect(faultDeed(document, withAction(crash, 'slow'))).toBe('shop UI takes 2 times as long');
  });
});
