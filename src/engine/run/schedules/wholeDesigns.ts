/** For tests and the soak: random whole designs, in which everything that can be drawn, configured and broken may meet. */
import type { Config, PipelineDocument, PipelineEdge, PipelineNode } from '../../../pipeline/document.ts';
import type { NodeKind } from '../../../pipeline/kinds/index.ts';
import { createStream } from '../../kernel/random.ts';
import { type Dice, diceOf } from './faultSchedules.ts';
import { freeCluster } from '../harness.ts';
import { faultsOf } from './wholeDesignFaults.ts';

/** What the parts of a design must know of each other. */
export interface Drawing {
  readonly dice: Dice;
  readonly brokers: number;
  readonly racks: readonly string[];
  readonly nodes: PipelineNode[];
  readonly edges: PipelineEdge[];
  readonly seconds: number;
}

/** How to see a design again. */
export const designReplayLine = (seed: number): string =>
  `replay with the checks: npm run soak -- --designs --seed ${seed} | without them: npm run logjam -- run .cache/whole-designs/${seed}.json, or open that file in the designer`;

/** The design of a seed: always one that may run. */
export function designOf(seed: number): PipelineDocument {
  const dice = diceOf(createStream(seed, 'whole design'));
  const brokers = 1 + dice.below(6);
  const racks = dice.from([[], [], ['a', 'b'], ['a', 'b', 'c'], ['a', 'a', 'b']]).slice(0, brokers);
  const drawing: Drawing = { dice, brokers, racks, nodes: [], edges: [], seconds: 20 + dice.below(40) };
  const entrances = drawTopics(drawing, 'in', 1 + dice.below(2));
  const exits = drawTopics(drawing, 'out', 1 + dice.below(2));
  for (let i = 1 + dice.below(3); i > 0; i--) drawSource(drawing, i, entrances);
  for (let i = dice.below(3); i > 0; i--) drawProcessor(drawing, i, entrances, exits);
  const groups = dice.from([[''], [''], ['shared']]);
  const common = consumerOf(drawing);
  for (let i = 1 + dice.below(3); i > 0; i--) drawSink(drawing, i, { topics: [...entrances, ...exits], group: dice.from(groups), common });
  return {
    format: 'logjam/pipeline',
    version: 1,
    name: `whole design ${seed}`,
    description: '',
    nodes: drawing.nodes,
    edges: drawing.edges,
    cluster: { config: clusterOf(drawing) },
    scenario: { seed, durationMs: drawing.seconds * 1000, faults: faultsOf(drawing), objectives: [] },
    layout: { positions: [] },
  };
}

function add(
  { nodes, edges }: Drawing,
  id: string,
  kind: NodeKind,
  config: Config,
  wires: { from?: readonly string[]; to?: readonly string[] },
): void {
  nodes.push({ id, kind, name: id, config });
  const { from = [], to = [] } = wires;
  for (const source of from) edges.push({ id: `${source}-${id}`, source, target: id });
  for (const target of to) edges.push({ id: `${id}-${target}`, source: id, target });
}

/** Some of the items, at least one. */
function someOf<T>(dice: Dice, items: readonly T[]): readonly T[] {
  const some = items.filter(() => dice.below(2) === 0);
  return some.length > 0 ? some : [dice.from(items)];
}

function drawTopics(drawing: Drawing, name: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const id = `${name}${i}`;
    add(drawing, id, 'topic', topicOf(drawing), {});
    return id;
  });
}

function topicOf({ dice, brokers }: Drawing): Config {
  const replicas = dice.from([1, 1, Math.min(3, brokers), Math.min(brokers, 1 + dice.below(4))]);
  const policy = dice.from(['delete', 'delete', 'compact', 'compact,delete']);
  const tiered = policy === 'delete' && dice.below(4) === 0;
  const retentionMs = dice.from([604_800_000, 604_800_000, 3_000, 15_000]);
  return {
    partitions: dice.from([1, 2, 3, 8]),
    'replication.factor': replicas,
    'min.insync.replicas': Math.min(replicas, 1 + dice.below(2)),
    'cleanup.policy': policy,
    'retention.ms': retentionMs,
    'retention.bytes': dice.from([-1, -1, 6_000]),
    'segment.bytes': dice.from([1_073_741_824, 4_000, 1_200]),
    'segment.ms': dice.from([604_800_000, 604_800_000, 2_000]),
    'segment.index.bytes': dice.from([10_485_760, 64]),
    'index.interval.bytes': dice.from([4_096, 200, 0]),
    'message.timestamp.type': dice.from(['CreateTime', 'CreateTime', 'LogAppendTime']),
    'max.message.bytes': dice.from([1_048_588, 1_048_588, 1_500]),
    'unclean.leader.election.enable': dice.below(4) === 0,
    'compression.type': dice.from(['producer', 'producer', 'uncompressed', 'gzip', 'zstd']),
    ...(policy !== 'delete' && {
      'min.cleanable.dirty.ratio': dice.from([0.5, 0, 0.1]),
      'min.compaction.lag.ms': dice.from([0, 0, 4_000]),
      'max.compaction.lag.ms': dice.from([Number.MAX_SAFE_INTEGER, 5_000]),
      'delete.retention.ms': dice.from([86_400_000, 0, 3_000]),
    }),
    ...(tiered && { 'remote.storage.enable': true, 'local.retention.ms': dice.from([-2, 1_000]), 'local.retention.bytes': -2 }),
  };
}

/** The producing half of a node. */
function producingOf({ dice }: Drawing, transactional: boolean): Config {
  const acks = transactional ? 'all' : dice.from(['all', 'all', '1', '0']);
  const inFlight = dice.from([5, 5, 1, ...(transactional ? [] : [8])]);
  const idempotent = transactional || (acks === 'all' && inFlight <= 5 && dice.below(3) > 0);
  const requestTimeoutMs = dice.from([1_500, 30_000]);
  return {
    acks,
    'enable.idempotence': idempotent,
    'max.in.flight.requests.per.connection': inFlight,
    retries: dice.from([2_147_483_647, 2_147_483_647, 1]),
    'request.timeout.ms': requestTimeoutMs,
    'delivery.timeout.ms': dice.from([120_000, requestTimeoutMs + 3_000]),
    'retry.backoff.ms': dice.from([100, 20]),
    'linger.ms': dice.from([0, 5, 5, 700]),
    'batch.size': dice.from([16_384, 400, 1_000, 0]),
    'buffer.memory': dice.from([33_554_432, 33_554_432, 3_000]),
    'max.block.ms': dice.from([60_000, 1_000]),
    'max.request.size': dice.from([1_048_576, 900]),
    'compression.type': dice.from(['none', 'none', 'gzip', 'lz4']),
    'partitioner.adaptive.partitioning.enable': dice.below(2) === 0,
  };
}

function drawSource(drawing: Drawing, number: number, topics: readonly string[]): void {
  const { dice } = drawing;
  const transactional = dice.below(3) === 0;
  add(
    drawing,
    `source${number}`,
    'producer',
    {
      ...producingOf(drawing, transactional),
      'workload.shape': dice.from(['constant', 'poisson', 'bursts']),
      'workload.rate': dice.from([3, 20, 60]),
      'workload.burst.rate': 150,
      'workload.burst.ms': 1_000,
      'workload.burst.every.ms': 7_000,
      'workload.group.size': dice.from([1, 1, 5]),
      'workload.start.ms': dice.from([0, 0, 4_000]),
      'workload.records': dice.from([0, 0, 200]),
      'key.shape': dice.from(['none', 'uniform', 'sequential', 'zipf']),
      'key.count': dice.from([5, 40]),
      'value.size.distribution': dice.from(['constant', 'lognormal']),
      'value.size.bytes': dice.from([0, 40, 300]),
      'value.template': dice.from(['', '', '{"n":{{sequence}},"a":{{integer 1 9}},"k":"{{key}}"}']),
      'value.null.share': dice.from([0, 0, 0.3]),
      'record.headers': dice.from([[], [], ['trace=abc', 'empty=']]),
      ...(transactional && {
        // Two producers with one id fence each other.
        'transactional.id': dice.from(['tx', `tx-${number}`]),
        'transaction.timeout.ms': dice.from([60_000, 4_000]),
        'transaction.records': dice.from([1, 10, 60]),
        'transaction.abort.every': dice.below(4),
      }),
    },
    { to: someOf(dice, topics) },
  );
}

/** Every member of a consumer group takes these. Those of one group agree in what they are dealt out by. */
function consumerOf({ dice }: Drawing): Config {
  return {
    instances: dice.from([1, 2, 3]),
    'partition.assignment.strategy': dice.from(['range', 'cooperative-sticky']),
    'session.timeout.ms': dice.from([6_000, 45_000, 2_000]),
    'heartbeat.interval.ms': dice.from([500, 1_500]),
    'max.poll.interval.ms': dice.from([300_000, 300_000, 2_500]),
    'max.poll.records': dice.from([500, 20, 1]),
    'fetch.min.bytes': dice.from([1, 1, 800]),
    'fetch.max.wait.ms': dice.from([500, 50]),
    'fetch.max.bytes': dice.from([52_428_800, 700]),
    'max.partition.fetch.bytes': dice.from([1_048_576, 300]),
    'isolation.level': dice.from(['read_uncommitted', 'read_committed']),
    prefetch: dice.below(4) > 0,
    'auto.offset.reset': dice.from(['earliest', 'earliest', 'latest', 'none']),
    'commit.mode': dice.from(['auto', 'after-processing', 'before-processing']),
    'auto.commit.interval.ms': dice.from([5_000, 400]),
    'service.time.ms': dice.from([0, 2, 15]),
    'service.time.distribution': dice.from(['constant', 'exponential']),
  };
}

function drawProcessor(drawing: Drawing, number: number, inputs: readonly string[], outputs: readonly string[]): void {
  const { dice } = drawing;
  const id = `work${number}`;
  const kind = dice.from<NodeKind>(['filter', 'map', 'rekey', 'branch', 'merge', 'service', 'service']);
  const exactlyOnce = dice.below(3) === 0;
  const config: Config = {
    ...consumerOf(drawing),
    ...producingOf(drawing, exactlyOnce),
    ...(exactlyOnce && {
      'processing.guarantee': 'exactly_once_v2',
      'commit.interval.ms': dice.from([100, 0, 700]),
      'transaction.timeout.ms': dice.from([10_000, 3_000]),
      // Two processors with one id fence each other.
      'transactional.id': dice.from(['', '', 'tx']),
    }),
    'group.instance.id': dice.from(['', '', `${id}-static`]),
    ...(kind === 'filter' && { 'pass.probability': dice.from([1, 0.5]) }),
    ...(kind === 'rekey' && { key: dice.from(['key', 'value.k']) }),
    ...(kind === 'branch' && { branches: ['one: value.a > 4', 'rest'] }),
    ...(kind === 'service' && {
      concurrency: dice.from([1, 3]),
      'error.rate': dice.from([0, 0.2]),
      'error.action': dice.from(['retry', 'skip']),
    }),
  };
  const from = someOf(dice, inputs);
  if (kind !== 'branch') {
    add(drawing, id, kind, config, { from, to: kind === 'merge' ? [dice.from(outputs)] : someOf(dice, outputs) });
    return;
  }
  add(drawing, id, kind, config, { from });
  for (const sourcePort of ['one', 'rest']) {
    const target = dice.from(outputs);
    drawing.edges.push({ id: `${id}-${sourcePort}-${target}`, source: id, target, sourcePort });
  }
}

interface SinkDrawing {
  readonly topics: readonly string[];
  /** '' for a group of its own. */
  readonly group: string;
  readonly common: Config;
}

function drawSink(drawing: Drawing, number: number, { topics, group, common }: SinkDrawing): void {
  const { dice } = drawing;
  const id = `sink${number}`;
  const strategy = common['partition.assignment.strategy']!;
  const config: Config = {
    ...consumerOf(drawing),
    ...(group !== '' && { 'group.id': group, 'partition.assignment.strategy': strategy }),
    'group.instance.id': dice.from(['', '', `${id}-static`]),
    'write.batch.records': dice.from([1, 10]),
    'rate.limit': dice.from([0, 0, 30]),
  };
  add(drawing, id, 'sink', config, { from: someOf(dice, topics) });
}

function clusterOf({ dice, brokers, racks }: Drawing): Config {
  const free = dice.below(2) === 0;
  return {
    ...(free ? freeCluster : { 'group.initial.rebalance.delay.ms': dice.from([0, 3_000]) }),
    brokers,
    'broker.racks': racks,
    'network.latency.ms': dice.from([0, 0.5, 5]),
    ...(!free && {
      'network.bytes.per.second': dice.from([1_250_000_000, 40_000]),
      'disk.bytes.per.second': dice.from([500_000_000, 50_000]),
      'disk.read.bytes.per.second': dice.from([500_000_000, 50_000]),
      'page.cache.bytes': dice.from([26_843_545_600, 5_000, 0]),
      'disk.capacity.bytes': dice.from([0, 0, 0, 150_000]),
    }),
    'quota.producer.bytes.per.second': dice.from([0, 0, 0, 4_000]),
    'quota.consumer.bytes.per.second': dice.from([0, 0, 0, 4_000]),
    'replica.lag.time.max.ms': dice.from([30_000, 3_000]),
    'broker.session.timeout.ms': dice.from([9_000, 2_000]),
    'broker.heartbeat.interval.ms': dice.from([2_000, 500]),
    'broker.restart.ms': dice.from([5_000, 0, 1_000]),
    'leader.imbalance.check.interval.seconds': dice.from([300, 10]),
    'controller.quorum.voters.count': dice.from([3, 1]),
    'log.retention.check.interval.ms': dice.from([300_000, 1_500]),
    'log.cleaner.backoff.ms': dice.from([15_000, 500]),
    'log.cleaner.threads': dice.from([1, 2]),
    'log.cleaner.dedupe.buffer.size': dice.from([134_217_728, 4_000]),
    'log.cleaner.io.max.bytes.per.second': dice.from([0, 5_000]),
    'offsets.topic.num.partitions': dice.from([50, 3]),
    'offsets.topic.replication.factor': 1 + dice.below(brokers),
    'transaction.state.log.replication.factor': 1 + dice.below(brokers),
    'transaction.state.log.min.isr': 1,
    'remote.log.manager.task.interval.ms': dice.from([30_000, 1_000]),
  };
}
