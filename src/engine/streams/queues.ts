/** Records of a task by partition, and which of them is next (`PartitionGroup`, `RecordQueue`). */
import { freeSlices, type PollSlice } from '../consumer/fetching.ts';
import type { ConsumerContext } from '../consumer/context.ts';
import type { StreamTask, TaskQueue } from './state.ts';

/** Puts a slice of a poll behind what a queue has. */
export function addSlice(queue: TaskQueue, slice: PollSlice): void {
  if (queue.slices.length === 0) queue.cursor = slice.from;
  queue.slices.push(slice);
  queue.records += slice.to - slice.from;
  queue.waitsUntilUs = -1;
}

/** Time of a queue's first record, microseconds; the queue has one. */
export const headTimeUs = ({ slices, cursor }: TaskQueue): number => slices[0]!.fetched.columns.timestampUs[cursor]!;

/** Goes on behind the first record. An answer that is used up gives its buffers back. */
export function dropHead(ctx: ConsumerContext, queue: TaskQueue): void {
  const slice = queue.slices[0]!;
  queue.cursor++;
  queue.records--;
  if (queue.cursor < slice.to) return;
  queue.slices.shift();
  freeSlices(ctx, [slice]);
  queue.cursor = queue.slices[0]?.from ?? 0;
}

/** Forgets all records of a queue. */
export function emptyQueue(ctx: ConsumerContext, queue: TaskQueue): void {
  freeSlices(ctx, queue.slices);
  queue.slices = [];
  queue.cursor = 0;
  queue.records = 0;
  queue.waitsUntilUs = -1;
}

/** The queue whose first record is oldest, the first such one; -1 where all are empty. */
export function oldestQueue({ queues }: StreamTask): number {
  let found = -1;
  for (let i = 0; i < queues.length; i++)
    if (queues[i]!.records > 0 && (found < 0 || headTimeUs(queues[i]!) < headTimeUs(queues[found]!))) found = i;
  return found;
}
