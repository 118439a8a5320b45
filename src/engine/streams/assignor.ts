/**
 * Tasks dealt out to the members of a stream processor's group (`HighAvailabilityTaskAssignor`, `TaskMovement`, KIP-441): evenly, and with a state by those that have it; who has none yet gets a
 * copy to warm up first. Each member is a process with one thread. Standby copies are not moved for the sake of ones that are caught up (`assignStandbyTaskMovements`).
 */
export interface DealtTask {
  /** As `0_1`; tasks are given in the order of their sub-topologies and partitions. */
  readonly name: string;
  readonly isStateful: boolean;
}

export interface DealtClient {
  /** By task with a state: how many records of its changelogs the member lacks; 0 for one that it runs. */
  readonly lags: ReadonlyMap<string, number>;
}

export interface DealConfig {
  /** `num.standby.replicas`, `acceptable.recovery.lag`, `max.warmup.replicas` */
  readonly standbyReplicas: number;
  readonly acceptableLag: number;
  readonly warmupsMax: number;
}

export interface Dealt {
  readonly active: string[];
  readonly standby: string[];
}

interface Hand {
  readonly active: Set<string>;
  readonly standby: Set<string>;
}

/** What each client gets, and whether a later rebalance is to look whether copies have caught up. */
export function dealTasks(
  tasks: readonly DealtTask[],
  clients: readonly DealtClient[],
  config: DealConfig,
): { readonly dealt: Dealt[]; readonly probes: boolean } {
  const order = new Map(tasks.map(({ name }, place) => [name, place]));
  const hands = clients.map((): Hand => ({ active: new Set(), standby: new Set() }));
  const stateful = tasks.filter(({ isStateful }) => isStateful).map(({ name }) => name);
  stateful.forEach((task, i) => hands[i % hands.length]!.active.add(task));
  balance(hands, 'active', () => true, order);
  addStandbys(hands, stateful, config.standbyReplicas, order);
  const moved = moveToCaughtUp(hands, clients, stateful, config);
  for (const { name, isStateful } of tasks) if (!isStateful) leastLoaded(hands, (hand) => !has(hand, name))!.active.add(name);
  const isStateless = (task: string): boolean => !stateful.includes(task);
  balance(hands, 'active', isStateless, order);
  const sorted = (names: ReadonlySet<string>): string[] => [...names].sort((a, b) => order.get(a)! - order.get(b)!);
  return { dealt: hands.map(({ active, standby }) => ({ active: sorted(active), standby: sorted(standby) })), probes: moved > 0 };
}

const load = ({ active, standby }: Hand): number => active.size + standby.size;
const has = ({ active, standby }: Hand, task: string): boolean => active.has(task) || standby.has(task);

/** The first hand with the least load among those that fit; undefined where none does. */
function leastLoaded(hands: readonly Hand[], fits: (hand: Hand) => boolean): Hand | undefined {
  let found: Hand | undefined;
  for (const hand of hands) if (fits(hand) && (found === undefined || load(hand) < load(found))) found = hand;
  return found;
}

/** Moves tasks from full hands to emptier ones for as long as that evens them out (`balanceTasksOverThreads`). */
function balance(
  hands: readonly Hand[],
  kind: 'active' | 'standby',
  mayMove: (task: string) => boolean,
  order: ReadonlyMap<string, number>,
): void {
  for (let goesOn = true; goesOn;) {
    goesOn = false;
    for (const source of hands)
      for (const destination of hands) {
        if (source === destination) continue;
        for (const task of [...source[kind]].sort((a, b) => order.get(a)! - order.get(b)!)) {
          if (load(source) - load(destination) < 2) break;
          if (!mayMove(task) || has(destination, task)) continue;
          source[kind].delete(task);
          destination[kind].add(task);
          goesOn = true;
        }
      }
  }
}

/** Copies on other members than the active task, as many as there are members for (`DefaultStandbyTaskAssignor`). */
function addStandbys(hands: readonly Hand[], tasks: readonly string[], replicas: number, order: ReadonlyMap<string, number>): void {
  for (const task of tasks) for (let i = 0; i < replicas; i++) leastLoaded(hands, (hand) => !has(hand, task))?.standby.add(task);
  balance(hands, 'standby', () => true, order);
}

/**
 * Active tasks that were dealt to a member which is far behind go to one that has them, or is nearer, and the member gets a copy to warm up, as many at a time as are allowed
 * (`assignActiveTaskMovements`). Gives how many there were.
 */
function moveToCaughtUp(
  hands: readonly Hand[],
  clients: readonly DealtClient[],
  tasks: readonly string[],
  { acceptableLag, warmupsMax }: DealConfig,
): number {
  const lagOf = (client: number, task: string): number => clients[client]!.lags.get(task) ?? 0;
  const isCaughtUp = (client: number, task: string): boolean => lagOf(client, task) <= acceptableLag;
  const movements = tasks.flatMap((task) => {
    const destination = hands.findIndex(({ active }) => active.has(task));
    const caughtUp = clients.flatMap((_, client) => (isCaughtUp(client, task) ? [client] : []));
    if (caughtUp.includes(destination)) return [];
    const nearer = clients.some((_, client) => lagOf(client, task) < lagOf(destination, task));
    return nearer ? [{ task, destination, caughtUp }] : [];
  });
  let warmups = warmupsMax;
  const byScarcity = movements.sort((a, b) => a.caughtUp.length - b.caughtUp.length);
  for (const { task, destination, caughtUp } of byScarcity) {
    const from = hands[destination]!;
    const candidates = caughtUp.length > 0 ? caughtUp : [nearest(clients, task)];
    const swap = candidates.find((client) => hands[client]!.standby.has(task));
    const to =
      swap === undefined
        ? leastLoaded(
            candidates.map((client) => hands[client]!),
            () => true,
          )!
        : hands[swap]!;
    from.active.delete(task);
    to.standby.delete(task);
    to.active.add(task);
    if (swap !== undefined) from.standby.add(task);
    else if (warmups-- > 0) from.standby.add(task);
  }
  return movements.length;
}

function nearest(clients: readonly DealtClient[], task: string): number {
  let found = 0;
  clients.forEach(({ lags }, client) => {
    if ((lags.get(task) ?? 0) < (clients[found]!.lags.get(task) ?? 0)) found = client;
  });
  return found;
}
