import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { begin, type Story, tell } from './electionFixtures.ts';
import type { PartitionRegistration } from './partitionRegistration.ts';

const brokers = [1, 2, 3, 4, 5, 6];
const broker = fc.constantFrom(...brokers);
const some = fc.uniqueArray(broker, { minLength: 1, maxLength: 4 });
const sentence = fc.oneof(
  { weight: 4, arbitrary: broker.map((id) => `fence ${id}`) },
  { weight: 4, arbitrary: broker.map((id) => `return ${id}`) },
  { weight: 2, arbitrary: fc.uniqueArray(broker).map((isr) => `isr ${isr.join(' ')}`) },
  { weight: 4, arbitrary: fc.constant('isr all') },
  fc.constantFrom('prefer', 'unclean', 'cancel'),
  some.map((replicas) => `move ${replicas.join(' ')}`),
  broker.map((id) => `lost ${id}`),
);
const stories = fc.record({
  replicas: some,
  policy: fc.record({ minInsyncReplicas: fc.constantFrom(1, 2, 3), uncleanElection: fc.boolean(), eligibleLeaderReplicas: fc.boolean() }),
  sentences: fc.array(sentence, { maxLength: 40 }),
});

/** `isr all`: the leader asks for every active replica. A broker that lost its log was fenced before. */
function applied(story: Story, text: string): string {
  if (text.startsWith('lost') && story.active.has(Number(text.slice(5)))) return 'skipped';
  if (text !== 'isr all') return tell(story, text);
  const isr = story.partition.replicas.filter((id) => story.active.has(id));
  return tell(story, `isr ${isr.join(' ')}`);
}

function expectSound({ partition, active, policy }: Story): void {
  const { isr, elr, replicas, leader, addingReplicas, removingReplicas } = partition;
  for (const list of [isr, elr, replicas]) expect(new Set(list).size).toBe(list.length);
  if (leader >= 0) expect(isr.includes(leader) && active.has(leader)).toBe(true);
  else expect(isr.some((id) => active.has(id) && replicas.includes(id))).toBe(false);
  if (!policy.eligibleLeaderReplicas) expect([isr.length > 0, elr]).toEqual([true, []]);
  expect(elr.filter((id) => isr.includes(id))).toEqual([]);
  for (const id of [...addingReplicas, ...removingReplicas, ...isr]) expect(replicas).toContain(id);
  expect(partition.lastKnownElr.length).toBeLessThanOrEqual(1);
}

function expectEpochs(before: PartitionRegistration, { partition }: Story): void {
  const grown = partition.leaderEpoch - before.leaderEpoch;
  expect(partition.partitionEpoch - before.partitionEpoch).toBe(partition === before ? 0 : 1);
  expect([0, 1]).toContain(grown);
  // No two leaders in one epoch.
  if (partition.leader !== before.leader) expect(grown).toBe(1);
}

describe('any story of a partition', () => {
  test('[CLU-14] a leader is active and in the ISR, epochs never fall, every change has its partition epoch (seed 11)', () => {
    const check = ({ replicas, policy, sentences }: { replicas: number[]; policy: Story['policy']; sentences: string[] }) => {
      const story = begin(replicas, policy);
      for (const text of sentences) {
        const before = story.partition;
        applied(story, text);
        expectSound(story);
        expectEpochs(before, story);
      }
    };
    fc.assert(fc.property(stories, check), { seed: 11, numRuns: 1000 });
  });

  test('[CLU-14] without unclean elections a new leader was in sync, or eligible, before (seed 12)', () => {
    const check = ({ replicas, policy, sentences }: { replicas: number[]; policy: Story['policy']; sentences: string[] }) => {
      const story = begin(replicas, { ...policy, uncleanElection: false });
      for (const text of sentences.filter((other) => other !== 'unclean' && !other.startsWith('lost'))) {
        const { isr, elr, leader } = story.partition;
        applied(story, text);
        const elected = story.partition.leader;
        const asked = text.startsWith('isr') && story.partition.isr.includes(elected);
        if (elected >= 0 && elected !== leader) expect(asked || isr.includes(elected) || elr.includes(elected)).toBe(true);
        expect(story.partition.recovering).toBe(false);
      }
    };
    fc.assert(fc.property(stories, check), { seed: 12, numRuns: 1000 });
  });
});
