/** For the ledger: why a record came to where records arrive after a later one of its key. */
import { newerOwner } from '../consumer/reading.ts';
import { ownedPartition } from '../consumer/consumer.ts';
import { offsetOf, type PollSlice } from '../consumer/fetching.ts';
import { addOffsets, causeOf, noCause, type ReorderCode, reorderCodes } from '../ledger/causes.ts';
import type { LedgerState } from '../ledger/state.ts';
import { hasIdentity } from '../measures/identitySet.ts';
import type { ProcessContext } from './context.ts';
import type { WorkerState } from './worker.ts';

interface Reordered {
  readonly slice: PollSlice;
  /** Index in the slice's answer. */
  readonly index: number;
  readonly source: number;
  readonly sequence: number;
}

/** Tells the cause of one record. What happens all the time is one cause of its node. */
export function accountReordered(ctx: ProcessContext, ledger: LedgerState, worker: WorkerState, record: Reordered): void {
  const { partition } = record.slice.fetched;
  const addedTo = topicWithMore(ctx, ledger, worker, record);
  const code = codeOf(ctx, ledger, worker, record, addedTo);
  const places = ledger.reorderedBy[worker.node]!;
  const kind = reorderCodes.indexOf(code);
  const { nowUs } = ctx.events;
  if (places[kind]! < 0) {
    const member = code === 'several-readers' ? worker.index : -1;
    const detail = code === 'partitions-added' ? ctx.topics[addedTo]!.name : '';
    const cause = causeOf(ledger, { ...noCause, fate: 'reordered', code, node: worker.node, member, detail }, nowUs);
    places[kind] = ledger.causes.indexOf(cause);
  }
  const cause = ledger.causes[places[kind]!]!;
  cause.lastUs = nowUs;
  const offset = offsetOf(record.slice.fetched, record.index);
  addOffsets(cause, partition, offset, offset + 1);
}

function codeOf(ctx: ProcessContext, ledger: LedgerState, worker: WorkerState, record: Reordered, addedTo: number): ReorderCode {
  const { fetched } = record.slice;
  if (ledger.resent !== null && hasIdentity(ledger.resent, record.source, record.sequence)) return 'resent';
  if (ctx.share.members[worker.index]) return 'shared';
  if (worker.pool !== null) return 'threads';
  if (hasFailedOnce(ctx, fetched.columns.path[record.index]!)) return 'tried-again';
  const consumer = ctx.consumers[worker.index]!;
  if (newerOwner(ctx, consumer, ownedPartition(consumer, fetched.partition), fetched.partition) !== null) return 'several-readers';
  return addedTo >= 0 ? 'partitions-added' : 'several-partitions';
}

/** Whether any step of a path is that of a failure. */
function hasFailedOnce({ paths: { steps, parents, nodes } }: ProcessContext, path: number): boolean {
  for (let at = path; parents[at]! >= 0; at = parents[at]!) if (steps[at]! >= nodes) return true;
  return false;
}

/** A topic on the way to the sink that got more partitions after the record was made, or so shortly before that its client may not have known; -1 without one. */
function topicWithMore(
  { topics, producers }: ProcessContext,
  ledger: LedgerState,
  worker: WorkerState,
  { slice, index }: Reordered,
): number {
  if (ledger.partitionsAddedUs.length === 0) return -1;
  const ageUs = producers.reduce((oldest, { config }) => Math.max(oldest, config.metadataMaxAgeUs), 0);
  const madeUs = slice.fetched.columns.timestampUs[index]!;
  for (let topic = 0; topic < ledger.partitionsAddedUs.length; topic++) {
    const addedUs = ledger.partitionsAddedUs[topic] ?? -1;
    if (topics[topic] === undefined || addedUs < 0 || addedUs + ageUs < madeUs) continue;
    const leads = ledger.sinksOfGroup.some((byTopic) => byTopic[topic]!.some((place) => ledger.sinks[place]!.node === worker.node));
    if (leads) return topic;
  }
  return -1;
}
