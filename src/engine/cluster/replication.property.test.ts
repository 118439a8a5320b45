/**
 * The rules of leaders, followers and controller together, on logs that are lists: brokers die and return at any moment, requests are under way in between. What is
 * under test is that nothing the high watermark has ever passed is lost without an unclean election.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alterPartition, type AlterPartitionRequest } from './alterPartition.ts';
import { noteFetch } from './followerProgress.ts';
import { acksAllAnswer, appendError, followerHighWatermark, inMaximalIsr, isUnderMinIsr, leaderHighWatermark } from './highWatermark.ts';
import { isrAnswered, laggingMembers, proposeChange, shouldJoin } from './isrChanges.ts';
import { brokerLeft, brokerReturned, electLeader } from './leaderElection.ts';
import { followerOf, type IsrChange, type LeaderState, takeOffice } from './leaderState.ts';
import { type PartitionRegistration, registerPartition } from './partitionRegistration.ts';

interface Replica {
  /** Records by number; the same number is the same record. */
  log: number[];
  highWatermark: number;
  alive: boolean;
  epoch: number;
  state: LeaderState | null;
}

interface World {
  readonly replicas: Map<number, Replica>;
  readonly minInsyncReplicas: number;
  registration: PartitionRegistration;
  nowUs: number;
  nextRecord: number;
  /** Everything a leader's high watermark has ever passed. */
  committed: number[];
  /** The request for another ISR that is under way, with its leader's state. */
  request: { state: LeaderState; change: IsrChange; request: AlterPartitionRequest } | null;
}

const lagMaxUs = 30;

function createWorld(count: number, minInsyncReplicas: number): World {
  const brokers = Array.from({ length: count }, (_, i) => i + 1);
  const replica = (): Replica => ({ log: [], highWatermark: 0, alive: true, epoch: 0, state: null });
  const registration = registerPartition(brokers, () => true)!;
  const world: World = {
    replicas: new Map(brokers.map((broker) => [broker, replica()])),
    minInsyncReplicas,
    registration,
    nowUs: 0,
    nextRecord: 0,
    committed: [],
    request: null,
  };
  publish(world, registration);
  return world;
}

const policyOf = ({ minInsyncReplicas }: World) => ({ minInsyncReplicas, uncleanElection: false, eligibleLeaderReplicas: false });
const contextOf = (world: World) => ({ policy: policyOf(world), isActive: (broker: number) => world.replicas.get(broker)!.alive });

function viewOf(world: World, { log, highWatermark }: Replica) {
  const isEligible = (broker: number, epoch: number) => world.replicas.get(broker)!.alive && world.replicas.get(broker)!.epoch === epoch;
  const { minInsyncReplicas, nowUs } = world;
  return { logEndOffset: log.length, highWatermark, minInsyncReplicas, nowUs, lagMaxUs, isEligible };
}

/** All brokers learn of a registration: the leader takes office, the others cut their logs where they part from the leader's. */
function publish(world: World, registration: PartitionRegistration): void {
  const newEpoch = registration.leaderEpoch !== world.registration.leaderEpoch;
  world.registration = registration;
  const leader = world.replicas.get(registration.leader);
  for (const [broker, replica] of world.replicas) {
    if (broker === registration.leader) replica.state = takeOffice(replica.state, registration, viewOf(world, replica));
    else replica.state = null;
    if (newEpoch && leader && replica.alive) follow(leader, replica);
  }
  if (leader) raise(world, leader);
}

function follow(leader: Replica, replica: Replica): void {
  const parts = replica.log.findIndex((record, offset) => leader.log[offset] !== record);
  if (parts < 0 || leader === replica) return;
  replica.log.length = parts;
  replica.highWatermark = Math.min(replica.highWatermark, parts);
}

function raise(world: World, leader: Replica): void {
  const before = leader.highWatermark;
  const frozen = isUnderMinIsr(leader.state!, world.minInsyncReplicas);
  leader.highWatermark = leaderHighWatermark(leader.state!, viewOf(world, leader));
  expect(leader.highWatermark).toBeGreaterThanOrEqual(before);
  if (frozen) expect(leader.highWatermark).toBe(before);
  if (leader.highWatermark > before) {
    for (const [broker, replica] of world.replicas) {
      if (inMaximalIsr(leader.state!, broker)) expect(replica.log.length).toBeGreaterThanOrEqual(leader.highWatermark);
    }
  }
  for (let offset = world.committed.length; offset < leader.highWatermark; offset++) world.committed.push(leader.log[offset]);
}

/** Whether the leader still leads, and is alive: its state else belongs to nobody. */
function leaderOf(world: World): Replica | null {
  const leader = world.replicas.get(world.registration.leader);
  return leader?.alive === true ? leader : null;
}

function propose(world: World, state: LeaderState, change: IsrChange): void {
  const request = proposeChange(state, change);
  world.request = { state, change, request };
}

function fetch(world: World, broker: number, countMax: number): void {
  const leader = leaderOf(world);
  const replica = world.replicas.get(broker);
  if (leader === null || replica === undefined || replica === leader || !replica.alive) return;
  const state = leader.state!;
  const follower = followerOf(state, broker)!;
  const at = { offset: replica.log.length, nowUs: world.nowUs, leaderEndOffset: leader.log.length, brokerEpoch: replica.epoch };
  const moved = noteFetch(follower, at);
  if (world.request === null && shouldJoin(state, follower, viewOf(world, leader))) propose(world, state, { kind: 'expand', broker });
  if (moved) raise(world, leader);
  replica.log.push(...leader.log.slice(replica.log.length, replica.log.length + countMax));
  replica.highWatermark = followerHighWatermark(leader.highWatermark, { logStartOffset: 0, logEndOffset: replica.log.length });
}

type Step = { readonly do: 'append' | 'fetch' | 'die' | 'return' | 'wait' | 'controller' | 'answer' | 'prefer'; readonly n: number };

function take(world: World, { do: what, n }: Step): void {
  const broker = (n % world.replicas.size) + 1;
  const replica = world.replicas.get(broker)!;
  const leader = leaderOf(world);
  switch (what) {
    case 'append':
      return append(world, leader, n);
    case 'fetch':
      return fetch(world, broker, 1 + (n % 5));
    case 'die':
      if (!replica.alive) return;
      replica.alive = false;
      replica.state = null;
      return publish(world, brokerLeft(world.registration, broker, contextOf(world)));
    case 'return':
      if (replica.alive) return;
      replica.epoch++;
      replica.alive = true;
      publish(world, brokerReturned(world.registration, broker, contextOf(world)));
      return leaderOf(world) === null ? undefined : follow(leaderOf(world)!, replica);
    case 'wait': {
      world.nowUs += n;
      const lagging = leader === null || world.request !== null ? [] : laggingMembers(leader.state!, viewOf(world, leader));
      return lagging.length === 0 ? undefined : propose(world, leader!.state!, { kind: 'shrink', brokers: lagging });
    }
    case 'controller':
      return decideRequest(world, n);
    case 'prefer':
      return publish(world, electLeader(world.registration, 'preferred', contextOf(world)).partition);
    default:
      return;
  }
}

function append(world: World, leader: Replica | null, n: number): void {
  if (leader === null) return;
  const all = n % 3 === 0;
  if (appendError(leader.state!, { acks: all ? 'all' : '1', minInsyncReplicas: world.minInsyncReplicas }) !== 'NONE') {
    expect(all && leader.state!.isr.length < world.minInsyncReplicas).toBe(true);
    return;
  }
  for (let i = 0; i <= n % 4; i++) leader.log.push(world.nextRecord++);
  raise(world, leader);
  const { minInsyncReplicas } = world;
  const batch = { requiredOffset: leader.log.length, highWatermark: leader.highWatermark, minInsyncReplicas };
  if (acksAllAnswer(leader.state!, batch) === 'NONE') expect(world.committed.length).toBeGreaterThanOrEqual(leader.log.length);
}

/** The controller answers the request under way: the answer may be lost, the change then comes with the metadata. */
function decideRequest(world: World, n: number): void {
  if (world.request === null) return;
  const { state, change, request } = world.request;
  world.request = null;
  const outcome = alterPartition(world.registration, request, contextOf(world));
  const inForce = outcome.error === 'NONE';
  if (n % 2 === 0 || !inForce) isrAnswered(state, change, outcome);
  if (inForce) publish(world, outcome.partition);
  const leader = leaderOf(world);
  if (leader !== null) raise(world, leader);
}

const step = fc.oneof(
  { weight: 6, arbitrary: fc.nat(99).map((n): Step => ({ do: 'append', n })) },
  { weight: 14, arbitrary: fc.nat(99).map((n): Step => ({ do: 'fetch', n })) },
  { weight: 3, arbitrary: fc.nat(99).map((n): Step => ({ do: 'die', n })) },
  { weight: 3, arbitrary: fc.nat(99).map((n): Step => ({ do: 'return', n })) },
  { weight: 3, arbitrary: fc.nat(60).map((n): Step => ({ do: 'wait', n })) },
  { weight: 5, arbitrary: fc.nat(99).map((n): Step => ({ do: 'controller', n })) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'prefer', n: 0 }) },
);

describe('leaders, followers and the controller together', () => {
  test('[CLU-27] what the high watermark has passed stays in the log of every leader (seed 23)', () => {
    const worlds = fc.record({ count: fc.integer({ min: 1, max: 4 }), minimum: fc.integer({ min: 1, max: 3 }) });
    const check = (shape: { count: number; minimum: number }, steps: Step[]) => {
      const world = createWorld(shape.count, shape.minimum);
      const leaders = new Map<number, number>();
      for (const next of steps) {
        take(world, next);
        const { leader, leaderEpoch } = world.registration;
        if (leader < 0) continue;
        expect(leaders.get(leaderEpoch) ?? leader).toBe(leader);
        leaders.set(leaderEpoch, leader);
        expect(world.replicas.get(leader)!.log.slice(0, world.committed.length)).toEqual(world.committed);
      }
    };
    fc.assert(fc.property(worlds, fc.array(step, { minLength: 20, maxLength: 150 }), check), { seed: 23, numRuns: 500 });
  });

  test("[CLU-25] a follower behind the start of the leader's epoch does not join, though it is beyond the leader's high watermark (KAFKA-7128)", () => {
    const world = createWorld(4, 1);
    const die = (broker: number) => take(world, { do: 'die', n: broker - 1 });
    die(3);
    take(world, { do: 'append', n: 7 });
    for (const broker of [2, 4, 2, 4]) fetch(world, broker, 10);
    expect(world.committed.length).toBe(4);
    die(1);
    // Broker 2 has all that was committed, and does not know that it was.
    expect([world.registration.leader, world.replicas.get(2)!.highWatermark]).toEqual([2, 0]);
    take(world, { do: 'return', n: 2 });
    fetch(world, 3, 1);
    take(world, { do: 'controller', n: 0 });
    die(2);
    expect(world.registration.leader).toBe(4);
    expect(world.replicas.get(4)!.log).toEqual(world.committed);
  });
});
