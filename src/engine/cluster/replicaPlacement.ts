/**
 * Which brokers get the replicas of new partitions: KRaft's StripedReplicaPlacer. Racks take turns, and within a rack its brokers; leaders are unfenced;
 * after as many partitions as there are unfenced brokers everything is shuffled. Ported from its behaviour; chance comes from outside, draw by draw.
 */
import { javaHashOrder, javaTextHash } from '../kernel/javaHash.ts';

/** A registered broker. A rack of null is a rack of its own, before all others. */
export interface UsableBroker {
  readonly id: number;
  readonly rack: string | null;
  readonly fenced: boolean;
}

export interface PlacementRequest {
  readonly brokers: readonly UsableBroker[];
  readonly partitions: number;
  readonly replicationFactor: number;
}

/** `replicas` holds one list of broker ids a partition, the preferred leader first; `message` is Kafka's. */
export type Placement =
  | { readonly error: 'NONE'; readonly replicas: readonly (readonly number[])[] }
  | { readonly error: 'INVALID_REPLICATION_FACTOR'; readonly message: string };

/** An integer from 0 to below `bound`, evenly distributed: a named stream's `nextBelow`. */
export type DrawBelow = (bound: number) => number;

/**
 * Brokers of one rack, fenced or unfenced, handed out from a start that moves on by one with each partition. Kafka counts partitions from the last shuffle and
 * forgets to begin anew at it: a ring that was not asked in between takes the partition of the same number for the one it has served.
 */
interface BrokerRing {
  readonly ids: number[];
  taken: number;
  start: number;
  /** Number of the partition, from the last shuffle on, that `taken` belongs to. */
  epoch: number;
}

interface Rack {
  readonly fenced: BrokerRing;
  readonly unfenced: BrokerRing;
}

interface Placer {
  /** In the order in which they take turns; shuffled together with their brokers. */
  readonly turns: Rack[];
  /** The same racks in the order of a Java HashMap, in which they draw. */
  readonly drawing: readonly Rack[];
  readonly unfencedCount: number;
  epoch: number;
  turn: number;
}

/**
 * Places the replicas of new partitions. Fenced brokers count towards the replication factor and are taken when a rack has no other left. Draws happen before
 * the request is checked, as in Kafka.
 */
export function placeReplicas(request: PlacementRequest, draw: DrawBelow): Placement {
  const placer = createPlacer(request.brokers, draw);
  const message = refusal(request, placer);
  if (message !== null) return { error: 'INVALID_REPLICATION_FACTOR', message };
  const replicas = Array.from({ length: request.partitions }, () => placePartition(placer, request.replicationFactor, draw));
  return { error: 'NONE', replicas };
}

/** StripedReplicaPlacer.place's checks in its order. */
function refusal({ brokers, replicationFactor }: PlacementRequest, placer: Placer): string | null {
  if (replicationFactor <= 0) return `Invalid replication factor ${replicationFactor}: the replication factor must be positive.`;
  if (placer.unfencedCount === 0) return 'All brokers are currently fenced.';
  if (replicationFactor <= brokers.length) return null;
  return `The target replication factor of ${replicationFactor} cannot be reached because only ${brokers.length} broker(s) are registered.`;
}

function createPlacer(brokers: readonly UsableBroker[], draw: DrawBelow): Placer {
  const names = [...new Set(brokers.map(({ rack }) => rack))];
  const racks = names.map((name): Rack => {
    const within = brokers.filter(({ rack }) => rack === name);
    return { fenced: createRing(within.filter(({ fenced }) => fenced)), unfenced: createRing(within.filter(({ fenced }) => !fenced)) };
  });
  const drawing = javaHashOrder(names.map((name) => (name === null ? 0 : javaTextHash(name)))).map((place) => racks[place]);
  for (const { fenced, unfenced } of drawing) {
    if (fenced.ids.length > 0) fenced.start = draw(fenced.ids.length);
    if (unfenced.ids.length > 0) unfenced.start = draw(unfenced.ids.length);
  }
  const turns = names.map((_, place) => place).sort((a, b) => compareNames(names[a], names[b]));
  return {
    turns: turns.map((place) => racks[place]),
    drawing,
    unfencedCount: brokers.filter(({ fenced }) => !fenced).length,
    epoch: 0,
    turn: names.length === 0 ? 0 : draw(names.length),
  };
}

function compareNames(a: string | null, b: string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function createRing(brokers: readonly UsableBroker[]): BrokerRing {
  return { ids: brokers.map(({ id }) => id).sort((a, b) => a - b), taken: 0, start: 0, epoch: 0 };
}

/** The next broker of a ring for the partition numbered `epoch`, or -1 when all were taken for it. */
function takeBroker(ring: BrokerRing, epoch: number): number {
  const size = ring.ids.length;
  if (size === 0) return -1;
  if (ring.epoch !== epoch) {
    ring.epoch = epoch;
    ring.taken = 0;
    ring.start = (ring.start + 1) % size;
  }
  return ring.taken < size ? ring.ids[(ring.taken++ + ring.start) % size] : -1;
}

function takeFromRack(rack: Rack, epoch: number): number {
  const broker = takeBroker(rack.unfenced, epoch);
  return broker >= 0 ? broker : takeBroker(rack.fenced, epoch);
}

function placePartition(placer: Placer, replicationFactor: number, draw: DrawBelow): number[] {
  const { turns, unfencedCount } = placer;
  // One unfenced broker alone would be handed out for ever in epoch 0.
  if (placer.epoch === unfencedCount && unfencedCount > 1) {
    shuffle(turns, draw);
    for (const { fenced, unfenced } of placer.drawing) {
      shuffle(fenced.ids, draw);
      shuffle(unfenced.ids, draw);
    }
    placer.epoch = 0;
  }
  if (placer.turn === turns.length) placer.turn = 0;
  const { epoch, turn } = placer;
  let leaderTurn = turn;
  // This ends, and so does the round of followers: the rings that served the partition before are fresh, and hold as many brokers as that one took.
  const replicas: number[] = [];
  while (replicas.length === 0) {
    const leader = takeBroker(turns[leaderTurn].unfenced, epoch);
    if (leader >= 0) replicas.push(leader);
    else leaderTurn = (leaderTurn + 1) % turns.length;
  }
  addFollowers(placer, { replicas, replicationFactor, leaderTurn });
  placer.epoch++;
  placer.turn++;
  return replicas;
}

/** Goes round the racks from the first one whose turn it is, passing over the leader's the first time. */
function addFollowers(placer: Placer, partition: { replicas: number[]; replicationFactor: number; leaderTurn: number }): void {
  const { replicas, replicationFactor } = partition;
  const { turns, epoch } = placer;
  let skipped = partition.leaderTurn;
  for (let turn = placer.turn; replicas.length < replicationFactor; turn = (turn + 1) % turns.length) {
    if (turn === skipped) {
      skipped = -1;
      continue;
    }
    const broker = takeFromRack(turns[turn], epoch);
    if (broker >= 0) replicas.push(broker);
  }
}

/** Collections.shuffle. */
function shuffle<T>(items: T[], draw: DrawBelow): void {
  for (let size = items.length; size > 1; size--) {
    const other = draw(size);
    const last = items[size - 1];
    items[size - 1] = items[other];
    items[other] = last;
  }
}
