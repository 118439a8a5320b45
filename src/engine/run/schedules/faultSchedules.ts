/** For tests and the soak: random schedules in which brokers die, stop, return and are cut off, as documents that can be run anywhere. */
import type { Fault, PipelineDocument } from '../../../pipeline/document.ts';
import { createStream, nextBelow, type RandomStream } from '../../kernel/random.ts';
import { documentOf } from '../harness.ts';

/** From here on everything is repaired and nothing fails any more, so that the end of the run shows whether the cluster recovers. */
export const repairedMs = 60_000;
export const scheduleMs = 120_000;
const firstFaultMs = 3_000;

/** How to see a schedule again: the first command checks it after every event and writes the document, which the second and the designer run without these checks. */
export function replayLine(seed: number): string {
  return `replay with the checks: npm run soak -- --seed ${seed} | without them: npm run logjam -- run .cache/fault-schedules/${seed}.json, or open that file in the designer`;
}

export interface Dice {
  readonly below: (bound: number) => number;
  readonly from: <T>(items: readonly T[]) => T;
}

export function diceOf(stream: RandomStream): Dice {
  return { below: (bound) => nextBelow(stream, bound), from: (items) => items[nextBelow(stream, items.length)] };
}

/**
 * The schedule of a seed: up to five brokers, replication factor 1 to 4, `min.insync.replicas` 1 to 3, acks=all, clean elections only; kills, controlled shutdowns, restarts, cuts,
 * heals, slow links, full disks, reassignments and losses of the controller at random moments of the first minute.
 */
export function scheduleOf(seed: number): PipelineDocument {
  const dice = diceOf(createStream(seed, 'fault schedule'));
  const replicas = 1 + dice.below(4);
  const brokers = Math.max(replicas, 2 + dice.below(4));
  const racks = dice.from([[], [], ['a', 'b'], ['a', 'b', 'c']]);
  const document = documentOf({
    seed,
    seconds: scheduleMs / 1000,
    nodes: {
      source: {
        kind: 'producer',
        config: {
          'workload.rate': dice.from([5, 20, 50]),
          'workload.group.size': dice.from([1, 10]),
          'key.shape': dice.from(['none', 'uniform']),
          'linger.ms': dice.from([0, 20]),
          acks: 'all',
          'enable.idempotence': dice.from([true, true, false]),
          'max.in.flight.requests.per.connection': dice.from([1, 5]),
          'request.timeout.ms': dice.from([2_000, 30_000]),
        },
        to: ['topic'],
      },
      topic: {
        kind: 'topic',
        config: {
          partitions: 1 + dice.below(4),
          'replication.factor': replicas,
          'min.insync.replicas': Math.min(replicas, 1 + dice.below(3)),
          'unclean.leader.election.enable': false,
          'segment.bytes': dice.from([1_048_576, 1_073_741_824]),
        },
        to: ['sink'],
      },
      sink: { kind: 'sink', config: { instances: 1 + dice.below(2), 'service.time.ms': 0 } },
    },
    cluster: {
      brokers,
      'broker.racks': racks,
      'network.latency.ms': dice.from([0, 0.5, 5]),
      'replica.lag.time.max.ms': dice.from([3_000, 10_000]),
      'broker.session.timeout.ms': dice.from([2_000, 9_000]),
      'broker.heartbeat.interval.ms': dice.from([500, 1_500]),
      'broker.restart.ms': dice.from([0, 1_000, 5_000]),
      'leader.imbalance.check.interval.seconds': dice.from([10, 300]),
    },
  });
  const faults = [...randomFaults(dice, { brokers, racks, replicas }), ...repairs(brokers)];
  return { ...document, name: `fault schedule ${seed}`, scenario: { ...document.scenario, faults } };
}

interface Layout {
  readonly brokers: number;
  readonly racks: readonly string[];
  readonly replicas: number;
}

function randomFaults(dice: Dice, layout: Layout): Fault[] {
  const count = 3 + dice.below(12);
  const times = Array.from({ length: count }, () => firstFaultMs + dice.below(repairedMs - firstFaultMs - 1) + dice.below(1000) / 1000);
  return times.sort((a, b) => a - b).map((atMs) => randomFault(dice, atMs, layout));
}

function randomFault(dice: Dice, atMs: number, { brokers, racks, replicas }: Layout): Fault {
  const broker = dice.below(brokers);
  const other = dice.from([`broker:${(broker + 1 + dice.below(brokers - 1)) % brokers}`, 'controller', 'node:source', 'node:sink', 'rest']);
  const ends = { between: [`broker:${broker}`], and: [other] };
  switch (dice.below(15)) {
    case 0:
    case 1:
    case 2:
      return { atMs, action: 'broker.kill', broker };
    case 3:
      return { atMs, action: 'broker.stop', broker };
    case 4:
    case 5:
      return { atMs, action: 'broker.restart', broker };
    case 6:
    case 7:
      return { atMs, action: 'network.cut', ...ends };
    case 8:
      return { atMs, action: 'network.heal', ...ends };
    case 9:
      return { atMs, action: 'network.delay', ...ends, addedMs: dice.from([0, 20, 500]) };
    case 10:
      return racks.length > 0
        ? { atMs, action: dice.from(['zone.loss', 'zone.return']), rack: dice.from(racks) }
        : { atMs, action: 'leaders.prefer' };
    case 11:
      return { atMs, action: 'disk.full', broker };
    case 12:
    case 13:
      return {
        atMs,
        action: 'partition.reassign',
        node: 'topic',
        partition: 0,
        replicas: hand(dice, brokers, replicas),
        throttleBytesPerSecond: 0,
      };
    default:
      return { atMs, action: 'controller.loss' };
  }
}

/** So many brokers in any order, or one more or less: a reassignment may change the replication factor. */
function hand(dice: Dice, brokers: number, replicas: number): number[] {
  const deck = Array.from({ length: brokers }, (_, broker) => broker);
  const count = Math.min(brokers, Math.max(1, replicas - 1 + dice.below(3)));
  return Array.from({ length: count }, () => deck.splice(dice.below(deck.length), 1)[0]);
}

/** All links healed and fast, then every broker started; a start of one that runs is a restart in order, one after the other. */
function repairs(brokers: number): Fault[] {
  const everybody = ['rest'];
  const of = (broker: number) => ({ between: [`broker:${broker}`], and: everybody });
  return Array.from({ length: brokers }, (_, broker): Fault[] => [
    { atMs: repairedMs, action: 'network.heal', ...of(broker) },
    { atMs: repairedMs, action: 'network.delay', ...of(broker), addedMs: 0 },
    { atMs: repairedMs, action: 'disk.freed', broker },
    { atMs: repairedMs + 1_000 + broker * 6_000, action: 'broker.restart', broker },
  ]).flat();
}
