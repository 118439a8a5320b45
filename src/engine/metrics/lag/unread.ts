/** Records nobody reads at the moment: no member, one that is gone and not noticed, a rebalance, no coordinator. */
import { isBrokerUp } from '../../broker/links.ts';
import { ownedPartition } from '../../consumer/consumer.ts';
import { coordinatorNow } from '../../group/coordination.ts';
import { type Finding, figure, finding, type Teller } from './cause.ts';
import { type GroupFacts, memberName, type PartitionFacts, partitionName } from './facts.ts';
import { counted, listed, time } from './words.ts';

/** Why nobody reads a partition; null where somebody does. */
export function isUnread(facts: GroupFacts, partition: PartitionFacts): Finding | null {
  const { ctx, group, members, shared } = facts;
  if (members.every(({ alive }) => !alive)) return finding('no-member', partition);
  if (lacksCoordinator(facts) && waitsForCoordinator(facts, partition)) return finding('no-coordinator', partition);
  if (shared || partition.owner >= 0) return null;
  const former = group.history.former[partition.index] ?? -1;
  if (former >= 0 && ghostDeadlineUs(facts, former) > ctx.events.nowUs && group.state === 'Stable')
    return finding('silent-member', partition, former);
  if (group.state !== 'Stable' && group.state !== 'Empty') return finding('rebalance', partition);
  return finding('no-owner', partition);
}

function lacksCoordinator({ ctx, group }: GroupFacts): boolean {
  return group.loading || !isBrokerUp(ctx, coordinatorNow(ctx, group));
}

/** A member that has its position reads on without one, until it waits for a commit. */
function waitsForCoordinator({ ctx, members, shared }: GroupFacts, { owner, index }: PartitionFacts): boolean {
  const waits = (member: number) => {
    const { phase } = ctx.workers[member]!;
    return phase === 'committing' || phase === 'resolving' || phase === 'joining';
  };
  if (shared) return members.filter(({ alive }) => alive).every((member) => waits(member.index));
  if (owner < 0) return true;
  return waits(owner) || (ownedPartition(ctx.consumers[owner]!, index)?.fetchOffset ?? -1) < 0;
}

/** Until when the coordinator waits for a life of a member's process that is over; -1 when it waits for none. */
function ghostDeadlineUs({ ctx, group }: GroupFacts, member: number): number {
  const { memberId, state } = ctx.members[member]!;
  const isGhost = (id: string) => id !== memberId || state === 'down';
  if (group.type === 'classic') {
    for (const known of group.members.values()) if (known.client === member && isGhost(known.memberId)) return known.session.deadlineUs;
    return -1;
  }
  const { timers, live } = (group.consumer ?? group.share)!;
  for (const [id, { client }] of timers) if (client === member && isGhost(id)) return live.sessionDeadlines.get(id) ?? -1;
  return -1;
}

const names = (facts: GroupFacts, partitions: readonly PartitionFacts[]) =>
  listed(partitions.map(({ index }) => partitionName(facts, index)));

export const tellNoMember: Teller = (facts, { partitions, records }) => {
  const { ctx, group, members } = facts;
  const lastUs = Math.max(...partitions.map(({ index }) => group.history.sinceUs[index] ?? -1));
  const left = ctx.ledger?.letGo[group.index]?.[partitions[0]!.index] ?? null;
  const who =
    left === null
      ? ''
      : ` ${memberName(facts, left.member)} ${left.how === 'rebalance' ? 'left' : left.how} at ${time(left.timeUs / 1e6)}.`;
  const failures = [...new Set(members.map(({ index }) => ctx.members[index]!.failure).filter((failure) => failure !== ''))];
  const why = failures.length === 0 ? '' : ` Members gave up: ${failures.join(', ')}.`;
  const since = lastUs >= 0 ? ` since ${time(lastUs / 1e6)}` : '';
  return {
    sentence: `No member of group ${group.groupId} is up${since}: nobody reads ${counted(records, 'record')}.${who}${why}`,
    remedy: 'Start a member.',
    figures: [
      figure('members', members.length),
      figure('members up', 0),
      ...(lastUs >= 0 ? [figure('unread for', (ctx.events.nowUs - lastUs) / 1e6, 's')] : []),
    ],
  };
};

export const tellSilent: Teller = (facts, { subject, partitions, records }) => {
  const { ctx, group } = facts;
  const deadlineUs = ghostDeadlineUs(facts, subject);
  const sinceUs = group.history.sinceUs[partitions[0]!.index]!;
  const left = (deadlineUs - ctx.events.nowUs) / 1e6;
  const seat = group.consumer ?? group.share;
  const name = seat === null ? 'session.timeout.ms' : `group.${group.type}.session.timeout.ms`;
  return {
    member: subject,
    sentence: `${memberName(facts, subject)} went down at ${time(sinceUs / 1e6)} without a word, and its coordinator waits for its heartbeat until ${time(deadlineUs / 1e6)}, ${time(left)} from now: until then nobody reads ${counted(records, 'record')} of ${names(facts, partitions)}.`,
    remedy: `Restart it, or shorten ${name}. A member that is closed properly leaves at once.`,
    figures: [figure('silent for', (ctx.events.nowUs - sinceUs) / 1e6, 's'), figure('until it is put out', left, 's')],
  };
};

/** Members whose word the group waits for, by name. */
function awaitedBy(facts: GroupFacts): readonly string[] {
  const { group } = facts;
  if (group.type === 'classic') {
    const awaits = [...group.members.values()].filter(({ joinSlot, syncPending }) =>
      group.state === 'PreparingRebalance' ? joinSlot < 0 : syncPending,
    );
    return [...new Set(awaits.map(({ client }) => memberName(facts, client)))];
  }
  const { timers, live } = (group.consumer ?? group.share)!;
  return [...timers].flatMap(([id, { client }]) => {
    const known = group.consumer === null ? undefined : group.consumer.live.members.get(id);
    return known !== undefined && live.members.has(id) && known.state === 'UNREVOKED_PARTITIONS' ? [memberName(facts, client)] : [];
  });
}

export const tellRebalance: Teller = (facts, { partitions, records }) => {
  const { ctx, group } = facts;
  const last = group.history.rebalances.at(-1);
  const sinceUs = last !== undefined && last.endUs < 0 ? last.startUs : ctx.events.nowUs;
  const forSeconds = (ctx.events.nowUs - sinceUs) / 1e6;
  const awaited = awaitedBy(facts);
  const { joinTimer, syncTimer } = group;
  const timer = group.state === 'PreparingRebalance' ? joinTimer : syncTimer;
  const until = group.type === 'classic' && timer.deadlineUs > ctx.events.nowUs ? `, at most until ${time(timer.deadlineUs / 1e6)}` : '';
  const whom = awaited.length === 0 ? '' : ` It waits for ${listed(awaited)}${until}.`;
  return {
    sentence: `Group ${group.groupId} rebalances since ${time(sinceUs / 1e6)} (${time(forSeconds)}; ${last?.reason ?? group.state}): ${counted(records, 'record')} of ${names(facts, partitions)} ${partitions.length === 1 ? 'stand' : 'stand'} still meanwhile.${whom}`,
    remedy: 'Cooperative or consumer-protocol groups stop only what moves; shorter polls (max.poll.records) let members join sooner.',
    figures: [figure('rebalancing for', forSeconds, 's'), figure('members awaited', awaited.length)],
  };
};

export const tellNoOwner: Teller = (facts, { partitions, records }) => {
  const { group, members } = facts;
  return {
    sentence: `Nobody owns ${names(facts, partitions)}, although group ${group.groupId} is ${group.state} with ${counted(members.filter(({ alive }) => alive).length, 'member')} up: ${counted(records, 'record')} wait.`,
    remedy: 'Members learn of new partitions with their metadata (metadata.max.age.ms); look whether they subscribe to this topic.',
    figures: [figure('members up', members.filter(({ alive }) => alive).length)],
  };
};

export const tellNoCoordinator: Teller = (facts, { records }) => {
  const { ctx, group } = facts;
  const broker = coordinatorNow(ctx, group);
  const what = group.loading
    ? `broker ${broker} is still loading the group from ${group.key}`
    : `${group.key}, which keeps the group, ${broker < 0 ? 'has no leader' : `is led by broker ${broker}, which is down`}`;
  return {
    sentence: `Group ${group.groupId} has no coordinator: ${what}. Its members can neither join nor commit, and ${counted(records, 'record')} wait.`,
    remedy: 'Bring the broker back; offsets.topic.replication.factor above 1 lets another broker take over.',
    figures: [figure('coordinator', broker)],
  };
};
