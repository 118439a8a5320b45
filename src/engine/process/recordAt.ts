/** One record of a poll as conditions and tables of ids see it. */
import { offsetOf, type PollSlice } from '../consumer/fetching.ts';
import { sourceOf } from '../values/paths.ts';
import type { RecordIdentity } from '../values/recordIdentity.ts';
import type { ProcessContext } from './context.ts';
import type { NodeState } from './node.ts';
import type { SeenId, SeenIds } from './seenIds.ts';
import type { WorkerState } from './worker.ts';

const atHand: RecordIdentity = { path: 0, sequence: 0, key: 0, size: 0, timestampUs: 0, partition: 0, offset: 0 };

/** Record `index` of a slice's answer. One object for all: it holds until the next call. */
export function recordAt(ctx: ProcessContext, { fetched }: PollSlice, index: number): RecordIdentity {
  const { columns } = fetched;
  atHand.path = columns.path[index]!;
  atHand.sequence = columns.sequence[index]!;
  atHand.key = columns.key[index]!;
  atHand.size = columns.size[index]!;
  atHand.timestampUs = columns.timestampUs[index]!;
  atHand.partition = ctx.partitions[fetched.partition]!.partition;
  atHand.offset = offsetOf(fetched, index);
  return atHand;
}

const id: SeenId = { root: 0, sequence: 0, text: null };

/** What a node knows a record by in its table. One object for all. */
export function identify(ctx: ProcessContext, node: number, record: RecordIdentity): SeenId {
  id.text = ctx.programs[node]?.idOf?.(record) ?? null;
  id.root = sourceOf(ctx.paths, record.path);
  id.sequence = record.sequence;
  return id;
}

/** The table a member looks into, its own or that of all; null without one. */
export const seenBy = (worker: WorkerState, node: NodeState): SeenIds | null => node.seen ?? worker.seen;
