import { expect, test } from 'vitest';
import { assignors } from './index.ts';
import type { AssignorMember } from './types.ts';

const member = (id: string, topics: readonly string[], instanceId = ''): AssignorMember => ({
  id,
  instanceId,
  topics,
  owned: [],
  generation: null,
});

function assign(topics: Readonly<Record<string, number>>, members: readonly AssignorMember[]): string[] {
  const list = Object.entries(topics).map(([name, partitions]) => ({ name, partitions }));
  const assignment = assignors.get('roundrobin')?.(list, members) ?? [];
  return assignment.map((partitions) => partitions.map(({ topic, partition }) => `${topic}${partition}`).join(' '));
}

test('[GRP-21] roundrobin deals out all topics in turn, and does not start anew with each', () => {
  const both = ['s', 't'];
  expect(assign({ t: 3, s: 3 }, [member('c2', both), member('c10', both)])).toEqual(['s1 t0 t2', 's0 s2 t1']);
});

test('[GRP-21] roundrobin passes over who does not subscribe; static members come first by instance id', () => {
  const members = [member('a', ['s']), member('b', ['s', 't']), member('z', ['t'], 'i1')];
  expect(assign({ s: 2, t: 3, u: 5 }, members)).toEqual(['s0', 's1 t1', 't0 t2']);
});

test('[GRP-21] roundrobin without members, partitions or subscriptions gives nothing', () => {
  expect(assign({ s: 2 }, [])).toEqual([]);
  expect(assign({ s: 0 }, [member('a', ['s', 'gone']), member('b', [])])).toEqual(['', '']);
});
