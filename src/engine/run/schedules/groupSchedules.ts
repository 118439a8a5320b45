/** For tests and the soak: random schedules in which members of groups crash, close, stand still and are added while brokers fail, as documents that can be run anywhere. */
import type { Config, Fault, PipelineDocument } from '../../../pipeline/document.ts';
import { createStream } from '../../kernel/random.ts';
import { type Dice, diceOf } from './faultSchedules.ts';
import { documentOf, type Sketch } from '../harness.ts';

/** From here on everything is repaired, sources are silent soon after, and what is left is read to the end. */
const repairedMs = 30_000;
const silentMs = 34_000;
export const groupScheduleMs = 100_000;
const firstFaultMs = 2_000;
const memberKinds = ['member.crash', 'member.stop', 'member.restart'] as const;

/** How to see a schedule again: the first command checks it and writes the document, which the second and the designer run without these checks. */
export function groupReplayLine(seed: number): string {
  return `replay with the checks: npm run soak -- --groups --seed ${seed} | without them: npm run logjam -- run .cache/group-schedules/${seed}.json, or open that file in the designer`;
}

interface Layout {
  readonly dice: Dice;
  readonly brokers: number;
  readonly isolation: string;
}

/**
 * The schedule of a seed: one or two producers (some in transactions, some without idempotence or with fewer acks), a topic, a group of up to four members (classic, eager or cooperative, some
 * static) before a second topic or at the end, a second group, and a witness that reads everything and is left alone; up to three brokers; up to sixteen faults in the first half minute.
 */
export function groupScheduleOf(seed: number): PipelineDocument {
  const dice = diceOf(createStream(seed, 'group schedule'));
  const replicas = dice.from([1, 3, 3]);
  const layout: Layout = {
    dice,
    brokers: Math.max(replicas, dice.from([1, 3, 3])),
    isolation: dice.from(['read_committed', 'read_uncommitted']),
  };
  const producing = producingOf(dice);
  const chained = dice.below(3) === 0;
  const topic = topicOf(dice, replicas);
  const workers = 1 + dice.below(4);
  const nodes: Sketch['nodes'] = {
    source: { kind: 'producer', config: sourceOf(dice, producing, 0), to: ['in'] },
    ...(dice.below(3) === 0 && { other: { kind: 'producer', config: sourceOf(dice, producing, 1), to: ['in'] } }),
    in: { kind: 'topic', config: topic, to: ['work', 'witness'] },
    work: {
      kind: chained ? 'service' : 'sink',
      config: { ...memberOf(layout, 'work'), ...(chained && { ...producing, 'linger.ms': dice.from([0, 5]) }), instances: workers },
      to: chained ? ['out'] : [],
    },
    ...(chained && {
      out: { kind: 'topic', config: topic, to: ['view'] },
      view: { kind: 'sink', config: { ...memberOf(layout, 'view'), instances: 1 + dice.below(2) } },
    }),
    witness: { kind: 'sink', config: { 'isolation.level': layout.isolation, 'service.time.ms': 0, 'commit.mode': 'auto' } },
  };
  const document = documentOf({ seed, seconds: groupScheduleMs / 1000, nodes, cluster: clusterOf(layout, replicas) });
  const groups = chained ? ['work', 'view'] : ['work'];
  const faults = [...randomFaults(layout, groups, workers), ...cutOff(seed, layout), ...repairs(layout.brokers, document)].sort(
    (a, b) => a.atMs - b.atMs,
  );
  return { ...document, name: `group schedule ${seed}`, scenario: { ...document.scenario, faults } };
}

/** What all producers of a schedule share, so that one contract holds for all. */
function producingOf(dice: Dice): Config {
  const acks = dice.from(['all', 'all', 'all', '1', '0']);
  return {
    acks,
    'enable.idempotence': acks === 'all' && dice.below(4) > 0,
    'max.in.flight.requests.per.connection': dice.from([5, 1]),
    'request.timeout.ms': dice.from([1_500, 30_000]),
    'batch.size': dice.from([16_384, 600]),
  };
}

function sourceOf(dice: Dice, producing: Config, number: number): Config {
  const rate = dice.from([5, 20, 40]);
  const transactional = producing['enable.idempotence'] === true && dice.below(2) === 0;
  return {
    ...producing,
    'linger.ms': dice.from([0, 20]),
    'workload.rate': rate,
    'workload.group.size': dice.from([1, 5]),
    'workload.records': rate * (silentMs / 1000),
    'key.shape': dice.from(['none', 'uniform']),
    ...(transactional && {
      'transactional.id': `tx-${number}`,
      'transaction.records': dice.from([1, 10, 40]),
      'transaction.timeout.ms': dice.from([60_000, 3_000]),
      'transaction.abort.every': dice.from([0, 2, 3]),
    }),
  };
}

function topicOf(dice: Dice, replicas: number): Config {
  return {
    partitions: dice.from([1, 2, 3, 6]),
    'replication.factor': replicas,
    'min.insync.replicas': Math.min(replicas, 1 + dice.below(2)),
    'segment.bytes': dice.from([1_073_741_824, 4_000, 1_500]),
    'unclean.leader.election.enable': replicas > 1 && dice.below(8) === 0,
  };
}

function memberOf({ dice, isolation }: Layout, name: string): Config {
  return {
    'isolation.level': isolation,
    'partition.assignment.strategy': dice.from(['range', 'cooperative-sticky']),
    'session.timeout.ms': dice.from([3_000, 10_000]),
    'heartbeat.interval.ms': 1_000,
    'max.poll.interval.ms': dice.from([300_000, 5_000]),
    'max.poll.records': dice.from([500, 10, 1]),
    'fetch.max.wait.ms': dice.from([500, 50]),
    'max.partition.fetch.bytes': dice.from([1_048_576, 1_000]),
    prefetch: dice.below(3) > 0,
    'group.instance.id': dice.from(['', '', name]),
    'commit.mode': dice.from(['after-processing', 'auto', 'before-processing']),
    'auto.commit.interval.ms': dice.from([5_000, 300]),
    'service.time.ms': dice.from([0, 2, 10]),
    'service.time.distribution': dice.from(['constant', 'exponential']),
  };
}

function clusterOf({ dice, brokers }: Layout, replicas: number): Config {
  return {
    brokers,
    'network.latency.ms': dice.from([0, 1, 5]),
    'replica.lag.time.max.ms': dice.from([2_000, 10_000]),
    'broker.session.timeout.ms': dice.from([2_000, 9_000]),
    'broker.heartbeat.interval.ms': 500,
    'broker.restart.ms': dice.from([0, 1_000, 4_000]),
    'leader.imbalance.check.interval.seconds': dice.from([10, 300]),
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': 1,
  };
}

function randomFaults(layout: Layout, groups: readonly string[], workers: number): Fault[] {
  const { dice } = layout;
  const count = 2 + dice.below(15);
  const times = Array.from({ length: count }, () => firstFaultMs + dice.below(repairedMs - firstFaultMs - 1) + dice.below(1000) / 1000);
  const brokerShare = dice.from([0, 1, 3]);
  return times
    .sort((a, b) => a - b)
    .map((atMs) =>
      dice.below(4) < brokerShare ? brokerFault(layout, atMs) : memberFault(layout, atMs, { node: dice.from(groups), workers }),
    );
}

function memberFault({ dice }: Layout, atMs: number, { node, workers }: { readonly node: string; readonly workers: number }): Fault {
  const member = node === 'work' ? dice.below(workers) : 0;
  switch (dice.below(8)) {
    case 0:
      return { atMs, action: 'member.add', node };
    case 1:
      return { atMs, action: dice.from(['outage.start', 'outage.end']), node };
    case 2:
      return { atMs, action: 'slow', node, factor: dice.from([0.5, 20]) };
    default:
      return { atMs, action: dice.from(memberKinds), node, member };
  }
}

function brokerFault({ dice, brokers }: Layout, atMs: number): Fault {
  const broker = dice.below(brokers);
  const others = ['controller', 'node:source', 'node:work', 'rest', ...(brokers > 1 ? [`broker:${(broker + 1) % brokers}`] : [])];
  const ends = { between: [`broker:${broker}`], and: [dice.from(others)] };
  switch (dice.below(8)) {
    case 0:
    case 1:
      return { atMs, action: 'broker.kill', broker };
    case 2:
      return { atMs, action: 'broker.stop', broker };
    case 3:
    case 4:
      return { atMs, action: 'broker.restart', broker };
    case 5:
      return { atMs, action: 'network.cut', ...ends };
    case 6:
      return { atMs, action: 'network.heal', ...ends };
    default:
      return dice.below(2) === 0
        ? { atMs, action: 'controller.loss' }
        : { atMs, action: 'network.delay', ...ends, addedMs: dice.from([20, 500]) };
  }
}

/** In some schedules a broker is cut off from controller and brokers, but not from its clients: it leads on without knowing of its successors. */
function cutOff(seed: number, { brokers }: Layout): Fault[] {
  const dice = diceOf(createStream(seed, 'group schedule/cut off'));
  if (brokers < 3 || dice.below(4) > 0) return [];
  const broker = dice.below(brokers);
  const and = [
    'controller',
    ...Array.from({ length: brokers }, (_, other) => `broker:${other}`).filter((other) => other !== `broker:${broker}`),
  ];
  return [{ atMs: firstFaultMs + dice.below(15_000), action: 'network.cut', between: [`broker:${broker}`], and }];
}

/** Links healed and fast, brokers and members started one after the other, applications as fast as they were. */
function repairs(brokers: number, { nodes }: PipelineDocument): Fault[] {
  const ofBrokers = Array.from({ length: brokers }, (_, broker): Fault[] => {
    const ends = { between: [`broker:${broker}`], and: ['rest'] };
    return [
      { atMs: repairedMs, action: 'network.heal', ...ends },
      { atMs: repairedMs, action: 'network.delay', ...ends, addedMs: 0 },
      { atMs: repairedMs + 500 + broker * 5_000, action: 'broker.restart', broker },
    ];
  });
  const ofMembers = nodes
    .filter(({ id }) => id === 'work' || id === 'view')
    .map(({ id: node, config }): Fault[] => [
      { atMs: repairedMs, action: 'outage.end', node },
      { atMs: repairedMs, action: 'slow', node, factor: 1 },
      ...Array.from({ length: Number(config['instances']) }, (_, member): Fault => {
        return { atMs: repairedMs + 20_000 + member * 100, action: 'member.restart', node, member };
      }),
    ]);
  return [...ofBrokers, ...ofMembers].flat();
}
