/** Keys and values of `__consumer_offsets` as Kafka's GroupCoordinatorRecordSerde writes them: a version of two bytes, then the fields of the schema. */
import type { ByteSink } from '../../log/byteSink.ts';
import type { MemberRecord } from '../groupState.ts';
import type { MemberSubscription } from '../protocol.ts';
import { type Bytes, int16, int32, int64, raw, text, written } from './fields.ts';
import type { WrittenGroup } from './offsetsState.ts';

/** Bytes of an OffsetCommitValue of version 3 without metadata: version, offset, leader epoch, an empty text, the time of the commit. */
export const offsetValueBytes = 24;

/** OffsetCommitKey, version 1: group, topic, partition. */
export function offsetKey(group: string, topic: string, partition: number): Bytes {
  return written((sink) => {
    int16(sink, 1);
    text(sink, group);
    text(sink, topic);
    int32(sink, partition);
  });
}

/** OffsetCommitValue, version 3: the next offset to read, the leader epoch of the record before it (-1: not known), no metadata, when it was committed. */
export function offsetValue(offset: number, leaderEpoch: number, commitMs: number): Bytes {
  return written((sink) => {
    int16(sink, 3);
    int64(sink, offset);
    int32(sink, leaderEpoch);
    text(sink, '');
    int64(sink, commitMs);
  });
}

/** GroupMetadataKey, version 2. */
export function groupKey(group: string): Bytes {
  return written((sink) => {
    int16(sink, 2);
    text(sink, group);
  });
}

/** Names of what a group's records hold as numbers. */
export interface GroupNames {
  /** `client.id` by index of the client. */
  readonly clientId: (client: number) => string;
  /** Topic by its index. */
  readonly topic: (topic: number) => string;
  /** Topic and number of a partition by its global index. */
  readonly partition: (index: number) => readonly [string, number];
}

/** GroupMetadataValue, version 3. */
export function groupValue(group: WrittenGroup, stateMs: number, names: GroupNames): Bytes {
  return written((sink) => {
    int16(sink, 3);
    text(sink, 'consumer');
    int32(sink, group.generation);
    text(sink, group.protocol === '' ? null : group.protocol);
    text(sink, group.leaderId === '' ? null : group.leaderId);
    int64(sink, stateMs);
    int32(sink, group.members.length);
    for (const member of group.members) writeMember(sink, group, member, names);
  });
}

function writeMember(sink: ByteSink, group: WrittenGroup, member: MemberRecord, names: GroupNames): void {
  const protocol = member.protocols.find(({ name }) => name === group.protocol) ?? member.protocols[0];
  text(sink, member.memberId);
  text(sink, member.instanceId === '' ? null : member.instanceId);
  text(sink, names.clientId(member.client));
  text(sink, '/127.0.0.1');
  int32(sink, Math.round(member.rebalanceTimeoutUs / 1000));
  int32(sink, Math.round(member.sessionTimeoutUs / 1000));
  block(sink, subscriptionBytes(protocol.subscription, names));
  block(sink, assignmentBytes(member.assignment, names));
}

/** Bytes with their length in four bytes. */
function block(sink: ByteSink, bytes: Uint8Array): void {
  int32(sink, bytes.length);
  raw(sink, bytes);
}

/** ConsumerProtocolSubscription, version 3: topics, no user data, owned partitions, generation, rack. */
function subscriptionBytes({ topics, owned, generation, rack }: MemberSubscription, names: GroupNames): Bytes {
  return written((sink) => {
    int16(sink, 3);
    int32(sink, topics.length);
    for (const topic of topics) text(sink, names.topic(topic));
    int32(sink, -1);
    writePartitions(sink, owned, names);
    int32(sink, generation);
    text(sink, rack ?? null);
  });
}

/** ConsumerProtocolAssignment, version 3: partitions by topic, no user data. */
function assignmentBytes(assignment: readonly number[], names: GroupNames): Bytes {
  return written((sink) => {
    int16(sink, 3);
    writePartitions(sink, assignment, names);
    int32(sink, -1);
  });
}

function writePartitions(sink: ByteSink, indexes: readonly number[], names: GroupNames): void {
  const byTopic = new Map<string, number[]>();
  for (const index of indexes) {
    const [topic, partition] = names.partition(index);
    const numbers = byTopic.get(topic);
    if (numbers === undefined) byTopic.set(topic, [partition]);
    else numbers.push(partition);
  }
  int32(sink, byTopic.size);
  for (const [topic, partitions] of byTopic) {
    text(sink, topic);
    int32(sink, partitions.length);
    for (const partition of partitions) int32(sink, partition);
  }
}
