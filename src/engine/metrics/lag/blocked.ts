/** Records nobody can read: the partition is offline or out of reach, a transaction is open, the high watermark stands still. */
import { isBrokerUp, isReachable } from '../../broker/links.ts';
import { lastStableOffsetOf } from '../../log/partitionLog.ts';
import { type Finding, figure, finding, type Teller } from './cause.ts';
import { type GroupFacts, type PartitionFacts, partitionName, readFrom, sum } from './facts.ts';
import { be, count, counted, listed, time } from './words.ts';

/** What makes reading impossible altogether; null where it is possible. */
export function cannotRead(facts: GroupFacts, partition: PartitionFacts): Finding | null {
  const { ctx, shared, members } = facts;
  const { leader } = ctx.partitions[partition.index]!;
  if (!isBrokerUp(ctx, leader)) return finding('offline', partition, 0, partition.lag.records);
  const broker = readFrom(facts, partition);
  const readers = shared ? members.filter(({ alive }) => alive) : members.filter(({ index }) => index === partition.owner);
  const isCut = readers.length > 0 && readers.every(({ node }) => !isReachable(ctx, -2 - node, broker));
  return isCut ? finding('unreachable', partition, broker) : null;
}

/** Records behind the last stable offset, for who reads committed ones only. */
export function heldByTransaction({ ctx, group, shared, members }: GroupFacts, partition: PartitionFacts): Finding | null {
  const { log } = ctx.partitions[partition.index]!;
  const isolation = shared
    ? ctx.share.groups[group.index]!.isolation
    : ctx.consumers[partition.owner >= 0 ? partition.owner : (members[0]?.index ?? -1)]?.config.isolation;
  const stable = lastStableOffsetOf(log);
  const records = Math.min(partition.lag.records, log.highWatermark - Math.max(stable, partition.lag.position));
  if (isolation !== 'read_committed' || records <= 0) return null;
  return finding('open-transaction', partition, spanOf(ctx, partition.index)?.producerId ?? -1, records);
}

function spanOf(ctx: GroupFacts['ctx'], index: number) {
  const { producers } = ctx.partitions[index]!.log;
  if (producers === null) return undefined;
  return [...producers.ongoing, ...producers.unreplicated].sort((a, b) => a.firstOffset - b.firstOffset)[0];
}

/** Records behind a high watermark that stands still. */
export function belowMinIsr(partition: PartitionFacts): Finding | null {
  return partition.unreadable > 0 ? finding('below-min-isr', partition, 0, partition.unreadable) : null;
}

const names = (facts: GroupFacts, partitions: readonly PartitionFacts[]) =>
  listed(partitions.map(({ index }) => partitionName(facts, index)));

export const tellOffline: Teller = (facts, { partitions, records }) => {
  const { ctx } = facts;
  const { nowUs } = ctx.events;
  const [first] = partitions;
  const { leader, outages } = ctx.partitions[first!.index]!;
  const forSeconds = (nowUs - outages.sinceUs) / 1e6;
  const how =
    leader < 0
      ? `no leader since ${time(outages.sinceUs / 1e6)}: every replica that could lead is down`
      : `led by broker ${leader}, which is down; the controller has not elected another leader yet`;
  return {
    sentence: `${names(facts, partitions)} ${be(partitions.length)} offline, with ${how}. ${counted(records, 'record')} there cannot be read.`,
    remedy:
      'Bring the broker back, or keep more copies on more racks; an unclean election would bring the partition back and lose records.',
    figures: [figure('partitions offline', partitions.length), ...(leader < 0 ? [figure('offline for', forSeconds, 's')] : [])],
  };
};

export const tellUnreachable: Teller = (facts, { subject, partitions, records }) => ({
  sentence: `The connection between the readers of ${names(facts, partitions)} and broker ${subject}, which ${partitions.length === 1 ? 'it is' : 'they are'} read from, is cut: ${counted(records, 'record')} cannot be fetched.`,
  remedy: 'Heal the connection. Elections do not help: the brokers reach each other, and the leader stays.',
  figures: [figure('broker', subject), figure('partitions', partitions.length)],
});

export const tellTransaction: Teller = (facts, { subject, partitions, records }) => {
  const { ctx } = facts;
  const [first] = partitions;
  const { log } = ctx.partitions[first!.index]!;
  const id = ctx.transactions.ids.find(({ metadata }) => metadata !== null && metadata.current.producerId === subject);
  const current = id?.metadata?.current;
  const openMs = current !== undefined && current.startMs >= 0 ? current.startMs : null;
  const who = id === undefined ? `producer id ${subject}` : `transactional.id ${id.transactionalId} (producer id ${subject})`;
  const forSeconds = openMs === null ? null : ctx.events.nowUs / 1e6 - openMs / 1e3;
  const state = openMs === null ? 'is not decided' : `has been open since ${time(openMs / 1e3)}, for ${time(forSeconds!)}`;
  const stable = lastStableOffsetOf(log);
  return {
    sentence: `A transaction of ${who} ${state}: the last stable offset of ${partitionName(facts, first!.index)} stands at ${count(stable)}, below the high watermark ${count(log.highWatermark)}. ${counted(records, 'record')} of ${names(facts, partitions)} wait for its end.`,
    remedy: `Let transactions end sooner: fewer records or less time between commits. A producer that is gone is waited for until transaction.timeout.ms is over${current === undefined ? '' : ` (${time(current.timeoutMs / 1e3)})`}.`,
    figures: [
      figure('last stable offset', stable),
      figure('high watermark', log.highWatermark),
      ...(forSeconds === null ? [] : [figure('open for', forSeconds, 's')]),
      figure('producer id', subject),
    ],
  };
};

export const tellBelowMinIsr: Teller = (facts, { partitions }) => {
  const { ctx } = facts;
  const [first] = partitions;
  const { minInsyncReplicas, outages } = ctx.partitions[first!.index]!;
  const { isr, replicas } = ctx.cluster.controller.partitions[first!.index]!;
  const unreadable = sum(partitions, (partition) => partition.unreadable);
  return {
    sentence: `The high watermark of ${names(facts, partitions)} stands still since ${time(outages.sinceUs / 1e6)}: ${isr.length} of ${replicas.length} replicas ${be(isr.length)} in sync, min.insync.replicas is ${minInsyncReplicas}. ${counted(unreadable, 'record')} behind it ${be(unreadable)} written and not readable.`,
    remedy: 'Bring the other replicas back; min.insync.replicas one below the replication factor leaves room for one that is down.',
    figures: [
      figure('replicas in sync', isr.length),
      figure('min.insync.replicas', minInsyncReplicas),
      figure('not readable', unreadable, 'records'),
    ],
  };
};
