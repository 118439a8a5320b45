import { describe, expect, test } from 'vitest';
import type { Fault, Objective } from '../../pipeline/document.ts';
import { validateDocument } from '../../pipeline/index.ts';
import { faultSchema } from '../../pipeline/schema.ts';
import { interventionWords, type Intervention } from '../run/interventions.ts';
import type { RunReport } from '../run/questions.ts';
import { emptyDocument } from '../stores/documentStore.ts';
import { actionGroups, newFault, withAction } from './faultChoices.ts';
import { faultDeed } from './faultWords.ts';
import { withReplica } from './ReplicaRows.tsx';
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

  test('[SCEN-5] what only counts in the end, or still grows, does not fail while the run goes on', () => {
    const stateOf = (part: Partial<Objective>, value: number, outcome: 'running' | 'finished') => {
      const changed: Objective = { ...objective, value: 10, ...part };
      const { objectives } = reportOf({ limit: 10, value, pass: false });
      const { metric, statistic, comparison } = changed;
      const objectiveReports = [{ ...objectives[0]!, metric, statistic, comparison }];
      return verdictOf(changed, { virtualTimeMs: 1000, outcome, objectives: objectiveReports } as unknown as RunReport).state;
    };
    const lost = { metric: 'records.lost', statistic: 'total' } as const;
    expect(stateOf({ ...lost, comparison: '>=' }, 0, 'running')).toBe('waits');
    expect(stateOf({ ...lost, comparison: '>=' }, 0, 'finished')).toBe('fails');
    expect(stateOf({ ...lost, comparison: '==' }, 11, 'running')).toBe('fails');
    expect(stateOf({ ...lost, comparison: '<=' }, 11, 'running')).toBe('fails');
    expect(stateOf({ metric: 'lag.records', statistic: 'last' }, 11, 'running')).toBe('waits');
    expect(stateOf({ metric: 'lag.records', statistic: 'max' }, 11, 'running')).toBe('fails');
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
    expect(faultDeed(document, withAction(document, crash, 'slow'))).toBe('shop UI takes 2 times as long');
  });

  const cluster = {
    ...document,
    nodes: [...document.nodes, { id: 't', kind: 'topic', name: 'orders', config: { partitions: 2, 'replication.factor': 2 } } as const],
    cluster: { config: { brokers: 4, 'broker.racks': ['a', 'b'] } },
  };
  const at = { atMs: 1 };

  test.each<readonly [Fault, string]>([
    [{ ...at, action: 'broker.kill', broker: 1 }, 'broker 1 is killed'],
    [{ ...at, action: 'zone.loss', rack: 'a' }, 'rack a (broker 0 and broker 2) is lost'],
    [{ ...at, action: 'controller.loss' }, 'the active controller is lost'],
    [{ ...at, action: 'disk.slow', broker: 2, factor: 10 }, 'the disk of broker 2 takes 10 times as long'],
    [{ ...at, action: 'disk.slow', broker: 2, factor: 1 }, 'the disk of broker 2 is back at its usual speed'],
    [
      { ...at, action: 'network.cut', between: ['broker:0', 'node:ui'], and: ['rest'] },
      'broker 0 and shop UI are cut off from everybody else',
    ],
    [{ ...at, action: 'network.heal', between: ['broker:0'], and: ['controller'] }, 'broker 0 is connected with the controller again'],
    [
      { ...at, action: 'network.delay', between: ['broker:0'], and: ['broker:1'], addedMs: 20 },
      'the network between broker 0 and broker 1 takes 20 ms longer',
    ],
    [{ ...at, action: 'leader.unclean', node: 't', partition: 1 }, 'orders-1 takes any living replica as its leader'],
    [
      { ...at, action: 'partition.reassign', node: 't', partition: 1, replicas: [3, 0], throttleBytesPerSecond: 10_485_760 },
      'orders-1 moves to brokers 3 and 0, at most 10 MiB a second',
    ],
    [{ ...at, action: 'partitions.add', node: 't', count: 2 }, 'orders gets 2 more partitions'],
  ])('[SCEN-3] %j', (fault, sentence) => {
    expect(faultDeed(cluster, fault)).toBe(sentence);
  });

  test.each<readonly [Intervention, string]>([
    [{ action: 'broker.stop', broker: 1 }, 'Shut broker 1 down'],
    [{ action: 'network.cut', between: ['broker:1'], and: ['rest'] }, 'Cut broker 1 off from everybody else'],
    [{ action: 'network.heal', between: ['broker:1'], and: ['controller'] }, 'Connect broker 1 with the controller again'],
    [{ action: 'disk.slow', broker: 2, factor: 10 }, 'Slow the disk of broker 2 ×10'],
    [{ action: 'disk.slow', broker: 2, factor: 1 }, 'Bring the disk of broker 2 back to its usual speed'],
    [{ action: 'leader.unclean', node: 't', partition: 1 }, 'Elect an unclean leader of orders-1'],
    [
      { action: 'partition.reassign', node: 't', partition: 1, replicas: [3, 0], throttleBytesPerSecond: 0 },
      'Move orders-1 to brokers 3 and 0',
    ],
    [{ action: 'partitions.add', node: 't', count: 1 }, 'Add 1 partition to orders'],
  ])('[CLUV-7] to be done: %j', (action, words) => {
    expect(interventionWords(cluster, action)).toBe(words);
  });

  test('[SCEN-4] every action a form offers begins as a fault that reads, checks and can be done', () => {
    let fault: Fault = newFault(cluster, 5);
    expect(fault).toEqual({ atMs: 5, action: 'member.crash', node: 'ui', member: 0 });
    const actions = actionGroups(cluster, fault.action).flatMap((group) => group.actions.map(([action]) => action));
    expect(actions).toHaveLength(27);
    for (const action of actions) {
      fault = withAction(cluster, fault, action);
      expect(faultSchema.safeParse(fault).success).toBe(true);
      const findings = validateDocument({ ...cluster, scenario: { ...cluster.scenario, faults: [fault] } });
      expect(findings.filter((finding) => finding.severity === 'error' && finding.path.startsWith('/scenario'))).toEqual([]);
    }
  });

  test('[SCEN-4] a form offers nothing that cannot happen: no racks, topics or readers', () => {
    const bare = { ...document, nodes: [] };
    const offered = actionGroups(bare, newFault(bare, 5).action).flatMap((group) => group.actions.map(([action]) => action));
    expect(newFault(bare, 5)).toEqual({ atMs: 5, action: 'broker.kill', broker: 0 });
    for (const action of ['member.crash', 'zone.loss', 'partitions.add'] as const) expect(offered).not.toContain(action);
  });

  test('[SCEN-4] a replica chosen twice changes places', () => {
    expect(withReplica([0, 1, 2], 0, 2)).toEqual([2, 1, 0]);
    expect(withReplica([0, 1], 2, 3)).toEqual([0, 1, 3]);
    expect(withReplica([0, 1], 2, 0)).toEqual([1, 0]);
    expect(withReplica([0, 1], 0, null)).toEqual([1]);
  });
});
