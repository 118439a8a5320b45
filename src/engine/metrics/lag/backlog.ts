/** Records that were in the log before anybody read them: what a reader works off after it began at the start of the log, was away, or could not work. */
import type { ReadingStart } from '../../ledger/state.ts';
import { ownedPartition } from '../../consumer/consumer.ts';
import { sentTimeAt } from '../../log/partitionLog.ts';
import { firstSentSince } from '../lag.ts';
import { type Finding, figure, finding, type Teller } from './cause.ts';
import { type GroupFacts, memberName, type PartitionFacts, partitionName, sum } from './facts.ts';
import { count, counted, listed, perSecond, time } from './words.ts';

/** Away for less than this, a reader has left nothing to speak of. */
const absenceMinUs = 1_000_000;

export function backlogOf(facts: GroupFacts, partition: PartitionFacts): Finding | null {
  if (partition.owner < 0 || facts.shared) return null;
  const start = startOf(facts, partition);
  const own = start === null ? null : sinceStart(facts, partition, start);
  if (own !== null) return own;
  for (const [kind, from, to] of stops) {
    const stop = lastStop(facts, partition, from, to);
    const records = stop === null ? 0 : sentBefore(facts, partition, stop.endUs) - sentBefore(facts, partition, stop.startUs);
    if (records > 0) return finding(kind, partition, facts.ctx.workers[partition.owner]!.node, records);
  }
  return null;
}

/** What was there when its reader took the partition up, or was put back to be read again. */
function sinceStart(facts: GroupFacts, partition: PartitionFacts, start: ReadingStart): Finding | null {
  if (start.why === 'seek' || start.why === 'administrator') {
    const again = facts.ctx.progress[facts.group.index]!.processedUpTo[partition.index]! - partition.lag.position;
    return again > 0 ? finding('after-seek', partition, 0, Math.min(again, partition.lag.records)) : null;
  }
  const records = sentBefore(facts, partition, start.timeUs);
  if (records === 0) return null;
  if (start.why === 'earliest') return finding('earliest', partition, 0, records);
  const away = start.before === null ? 0 : start.timeUs - start.before.timeUs;
  return away >= absenceMinUs ? finding('after-absence', partition, 0, records) : null;
}

/** What holds a node's reading up for a while, by the faults that begin and end it. */
const stops = [
  ['after-outage', 'outage.start', 'outage.end'],
  ['after-pause', 'consumer.pause', 'consumer.resume'],
] as const;

function startOf({ ctx }: GroupFacts, { owner, index }: PartitionFacts): ReadingStart | null {
  return ownedPartition(ctx.consumers[owner]!, index)?.start ?? null;
}

/** Records not served that were sent before a moment. */
function sentBefore({ ctx }: GroupFacts, { index, lag }: PartitionFacts, momentUs: number): number {
  const { log } = ctx.partitions[index]!;
  const from = Math.max(lag.position, log.logStartOffset);
  if (!(sentTimeAt(log, from) < momentUs)) return 0;
  return Math.max(0, Math.min(log.highWatermark, firstSentSince(log, momentUs)) - from);
}

/** The last such time of the node that reads a partition that is over, as it happened in the run. */
function lastStop({ ctx, faults }: GroupFacts, { owner }: PartitionFacts, from: string, to: string) {
  const { id, outage } = ctx.nodes[ctx.workers[owner]!.node]!;
  if (outage) return null;
  const own = faults
    .filter(({ timeUs, fault }) => timeUs <= ctx.events.nowUs && fault.node === id && (fault.action === from || fault.action === to))
    .sort((a, b) => a.timeUs - b.timeUs);
  const end = own.findLast(({ fault }) => fault.action === to);
  const start = own.findLast(({ fault, timeUs }) => fault.action === from && timeUs < (end?.timeUs ?? 0));
  return end === undefined || start === undefined ? null : { startUs: start.timeUs, endUs: end.timeUs };
}

const names = (facts: GroupFacts, partitions: readonly PartitionFacts[]) =>
  listed(partitions.map(({ index }) => partitionName(facts, index)));

/** How fast it is worked off, and how long that takes; nothing before there is a rate. */
function progress(partitions: readonly PartitionFacts[], facts: GroupFacts) {
  if (facts.mark === null) return { words: '', figures: [] };
  const served = sum(partitions, ({ servicePerSecond }) => servicePerSecond ?? 0);
  const net = -sum(partitions, ({ trendPerSecond }) => trendPerSecond ?? 0);
  const lag = sum(partitions, ({ lag: { records } }) => records);
  const figures = [figure('served', served, 'records/s'), figure('net', net, 'records/s')];
  if (!(net > 0)) return { words: ` At ${perSecond(served)} served it does not catch up.`, figures };
  return {
    words: ` It serves ${perSecond(served)}, ${perSecond(net)} more than arrive, and has caught up in ${time(lag / net)}.`,
    figures: [...figures, figure('caught up in', lag / net, 's')],
  };
}

export const tellEarliest: Teller = (facts, { partitions, records }) => {
  const start = startOf(facts, partitions[0]!)!;
  const { words, figures } = progress(partitions, facts);
  return {
    sentence: `Group ${facts.group.groupId} began at the earliest offset of ${names(facts, partitions)} at ${time(start.timeUs / 1e6)} (auto.offset.reset=earliest, nothing committed): ${counted(records, 'record')} had been written before.${words}`,
    remedy: 'Wait, or add members while it catches up.',
    figures: [figure('written before it began', records, 'records'), ...figures],
  };
};

export const tellAfterAbsence: Teller = (facts, { partitions, records }) => {
  const start = startOf(facts, partitions[0]!)!;
  const before = start.before!;
  const how =
    before.how === 'rebalance'
      ? 'gave it up'
      : before.how === 'replaced'
        ? 'was replaced'
        : before.how === 'aborted'
          ? 'aborted'
          : before.how;
  const away = (start.timeUs - before.timeUs) / 1e6;
  const { words, figures } = progress(partitions, facts);
  return {
    sentence: `Nobody read ${names(facts, partitions)} for ${time(away)}: ${memberName(facts, before.member)} ${how === 'crashed' || how === 'stopped' || how === 'failed' ? `${how}` : how} at ${time(before.timeUs / 1e6)}, and ${memberName(facts, start.member)} took over at ${time(start.timeUs / 1e6)}. ${counted(records, 'record')} written before are left.${words}`,
    remedy: 'Shorter sessions, static members or a restart leave less behind; more members catch up sooner.',
    figures: [figure('unread for', away, 's'), figure('left from before', records, 'records'), ...figures],
  };
};

export const tellAfterOutage: Teller = (facts, { subject, partitions, records }) => {
  const outage = lastStop(facts, partitions[0]!, 'outage.start', 'outage.end')!;
  const { words, figures } = progress(partitions, facts);
  const lasted = (outage.endUs - outage.startUs) / 1e6;
  return {
    node: subject,
    sentence: `The system behind ${facts.ctx.nodes[subject]!.name} did not answer from ${time(outage.startUs / 1e6)} to ${time(outage.endUs / 1e6)}: ${counted(records, 'record')} that came in those ${time(lasted)} are left.${words}`,
    remedy: 'Nothing: the log has kept them. More members catch up sooner, if that system takes it.',
    figures: [figure('outage lasted', lasted, 's'), figure('left from it', records, 'records'), ...figures],
  };
};

export const tellAfterPause: Teller = (facts, { subject, partitions, records }) => {
  const pause = lastStop(facts, partitions[0]!, 'consumer.pause', 'consumer.resume')!;
  const { words, figures } = progress(partitions, facts);
  const lasted = (pause.endUs - pause.startUs) / 1e6;
  return {
    node: subject,
    sentence: `${facts.ctx.nodes[subject]!.name} had paused reading from ${time(pause.startUs / 1e6)} to ${time(pause.endUs / 1e6)}: ${counted(records, 'record')} of ${names(facts, partitions)} that came in those ${time(lasted)} are left.${words}`,
    remedy: 'Nothing, or more members where it has to go faster.',
    figures: [figure('paused for', lasted, 's'), figure('left from it', records, 'records'), ...figures],
  };
};

export const tellAfterSeek: Teller = (facts, { partitions, records }) => {
  const start = startOf(facts, partitions[0]!)!;
  const { words, figures } = progress(partitions, facts);
  const how =
    start.why === 'seek'
      ? `was sought to offset ${count(start.offset)}`
      : `begins at offset ${count(start.offset)}, where an administrator has set it`;
  return {
    sentence: `Group ${facts.group.groupId} reads again: ${partitionName(facts, partitions[0]!.index)} ${how} (${time(start.timeUs / 1e6)}), and ${counted(records, 'record')} of ${names(facts, partitions)} that it had served before are left.${words}`,
    remedy: 'Nothing: it was asked for. More members go faster.',
    figures: [figure('served before', records, 'records'), ...figures],
  };
};
