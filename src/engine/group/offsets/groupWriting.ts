/** A group of the consumer protocol or a share group goes into the log as the records that have changed, one batch for all of them (GroupMetadataManager, CoordinatorRuntime). */
import { topicIdWords } from '../../broker/topicIds.ts';
import { hashAt, hashBase } from '../../kernel/hash.ts';
import type { GroupContext } from '../context.ts';
import type { GroupState } from '../groupState.ts';
import { groupRecordKey, groupRecordValue, type RecordNames } from './groupRecordBytes.ts';
import { changesBetween, type GroupChange, type GroupRecord, type RecordedGroup } from './groupRecords.ts';
import { firstCoordinatorKey, type WriteWaiter } from './offsetsState.ts';
import { addRecord, append, beginBatch, logOf, type WriteOutcome } from './writing.ts';

/**
 * Writes what takes the group from what was written before to what it is now. `waiter`: who is told when that is committed later than now; who has nothing to write waits for what is on its way, as
 * Kafka's coordinator answers by what is committed.
 */
export function appendGroupChanges(
  ctx: GroupContext,
  group: GroupState,
  states: { readonly before: RecordedGroup; readonly after: RecordedGroup; readonly clientOf: (memberId: string) => number },
  waiter: WriteWaiter | null,
): WriteOutcome {
  const log = logOf(ctx, group);
  if (log === null) return { state: 'committed', writtenUs: ctx.events.nowUs };
  const changes = changesBetween(states.before, states.after, states.clientOf);
  if (changes.length === 0) return awaitWritten(ctx, group, waiter);
  const names = namesIn(ctx);
  beginBatch(ctx, changes.length);
  for (const change of changes) addChange(ctx, group, change, names);
  return append(ctx, group, log, null, { type: 'group', waiter });
}

/** Waits for the group's last write that is not committed, if there is one (CoordinatorRuntime: an operation without records is answered when all before it are). */
export function awaitWritten(ctx: GroupContext, group: GroupState, waiter: WriteWaiter | null): WriteOutcome {
  const log = logOf(ctx, group);
  const last = log?.pending.findLast((write) => write.group === group.index);
  if (!log || last === undefined || waiter === null) return { state: 'committed', writtenUs: ctx.events.nowUs };
  const at = log.pending.indexOf(last);
  log.pending.splice(at + 1, 0, { ...last, effect: { type: 'group', waiter } });
  return { state: 'pending' };
}

function addChange(ctx: GroupContext, group: GroupState, { record, tombstone }: GroupChange, names: RecordNames): void {
  if (record === null) {
    addRecord(ctx, keyId(ctx, group, tombstone.kind, tombstone.memberId), -1, 0);
    return;
  }
  const memberId = 'memberId' in record ? record.memberId : '';
  const bytes = groupRecordValue(typeOf(group), record, names);
  const number = ctx.offsets.values.push({ bytes, text: textOf(ctx, record), record }) - 1;
  addRecord(ctx, keyId(ctx, group, record.kind, memberId), bytes.length, number);
}

function typeOf({ type, groupId }: GroupState): 'consumer' | 'share' {
  if (type === 'classic') throw new Error(`group ${groupId}: expected one whose coordinator deals out the partitions, found classic`);
  return type;
}

function keyId(ctx: GroupContext, group: GroupState, kind: GroupRecord['kind'], memberId: string): number {
  const name = `${kind} ${memberId}`;
  const known = group.recordKeys.get(name);
  if (known !== undefined) return known;
  const bytes = groupRecordKey(typeOf(group), kind, group.groupId, memberId);
  const key = {
    bytes,
    text: [group.groupId, keyWords[kind], memberId].filter((part) => part !== '').join(' · '),
    group: group.index,
    partition: -1,
  };
  const id = firstCoordinatorKey + ctx.offsets.keys.push(key) - 1;
  group.recordKeys.set(name, id);
  return id;
}

const keyWords: Readonly<Record<GroupRecord['kind'], string>> = {
  epoch: 'group',
  member: 'member',
  'target-epoch': 'target',
  target: 'target',
  current: 'assignment',
};

function textOf(ctx: GroupContext, record: GroupRecord): string {
  switch (record.kind) {
    case 'epoch':
      return `epoch ${record.epoch}`;
    case 'target-epoch':
      return `epoch ${record.epoch}`;
    case 'member':
      return `${ctx.members[record.client]?.clientId ?? ''} reads ${record.said.topics.map((topic) => ctx.topics[topic].name).join(', ')}`;
    case 'target':
      return partitionNames(ctx, record.partitions);
    case 'current': {
      const { memberEpoch, state, assigned, pendingRevocation } = record.current;
      const revoked = pendingRevocation.length === 0 ? '' : `, to give up ${partitionNames(ctx, pendingRevocation)}`;
      return `epoch ${memberEpoch}, ${state}: ${partitionNames(ctx, assigned)}${revoked}`;
    }
  }
}

function partitionNames({ topics, partitions }: GroupContext, indexes: readonly number[]): string {
  return indexes.length === 0
    ? 'nothing'
    : indexes.map((index) => `${topics[partitions[index].topic].name}-${partitions[index].partition}`).join(', ');
}

function namesIn(ctx: GroupContext): RecordNames {
  const topicId = (topic: number) => topicIdWords(ctx.seed, ctx.topics[topic].name);
  return {
    clientId: (client) => ctx.members[client]?.clientId ?? '',
    topic: (topic) => ctx.topics[topic].name,
    topicId,
    place: (index) => ctx.partitions[index],
    metadataHash: (metadata) =>
      metadata.reduce(
        (hash, { topic, partitionCount }) => hashAt(hashBase(hash, ctx.topics[topic].name, topicId(topic)[0]), partitionCount),
        0,
      ),
  };
}
