/** Records whose reader is held up in its work: paused, before a system that does not answer, without memory to send on, or too long at one poll. */
import { stuckNobody } from '../../process/pool/pool.ts';
import type { WorkerState } from '../../process/worker.ts';
import type { StreamTask, StreamThread } from '../../streams/state.ts';
import { ownedPartition } from '../../consumer/consumer.ts';
import { type Finding, figure, finding, type Teller } from './cause.ts';
import { type GroupFacts, memberName, type MemberFacts, type PartitionFacts, partitionName } from './facts.ts';
import { readersOf } from './serving.ts';
import { count, counted, listed, time } from './words.ts';

/** What holds up the members that read a partition, other than having too much to do; null where nothing does. */
export function heldUp(facts: GroupFacts, partition: PartitionFacts): Finding | null {
  const { ctx } = facts;
  const readers = readersOf(facts, partition);
  if (readers.length === 0) return null;
  const all = (holds: (member: MemberFacts) => boolean) => readers.every(holds);
  const [first] = readers;
  if (!facts.shared && ownedPartition(ctx.consumers[partition.owner]!, partition.index)?.paused === true) {
    const { streams } = ctx.workers[partition.owner]!;
    // A stream thread also pauses what it has enough of.
    if (streams === null || restoringTask(streams, partition.index) !== undefined) return finding('paused', partition, first!.index);
  }
  if (all(({ node }) => ctx.nodes[node]!.outage)) return finding('outage', partition, first!.node);
  if (all(({ index }) => lacksMemory(ctx.workers[index]!))) return finding('no-memory', partition, first!.node);
  return all(({ index }) => isAwayFromPoll(facts, index)) ? finding('long-poll', partition, first!.index) : null;
}

/** The task of a partition, while its stores are being restored. */
const restoringTask = ({ tasks }: StreamThread, index: number): StreamTask | undefined =>
  tasks.find(({ phase, queues }) => phase === 'restoring' && queues.some(({ partition }) => partition === index));

const lacksMemory = ({ phase, pool }: WorkerState) => (pool === null ? phase === 'blocked' : pool.stuck !== stuckNobody);

/** Since when a member, or all threads of its pool, stand still; -1 while they do not. */
const stalledUs = ({ pool, stalledSinceUs }: WorkerState) => (pool === null ? stalledSinceUs : pool.stalledSinceUs);

/** A member that is out of its group for `max.poll.interval.ms`, or will soon be, and still works on one poll. */
function isAwayFromPoll({ ctx }: GroupFacts, index: number): boolean {
  const { inPoll, lastPollUs, config } = ctx.members[index]!;
  const { phase } = ctx.workers[index]!;
  return !inPoll && (phase === 'serving' || phase === 'full') && ctx.events.nowUs - lastPollUs >= config.maxPollIntervalUs / 2;
}

const names = (facts: GroupFacts, partitions: readonly PartitionFacts[]) =>
  listed(partitions.map(({ index }) => partitionName(facts, index)));

export const tellPaused: Teller = (facts, { subject, partitions, records }) => {
  const { ctx, faults } = facts;
  const { streams } = ctx.workers[subject]!;
  if (streams !== null) return tellRestoring(facts, streams, { subject, partitions, records });
  const node = ctx.nodes[ctx.workers[subject]!.node]!;
  const { nowUs } = ctx.events;
  const pauses = faults.filter(({ timeUs, fault }) => timeUs <= nowUs && fault.node === node.id && fault.action === 'consumer.pause');
  const sinceUs = pauses.length === 0 ? null : Math.max(...pauses.map(({ timeUs }) => timeUs));
  return {
    member: subject,
    sentence: `${memberName(facts, subject)} has paused reading ${names(facts, partitions)}${sinceUs === null ? '' : `, last at ${time(sinceUs / 1e6)}`}: it polls and stays a member, and ${counted(records, 'record')} wait.`,
    remedy: 'Resume it.',
    figures: [
      figure('partitions paused', partitions.length),
      ...(sinceUs === null ? [] : [figure('paused for', (nowUs - sinceUs) / 1e6, 's')]),
    ],
  };
};

/** A stream thread that processes nothing of a task before its stores are as they were. */
function tellRestoring(
  facts: GroupFacts,
  streams: StreamThread,
  { subject, partitions, records }: { readonly subject: number; readonly partitions: readonly PartitionFacts[]; readonly records: number },
): ReturnType<Teller> {
  const tasks = [...new Set(partitions.flatMap(({ index }) => restoringTask(streams, index) ?? []))];
  const changelogs = tasks.flatMap((task) => task.changelogs);
  const read = changelogs.reduce((sum, { restored }) => sum + restored, 0);
  const left = changelogs.reduce((sum, { offset, endOffset }) => sum + Math.max(0, endOffset - offset), 0);
  const lasted = (facts.ctx.events.nowUs - Math.min(...tasks.map(({ sinceUs }) => sinceUs))) / 1e6;
  return {
    member: subject,
    sentence: `${memberName(facts, subject)} restores the stores of ${listed(tasks.map(({ name }) => `task ${name}`))} for ${time(lasted)} now, before it goes on: ${counted(read, 'record')} of the changelogs are read, ${count(left)} offsets are left. ${counted(records, 'record')} of ${names(facts, partitions)} wait.`,
    remedy:
      'Standby copies (num.standby.replicas) take over with little to read; smaller stores, or shorter transactions of members that crash, are restored sooner.',
    figures: [figure('restoring for', lasted, 's'), figure('read of the changelogs', read, 'records'), figure('left of them', left)],
  };
}

export const tellOutage: Teller = (facts, { subject, records }) => {
  const stalled = facts.members.filter(({ node }) => node === subject).map(({ index }) => stalledUs(facts.ctx.workers[index]!));
  const since = stalled.filter((sinceUs) => sinceUs >= 0);
  const sinceUs = since.length === 0 ? null : Math.min(...since);
  const { nowUs } = facts.ctx.events;
  return {
    node: subject,
    sentence: `The system behind ${facts.ctx.nodes[subject]!.name} does not answer${sinceUs === null ? '' : ` since ${time(sinceUs / 1e6)}`}: its members stand still in the middle of their work, and ${counted(records, 'record')} wait. The log keeps them.`,
    remedy: 'Nothing is lost as long as the topic keeps them; once it answers again, they are worked off at its spare rate.',
    figures: sinceUs === null ? [] : [figure('outage for', (nowUs - sinceUs) / 1e6, 's')],
  };
};

export const tellNoMemory: Teller = (facts, { subject, records }) => {
  const stalled = facts.members.filter(({ node }) => node === subject).map(({ index }) => stalledUs(facts.ctx.workers[index]!));
  const sinceUs = Math.min(...stalled.filter((at) => at >= 0));
  return {
    node: subject,
    sentence: `${facts.ctx.nodes[subject]!.name} cannot send on what it makes: buffer.memory of its producer is full since ${time(sinceUs / 1e6)}, because the topics it writes to do not take it. ${counted(records, 'record')} wait before it.`,
    remedy: 'Look at the topic it writes to: a broker that is down, too few in-sync replicas, or a quota.',
    figures: [figure('blocked for', (facts.ctx.events.nowUs - sinceUs) / 1e6, 's')],
  };
};

export const tellLongPoll: Teller = (facts, { subject, partitions, records }) => {
  const { ctx } = facts;
  const { lastPollUs, config, generation } = ctx.members[subject]!;
  const { count: size, served } = ctx.workers[subject]!;
  const away = (ctx.events.nowUs - lastPollUs) / 1e6;
  const most = config.maxPollIntervalUs / 1e6;
  const out =
    generation < 0
      ? 'It has left the group for that, and its commits are refused.'
      : `At ${time(most)} (max.poll.interval.ms) it leaves the group.`;
  return {
    member: subject,
    sentence: `${memberName(facts, subject)} is away from poll for ${time(away)}: it has served ${count(served)} of the ${counted(size, 'record')} of its last poll. ${out} ${counted(records, 'record')} of ${names(facts, partitions)} wait.`,
    remedy: 'Fewer records a poll (max.poll.records), or a longer max.poll.interval.ms.',
    figures: [
      figure('away from poll', away, 's'),
      figure('max.poll.interval.ms', most * 1000, 'ms'),
      figure('records of the poll', size),
      figure('served of them', served),
    ],
  };
};
