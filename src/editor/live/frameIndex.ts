/** Where a layout puts each node's numbers, turned round once per layout so that reading a frame allocates and searches nothing. */
import { GroupPartitionField, PartitionField } from '../../workers/frameFields.ts';
import type { FrameLayout } from '../../workers/protocol.ts';

export interface MemberSlot {
  readonly member: number;
  readonly offset: number;
  /** Index within `FrameLayout.members`, which is what an owner field holds. */
  readonly index: number;
}

/** One group's offsets in one topic, by partition. */
export interface GroupSlot {
  readonly node: string;
  /** Offset of the block of each partition, -1 where the group has none. */
  readonly offsets: Int32Array;
}

export interface OwnedSlot {
  readonly partition: number;
  readonly offset: number;
}

export interface FrameIndex {
  readonly nodes: ReadonlyMap<string, number>;
  readonly edges: ReadonlyMap<string, number>;
  /** By topic node: offset of each partition's block, -1 where there is none. */
  readonly partitions: ReadonlyMap<string, Int32Array>;
  /** By topic node: the groups that read it, in the layout's order. */
  readonly groups: ReadonlyMap<string, readonly GroupSlot[]>;
  /** By consuming node: its members by number. */
  readonly members: ReadonlyMap<string, readonly MemberSlot[]>;
  /** By consuming node: every partition it may own. */
  readonly owned: ReadonlyMap<string, readonly OwnedSlot[]>;
}

function bucket<T>(map: Map<string, T[]>, key: string): T[] {
  let rows = map.get(key);
  if (rows === undefined) {
    rows = [];
    map.set(key, rows);
  }
  return rows;
}

function byPartition(rows: readonly { readonly partition: number; readonly offset: number }[]): Int32Array {
  const most = rows.reduce((largest, row) => Math.max(largest, row.partition), -1);
  const offsets = new Int32Array(most + 1).fill(-1);
  for (const row of rows) offsets[row.partition] = row.offset;
  return offsets;
}

function groupSlots(layout: FrameLayout): Map<string, GroupSlot[]> {
  const rows = new Map<string, Map<string, { partition: number; offset: number }[]>>();
  for (const { node, topicNode, partition, offset } of layout.groupPartitions) {
    let readers = rows.get(topicNode);
    if (readers === undefined) {
      readers = new Map();
      rows.set(topicNode, readers);
    }
    bucket(readers, node).push({ partition, offset });
  }
  const slots = new Map<string, GroupSlot[]>();
  for (const [topicNode, readers] of rows)
    slots.set(
      topicNode,
      [...readers].map(([node, partitions]) => ({ node, offsets: byPartition(partitions) })),
    );
  return slots;
}

/** Turns a layout round. */
export function frameIndex(layout: FrameLayout): FrameIndex {
  const partitions = new Map<string, { partition: number; offset: number }[]>();
  for (const row of layout.partitions) bucket(partitions, row.node).push(row);
  const members = new Map<string, MemberSlot[]>();
  layout.members.forEach(({ node, member, offset }, index) => bucket(members, node).push({ member, offset, index }));
  for (const rows of members.values()) rows.sort((one, other) => one.member - other.member);
  const owned = new Map<string, OwnedSlot[]>();
  for (const { node, partition, offset } of layout.groupPartitions) bucket(owned, node).push({ partition, offset });
  return {
    nodes: new Map(layout.nodes.map((row) => [row.id, row.offset])),
    edges: new Map(layout.edges.map((row) => [row.id, row.offset])),
    partitions: new Map([...partitions].map(([node, rows]) => [node, byPartition(rows)])),
    groups: groupSlots(layout),
    members,
    owned,
  };
}

/** One drawn log: a partition, or the mean of several when a topic has more than fit. */
export interface LogRow {
  logStartOffset: number;
  highWatermark: number;
}

/** Fills one row with the mean of partitions `from` to `to - 1`; NaN when none of them is in the frame. */
export function readLogRow(frame: Float64Array, offsets: Int32Array, from: number, to: number, into: LogRow): void {
  let start = 0;
  let end = 0;
  let count = 0;
  for (let partition = from; partition < to && partition < offsets.length; partition += 1) {
    const offset = offsets[partition]!;
    if (offset < 0) continue;
    start += frame[offset + PartitionField.logStartOffset]!;
    end += frame[offset + PartitionField.highWatermark]!;
    count += 1;
  }
  into.logStartOffset = count > 0 ? start / count : NaN;
  into.highWatermark = count > 0 ? end / count : NaN;
}

/** Mean committed offset of a group over partitions `from` to `to - 1`; NaN where nothing is committed. */
export function readCommitted(frame: Float64Array, group: GroupSlot, from: number, to: number): number {
  let sum = 0;
  let count = 0;
  for (let partition = from; partition < to && partition < group.offsets.length; partition += 1) {
    const offset = group.offsets[partition]!;
    if (offset < 0) continue;
    const committed = frame[offset + GroupPartitionField.committed]!;
    if (!(committed >= 0)) continue;
    sum += committed;
    count += 1;
  }
  return count > 0 ? sum / count : NaN;
}
