import { createMemberBalancer, excludeMostLoaded, imbalanceOf, isBalanced, nextLeastLoaded, nextMostLoaded } from './memberBalancer.ts';
import type { MemberBalancer } from './memberBalancer.ts';
import type { ServerAssignment, ServerAssignorInput, ServerTopic } from './serverAssignor.ts';
import { assertTopicsExist, subscribersOf, targetOfTopic } from './serverAssignor.ts';

/** Rounds over all topics after which what balance there is must do (MAX_ITERATION_COUNT). */
const roundsMax = 16;

interface TopicDeal {
  readonly topic: ServerTopic;
  /** Places of the members that subscribe. */
  readonly subscribers: readonly number[];
  /** Owner's place by partition number; -1 for none. */
  readonly owners: number[];
}

/**
 * `uniform` for a group whose members subscribe to different topics (Kafka's UniformHeterogeneousAssignmentBuilder): everybody keeps what it still subscribes to, what is
 * free goes to the least loaded subscribers, and then partitions move from the most to the least loaded, topic by topic, until that helps no more.
 */
export function assignUniformHeterogeneous(input: ServerAssignorInput): ServerAssignment {
  assertTopicsExist(input);
  const { members } = input;
  const loads: number[] = members.map(() => 0);
  const deals = input.topics.map((topic) => openDeal(input, topic)).filter(({ subscribers }) => subscribers.length > 0);
  for (const { owners } of deals) for (const owner of owners) if (owner >= 0) loads[owner]++;
  deals.sort(compareDeals);
  for (const deal of deals) dealFree(deal, loads);
  balance(
    deals.filter(({ subscribers }) => subscribers.length > 1),
    loads,
  );
  const result: number[][] = members.map(() => []);
  for (const { topic, owners } of [...deals].sort((a, b) => a.topic.firstPartition - b.topic.firstPartition)) {
    owners.forEach((owner, partition) => result[owner].push(topic.firstPartition + partition));
  }
  return result;
}

function openDeal({ members }: ServerAssignorInput, topic: ServerTopic): TopicDeal {
  const subscribers = subscribersOf(members, topic);
  const owners = Array.from({ length: topic.partitionCount }, () => -1);
  for (const i of subscribers) for (const partition of targetOfTopic(members[i], topic)) owners[partition - topic.firstPartition] = i;
  return { topic, subscribers, owners };
}

/** Most partitions per subscriber first, then fewest subscribers, then by topic. */
function compareDeals(left: TopicDeal, right: TopicDeal): number {
  return (
    right.topic.partitionCount / right.subscribers.length - left.topic.partitionCount / left.subscribers.length ||
    left.subscribers.length - right.subscribers.length ||
    left.topic.index - right.topic.index
  );
}

function dealFree({ subscribers, owners }: TopicDeal, loads: number[]): void {
  const balancer = createMemberBalancer(loads, subscribers);
  for (let partition = 0; partition < owners.length; partition++) {
    if (owners[partition] >= 0) continue;
    const member = nextLeastLoaded(balancer);
    owners[partition] = member;
    loads[member]++;
  }
}

function balance(deals: readonly TopicDeal[], loads: number[]): void {
  // The topic that last changed anything; back there without a change, nothing will change any more.
  let last = -1;
  for (let round = 0; round < roundsMax; round++) {
    for (let i = 0; i < deals.length; i++) {
      if (i === last) return;
      if (balanceTopic(deals[i], loads) || last < 0) last = i;
    }
  }
}

/** Whether a partition has moved. */
function balanceTopic({ subscribers, owners }: TopicDeal, loads: number[]): boolean {
  const balancer = createMemberBalancer(loads, subscribers);
  if (imbalanceOf(balancer) <= 1) return false;
  const owned = new Map<number, number[]>();
  owners.forEach((owner, partition) => {
    const list = owned.get(owner);
    if (list === undefined) owned.set(owner, [partition]);
    else list.push(partition);
  });
  let moved = false;
  while (!isBalanced(balancer)) {
    const partition = takeFromMostLoaded(balancer, owned);
    if (partition < 0) break;
    const to = nextLeastLoaded(balancer);
    if (isBalanced(balancer)) break;
    loads[owners[partition]]--;
    loads[to]++;
    owners[partition] = to;
    moved = true;
  }
  return moved;
}

/** The last partition of the most loaded member that has one to give; -1 when nobody has. */
function takeFromMostLoaded(balancer: MemberBalancer, owned: ReadonlyMap<number, number[]>): number {
  for (;;) {
    const member = nextMostLoaded(balancer);
    if (member < 0) return -1;
    const partition = owned.get(member)?.pop();
    if (partition !== undefined) return partition;
    excludeMostLoaded(balancer);
  }
}
