import { describe, expect, test } from 'vitest';
import { dealTasks, type DealtClient, type DealtTask } from './assignor.ts';

const config = { standbyReplicas: 0, acceptableLag: 100, warmupsMax: 2 };
const stateful = (...names: readonly string[]): DealtTask[] => names.map((name) => ({ name, isStateful: true }));
const client = (lags: Readonly<Record<string, number>> = {}): DealtClient => ({ lags: new Map(Object.entries(lags)) });

describe('tasks dealt out', () => {
  test('[STRM-10] evenly, with a state one after the other, without one to who has least', () => {
    const tasks = [...stateful('0_0', '0_1', '0_2'), { name: '1_0', isStateful: false }, { name: '1_1', isStateful: false }];
    const { dealt, probes } = dealTasks(tasks, [client(), client()], config);
    expect(dealt).toEqual([
      { active: ['0_0', '0_2', '1_1'], standby: [] },
      { active: ['0_1', '1_0'], standby: [] },
    ]);
    expect(probes).toBe(false);
  });

  test('[STRM-10] copies stand on other members, as many as there are', () => {
    const { dealt } = dealTasks(stateful('0_0', '0_1'), [client(), client(), client()], { ...config, standbyReplicas: 1 });
    expect(dealt).toEqual([
      { active: ['0_0'], standby: ['0_1'] },
      { active: ['0_1'], standby: [] },
      { active: [], standby: ['0_0'] },
    ]);
    const [alone] = dealTasks(stateful('0_0'), [client()], { ...config, standbyReplicas: 2 }).dealt;
    expect(alone).toEqual({ active: ['0_0'], standby: [] });
  });

  test('[STRM-10] a member far behind gets a copy to warm up while the one that has the state goes on', () => {
    const tasks = stateful('0_0', '0_1', '0_2', '0_3', '0_4', '0_5');
    const all = Object.fromEntries(tasks.map(({ name }) => [name, 5000]));
    const { dealt, probes } = dealTasks(tasks, [client(), client(all)], config);
    expect(dealt[0]!.active).toEqual(tasks.map(({ name }) => name));
    expect(dealt[1]).toEqual({ active: [], standby: ['0_1', '0_3'] });
    expect(probes).toBe(true);
    const warm = dealTasks(tasks, [client(), client({ ...all, '0_1': 3, '0_3': 90 })], config);
    expect(warm.dealt[1]!.active).toEqual(['0_1', '0_3']);
  });

  test('[STRM-10] of members that are all behind the nearest takes over', () => {
    const { dealt } = dealTasks(stateful('0_0'), [client({ '0_0': 900 }), client({ '0_0': 400 })], config);
    expect(dealt[1]!.active).toEqual(['0_0']);
    expect(dealt[0]!.standby).toEqual(['0_0']);
  });
});
