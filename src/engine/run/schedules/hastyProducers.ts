/** For tests and the soak: producers with several small requests on their way while a partition changes its leader, so that what is sent again meets what was sent after it. */
import type { Config, Fault, PipelineDocument } from '../../../pipeline/document.ts';
import { createStream } from '../../kernel/random.ts';
import { diceOf } from './faultSchedules.ts';

const firstMs = 6_000;

/**
 * In some schedules whose producers wait for all replicas: one record a batch, five requests in flight over a slow network, one partition, and brokers that die and return one after the other,
 * so that its preferred leader takes it back from one that lives on: what is on the way to that one is refused while new batches go to the other. The draws are apart from all others.
 */
export function withHaste(seed: number, document: PipelineDocument): PipelineDocument {
  const dice = diceOf(createStream(seed, 'group schedule/producers in haste'));
  const { nodes, scenario, cluster } = document;
  const source = nodes.find(({ id }) => id === 'source')!.config;
  const topic = nodes.find(({ id }) => id === 'in')!.config;
  const replicas = Number(topic['replication.factor']);
  if (source['acks'] !== 'all' || replicas < 3 || topic['unclean.leader.election.enable'] === true || dice.below(2) > 0) return document;
  const isTransactional = source['transactional.id'] !== undefined;
  const hasty: Config = {
    'workload.rate': 40,
    'workload.records': isTransactional ? 300 : 700,
    'workload.group.size': 1,
    'batch.size': 0,
    'linger.ms': 0,
    'max.in.flight.requests.per.connection': 5,
    ...(isTransactional && { 'transaction.records': 40 }),
  };
  const faults = Array.from({ length: replicas }, (_, place): Fault[] => {
    const atMs = firstMs + place * 6_000 + dice.below(1_000);
    const broker = (seed + place) % replicas;
    return [
      { atMs, action: 'broker.kill', broker },
      { atMs: atMs + 300, action: 'broker.restart', broker },
    ];
  }).flat();
  return {
    ...document,
    nodes: nodes.map((node) => {
      if (node.id === 'source') return { ...node, config: { ...node.config, ...hasty } };
      if (node.id === 'in') return { ...node, config: { ...node.config, partitions: 1 } };
      // One record a poll, each with its commit, would not be done in time.
      return node.config['max.poll.records'] === 1 ? { ...node, config: { ...node.config, 'max.poll.records': 10 } } : node;
    }),
    cluster: { ...cluster, config: { ...cluster.config, 'network.latency.ms': 20, 'leader.imbalance.check.interval.seconds': 2 } },
    scenario: { ...scenario, faults: [...scenario.faults, ...faults].sort((a, b) => a.atMs - b.atMs) },
  };
}
