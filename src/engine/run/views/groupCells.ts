/** Who has which partition of a group, who is to have it, and what is between the two. Changes nothing. */
import { computeAssignments } from '../../group/leader.ts';
import type { GroupState } from '../../group/groupState.ts';
import type { GroupMember } from '../../group/memberState.ts';
import type { GroupCell, GroupCellState } from '../../report/groupView.ts';
import type { EngineContext } from '../state.ts';

/** What the coordinator, or the leader that assigns, means a member to have. Global partition indexes. */
export interface Intended {
  /** The member is in the group. */
  readonly known: boolean;
  /** What it was told it may own. */
  readonly given: ReadonlySet<number>;
  /** What it shall have in the end. */
  readonly target: ReadonlySet<number>;
  /** What it was told to give up. */
  readonly revoked: ReadonlySet<number>;
  /** What an earlier life of its process, still in the group, was given. */
  readonly held: ReadonlySet<number>;
}

const none: ReadonlySet<number> = new Set();

/** Members times partitions beyond which what an assignor has held back is not worked out again for a view. */
const workedOutMax = 50_000;

/** Member ids by member index: those its client has had that are in the group still, at most one of them the present one. */
export function idsInGroup(group: GroupState): ReadonlyMap<number, readonly string[]> {
  const ids = new Map<number, string[]>();
  const known = group.type === 'classic' ? group.members : (group.consumer ?? group.share)!.timers;
  for (const [memberId, { client }] of known) ids.set(client, [...(ids.get(client) ?? []), memberId]);
  return ids;
}

/** By member index. */
export function intendedOf(ctx: EngineContext, group: GroupState, members: readonly GroupMember[]): ReadonlyMap<number, Intended> {
  const ids = idsInGroup(group);
  const held = heldBack(ctx, group, members);
  return new Map(
    members.map((member) => {
      const ghosts = (ids.get(member.index) ?? []).filter((id) => id !== member.memberId || member.state === 'down');
      const ghostly = ghosts.flatMap((id) => [...givenTo(group, id)]);
      return [member.index, { ...intended(group, member, held.get(member.memberId) ?? none), held: new Set(ghostly) }];
    }),
  );
}

function givenTo(group: GroupState, memberId: string): readonly number[] {
  if (group.type === 'classic') return group.members.get(memberId)?.assignment ?? [];
  return (group.consumer ?? group.share)!.live.members.get(memberId)?.assigned ?? [];
}

function intended(group: GroupState, { memberId }: GroupMember, withheld: ReadonlySet<number>): Omit<Intended, 'held'> {
  const live = group.consumer?.live ?? group.share?.live;
  const known = (live?.members ?? group.members).has(memberId);
  if (!known) return { known, given: none, target: none, revoked: none };
  if (live === undefined) {
    // While the assignment of a generation is awaited, the one before is no word on what a member shall have.
    const given = group.state === 'Stable' ? new Set(givenTo(group, memberId)) : none;
    return { known, given, target: new Set([...given, ...withheld]), revoked: none };
  }
  const revoked = group.consumer?.live.members.get(memberId)?.pendingRevocation ?? [];
  return {
    known,
    given: new Set(givenTo(group, memberId)),
    target: new Set(live.targets.get(memberId) ?? []),
    revoked: new Set(revoked),
  };
}

/**
 * What the cooperative assignor has left out because others owned it (CooperativeStickyAssignor.adjustAssignment), by who is to have it: the sticky assignment of the same subscriptions has it.
 * Once all has moved there is nothing.
 */
function heldBack(ctx: EngineContext, group: GroupState, members: readonly GroupMember[]): ReadonlyMap<string, ReadonlySet<number>> {
  const held = new Map<string, ReadonlySet<number>>();
  const isStable = group.state === 'Stable';
  const isMoving = !isStable || members.some(({ revoking, rejoinNeeded }) => revoking.length > 0 || rejoinNeeded);
  if (group.protocol !== 'cooperative-sticky' || !isMoving) return held;
  const joined = [...group.members.values()].map(({ memberId, instanceId, protocols }) => ({
    memberId,
    instanceId,
    subscription: (protocols.find(({ name }) => name === group.protocol) ?? protocols[0]!).subscription,
  }));
  let partitions = 0;
  for (const topic of new Set(joined.flatMap(({ subscription }) => subscription.topics))) partitions += ctx.topics[topic]!.partitionCount;
  if (partitions * joined.length > workedOutMax) return held;
  const claimed = new Map(
    joined.flatMap(({ memberId, subscription }) => subscription.owned.map((partition) => [partition, memberId] as const)),
  );
  const { owner, sinceUs } = group.history;
  for (const [memberId, whole] of computeAssignments(ctx, 'sticky', joined)) {
    const gained = whole.filter((partition) => {
      const claimant = claimed.get(partition);
      // Between two generations: given up, for the next one to hand out. Before that, subscriptions say who has it only while they are those of this generation.
      if (owner[partition]! < 0 && sinceUs[partition]! >= 0) return true;
      return isStable && claimant !== undefined && claimant !== memberId;
    });
    held.set(memberId, new Set(gained));
  }
  return held;
}

/** The cells of one member, in the order of `places`; partitions it has nothing to do with have none. */
export function cellsOf(
  group: GroupState,
  {
    member,
    owned,
    paused,
    intended: meant,
  }: {
    readonly member: GroupMember;
    readonly owned: ReadonlySet<number>;
    readonly paused: ReadonlySet<number>;
    readonly intended: Intended;
  },
  places: ReadonlyMap<number, number>,
): GroupCell[] {
  const cells: GroupCell[] = [];
  const revoking = new Set(member.revoking);
  for (const [partition, place] of places) {
    const state = owned.has(partition) ? ownedCell(group, member, { partition, revoking, meant }) : awaitedCell(member, meant, partition);
    const reads = state === 'kept' || state === 'new';
    if (state !== null) cells.push({ place, state: reads && paused.has(partition) ? 'paused' : state });
  }
  return cells;
}

function ownedCell(
  group: GroupState,
  member: GroupMember,
  { partition, revoking, meant }: { readonly partition: number; readonly revoking: ReadonlySet<number>; readonly meant: Intended },
): GroupCellState {
  if (!meant.known) return 'lost';
  if (revoking.has(partition) || meant.revoked.has(partition)) return 'revoking';
  const isStable = group.state === 'Stable';
  // An eager member gives up everything for each rebalance; a cooperative one learns from the next complete generation what it loses, one of the consumer protocol from its target.
  if (group.type === 'classic' && !isStable && !member.cooperative) return 'revoking';
  if ((group.type === 'consumer' || (group.type === 'classic' && isStable)) && !meant.target.has(partition)) return 'revoking';
  const { rebalances, sinceUs, former } = group.history;
  const last = rebalances.at(-1);
  const isTaken =
    last !== undefined && sinceUs[partition]! >= last.startUs && former[partition]! >= 0 && former[partition] !== member.index;
  return isTaken ? 'new' : 'kept';
}

function awaitedCell(member: GroupMember, { given, target, held }: Intended, partition: number): GroupCellState | null {
  if (held.has(partition)) return 'held';
  if (member.state === 'down') return null;
  if (given.has(partition)) return 'arriving';
  return target.has(partition) ? 'waiting' : null;
}
