/** Records that are in the log while their reader has nothing to do: what holds back its fetches, or keeps it from polling. */
import { ownedPartition } from '../../consumer/consumer.ts';
import type { FetchSession } from '../../broker/fetchSession.ts';
import { linkDelayUs } from '../../broker/links.ts';
import { lastMutedUntilUs } from '../../broker/quotas.ts';
import type { WorkerState } from '../../process/worker.ts';
import { type Finding, figure, finding, type Teller } from './cause.ts';
import { type GroupFacts, memberName, type PartitionFacts, partitionName, readFrom, sum } from './facts.ts';
import { count, counted, listed, percent, perSecond, time } from './words.ts';

/** Why a member that is not busy all the time has records before it; null where the state does not say. */
export function waitsForRecords(facts: GroupFacts, partition: PartitionFacts): Finding | null {
  const { ctx, memberOf, mark } = facts;
  const member = memberOf.get(partition.owner);
  if (member === undefined || member.saturated || mark === null) return null;
  const consumer = ctx.consumers[member.index]!;
  const worker = ctx.workers[member.index]!;
  const broker = readFrom(facts, partition);
  if (isThrottled(facts, member.index, broker)) return finding('quota', partition, member.node);
  const owned = ownedPartition(consumer, partition.index);
  if (owned === undefined) return null;
  if (worker.phase !== 'idle')
    return worker.phase === 'joining' || worker.phase === 'resolving' ? null : finding('between-polls', partition, member.index);
  if (owned.buffered > 0) return ctx.nodes[member.node]!.waitsForRetries ? finding('not-due', partition, member.node) : null;
  const session = owned.session < 0 ? null : (ctx.fetchSessions.items[owned.session] ?? null);
  if (session?.state === 'waiting' && session.limits.minBytes > 1) return finding('fetch-min-bytes', partition, member.node);
  if (consumer.config.idleUs > 0 && !ctx.members[member.index]!.inPoll) return finding('sleeping', partition, member.node);
  return session !== null && isFetching(session) ? finding('fetch-bound', partition, broker) : null;
}

const isFetching = ({ state }: FetchSession) => state === 'travelling' || state === 'answering';

/** A broker has muted its connection within the window, and does not read its next fetch before that is over. */
function isThrottled({ ctx, mark }: GroupFacts, member: number, broker: number): boolean {
  const { quotas } = ctx.capacity;
  return quotas !== null && quotas.fetch !== null && lastMutedUntilUs(ctx, broker, member) > mark!.timeUs;
}

const names = (facts: GroupFacts, partitions: readonly PartitionFacts[]) =>
  listed(partitions.map(({ index }) => partitionName(facts, index)));

export const tellQuota: Teller = (facts, { subject, partitions, records }) => {
  const { ctx, mark, seconds } = facts;
  const node = ctx.nodes[subject]!;
  const { fetch, throttledUs } = ctx.capacity.quotas!;
  const throttled = ((throttledUs.get(-2 - subject) ?? 0) - (mark!.throttledUs[subject] ?? 0)) / 1e6;
  const { bytesPerSecond } = fetch!;
  return {
    node: subject,
    sentence: `Brokers hold the fetches of ${node.name} back: quota.consumer.bytes.per.second allows ${count(bytesPerSecond)} bytes/s from each broker, and its clients were throttled for ${time(throttled)} in the last ${time(seconds)}. ${counted(records, 'record')} of ${names(facts, partitions)} wait.`,
    remedy: 'Raise the quota of this client, or compress what it reads.',
    figures: [figure('quota', bytesPerSecond, 'bytes/s'), figure('throttled', throttled, 's'), figure('window', seconds, 's')],
  };
};

/** What the broker that answers is doing: its disk, its network, the remote tier, or the way to it. */
function bottleneck(facts: GroupFacts, broker: number, partitions: readonly PartitionFacts[]) {
  const { ctx, mark, seconds } = facts;
  const { nowUs } = ctx.events;
  const { diskBytesRead, bytesOut, networkOutFreeUs, diskFreeUs } = ctx.brokers[broker]!;
  const read = (diskBytesRead - (mark!.diskRead[broker] ?? 0)) / seconds;
  const sent = (bytesOut - (mark!.bytesOut[broker] ?? 0)) / seconds;
  const isRemote = partitions.some(({ index, lag }) => lag.position < (ctx.partitions[index]!.tier?.localStartOffset ?? 0));
  if (isRemote) return { words: `what they read is only in the remote tier, whose ways are busy or far`, figures: [] };
  if (ctx.capacity.pageCaches !== null && read > 0 && diskFreeUs >= nowUs)
    return {
      words: `its disk reads cold data, ${count(read)} bytes/s over the last ${time(seconds)}, and has work for ${time((diskFreeUs - nowUs) / 1e6)} now`,
      figures: [figure('read from disk', read, 'bytes/s'), figure('disk has work for', (diskFreeUs - nowUs) / 1e6, 's')],
    };
  const limit = ctx.costs.networkBytesPerUs * 1e6;
  if (limit > 0 && sent >= 0.8 * limit)
    return {
      words: `its network sends ${count(sent)} of at most ${count(limit)} bytes/s, and has work for ${time(Math.max(0, networkOutFreeUs - nowUs) / 1e6)} now`,
      figures: [figure('sent', sent, 'bytes/s'), figure('network', limit, 'bytes/s')],
    };
  return null;
}

export const tellFetchBound: Teller = (facts, { subject, partitions, records }) => {
  const { ctx } = facts;
  const owners = [...new Set(partitions.map(({ owner }) => owner))];
  const sessions = owners.flatMap((owner) => ctx.consumers[owner]!.sessions.flatMap((slot) => ctx.fetchSessions.items[slot] ?? []));
  const underWay = sessions.filter((session) => session.broker === subject && isFetching(session));
  const longest = Math.max(0, ...underWay.map(({ sentUs }) => (ctx.events.nowUs - sentUs) / 1e6));
  const busy = sum(owners, (owner) => facts.memberOf.get(owner)!.busy!) / owners.length;
  const delays = owners.map((owner) => ctx.costs.networkLatencyUs + linkDelayUs(ctx, -2 - ctx.workers[owner]!.node, subject));
  const roundTrip = (2 * Math.max(...delays)) / 1e6;
  const found = bottleneck(facts, subject, partitions) ?? {
    words: `one round trip to it takes ${time(roundTrip)}`,
    figures: [figure('round trip', roundTrip * 1000, 'ms')],
  };
  return {
    member: owners.length === 1 ? owners[0]! : -1,
    sentence: `${listed(owners.map((owner) => memberName(facts, owner)))} ${owners.length === 1 ? 'waits' : 'wait'} for fetches from broker ${subject}, busy only ${percent(busy)} of the time: ${found.words}. A fetch is under way since ${time(longest)}; ${counted(records, 'record')} of ${names(facts, partitions)} wait.`,
    remedy:
      'Larger fetches (max.partition.fetch.bytes, fetch.max.bytes), prefetch, a page cache that holds what is read, or more brokers to read from.',
    figures: [figure('busy', busy * 100, '%'), figure('fetch under way for', longest, 's'), ...found.figures],
  };
};

export const tellMinBytes: Teller = (facts, { subject, partitions, records }) => {
  const { config } = facts.ctx.consumers[partitions[0]!.owner]!;
  return {
    node: subject,
    sentence: `The broker holds the fetches of ${facts.ctx.nodes[subject]!.name} back until there are fetch.min.bytes (${count(config.fetchMinBytes)}), at most fetch.max.wait.ms (${time(config.fetchMaxWaitUs / 1e6)}): ${counted(records, 'record')} of ${names(facts, partitions)} wait for more to come.`,
    remedy: 'A smaller fetch.min.bytes or a shorter fetch.max.wait.ms, where latency matters more than the number of requests.',
    figures: [figure('fetch.min.bytes', config.fetchMinBytes), figure('fetch.max.wait.ms', config.fetchMaxWaitUs / 1000, 'ms')],
  };
};

export const tellSleeping: Teller = (facts, { subject, partitions, records }) => {
  const { idleUs } = facts.ctx.consumers[partitions[0]!.owner]!.config;
  return {
    node: subject,
    sentence: `${facts.ctx.nodes[subject]!.name} sleeps between two polls (poll.idle.ms, ${time(idleUs / 1e6)}): ${counted(records, 'record')} came meanwhile.`,
    remedy: "A shorter sleep; Kafka's client waits in poll() for records and needs none.",
    figures: [figure('poll.idle.ms', idleUs / 1000, 'ms')],
  };
};

export const tellNotDue: Teller = (facts, { subject, partitions, records }) => ({
  node: subject,
  sentence: `${facts.ctx.nodes[subject]!.name} has fetched records of ${names(facts, partitions)} that are not to be tried again before their back-off is over: ${counted(records, 'record')} wait for that.`,
  remedy: 'Shorter error.backoff.ms, where the failing system recovers sooner.',
  figures: [figure('records', records, 'records')],
});

const doing: Partial<Record<WorkerState['phase'], string>> = {
  committing: 'waits for the answer to its commit',
  flushing: 'waits until what it sent is acknowledged',
  transaction: 'waits for its transaction',
  serving: 'serves a poll',
};

export const tellBetweenPolls: Teller = (facts, { subject, partitions, records }) => {
  const { ctx, memberOf } = facts;
  const { busy, processedPerSecond, node } = memberOf.get(subject)!;
  const { config } = ctx.consumers[subject]!;
  const broker = readFrom(facts, partitions[0]!);
  const roundTrip = (2 * (ctx.costs.networkLatencyUs + linkDelayUs(ctx, -2 - node, broker))) / 1e6;
  const phase = doing[ctx.workers[subject]!.phase] ?? ctx.workers[subject]!.phase;
  return {
    member: subject,
    sentence: `${memberName(facts, subject)} serves only ${percent(busy!)} of the time (${perSecond(processedPerSecond!)}) although ${counted(records, 'record')} of ${names(facts, partitions)} wait: the rest goes by between polls, with fetches and commits (commit.mode ${config.commitMode}). Right now it ${phase}; a round trip to its broker takes ${time(roundTrip)}.`,
    remedy:
      'More records a poll (max.poll.records, max.partition.fetch.bytes), prefetch, commits that are not waited for (commit.mode auto), or more members.',
    figures: [
      figure('busy', busy! * 100, '%'),
      figure('served', processedPerSecond!, 'records/s'),
      figure('round trip', roundTrip * 1000, 'ms'),
    ],
  };
};
