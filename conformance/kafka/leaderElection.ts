import { alterPartition } from '../../src/engine/cluster/alterPartition.ts';
import { brokerLeft, brokerReturned, electLeader, type ElectionPolicy } from '../../src/engine/cluster/leaderElection.ts';
import { type PartitionRegistration, registerPartition } from '../../src/engine/cluster/partitionRegistration.ts';
import type { CaseReport, ConformanceSuite } from '../suite.ts';

type Step =
  | { readonly op: 'fence' | 'unfence'; readonly broker: number }
  | { readonly op: 'alterIsr'; readonly isr: readonly number[] }
  | { readonly op: 'electPreferred' | 'electUnclean' };

interface Case {
  readonly name: string;
  readonly replicationFactor: number;
  readonly minInsyncReplicas: number;
  readonly uncleanLeaderElectionEnable: boolean;
  readonly elrEnabled: boolean;
  readonly events: readonly (Step & {
    readonly event: string;
    readonly result: string;
    readonly alive: readonly number[];
    readonly state: object;
  })[];
}

interface Decision {
  readonly result: string;
  readonly partition: PartitionRegistration;
}

/** One step of the file, as the controller takes it. `alive` are the brokers alive before it. */
function decide(step: Step, partition: PartitionRegistration, alive: Set<number>, policy: ElectionPolicy): Decision {
  const context = { policy, isActive: (broker: number) => alive.has(broker) };
  switch (step.op) {
    case 'fence': {
      const after = brokerLeft(partition, step.broker, context);
      alive.delete(step.broker);
      return { result: partition.isr.includes(step.broker) ? wordOf(partition, after) : 'not in ISR: no change', partition: after };
    }
    case 'unfence': {
      const after = brokerReturned(partition, step.broker, context);
      alive.add(step.broker);
      return { result: partition.leader >= 0 ? 'has a leader: no change' : wordOf(partition, after), partition: after };
    }
    case 'alterIsr': {
      const { leader, leaderEpoch, partitionEpoch } = partition;
      const request = { broker: leader, leaderEpoch, partitionEpoch, isr: step.isr, recovering: false };
      const { error, partition: after } = alterPartition(partition, request, context);
      return { result: error === 'NONE' ? wordOf(partition, after) : error, partition: after };
    }
    default: {
      const { error, partition: after } = electLeader(partition, step.op === 'electPreferred' ? 'preferred' : 'unclean', context);
      return { result: error === 'NONE' ? wordOf(partition, after) : error, partition: after };
    }
  }
}

function wordOf(before: PartitionRegistration, after: PartitionRegistration): string {
  return after === before ? 'no change' : 'changed';
}

function runCase(scenario: Case, report: CaseReport): void {
  const { replicationFactor, minInsyncReplicas, uncleanLeaderElectionEnable: uncleanElection, elrEnabled } = scenario;
  const policy = { minInsyncReplicas, uncleanElection, eligibleLeaderReplicas: elrEnabled };
  const replicas = Array.from({ length: replicationFactor }, (_, i) => i + 1);
  const alive = new Set(replicas);
  let partition = registerPartition(replicas, () => true)!;
  scenario.events.forEach((step, i) => {
    const decision = decide(step, partition, alive, policy);
    partition = decision.partition;
    const { isr, leader, leaderEpoch, partitionEpoch, recovering, elr, lastKnownElr } = partition;
    const state = { replicas: partition.replicas, isr, leader, leaderEpoch, partitionEpoch, recovering };
    const found = {
      result: decision.result,
      alive: [...alive].sort((a, b) => a - b),
      state: elrEnabled ? { ...state, elr, lastKnownLeader: lastKnownElr } : state,
    };
    report.check(`${scenario.name}, step ${i + 1} (${step.event})`, found, { result: step.result, alive: step.alive, state: step.state });
  });
}

/** Decisions of the controller about one partition, step by step; each step is a case. */
export const leaderElectionSuite: ConformanceSuite = {
  file: 'kafka/leader-election.json',
  run(data, report) {
    for (const scenario of (data as { cases: readonly Case[] }).cases) runCase(scenario, report);
  },
};
