/** Pause, resume and seek: what the application of a node asks its consumers for (KafkaConsumer), planned or by a click. */
import type { Fault } from '../../../pipeline/document.ts';
import { pausePartitions, requestSeek, resumePartitions } from '../../consumer/pausing.ts';
import type { ConsumerState, OwnedPartition } from '../../consumer/consumer.ts';
import { EventKind } from '../../kernel/eventKinds.ts';
import { schedule } from '../../kernel/eventSet.ts';
import { offsetForTimestamp } from '../../log/partitionLog.ts';
import type { NodeState } from '../../process/node.ts';
import { isBusy } from '../../process/worker.ts';
import type { EngineContext } from '../state.ts';
import { addEntry } from '../views/timeline.ts';

type Reading = DistributiveOmit<Extract<Fault, { action: 'consumer.pause' | 'consumer.resume' | 'consumer.seek' }>, 'atMs'>;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

export function isReadingFault(fault: { readonly action: string }): fault is Reading {
  return fault.action === 'consumer.pause' || fault.action === 'consumer.resume' || fault.action === 'consumer.seek';
}

/** Why it cannot be done now, as a sentence; null when it can. */
export function readingRefusal(ctx: EngineContext, node: NodeState, fault: Reading): string | null {
  const { groupId, type } = ctx.groups[node.group]!;
  if (ctx.streams.nodes[node.index])
    return `${node.name} is a stream processor, which pauses its partitions and sets their positions itself, by what its tasks need.`;
  if (type === 'share') return `${groupId} is a share group, whose consumers have no positions and cannot be paused.`;
  const { member, partition } = fault;
  if (member !== undefined && node.members[member] === undefined) return `${node.name} has no member ${member}.`;
  if (partition !== undefined && !node.inputs.some((topic) => partition < ctx.topics[topic]!.partitionCount))
    return `Nothing that ${node.name} reads has a partition ${partition}.`;
  if (fault.action !== 'consumer.seek') return null;
  if (ctx.consumers[node.members[0]!]?.config.commitMode === 'in-transaction')
    return `The positions of ${node.name} belong to its transactions (processing.guarantee=exactly_once_v2); stop its members and reset the offsets.`;
  if ((fault.to === 'offset' || fault.to === 'timestamp') && fault.value === undefined) return `A seek to ${fault.to} needs a value.`;
  return null;
}

/** What a member owns of what is meant. */
function ownedOf(ctx: EngineContext, consumer: ConsumerState, partition: number | undefined): OwnedPartition[] {
  if (partition === undefined) return [...consumer.owned];
  return consumer.owned.filter(({ index }) => ctx.partitions[index]!.partition === partition);
}

/** Each member does it with what it owns now; one that owns none of it does nothing (KafkaConsumer refuses partitions that are not assigned). */
export function applyReading(ctx: EngineContext, node: NodeState, fault: Reading): void {
  const members = fault.member === undefined ? node.members : [node.members[fault.member]!];
  let count = 0;
  for (const index of members) {
    const worker = ctx.workers[index]!;
    if (!worker.alive) continue;
    const consumer = ctx.consumers[index]!;
    const partitions = ownedOf(ctx, consumer, fault.partition);
    count += act(ctx, consumer, fault, partitions);
    // One that waits in poll() has to look again; what is at work polls by itself.
    if (partitions.length > 0 && !isBusy(worker)) schedule(ctx.events, ctx.events.nowUs, EventKind.MemberWake, index, -1);
  }
  const who = fault.member === undefined ? node.name : `${node.name}-${fault.member}`;
  addEntry(ctx, { timeUs: ctx.events.nowUs, code: 'fault', node: node.id, text: sentence(fault, who, count) });
}

/** Gives the number of partitions it concerned. */
function act(ctx: EngineContext, consumer: ConsumerState, fault: Reading, partitions: readonly OwnedPartition[]): number {
  if (fault.action !== 'consumer.seek')
    return fault.action === 'consumer.pause' ? pausePartitions(consumer, partitions) : resumePartitions(consumer, partitions);
  const { to, value = 0 } = fault;
  const timeUs = ctx.events.nowUs;
  for (const owned of partitions) {
    // offsetsForTimes: without such a record the application goes to the end.
    const found = to === 'timestamp' ? offsetForTimestamp(ctx.partitions[owned.index]!.log, value) : value;
    if (to === 'earliest' || to === 'latest') requestSeek(consumer, owned, { timeUs, to, offset: 0 });
    else requestSeek(consumer, owned, { timeUs, to: found < 0 ? 'latest' : 'offset', offset: found });
  }
  return partitions.length;
}

function sentence(fault: Reading, who: string, count: number): string {
  const which = fault.partition === undefined ? '' : `partition ${fault.partition}, `;
  const partitions = count === 1 ? '1 partition' : `${count} partitions`;
  if (fault.action === 'consumer.seek') {
    const { to, value = 0 } = fault;
    const where =
      to === 'earliest' || to === 'latest'
        ? `the ${to}`
        : to === 'offset'
          ? `offset ${value}`
          : `the first record from ${value / 1000} s on`;
    return count === 0 ? `${who} seeks nothing: it owns no such partition.` : `${who} seeks to ${where} in ${which}${partitions}.`;
  }
  const pauses = fault.action === 'consumer.pause';
  if (count === 0)
    return `${who} ${pauses ? 'pauses nothing: it owns no such partition that is not paused' : 'resumes nothing: nothing it owns is paused'}.`;
  return pauses
    ? `${who} pauses reading (${which}${partitions}): it polls on and stays in its group.`
    : `${who} resumes reading (${which}${partitions}).`;
}
