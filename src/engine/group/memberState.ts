import { schedule } from '../kernel/eventSet.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import type { EventSet } from '../kernel/eventSet.ts';
import type { RandomStream } from '../kernel/random.ts';
import { createStream, nextUint32 } from '../kernel/random.ts';
import type { ServerAssignorName } from './consumerProtocol/serverAssignors.ts';
import type { GroupType } from './groupState.ts';

export interface GroupMemberConfig {
  /** `partition.assignment.strategy`: names of assignors in the member's order of preference. */
  readonly assignors: readonly string[];
  /** `group.remote.assignor`; empty where it leaves the choice to the coordinator. */
  readonly serverAssignor: ServerAssignorName | '';
  /** Empty = dynamic member. */
  readonly groupInstanceId: string;
  readonly sessionTimeoutUs: number;
  readonly heartbeatIntervalUs: number;
  readonly maxPollIntervalUs: number;
  readonly requestTimeoutUs: number;
  readonly retryBackoffUs: number;
  readonly retryBackoffMaxUs: number;
  readonly metadataMaxAgeUs: number;
  /** `client.rack`; empty for none. */
  readonly rack: string;
  /** Topics subscribed to, as topic indexes. */
  readonly topics: readonly number[];
}

/** What a member of the consumer protocol knows beyond what every member does (AbstractHeartbeatRequestManager, AbstractMembershipManager). */
export interface ConsumerMembership {
  /** What it was told to own last, ascending. */
  target: readonly number[];
  /** Number of the heartbeat whose answer is awaited, 0 while none is. */
  awaited: number;
  /** The interval was over while an answer was awaited. */
  overdue: boolean;
  /** As the coordinator said last; 0 before the first answer. */
  heartbeatIntervalUs: number;
  /** `assignmentVersion` the coordinator was told last; -1: the next heartbeat says everything anew. */
  toldVersion: number;
}

/** The member's side of a group's protocol (classic: Kafka's AbstractCoordinator and ConsumerCoordinator; consumer: AbstractMembershipManager). */
export interface GroupMember {
  readonly type: GroupType;
  /** Of a member of the consumer protocol or of a share group; null for others. */
  readonly consumer: ConsumerMembership | null;
  readonly index: number;
  readonly group: number;
  readonly clientId: string;
  /** Its end of links: -2 - index of its node. */
  readonly endpoint: number;
  /** Coordinator it knows, -1 for none, and the life of that broker it is connected to; failures to reach one in a row. */
  coordinator: number;
  coordinatorIncarnation: number;
  coordinatorFailures: number;
  /** Given by the coordinator at the first join; empty before. */
  memberId: string;
  config: GroupMemberConfig;
  /**
   * Classic: `joining` while a join is under way and heartbeats rest, `syncing` when joined without an assignment yet. Consumer protocol: Kafka's MemberState, where
   * `unjoined` is UNSUBSCRIBED and `down` with a `failure` is FATAL.
   */
  state: 'down' | 'unjoined' | 'joining' | 'syncing' | 'stable' | 'reconciling' | 'acknowledging' | 'fenced' | 'stale';
  /** The member epoch in the consumer protocol; -1 outside the group. */
  generation: number;
  /** Global partition indexes it owns now, ascending. While an eager rebalance is on: empty. */
  owned: number[];
  /** Grows with each change of `owned`. */
  assignmentVersion: number;
  /** Strategy of the present generation. */
  protocol: string;
  /** Whether this life keeps its partitions while it rejoins: what its whole list allows, not what the group chose (ConsumerCoordinator's RebalanceProtocol). */
  cooperative: boolean;
  /** Lives of the process so far: answers to an earlier one are dropped. */
  incarnation: number;
  /** It has to join again at its next poll. */
  rejoinNeeded: boolean;
  /** Partitions have not been given up for the coming join yet. */
  prepareNeeded: boolean;
  /** Inside poll, as opposed to processing records: answers are taken at once, and the poll interval does not run. */
  inPoll: boolean;
  /** The last poll said `wait`. */
  waiting: boolean;
  lastPollUs: number;
  /** Slots of join and sync answers that came while the application was not in poll. */
  inbox: number[];
  /** Partitions to be given up, and what comes after: a join of its own or the assignment that takes them away. */
  revoking: number[];
  afterRevoking: 'nothing' | 'join' | 'assign';
  /** Whether `revoking` are lost already (the coordinator has put the member out): commits for them will fail. */
  lost: boolean;
  nextOwned: number[];
  heartbeatGeneration: number;
  pollGeneration: number;
  /** An event waits that will check the poll interval. */
  pollCheckArmed: boolean;
  /** Why the client gave up for good, an error of Kafka's; empty while it has not. Such a member stays `down` until it is started again. */
  failure: string;
  readonly random: RandomStream;
}

/** A member that is down. */
export function createMember(options: {
  index: number;
  group: number;
  clientId: string;
  /** -2 - index of its node; that of the first node by default. */
  endpoint?: number;
  config: GroupMemberConfig;
  seed: number;
  /** Protocol of its group, classic by default. */
  type?: GroupType;
}): GroupMember {
  const { type = 'classic' } = options;
  return {
    type,
    consumer: type !== 'classic' ? { target: [], awaited: 0, overdue: false, heartbeatIntervalUs: 0, toldVersion: -1 } : null,
    index: options.index,
    group: options.group,
    clientId: options.clientId,
    endpoint: options.endpoint ?? -2,
    coordinator: -1,
    coordinatorIncarnation: 0,
    coordinatorFailures: 0,
    memberId: '',
    config: options.config,
    state: 'down',
    generation: -1,
    owned: [],
    assignmentVersion: 0,
    protocol: '',
    cooperative: false,
    incarnation: 0,
    rejoinNeeded: false,
    prepareNeeded: true,
    inPoll: false,
    waiting: false,
    lastPollUs: 0,
    inbox: [],
    revoking: [],
    afterRevoking: 'nothing',
    lost: false,
    nextOwned: [],
    heartbeatGeneration: 0,
    pollGeneration: 0,
    pollCheckArmed: false,
    failure: '',
    random: createStream(options.seed, `group-member/${options.group}/${options.index}/${options.clientId}`),
  };
}

/** A new member id: the instance id or client id, and a random UUID (version 4) behind it. */
export function nextMemberId(member: GroupMember): string {
  let digits = '';
  for (let i = 0; i < 4; i++) digits += nextUint32(member.random).toString(16).padStart(8, '0');
  const variant = '89ab'[parseInt(digits[16], 16) & 3];
  const uuid = `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20)}`;
  return `${member.config.groupInstanceId === '' ? member.clientId : member.config.groupInstanceId}-${uuid}`;
}

export function setOwned(member: GroupMember, owned: readonly number[]): void {
  member.owned = [...owned].sort((a, b) => a - b);
  member.assignmentVersion++;
}

/** Out of the group: no heartbeats, no generation; the id stays unless it is known to be worth nothing. What it owns is lost before it joins again (resetStateAndRejoin). */
export function resetMember(member: GroupMember, forgetId: boolean): void {
  member.state = 'unjoined';
  member.generation = -1;
  if (forgetId) member.memberId = '';
  member.rejoinNeeded = true;
  member.prepareNeeded = true;
  member.heartbeatGeneration++;
}

/** Lets the consumer's poll loop run now, if it is not processing. */
export function wakeMember(events: EventSet, member: GroupMember): void {
  schedule(events, events.nowUs, EventKind.MemberWake, member.index, -1);
}
