/** For tests and the soak: faults of every kind for a random whole design. */
import type { ConfigValue, Fault } from '../../../pipeline/document.ts';
import type { Dice } from './faultSchedules.ts';
import type { Drawing } from './wholeDesigns.ts';

/** Up to 25 faults at random moments, in order; some come at the same moment. */
export function faultsOf(drawing: Drawing): Fault[] {
  const { dice, seconds } = drawing;
  const count = dice.from([0, 2, 6, 10, 25]);
  const times = Array.from({ length: count }, () => dice.from([dice.below(seconds * 1000), dice.below(seconds) * 1000]));
  /** Partitions of each topic and members of each node so far. */
  const grown = new Map<string, number>();
  return times.sort((a, b) => a - b).map((atMs) => (dice.below(2) === 0 ? nodeFault(drawing, atMs, grown) : clusterFault(drawing, atMs)));
}

const live: Readonly<Record<string, readonly (readonly [string, readonly ConfigValue[]])[]>> = {
  producer: [
    ['workload.rate', [0, 5, 80]],
    ['workload.shape', ['constant', 'poisson']],
  ],
  topic: [
    ['retention.ms', [1_000, 604_800_000]],
    ['retention.bytes', [-1, 2_000]],
    ['min.cleanable.dirty.ratio', [0, 1]],
  ],
  consumer: [
    ['max.poll.records', [1, 500]],
    ['fetch.min.bytes', [1, 2_000]],
    ['service.time.ms', [0, 30]],
    ['service.time.distribution', ['constant', 'lognormal']],
  ],
};

function configFault({ dice, nodes }: Drawing, atMs: number): Fault {
  const node = dice.from(nodes);
  const role = node.kind === 'producer' || node.kind === 'topic' ? node.kind : 'consumer';
  const [config, values] = dice.from(live[role]!);
  return { atMs, action: 'config.set', node: node.id, config, value: dice.from(values) };
}

function nodeFault(drawing: Drawing, atMs: number, grown: Map<string, number>): Fault {
  const { dice, nodes } = drawing;
  const readers = nodes.filter(({ kind }) => kind !== 'producer' && kind !== 'topic');
  const reader = dice.from(readers);
  const node = reader.id;
  const members = Number(reader.config['instances']) + (grown.get(node) ?? 0);
  switch (dice.below(8)) {
    case 0:
      grown.set(node, (grown.get(node) ?? 0) + 1);
      return { atMs, action: 'member.add', node };
    case 1:
    case 2:
    case 3:
      return { atMs, action: dice.from(['member.stop', 'member.crash', 'member.restart']), node, member: dice.below(members) };
    case 4:
      return { atMs, action: dice.from(['outage.start', 'outage.end']), node };
    case 5:
      return { atMs, action: 'slow', node, factor: dice.from([0.5, 1, 5]) };
    case 6:
      return configFault(drawing, atMs);
    default:
      return partitionFault(drawing, atMs, grown);
  }
}

function partitionFault({ dice, nodes, brokers }: Drawing, atMs: number, grown: Map<string, number>): Fault {
  const topic = dice.from(nodes.filter(({ kind }) => kind === 'topic'));
  const node = topic.id;
  const partitions = Number(topic.config['partitions']) + (grown.get(node) ?? 0);
  const partition = dice.below(partitions);
  switch (dice.below(4)) {
    case 0: {
      const count = 1 + dice.below(2);
      grown.set(node, (grown.get(node) ?? 0) + count);
      return { atMs, action: 'partitions.add', node, count };
    }
    case 1:
      return { atMs, action: 'leader.unclean', node, partition };
    default:
      return {
        atMs,
        action: 'partition.reassign',
        node,
        partition,
        replicas: hand(dice, brokers),
        throttleBytesPerSecond: dice.from([0, 2_000]),
      };
  }
}

/** One to four different brokers. */
function hand(dice: Dice, brokers: number): number[] {
  const deck = Array.from({ length: brokers }, (_, broker) => broker);
  return Array.from({ length: Math.min(brokers, 1 + dice.below(4)) }, () => deck.splice(dice.below(deck.length), 1)[0]!);
}

function clusterFault(drawing: Drawing, atMs: number): Fault {
  const { dice, brokers, racks } = drawing;
  const broker = dice.below(brokers);
  switch (dice.below(9)) {
    case 0:
    case 1:
      return { atMs, action: dice.from(['broker.kill', 'broker.kill', 'broker.stop']), broker };
    case 2:
    case 3:
      return { atMs, action: 'broker.restart', broker };
    case 4:
      return racks.length > 0
        ? { atMs, action: dice.from(['zone.loss', 'zone.return']), rack: dice.from(racks) }
        : { atMs, action: 'leaders.prefer' };
    case 5:
      return { atMs, action: dice.from(['controller.loss', 'leaders.prefer']) };
    case 6:
      return dice.below(2) === 0
        ? { atMs, action: 'disk.slow', broker, factor: dice.from([1, 20]) }
        : { atMs, action: dice.from(['disk.full', 'disk.freed', 'disk.freed']), broker };
    default:
      return networkFault(drawing, atMs, broker);
  }
}

function networkFault({ dice, nodes, brokers }: Drawing, atMs: number, broker: number): Fault {
  const clients = nodes.filter(({ kind }) => kind !== 'topic').map(({ id }) => `node:${id}`);
  const others = Array.from({ length: brokers }, (_, other) => `broker:${other}`).filter((other) => other !== `broker:${broker}`);
  const and = [dice.from(['controller', 'rest', ...clients, ...others])];
  const between = dice.below(5) === 0 ? [dice.from(clients.filter((client) => client !== and[0]))] : [`broker:${broker}`];
  if (between[0] === undefined) return { atMs, action: 'leaders.prefer' };
  switch (dice.below(4)) {
    case 0:
      return { atMs, action: 'network.delay', between, and, addedMs: dice.from([0, 30, 800]) };
    case 1:
      return { atMs, action: 'network.heal', between, and };
    default:
      return { atMs, action: 'network.cut', between, and };
  }
}
