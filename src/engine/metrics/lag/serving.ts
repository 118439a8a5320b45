/** Records whose reader does all it can: who is busy, with what, and why it is not shared. */
import { keyText } from '../../workload/keys.ts';
import { type Finding, figure, finding, type Teller } from './cause.ts';
import { type GroupFacts, idleBelow, memberName, type MemberFacts, type PartitionFacts, sum } from './facts.ts';
import { type KeySample, sampleKeys } from './keySample.ts';
import { counted, listed, percent, perSecond, time } from './words.ts';

/** Part of its time that waits between attempts, or attempts that are repeated, must take to be the cause. */
const retriesFrom = 0.2;
/** A partition that gets so many times an even share is hot. */
const hotFrom = 1.5;
/** Drift of a lag, as a part of what is served, below which it neither grows nor shrinks. */
const steadyWithin = 0.02;

/** Who reads a partition: its owner, or every member of a share group that is up. */
export const readersOf = ({ shared, members, memberOf }: GroupFacts, { owner }: PartitionFacts): readonly MemberFacts[] =>
  shared ? members.filter(({ alive }) => alive) : [memberOf.get(owner)].flatMap((member) => (member === undefined ? [] : [member]));

/** What a member that is busy all the time is busy with; null for one that is not. */
export function overloaded(facts: GroupFacts, partition: PartitionFacts): Finding | null {
  const readers = readersOf(facts, partition);
  if (facts.mark === null || readers.length === 0 || !readers.every(({ saturated }) => saturated)) return null;
  const [first] = readers;
  const { node } = first!;
  if (retryShare(facts, node) >= retriesFrom || readers.some(({ waited }) => waited! >= retriesFrom))
    return finding('retries', partition, node);
  if (!facts.shared) {
    const hot = hotPartition(facts, first!);
    if (hot !== null) return finding(hot.byKey ? 'hot-key' : 'hot-partition', partition, hot.partition.index);
  }
  const spares = facts.members.filter(({ alive, owned, node: own }) => alive && owned.length === 0 && reads(facts, own, partition));
  if (!facts.shared && facts.group.state === 'Stable' && spares.length > 0 && owners(facts).every(({ saturated }) => saturated))
    return finding('too-few-partitions', partition);
  if (isShrinking(facts, readers)) return finding('catching-up', partition, node);
  return finding(readers.every(({ atLimit }) => atLimit) ? 'rate-limit' : 'slow-service', partition, node);
}

const owners = ({ members }: GroupFacts) => members.filter(({ alive, owned }) => alive && owned.length > 0);

function reads({ ctx }: GroupFacts, node: number, { index }: PartitionFacts): boolean {
  return ctx.nodes[node]!.inputs.includes(ctx.partitions[index]!.topic);
}

/** Partitions that members read: those they own, or all of a share group. */
function partitionsOf({ shared, partitions, partitionOf }: GroupFacts, members: readonly MemberFacts[]): readonly PartitionFacts[] {
  if (shared) return partitions;
  return members.flatMap(({ owned }) => owned.flatMap((index) => partitionOf.get(index) ?? []));
}

function isShrinking(facts: GroupFacts, members: readonly MemberFacts[]): boolean {
  const read = partitionsOf(facts, members);
  const served = sum(read, ({ servicePerSecond }) => servicePerSecond ?? 0);
  return sum(read, ({ trendPerSecond }) => trendPerSecond ?? 0) < -steadyWithin * served;
}

/** Attempts repeated, as a part of all attempts of a node over the window. */
function retryShare({ ctx, mark, members }: GroupFacts, node: number): number {
  const retried = ctx.metrics[node]!.retried - (mark!.retried[node] ?? 0);
  const served = sum(members, (member) =>
    member.node === node ? ctx.workers[member.index]!.processedRecords - (mark!.processed[member.index] ?? 0) : 0,
  );
  return retried + served === 0 ? 0 : retried / (retried + served);
}

interface Hot {
  readonly partition: PartitionFacts;
  /** Whether without the records of one key its member would keep up. */
  readonly byKey: boolean;
  readonly sample: KeySample;
  /** Its share of what arrives at the topic, or, while the lag shrinks, of what waits there. */
  readonly share: number;
  readonly grows: boolean;
}

/**
 * The partition that overloads a member which others could relieve: it gets far more than an even share, an even share could be served, and somebody else has time. Told from what arrives, or, when
 * that is less than is served, from what has piled up.
 */
function hotPartition(facts: GroupFacts, member: MemberFacts): Hot | null {
  const { ctx, partitionOf, partitions } = facts;
  const others = facts.members.filter(({ alive, index, busy, waited }) => alive && index !== member.index && busy! + waited! < idleBelow);
  const own = member.owned.flatMap((index) => partitionOf.get(index) ?? []);
  if (others.length === 0 || own.length === 0) return null;
  const grows = !isShrinking(facts, [member]);
  const weight = (partition: PartitionFacts) => (grows ? (partition.arrivalPerSecond ?? 0) : partition.lag.records);
  const hot = own.reduce((most, partition) => (weight(partition) > weight(most) ? partition : most));
  const siblings = partitions.filter(({ index }) => ctx.partitions[index]!.topic === ctx.partitions[hot.index]!.topic);
  const even = sum(siblings, weight) / siblings.length;
  if (weight(hot) === 0 || weight(hot) < hotFrom * even) return null;
  const { log } = ctx.partitions[hot.index]!;
  const sample = sampleKeys(log, hot.lag.position, log.highWatermark);
  const ofKey = sample.share * weight(hot);
  const found = { partition: hot, sample, share: weight(hot) / (even * siblings.length), grows };
  if (!grows) return { ...found, byKey: sample.share >= 0.5 };
  // Would it keep up with an even share, or without this key?
  const room = sum(own, ({ servicePerSecond }) => servicePerSecond ?? 0);
  const rest = sum(own, weight) - weight(hot);
  if (rest + even > room) return null;
  return { ...found, byKey: sample.key >= 0 && rest + weight(hot) - ofKey <= room };
}

const nodeName = ({ ctx }: GroupFacts, node: number) => ctx.nodes[node]!.name;

/** Members of a node that read these partitions. */
function workersOf(facts: GroupFacts, node: number, partitions: readonly PartitionFacts[]): readonly MemberFacts[] {
  const places = new Set(partitions.map(({ owner }) => owner));
  return facts.members.filter((member) => member.node === node && member.alive && (facts.shared || places.has(member.index)));
}

const busyOf = (members: readonly MemberFacts[]) => (members.length === 0 ? 0 : sum(members, ({ busy }) => busy!) / members.length);

/** What arrives and what is served at these members, which all that is said of a full member rests on. */
function flow(facts: GroupFacts, members: readonly MemberFacts[]) {
  const read = partitionsOf(facts, members);
  const arrival = sum(read, ({ arrivalPerSecond }) => arrivalPerSecond ?? 0);
  const service = sum(read, ({ servicePerSecond }) => servicePerSecond ?? 0);
  const busy = busyOf(members);
  const figures = [figure('arriving', arrival, 'records/s'), figure('served', service, 'records/s'), figure('busy', busy * 100, '%')];
  return { arrival, service, busy, figures };
}

const membersWords = (facts: GroupFacts, members: readonly MemberFacts[]) =>
  members.length === 1 ? memberName(facts, members[0]!.index) : `${members.length} members`;

export const tellRetries: Teller = (facts, { subject, partitions, records }) => {
  const { ctx, mark, seconds } = facts;
  const members = workersOf(facts, subject, partitions);
  const { figures, arrival, service } = flow(facts, members);
  const { failures, errorRate } = ctx.nodes[subject]!;
  const retried = retryShare(facts, subject);
  const waited = members.length === 0 ? 0 : sum(members, (member) => member.waited!) / members.length;
  const rate = (ctx.metrics[subject]!.retried - (mark!.retried[subject] ?? 0)) / seconds;
  const attempts = errorRate > 0 ? ` (error.rate ${percent(errorRate)})` : '';
  return {
    node: subject,
    sentence: `Services of ${nodeName(facts, subject)} fail${attempts}: ${percent(retried)} of the attempts are repetitions, and ${percent(waited)} of its time goes to waits before them. ${perSecond(arrival)} arrive, ${perSecond(service)} get done; ${counted(records, 'record')} wait behind them.`,
    remedy: `Repetitions in place (error.action ${failures.action}, at most ${failures.attemptsMax} attempts) hold up what lies behind: send failed records to a retry topic, or shorten the waits.`,
    figures: [...figures, figure('repeated attempts', rate, 'records/s'), figure('waits before attempts', waited * 100, '%')],
  };
};

export const tellRateLimit: Teller = (facts, { subject, partitions, records }) => {
  const members = workersOf(facts, subject, partitions);
  const { arrival, service, figures } = flow(facts, members);
  const limit = facts.ctx.nodes[subject]!.ratePerUs * 1e6;
  return {
    node: subject,
    sentence: `${nodeName(facts, subject)} takes no more than ${perSecond(limit)} an instance (rate.limit): ${perSecond(arrival)} arrive at ${membersWords(facts, members)} and ${perSecond(service)} are taken, so ${counted(records, 'record')} wait.`,
    remedy: 'A higher rate.limit, or more instances while there are partitions for them.',
    figures: [...figures, figure('rate.limit', limit, 'records/s')],
  };
};

/** Mean time of one record's service, over the window. */
function serviceSeconds({ ctx, mark }: GroupFacts, members: readonly MemberFacts[]): number {
  const served = sum(members, ({ index }) => ctx.workers[index]!.processedRecords - (mark!.processed[index] ?? 0));
  const busyUs = sum(members, ({ index }) => ctx.workers[index]!.busyUs - (mark!.busyUs[index] ?? 0));
  return served === 0 ? NaN : Math.max(0, busyUs) / served / 1e6;
}

export const tellSlowService: Teller = (facts, { subject, partitions, records }) => {
  const members = workersOf(facts, subject, partitions);
  const { arrival, service, busy, figures } = flow(facts, members);
  const node = facts.ctx.nodes[subject]!;
  const each = serviceSeconds(facts, members);
  const slow = node.slowFactor === 1 ? '' : `, ${node.slowFactor} times as long as configured since a fault`;
  const owned = sum(members, (member) => member.owned.length);
  const more = facts.shared || owned > members.length;
  const name = nodeName(facts, subject);
  return {
    node: subject,
    sentence: `${name} is too slow: ${membersWords(facts, members)} ${members.length === 1 ? 'is' : 'are'} busy ${percent(busy)} of the time, ${perSecond(arrival)} arrive and ${perSecond(service)} are served${Number.isNaN(each) ? '' : ` (${time(each)} a record${slow})`}. ${counted(records, 'record')} wait.`,
    remedy: more
      ? `More members (${name} has ${members.length} for ${facts.shared ? 'all its' : owned} partitions), or a faster service: larger writes, concurrency.`
      : 'Every member has one partition: more members need more partitions; or a faster service: larger writes, concurrency.',
    figures: [...figures, ...(Number.isNaN(each) ? [] : [figure('service time', each * 1000, 'ms')]), figure('members', members.length)],
  };
};

export const tellCatchingUp: Teller = (facts, { subject, partitions, records }) => {
  const members = workersOf(facts, subject, partitions);
  const { arrival, service, busy, figures } = flow(facts, members);
  return {
    node: subject,
    sentence: `${nodeName(facts, subject)} works at full speed (busy ${percent(busy)}) and catches up: ${perSecond(service)} are served, ${perSecond(arrival)} arrive. ${counted(records, 'record')} that could not be served when they came are left, for ${time(records / Math.max(1e-9, service - arrival))}.`,
    remedy: 'Nothing, or more members where it has to go faster.',
    figures: [...figures, figure('to drain', records / Math.max(1e-9, service - arrival), 's')],
  };
};

export const tellTooFew: Teller = (facts, { partitions, records }) => {
  const busy = owners(facts);
  const spares = facts.members.filter(({ alive, owned }) => alive && owned.length === 0);
  const { arrival, service, figures } = flow(facts, busy);
  const topic = facts.ctx.topics[facts.ctx.partitions[partitions[0]!.index]!.topic]!;
  return {
    sentence: `Topic ${topic.name} has too few partitions: ${counted(spares.length, 'member')} of group ${facts.group.groupId} ${spares.length === 1 ? 'has' : 'have'} none, while the ${busy.length} that have one are busy ${percent(busyOf(busy))} of the time. ${perSecond(arrival)} arrive, ${perSecond(service)} are served; ${counted(records, 'record')} wait.`,
    remedy: `More members will not help: give ${topic.name} at least ${Math.max(topic.partitionCount + 1, Math.ceil((topic.partitionCount * arrival) / Math.max(1, service)))} partitions (keys move to other partitions then), or make the service faster.`,
    figures: [...figures, figure('partitions', topic.partitionCount), figure('members without a partition', spares.length)],
  };
};

export const tellHot: Teller = (facts, { subject, partitions, records }) => {
  const { ctx, members } = facts;
  const hot = facts.partitionOf.get(subject)!;
  const member = facts.memberOf.get(hot.owner)!;
  const found = hotPartition(facts, member)!;
  const { sample, byKey, share, grows } = found;
  const topic = ctx.topics[ctx.partitions[subject]!.topic]!;
  const place = `Partition ${ctx.partitions[subject]!.partition} of ${topic.name}`;
  const even = `where ${percent(1 / topic.partitionCount)} would be even`;
  const what = grows
    ? `${place} gets ${perSecond(hot.arrivalPerSecond ?? 0)}, ${percent(share)} of the topic ${even}`
    : `${place} has ${percent(share)} of the records of the topic that wait, ${even}`;
  const others = members.filter(({ alive, index, busy }) => alive && index !== member.index && busy! < idleBelow);
  const { service, figures } = flow(facts, [member]);
  const key = sample.key >= 0 ? keyText(ctx.keys, sample.key) : '';
  const keyWords =
    sample.key < 0
      ? ` None of ${counted(sample.sampled, 'sampled record')} has a key.`
      : ` Key "${key}"${byKey ? ' alone' : ', the most frequent,'} is ${percent(sample.share)} of ${counted(sample.sampled, 'sampled record')} between its position and its end.`;
  const also = partitions.length > 1 ? ` It holds up ${counted(partitions.length - 1, 'other partition')} of the same member.` : '';
  return {
    member: member.index,
    sentence: `${what}.${keyWords} Its member ${memberName(facts, member.index)} is busy ${percent(member.busy!)} and serves ${perSecond(service)}, while ${listed(others.map(({ index, busy }) => `${memberName(facts, index)} is busy ${percent(busy!)}`))}.${also} ${counted(records, 'record')} wait.`,
    remedy: byKey
      ? `More members or partitions will not help: all records of one key go to one partition. A finer key would spread "${key}", or give it a faster service of its own.`
      : 'More members will not help: a partition has one. Spread it: more partitions, another key, or no key.',
    figures: [
      ...figures,
      figure('share of the topic', share * 100, '%'),
      ...(sample.key < 0 ? [] : [figure(`share of key "${key}"`, sample.share * 100, '%')]),
      figure('records sampled', sample.sampled),
    ],
  };
};
