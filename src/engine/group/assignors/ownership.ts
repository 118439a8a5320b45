import type { AssignorMember } from './types.ts';
import { noGeneration } from './types.ts';
import type { PartitionSpace } from './partitionSpace.ts';
import { numberOf } from './partitionSpace.ts';

/** What the members' claims of ownership come to before anything is dealt out. */
export interface Ownership {
  /** Whether all members subscribe to the same topics, so that the simple algorithm will do. */
  readonly equalSubscriptions: boolean;
  /** Partition numbers each member rightly owns, claims of others settled by generation. */
  readonly owned: number[][];
  /** Partitions that two members of one generation claim: nobody keeps them. */
  readonly disputed: ReadonlySet<number>;
  /** Highest generation among the members. */
  readonly maxGeneration: number;
}

/** Settles claims (AbstractStickyAssignor.allSubscriptionsEqual): the higher generation wins, equal generations lose both. */
export function settleOwnership(space: PartitionSpace, members: readonly AssignorMember[]): Ownership {
  let equalSubscriptions = true;
  let maxGeneration = noGeneration;
  const subscribed = new Set<string>();
  const owned: number[][] = [];
  const disputed = new Set<number>();
  const ownerOf = new Map<number, number>();
  members.forEach((member, index) => {
    if (subscribed.size === 0) for (const topic of member.topics) subscribed.add(topic);
    else if (member.topics.length !== subscribed.size || !member.topics.every((topic) => subscribed.has(topic))) equalSubscriptions = false;
    const generation = member.generation ?? noGeneration;
    maxGeneration = Math.max(maxGeneration, generation);
    owned.push([]);
    for (const claim of member.owned) {
      const partition = numberOf(space, claim);
      if (partition < 0) continue;
      const rival = ownerOf.get(partition);
      if (rival === undefined) {
        owned[index].push(partition);
        ownerOf.set(partition, index);
        continue;
      }
      const rivalGeneration = subscriptionGeneration(members[rival]);
      if (generation < rivalGeneration) continue;
      const at = owned[rival].indexOf(partition);
      if (at >= 0) owned[rival].splice(at, 1);
      if (generation === rivalGeneration) disputed.add(partition);
      else owned[index].push(partition);
      ownerOf.set(partition, index);
    }
  });
  return { equalSubscriptions, owned, disputed, maxGeneration };
}

function subscriptionGeneration(member: AssignorMember): number {
  const own = member.subscriptionGeneration === undefined ? member.generation : member.subscriptionGeneration;
  return own ?? noGeneration;
}
