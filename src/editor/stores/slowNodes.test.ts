import { expect, test } from 'vitest';
import { GroupPartitionField, MemberField, NodeField, PartitionField } from '../../workers/frameFields.ts';
import type { FrameLayout } from '../../workers/protocol.ts';
import { slowNodes } from './slowNodes.ts';

const nodeAt = 8;
const memberAt = nodeAt + NodeField.length;
const secondAt = memberAt + MemberField.length;
const rowAt = secondAt + MemberField.length;
const partitionAt = rowAt + GroupPartitionField.length;

const layout: FrameLayout = {
  length: partitionAt + PartitionField.length,
  nodes: [{ id: 'sink', offset: nodeAt }],
  edges: [],
  partitions: [{ node: 'topic', partition: 3, offset: partitionAt }],
  groupPartitions: [{ group: 'g', node: 'sink', topicNode: 'topic', partition: 3, offset: rowAt }],
  members: [
    { node: 'sink', member: 0, offset: memberAt },
    { node: 'sink', member: 1, offset: secondAt },
  ],
};

function frame(): Float64Array {
  const numbers = new Float64Array(layout.length);
  numbers[nodeAt + NodeField.rateIn] = 1_900;
  numbers[nodeAt + NodeField.lagRecords] = 164_380;
  numbers[nodeAt + NodeField.lagSeconds] = 52.9;
  numbers[nodeAt + NodeField.lagTrend] = 1_200;
  numbers[nodeAt + NodeField.state] = 1;
  numbers[memberAt + MemberField.state] = 0;
  numbers[secondAt + MemberField.state] = 3;
  numbers[rowAt + GroupPartitionField.owner] = 1;
  return numbers;
}

test('a frame reads as names and words, with each partition at the member that owns it', () => {
  const sink = slowNodes(frame(), layout).get('sink');
  expect(sink).toMatchObject({ condition: 'working', mood: 'breached', text: { rateIn: '1.9 k/s', lagSeconds: '52.9 s' } });
  expect(sink?.members).toMatchObject([
    { member: 0, state: 'down', partitions: [] },
    { member: 1, state: 'working', partitions: [{ topicNode: 'topic', partition: 3 }] },
  ]);
  expect(sink?.groupPartitions[0]?.owner).toBe(1);
  expect(sink?.sentence).toBe('working, 1.9 k/s in, lag 52.9 s, 164 k records');
});

test('a partition without an owner belongs to nobody', () => {
  const numbers = frame();
  numbers[rowAt + GroupPartitionField.owner] = -1;
  expect(slowNodes(numbers, layout).get('sink')?.groupPartitions[0]?.owner).toBeNull();
});
