/** What happens in the cluster, in words: many partitions of a topic that change alike in one moment make one line. */
import type { ClusterNotice, ClusterNoticeCode } from '../../broker/clusterState.ts';
import { brokerNames } from './brokerNames.ts';
import type { RunEvent } from '../../report/runEvent.ts';
import type { EngineContext } from '../state.ts';

/** The lines of notices of one moment, in the order in which each first came up. */
export function clusterEntries(ctx: EngineContext, notices: readonly ClusterNotice[]): RunEvent[] {
  const groups = new Map<string, ClusterNotice[]>();
  for (const notice of notices) {
    const topic = topicOf(ctx, notice);
    const key = topic < 0 ? `${notice.code} ${notice.broker} ${notice.client} ${notice.partition}` : `${notice.code} topic ${topic}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [notice]);
    else group.push(notice);
  }
  return [...groups.values()].map((group) => {
    const [first] = group;
    const topic = ctx.topics[topicOf(ctx, first)] ?? null;
    const text = topic === null ? brokerSentence(ctx, first) : partitionsSentence(ctx, topic.name, group);
    const client = first.client === 0 ? null : ctx.nodes[-2 - first.client]!.id;
    return { timeUs: first.timeUs, code: first.code, node: topic?.node ?? client, text };
  });
}

/** Index of the topic a notice is about; -1: about a broker, the controller, or an internal partition. */
function topicOf({ partitions, topics }: EngineContext, { partition }: ClusterNotice): number {
  return partition < 0 || partition >= partitions.length || topics[partitions[partition].topic].internal === true
    ? -1
    : partitions[partition].topic;
}

function brokerSentence(ctx: EngineContext, { code, broker, leaderEpoch, client, partition }: ClusterNotice): string {
  if (code === 'client.throttled')
    return `Broker ${broker} holds ${ctx.nodes[-2 - client]!.name} back: it is over its quota. This is said once a minute.`;
  const sentences: Partial<Record<ClusterNoticeCode, string>> = {
    'broker.killed': `Broker ${broker} is killed.`,
    'broker.stopping': `Broker ${broker} begins a controlled shutdown: what it leads moves first.`,
    'broker.stopped': `Broker ${broker} has stopped.`,
    'broker.starting': `Broker ${broker} starts and recovers its logs.`,
    'broker.started': `Broker ${broker} has recovered its logs and registers with the controller.`,
    'broker.fenced': `The controller fences broker ${broker}: it was not heard of for ${ctx.cluster.config.sessionTimeoutUs / 1e6} s.`,
    'broker.unfenced': `Broker ${broker} is unfenced.`,
    'controller.lost': 'The active controller is lost; nothing is decided until another one is elected.',
    'controller.elected': `The quorum has elected another active controller, epoch ${leaderEpoch}.`,
    'coordinator.offline': `${internalName(ctx, partition)} is offline: its last in-sync replica, broker ${broker}, is down. What it coordinates stands still: nothing is committed.`,
    'coordinator.online': `Broker ${broker} leads ${internalName(ctx, partition)} again: what it coordinates goes on.`,
    'disk.failed': `Broker ${broker} cannot write to its disk: its only log directory goes offline, and it halts.`,
  };
  return sentences[code] ?? `Broker ${broker}: ${code}.`;
}

function partitionsSentence(ctx: EngineContext, topic: string, group: readonly ClusterNotice[]): string {
  if (group.length === 1) return partitionSentence(`${topic}-${ctx.partitions[group[0].partition].partition}`, group[0]);
  const partitions = `${group.length} partitions of ${topic}`;
  const brokers = brokerNames([...new Set(group.map(({ broker }) => broker))].sort((a, b) => a - b));
  switch (group[0].code) {
    case 'leader.elected':
      return `${partitions} have other leaders: ${brokers}.`;
    case 'leader.unclean':
      return `${partitions} have other leaders by unclean election: ${brokers}. What they do not have is lost.`;
    case 'partition.offline':
      return `${partitions} are offline: the last in-sync replica of each is down (${brokers}).`;
    case 'isr.shrunk':
      return `The ISRs of ${partitions} shrink.`;
    case 'isr.expanded':
      return `The ISRs of ${partitions} grow.`;
    case 'isr.changed':
      return `The ISRs of ${partitions} change.`;
    case 'replica.truncated':
      return `${sum(group)} records are cut off copies of ${partitions} that their leaders do not have, at ${brokers}.`;
    default:
      return `${partitions} have the replicas they were to move to.`;
  }
}

function partitionSentence(name: string, { code, broker, leaderEpoch, isr, records }: ClusterNotice): string {
  switch (code) {
    case 'leader.elected':
      return `Broker ${broker} leads ${name} in epoch ${leaderEpoch}.`;
    case 'leader.unclean':
      return `Broker ${broker} leads ${name} in epoch ${leaderEpoch} by an unclean election: what it does not have is lost.`;
    case 'partition.offline':
      return `${name} is offline: its last in-sync replica, broker ${broker}, is down.`;
    case 'isr.shrunk':
      return `The ISR of ${name} shrinks to ${brokerNames(isr)}.`;
    case 'isr.expanded':
      return `The ISR of ${name} grows to ${brokerNames(isr)}.`;
    case 'isr.changed':
      return `The ISR of ${name} changes to ${brokerNames(isr)}.`;
    case 'replica.truncated':
      return `Broker ${broker} cuts ${records} records off its copy of ${name} that the leader does not have.`;
    default:
      return `${name} has moved: its replicas are ${brokerNames(isr)}.`;
  }
}

const internalName = ({ cluster }: EngineContext, registration: number): string =>
  cluster.internals.find((internal) => internal.registration === registration)?.key ?? '';

const sum = (group: readonly ClusterNotice[]): number => group.reduce((total, { records }) => total + records, 0);
