/** What holds back records of a share group: locks of members that are gone, and a window of records in flight that is full. */
import { newOffsetsMax, RecordState, type SharePartition, sizeOf } from '../../share/sharePartition.ts';
import { type Finding, figure, finding, type Teller } from './cause.ts';
import { type GroupFacts, memberName, type PartitionFacts, partitionName, sum } from './facts.ts';
import { be, count, counted, listed, time } from './words.ts';

const shareOf = ({ ctx, group }: GroupFacts, { index }: PartitionFacts): SharePartition | undefined =>
  ctx.share.groups[group.index]?.partitions.get(index);

/** Ranges that a process which is gone has locked. */
const orphans = ({ ctx }: GroupFacts, share: SharePartition) =>
  share.ranges.filter(({ state, write, member, life }) => {
    if (write !== 0 || state !== RecordState.acquired || member < 0) return false;
    const { incarnation, state: standing } = ctx.members[member]!;
    return incarnation !== life || standing === 'down';
  });

export function shareFindings(facts: GroupFacts, partition: PartitionFacts): Finding[] {
  const share = shareOf(facts, partition);
  if (share === undefined) return [];
  const locked = orphans(facts, share);
  const found: Finding[] = [];
  if (locked.length > 0) found.push(finding('share-locks', partition, locked[0]!.member, sum(locked, sizeOf)));
  const { log } = facts.ctx.partitions[partition.index]!;
  const behind = log.highWatermark - share.endOffset;
  const { limits } = facts.ctx.share.groups[facts.group.index]!;
  if (newOffsetsMax(share, limits) === 0 && share.available === 0 && behind > 0) found.push(finding('share-window', partition, 0, behind));
  return found;
}

const names = (facts: GroupFacts, partitions: readonly PartitionFacts[]) =>
  listed(partitions.map(({ index }) => partitionName(facts, index)));

export const tellLocks: Teller = (facts, { subject, partitions, records }) => {
  const ranges = partitions.flatMap((partition) => orphans(facts, shareOf(facts, partition)!));
  const last = Math.max(...ranges.map(({ lockUs }) => lockUs));
  const left = (last - facts.ctx.events.nowUs) / 1e6;
  const { lockUs, deliveryCountLimit } = facts.ctx.share.groups[facts.group.index]!.limits;
  const spent = sum(ranges, (range) => (range.deliveryCount >= deliveryCountLimit ? sizeOf(range) : 0));
  const archived =
    spent === 0
      ? ''
      : ` ${counted(spent, 'record')} of them ${spent === 1 ? 'has' : 'have'} been delivered ${deliveryCountLimit} times (group.share.delivery.count.limit) and will be archived then.`;
  return {
    member: subject,
    sentence: `${counted(records, 'record')} of ${names(facts, partitions)} ${be(records)} locked by ${memberName(facts, subject)}, whose process is gone: nobody else gets them before their locks run out, the last in ${time(left)}.${archived}`,
    remedy: `Shorter locks (group.share.record.lock.duration.ms, ${time(lockUs / 1e6)}), or a member that is closed: it gives back what it has.`,
    figures: [
      figure('locked', records, 'records'),
      figure('last lock ends in', left, 's'),
      figure('at the delivery limit', spent, 'records'),
    ],
  };
};

export const tellWindow: Teller = (facts, { partitions, records }) => {
  const { recordLocksMax } = facts.ctx.share.groups[facts.group.index]!.limits;
  const acquired = sum(partitions, (partition) => shareOf(facts, partition)!.acquired);
  return {
    sentence: `${names(facts, partitions)} ${partitions.length === 1 ? 'has' : 'have'} as many records in flight as group.share.partition.max.record.locks allows (${count(recordLocksMax)}), ${count(acquired)} of them locked: ${counted(records, 'record')} behind them are handed to nobody.`,
    remedy: 'Acknowledge sooner (smaller polls, more members), or allow more locks.',
    figures: [figure('locked', acquired, 'records'), figure('allowed', recordLocksMax, 'records')],
  };
};
