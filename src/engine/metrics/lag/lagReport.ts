/**
 * Why a group is behind: figures of its partitions, nodes and itself, and causes that follow from the state of the run, each with the numbers that prove it. Reads only; settle first. Whatever has no cause in
 * the state is said to have none.
 */
import type { LagCause, LagCauseKind, LagFigures, LagReport, NodeLagReport, PartitionLagReport } from '../../report/lagReport.ts';
import { backlogOf, tellAfterAbsence, tellAfterOutage, tellAfterPause, tellAfterSeek, tellEarliest } from './backlog.ts';
import { belowMinIsr, cannotRead, heldByTransaction, tellBelowMinIsr, tellOffline, tellTransaction, tellUnreachable } from './blocked.ts';
import type { Finding, Teller } from './cause.ts';
import { factsOf, type GroupFacts, type LagSource, type PartitionFacts, partitionName, sum, waitsFromSeconds } from './facts.ts';
import { tellBetweenPolls, tellFetchBound, tellMinBytes, tellNotDue, tellQuota, tellSleeping, waitsForRecords } from './fetching.ts';
import { overloaded, tellCatchingUp, tellHot, tellRateLimit, tellRetries, tellSlowService, tellTooFew } from './serving.ts';
import { heldUp, tellLongPoll, tellNoMemory, tellOutage, tellPaused } from './heldUp.ts';
import { ordered, tellOrdered } from './pooled.ts';
import { shareFindings, tellLocks, tellWindow } from './shareCauses.ts';
import { isUnread, tellNoCoordinator, tellNoMember, tellNoOwner, tellRebalance, tellSilent } from './unread.ts';
import { counted, listed, percent, perSecond, time } from './words.ts';

/** Part of a partition's lag that its causes must explain together, or the rest is said to have none. */
const explainedFrom = 0.5;

export function lagReportOf(source: LagSource, group: number): LagReport {
  const facts = factsOf(source, group);
  const findings = facts.partitions.filter(({ waits }) => waits).map((partition) => findingsOf(facts, partition));
  const causes = causesOf(facts, findings.flat());
  const places = new Map(causes.map(({ key }, place) => [key, place]));
  const causesAt = new Map<number, number[]>();
  for (const one of findings.flat()) {
    const at = causesAt.get(one.partition.index) ?? [];
    causesAt.set(one.partition.index, [...at, places.get(keyOf(one))!]);
  }
  const explained = new Map<number, number>();
  for (const { partition, records } of findings.flat()) explained.set(partition.index, (explained.get(partition.index) ?? 0) + records);
  const unexplained = facts.partitions.filter(
    ({ waits, index, lag }) => waits && (explained.get(index) ?? 0) < explainedFrom * lag.records,
  );
  const even = sum(facts.partitions, ({ lag }) => lag.records) / Math.max(1, facts.partitions.length);
  return {
    windowSeconds: facts.seconds,
    ...figuresOf(facts.partitions, facts),
    causes: causes.map(({ cause }) => cause),
    unexplained: sum(unexplained, ({ lag, index }) => lag.records - (explained.get(index) ?? 0)),
    noCause: unexplained.length === 0 ? null : noCauseOf(facts, unexplained, explained),
    nodes: nodesOf(facts, causesAt),
    partitions: facts.partitions.map((partition): PartitionLagReport => ({
      ...placeOf(facts, partition),
      ...figuresOf([partition], facts),
      skew: even === 0 ? 0 : partition.lag.records / even,
      unreadable: partition.unreadable,
      causes: (causesAt.get(partition.index) ?? []).sort((a, b) => a - b),
    })),
  };
}

/** Everything that holds at one partition. What makes reading impossible leaves nothing else to look for. */
function findingsOf(facts: GroupFacts, partition: PartitionFacts): Finding[] {
  const found: (Finding | null)[] = [belowMinIsr(partition)];
  if (partition.lag.records === 0) return found.filter((one) => one !== null);
  const blocked = cannotRead(facts, partition) ?? isUnread(facts, partition);
  if (blocked !== null) return [...found.filter((one) => one !== null), blocked];
  const transaction = heldByTransaction(facts, partition);
  found.push(transaction);
  // What a transaction holds back no faster member would read.
  if (transaction !== null && transaction.records === partition.lag.records) return found.filter((one) => one !== null);
  found.push(...readingOf(facts, partition));
  const rest = partition.lag.records - (transaction?.records ?? 0);
  return found
    .filter((one) => one !== null)
    .map((one) => (one.kind === 'open-transaction' ? one : { ...one, records: Math.min(one.records, rest) }));
}

/** Of a partition that is read: who is held up, or has too much to do, or waits; and what is left from before. */
function readingOf(facts: GroupFacts, partition: PartitionFacts): (Finding | null)[] {
  const held = heldUp(facts, partition);
  if (held !== null && held.kind !== 'long-poll') return [held];
  const share = facts.shared ? shareFindings(facts, partition) : [];
  const backlog = backlogOf(facts, partition);
  const busy = overloaded(facts, partition) ?? ordered(facts, partition);
  return [held, ...share, backlog, besides(busy, backlog), busy === null ? waitsForRecords(facts, partition) : null];
}

/** Where what is left from before is worked off, "catching up" says nothing more, unless that is the smaller part. */
function besides(busy: Finding | null, backlog: Finding | null): Finding | null {
  if (busy?.kind !== 'catching-up' || backlog === null) return busy;
  const rest = busy.records - backlog.records;
  return rest > backlog.records ? { ...busy, records: rest } : null;
}

const tellers: Readonly<Record<LagCauseKind, Teller>> = {
  offline: tellOffline,
  unreachable: tellUnreachable,
  'open-transaction': tellTransaction,
  'below-min-isr': tellBelowMinIsr,
  'no-coordinator': tellNoCoordinator,
  'no-member': tellNoMember,
  'silent-member': tellSilent,
  rebalance: tellRebalance,
  'no-owner': tellNoOwner,
  outage: tellOutage,
  'no-memory': tellNoMemory,
  'long-poll': tellLongPoll,
  retries: tellRetries,
  'rate-limit': tellRateLimit,
  'hot-key': tellHot,
  'hot-partition': tellHot,
  'pool-order': tellOrdered,
  'too-few-partitions': tellTooFew,
  'slow-service': tellSlowService,
  'catching-up': tellCatchingUp,
  quota: tellQuota,
  'fetch-bound': tellFetchBound,
  'fetch-min-bytes': tellMinBytes,
  sleeping: tellSleeping,
  'not-due': tellNotDue,
  'between-polls': tellBetweenPolls,
  earliest: tellEarliest,
  'after-absence': tellAfterAbsence,
  'after-outage': tellAfterOutage,
  'after-pause': tellAfterPause,
  'after-seek': tellAfterSeek,
  paused: tellPaused,
  'share-locks': tellLocks,
  'share-window': tellWindow,
};

const keyOf = ({ kind, subject }: Finding) => `${kind} ${subject}`;

/** Findings of one kind about one subject are one cause; what explains most records comes first. */
function causesOf(facts: GroupFacts, findings: readonly Finding[]): { readonly key: string; readonly cause: LagCause }[] {
  const merged = new Map<string, Finding[]>();
  for (const one of findings) merged.set(keyOf(one), [...(merged.get(keyOf(one)) ?? []), one]);
  const waiting = sum(facts.partitions, ({ lag, unreadable, waits }) => (waits ? lag.records + unreadable : 0));
  return [...merged]
    .map(([key, own]) => {
      const [{ kind, subject }] = own as [Finding];
      const partitions = [...own].sort((a, b) => b.records - a.records).map(({ partition }) => partition);
      const records = sum(own, (one) => one.records);
      const { node = -1, member = -1, ...words } = tellers[kind](facts, { subject, partitions, records });
      const worker = facts.ctx.workers[member];
      const cause: LagCause = {
        kind,
        node: facts.ctx.nodes[worker?.node ?? node]?.id ?? null,
        member: worker?.number ?? null,
        partitions: partitions.map((partition) => placeOf(facts, partition)),
        records,
        share: waiting === 0 ? 0 : Math.min(1, records / waiting),
        ...words,
      };
      return { key, cause };
    })
    .sort((a, b) => b.cause.records - a.cause.records);
}

function placeOf({ ctx }: GroupFacts, { index }: PartitionFacts) {
  const { topic, partition } = ctx.partitions[index]!;
  return { topicNode: ctx.topics[topic]!.node, topic: ctx.topics[topic]!.name, partition };
}

/** Sums over partitions; seconds are those of the worst. */
function figuresOf(partitions: readonly PartitionFacts[], { mark }: GroupFacts): LagFigures {
  const records = sum(partitions, ({ lag }) => lag.records);
  const rate = (of: (partition: PartitionFacts) => number | null) =>
    mark === null ? null : sum(partitions, (partition) => of(partition) ?? 0);
  const trendPerSecond = rate((partition) => partition.trendPerSecond);
  const isShrinking = trendPerSecond !== null && trendPerSecond < 0;
  // What a reader that keeps up has not served yet is no lag to be drained.
  const isOnTheWay = partitions.every(({ waits, lag }) => !waits || lag.records === 0);
  const most = partitions.reduce((worst, { lag }) => Math.max(worst, lag.records), 0);
  return {
    records,
    seconds: partitions.reduce((worst, { lag }) => Math.max(worst, lag.seconds), 0),
    trendPerSecond,
    arrivalPerSecond: rate((partition) => partition.arrivalPerSecond),
    servicePerSecond: rate((partition) => partition.servicePerSecond),
    drainSeconds: isOnTheWay ? 0 : isShrinking ? records / -trendPerSecond : null,
    drains: isOnTheWay ? 'nothing' : trendPerSecond === null ? 'unknown' : isShrinking ? 'yes' : 'never',
    skew: isOnTheWay ? 0 : most / (records / partitions.length),
  };
}

/** A shared group's partitions count for the node whose member owns them; those nobody owns for every node that reads their topic. */
function nodesOf(facts: GroupFacts, causesAt: ReadonlyMap<number, readonly number[]>): NodeLagReport[] {
  const { ctx, group, partitions } = facts;
  return ctx.nodes
    .filter((node) => node.group === group.index)
    .map((node) => {
      const own = partitions.filter(
        ({ index, owner }) => node.inputs.includes(ctx.partitions[index]!.topic) && (owner < 0 || ctx.workers[owner]!.node === node.index),
      );
      const causes = [...new Set(own.flatMap(({ index }) => causesAt.get(index) ?? []))].sort((a, b) => a - b);
      return { node: node.id, ...figuresOf(own, facts), causes };
    });
}

/** Said instead of a guess: the figures there are. */
function noCauseOf(facts: GroupFacts, partitions: readonly PartitionFacts[], explained: ReadonlyMap<number, number>): string {
  const records = sum(partitions, ({ lag, index }) => lag.records - (explained.get(index) ?? 0));
  const names = listed(partitions.map(({ index }) => partitionName(facts, index)));
  if (facts.mark === null) return `${counted(records, 'record')} of ${names} wait; there are no rates yet to find a cause by.`;
  const { trendPerSecond, arrivalPerSecond, servicePerSecond, seconds } = figuresOf(partitions, facts);
  const readers = facts.members.filter(({ alive, index }) => alive && (facts.shared || partitions.some(({ owner }) => owner === index)));
  const busy = readers.length === 0 ? 0 : sum(readers, (member) => member.busy!) / readers.length;
  const phases = [...new Set(readers.map(({ index }) => facts.ctx.workers[index]!.phase))];
  const trend = `${trendPerSecond! >= 0 ? 'grows' : 'shrinks'} by ${perSecond(Math.abs(trendPerSecond!))}`;
  return `No cause found in the state: ${counted(records, 'record')} of ${names} wait, the oldest for ${time(Math.max(seconds, waitsFromSeconds))}; over the last ${time(facts.seconds)} ${perSecond(arrivalPerSecond!)} arrived, ${perSecond(servicePerSecond!)} were served and the lag ${trend}; ${counted(readers.length, 'member')} (${listed(phases)}) busy ${percent(busy)}.`;
}
