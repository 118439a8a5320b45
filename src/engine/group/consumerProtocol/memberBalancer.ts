/**
 * Who of a topic's subscribers takes the next partition and who gives one (MemberAssignmentBalancer in Kafka's UniformHeterogeneousAssignmentBuilder). The subscribers are sorted
 * by load; at either end a range of equally loaded ones is walked round and round, its level moving by one each time, and grows into the middle when it meets others there.
 */
export interface MemberBalancer {
  /** Partitions each member has, by member; the one who balances keeps it up to date. */
  readonly loads: readonly number[];
  /** Subscribers by load, then by place. Those excluded from giving are moved behind `mostEnd`. */
  readonly sorted: number[];
  /** The least loaded are [0, leastEnd), at this level before the present round, and the next of them. */
  leastEnd: number;
  leastLevel: number;
  leastNext: number;
  /** The most loaded are [mostStart, mostEnd). */
  mostStart: number;
  mostEnd: number;
  mostLevel: number;
  mostNext: number;
}

export function createMemberBalancer(loads: readonly number[], subscribers: readonly number[]): MemberBalancer {
  const sorted = [...subscribers].sort((a, b) => loads[a] - loads[b] || a - b);
  return {
    loads,
    sorted,
    leastEnd: 0,
    leastLevel: loads[sorted[0]] - 1,
    leastNext: 0,
    mostStart: sorted.length,
    mostEnd: sorted.length,
    mostLevel: loads[sorted[sorted.length - 1]] + 1,
    mostNext: sorted.length - 1,
  };
}

/** Partitions between the most and the least loaded subscriber at the start. */
export function imbalanceOf({ loads, sorted }: MemberBalancer): number {
  return loads[sorted[sorted.length - 1]] - loads[sorted[0]];
}

/** The member that takes the next partition; it is counted as taken. */
export function nextLeastLoaded(balancer: MemberBalancer): number {
  const { loads, sorted } = balancer;
  if (balancer.leastNext >= balancer.leastEnd) {
    balancer.leastLevel++;
    while (balancer.leastEnd < sorted.length && loads[sorted[balancer.leastEnd]] === balancer.leastLevel) balancer.leastEnd++;
    balancer.leastNext = 0;
  }
  return sorted[balancer.leastNext++];
}

/** The member that gives the next partition, -1 when nobody is left who could; it is counted as given. */
export function nextMostLoaded(balancer: MemberBalancer): number {
  const { loads, sorted } = balancer;
  if (balancer.mostNext < balancer.mostStart) {
    // When all in the range have been excluded, it starts anew at whatever level the next one has.
    if (balancer.mostEnd <= balancer.mostStart && balancer.mostStart > 0) balancer.mostLevel = loads[sorted[balancer.mostStart - 1]];
    else balancer.mostLevel--;
    while (balancer.mostStart > 0 && loads[sorted[balancer.mostStart - 1]] === balancer.mostLevel) balancer.mostStart--;
    balancer.mostNext = balancer.mostEnd - 1;
  }
  if (balancer.mostNext < 0) return -1;
  return sorted[balancer.mostNext--];
}

/** The member that `nextMostLoaded` named last has nothing to give. */
export function excludeMostLoaded(balancer: MemberBalancer): void {
  const { sorted } = balancer;
  const at = balancer.mostNext + 1;
  const member = sorted[at];
  sorted[at] = sorted[balancer.mostEnd - 1];
  sorted[--balancer.mostEnd] = member;
}

/** Moving one more partition would not bring the ranges closer together. */
export function isBalanced(balancer: MemberBalancer): boolean {
  return balancer.mostLevel - balancer.leastLevel <= 1;
}
