/** Keys and values of records of groups of the consumer protocol and of share groups, as Kafka's GroupCoordinatorRecordSerde writes them (schemas ConsumerGroup*, ShareGroup* of group-coordinator). */
import type { ByteSink } from '../../log/byteSink.ts';
import type { GroupType } from '../groupState.ts';
import {
  type Bytes,
  compactLength,
  compactText,
  int16,
  int32,
  int64,
  int8,
  noTags,
  text,
  unsignedVarint,
  uuid,
  written,
} from './fields.ts';
import type { GroupRecord } from './groupRecords.ts';

type Kind = GroupRecord['kind'];
type RecordOf<K extends Kind> = Extract<GroupRecord, { readonly kind: K }>;

/** Names of what records hold as numbers. */
export interface RecordNames {
  readonly clientId: (client: number) => string;
  readonly topic: (topic: number) => string;
  readonly topicId: (topic: number) => readonly [number, number, number, number];
  /** Topic and number of a partition by its global index. */
  readonly place: (index: number) => { readonly topic: number; readonly partition: number };
  /** Stands for Kafka's hash over the subscribed topics (KIP-1101), which is another. */
  readonly metadataHash: (metadata: RecordOf<'epoch'>['metadata']) => number;
}

/** Versions of the keys, by which Kafka tells its records apart (CoordinatorRecordType). */
const keyVersions: Readonly<Record<Exclude<GroupType, 'classic'>, Readonly<Record<Kind, number>>>> = {
  consumer: { epoch: 3, member: 5, 'target-epoch': 6, target: 7, current: 8 },
  share: { epoch: 11, member: 10, 'target-epoch': 12, target: 13, current: 14 },
};

type ModernType = keyof typeof keyVersions;

/** `memberId` is empty for the records of the group as a whole. */
export function groupRecordKey(type: ModernType, kind: Kind, groupId: string, memberId: string): Bytes {
  return written((sink) => {
    int16(sink, keyVersions[type][kind]);
    text(sink, groupId);
    if (memberId !== '') text(sink, memberId);
  });
}

/** All values are of version 0. */
export function groupRecordValue(type: ModernType, record: GroupRecord, names: RecordNames): Bytes {
  return written((sink) => {
    int16(sink, 0);
    switch (record.kind) {
      case 'epoch':
        writeEpoch(sink, type, record, names);
        break;
      case 'member':
        writeMember(sink, type, record, names);
        break;
      case 'target-epoch':
        int32(sink, record.epoch);
        noTags(sink);
        break;
      case 'target':
        writePartitions(sink, record.partitions, names);
        noTags(sink);
        break;
      case 'current':
        writeCurrent(sink, type, record, names);
    }
  });
}

/** The hash is a tagged field of consumer groups, and a plain one of share groups. */
function writeEpoch(sink: ByteSink, type: ModernType, { epoch, metadata }: RecordOf<'epoch'>, names: RecordNames): void {
  const hash = names.metadataHash(metadata);
  int32(sink, epoch);
  if (type === 'share') {
    int64(sink, hash);
    return noTags(sink);
  }
  unsignedVarint(sink, 1);
  unsignedVarint(sink, 0);
  unsignedVarint(sink, 8);
  int64(sink, hash);
}

function writeMember(sink: ByteSink, type: ModernType, { client, said }: RecordOf<'member'>, names: RecordNames): void {
  if (type === 'consumer') compactText(sink, said.instanceId === '' ? null : said.instanceId);
  compactText(sink, null);
  compactText(sink, names.clientId(client));
  compactText(sink, '/127.0.0.1');
  compactLength(sink, said.topics.length);
  for (const topic of said.topics) compactText(sink, names.topic(topic));
  if (type === 'consumer') {
    // No regular expression is subscribed to.
    compactText(sink, '');
    int32(sink, said.rebalanceTimeoutUs < 0 ? -1 : Math.round(said.rebalanceTimeoutUs / 1000));
    compactText(sink, said.serverAssignor === '' ? null : said.serverAssignor);
  }
  noTags(sink);
}

/** Kafka's MemberState by its ids. */
const states = { STABLE: 0, UNREVOKED_PARTITIONS: 1, UNRELEASED_PARTITIONS: 2 } as const;

function writeCurrent(sink: ByteSink, type: ModernType, { current }: RecordOf<'current'>, names: RecordNames): void {
  int32(sink, current.memberEpoch);
  int32(sink, current.previousMemberEpoch);
  int8(sink, states[current.state]);
  writePartitions(sink, current.assigned, names);
  if (type === 'consumer') writePartitions(sink, current.pendingRevocation, names);
  noTags(sink);
}

/** Partitions by topic: its id, and their numbers. */
function writePartitions(sink: ByteSink, indexes: readonly number[], names: RecordNames): void {
  const byTopic = new Map<number, number[]>();
  for (const index of indexes) {
    const { topic, partition } = names.place(index);
    const numbers = byTopic.get(topic);
    if (numbers === undefined) byTopic.set(topic, [partition]);
    else numbers.push(partition);
  }
  compactLength(sink, byTopic.size);
  for (const [topic, partitions] of byTopic) {
    uuid(sink, names.topicId(topic));
    compactLength(sink, partitions.length);
    for (const partition of partitions) int32(sink, partition);
    noTags(sink);
  }
}
