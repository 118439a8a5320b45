/**
 * What `__consumer_offsets` says of groups whose coordinator deals out the partitions (KIP-848, KIP-932; GroupCoordinatorRecordHelpers): one record each for the group's epoch, for what a member has said of itself,
 * for its target, for the target's epoch, and for what the member may own now. A group is written as the difference to what stands there, and read back by putting the records together.
 */
import type { ConsumerMember } from '../consumerProtocol/consumerGroup.ts';
import type { SubscribedTopic } from '../consumerProtocol/subscription.ts';
import { sameNumbers } from '../protocol.ts';

/** What the records tell of a member. Members of share groups have no fields of the consumer protocol's alone; they are as for a member at rest. */
type RecordedMember = Pick<ConsumerMember, 'memberId' | 'topics' | 'memberEpoch' | 'previousMemberEpoch' | 'assigned'> &
  Partial<Pick<ConsumerMember, 'instanceId' | 'serverAssignor' | 'rebalanceTimeoutUs' | 'state' | 'pendingRevocation'>>;

/** What the records tell of a group. */
export interface RecordedGroup {
  readonly groupEpoch: number;
  readonly assignmentEpoch: number;
  readonly members: ReadonlyMap<string, RecordedMember>;
  readonly targets: ReadonlyMap<string, readonly number[]>;
  readonly metadata: readonly SubscribedTopic[];
}

/** The value of one record. Epochs of a group and its target have no member; a record with one replaces those before it of its kind. */
export type GroupRecord =
  | { readonly kind: 'epoch'; readonly epoch: number; readonly metadata: readonly SubscribedTopic[] }
  | {
      readonly kind: 'member';
      readonly memberId: string;
      /** Index of its client. */
      readonly client: number;
      readonly said: Pick<ConsumerMember, 'instanceId' | 'serverAssignor' | 'rebalanceTimeoutUs' | 'topics'>;
    }
  | { readonly kind: 'target-epoch'; readonly epoch: number }
  | { readonly kind: 'target'; readonly memberId: string; readonly partitions: readonly number[] }
  | {
      readonly kind: 'current';
      readonly memberId: string;
      readonly current: Pick<ConsumerMember, 'memberEpoch' | 'previousMemberEpoch' | 'state' | 'assigned' | 'pendingRevocation'>;
    };

/** One record to be written: a value, or the tombstone of one. */
export type GroupChange =
  | { readonly record: GroupRecord; readonly tombstone: null }
  | { readonly record: null; readonly tombstone: { readonly kind: GroupRecord['kind']; readonly memberId: string } };

const value = (record: GroupRecord): GroupChange => ({ record, tombstone: null });

/** What takes the log from one state of a group to another, in Kafka's order: members that are gone, what members say, the group's epoch, targets and their epoch, what members may own. */
export function changesBetween(before: RecordedGroup, after: RecordedGroup, clientOf: (memberId: string) => number): GroupChange[] {
  const changes: GroupChange[] = [];
  for (const memberId of before.members.keys()) {
    if (after.members.has(memberId)) continue;
    for (const kind of ['current', 'target', 'member'] as const) changes.push({ record: null, tombstone: { kind, memberId } });
  }
  for (const [memberId, member] of after.members)
    if (!saysSame(before.members.get(memberId), member))
      changes.push(value({ kind: 'member', memberId, client: clientOf(memberId), said: saidBy(member) }));
  if (after.groupEpoch !== before.groupEpoch) changes.push(value({ kind: 'epoch', epoch: after.groupEpoch, metadata: after.metadata }));
  for (const [memberId, partitions] of after.targets) {
    const known = before.targets.get(memberId);
    if (known === undefined || !sameNumbers(known, partitions)) changes.push(value({ kind: 'target', memberId, partitions }));
  }
  if (after.assignmentEpoch !== before.assignmentEpoch) changes.push(value({ kind: 'target-epoch', epoch: after.assignmentEpoch }));
  for (const [memberId, member] of after.members)
    if (!standsSame(before.members.get(memberId), member)) changes.push(value({ kind: 'current', memberId, current: currentOf(member) }));
  return changes;
}

const saidBy = ({ instanceId = '', serverAssignor = '', rebalanceTimeoutUs = -1, topics }: RecordedMember) => ({
  instanceId,
  serverAssignor,
  rebalanceTimeoutUs,
  topics,
});

const currentOf = ({ memberEpoch, previousMemberEpoch, state = 'STABLE', assigned, pendingRevocation = [] }: RecordedMember) => ({
  memberEpoch,
  previousMemberEpoch,
  state,
  assigned,
  pendingRevocation,
});

function saysSame(before: RecordedMember | undefined, after: RecordedMember): boolean {
  if (before === after) return true;
  if (before === undefined) return false;
  const [left, right] = [saidBy(before), saidBy(after)];
  return (
    left.instanceId === right.instanceId &&
    left.serverAssignor === right.serverAssignor &&
    left.rebalanceTimeoutUs === right.rebalanceTimeoutUs &&
    sameNumbers(left.topics, right.topics)
  );
}

function standsSame(before: RecordedMember | undefined, after: RecordedMember): boolean {
  if (before === after) return true;
  if (before === undefined) return false;
  const [left, right] = [currentOf(before), currentOf(after)];
  return (
    left.memberEpoch === right.memberEpoch &&
    left.previousMemberEpoch === right.previousMemberEpoch &&
    left.state === right.state &&
    sameNumbers(left.assigned, right.assigned) &&
    sameNumbers(left.pendingRevocation, right.pendingRevocation)
  );
}

/** A group as the latest records of a log tell it, with the index of each member's client. */
export interface ReadGroup {
  groupEpoch: number;
  assignmentEpoch: number;
  metadata: readonly SubscribedTopic[];
  readonly members: Map<string, ConsumerMember>;
  readonly targets: Map<string, readonly number[]>;
  readonly clients: Map<string, number>;
}

/** `records`: the latest of each key, in the order in which the keys were first written. */
export function groupOfRecords(records: Iterable<GroupRecord>): ReadGroup {
  const group: ReadGroup = { groupEpoch: 0, assignmentEpoch: 0, metadata: [], members: new Map(), targets: new Map(), clients: new Map() };
  const currents = new Map<string, Extract<GroupRecord, { kind: 'current' }>['current']>();
  const said = new Map<string, Extract<GroupRecord, { kind: 'member' }>['said']>();
  for (const record of records) {
    if (record.kind === 'epoch') {
      group.groupEpoch = record.epoch;
      group.metadata = record.metadata;
    } else if (record.kind === 'target-epoch') group.assignmentEpoch = record.epoch;
    else if (record.kind === 'target') group.targets.set(record.memberId, record.partitions);
    else if (record.kind === 'current') currents.set(record.memberId, record.current);
    else {
      said.set(record.memberId, record.said);
      group.clients.set(record.memberId, record.client);
    }
  }
  for (const [memberId, fields] of said) group.members.set(memberId, { memberId, ...fields, ...(currents.get(memberId) ?? joining) });
  return group;
}

/** A member of whom nothing is written but what it says: it was about to join (ConsumerGroupMember.Builder). */
const joining = { memberEpoch: 0, previousMemberEpoch: -1, state: 'STABLE', assigned: [], pendingRevocation: [] } as const;
