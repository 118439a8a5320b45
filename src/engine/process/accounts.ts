/** What the ledger is told of a group's progress: records read again, jumped over and stepped over, with what led to it. */
import { newerOwner } from '../consumer/reading.ts';
import { type OwnedPartition, ownedPartition } from '../consumer/consumer.ts';
import { offsetOf, type PollSlice } from '../consumer/fetching.ts';
import { addOffsets, type CauseName, causeOf, type CauseState, noCause } from '../ledger/causes.ts';
import { noteDelivered, noteEnding, rootOf } from '../ledger/deliveries.ts';
import { noteExpired } from '../ledger/expiry.ts';
import { accountReordered } from './reordered.ts';
import { type Ending, endings } from '../ledger/endings.ts';
import type { LedgerState, LetGo } from '../ledger/state.ts';
import type { RecordIdentity } from '../values/recordIdentity.ts';
import type { ProcessContext } from './context.ts';
import type { Ended } from './failedRecords.ts';
import { deadLetterOutput, Outcome } from './failurePolicy.ts';
import type { NodeState } from './node.ts';
import { recordAt } from './recordAt.ts';
import type { WorkerState } from './worker.ts';

/** What lies between two positions of a group in a partition. */
export interface Passage {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  readonly records: number;
  /** When the record was done that tells of it. */
  readonly atUs: number;
}

/** Records were processed that a member of the group had processed before. */
export function accountAgain(ctx: ProcessContext, ledger: LedgerState, worker: WorkerState, passage: Passage): void {
  const { partition, from, to, records } = passage;
  const cause = causeOf(ledger, againName(ctx, worker, passage), passage.atUs);
  addOffsets(cause, partition, from, to, records);
}

/**
 * A pool's record will be read once more by whoever has the partition next: it was done behind a gap when its member let go of the partition, `how`, or is done although the partition is
 * another's. Only where commits follow what is done: else the group goes on behind it.
 */
export function accountRepeats(
  ctx: ProcessContext,
  worker: WorkerState,
  partition: number,
  offset: number,
  how: LetGo['how'] | 'not-owner',
): void {
  const { ledger } = ctx;
  if (ledger === null || ctx.consumers[worker.index]!.config.commitMode !== 'after-processing') return;
  const { nowUs } = ctx.events;
  const name: CauseName = { ...noCause, fate: 'duplicated', node: worker.node, member: worker.index, code: 'not-owner' };
  const cause = causeOf(ledger, how === 'not-owner' ? name : { ...name, code: 'uncommitted', detail: how, timeUs: nowUs }, nowUs);
  addOffsets(cause, partition, offset, offset + 1);
}

function againName(ctx: ProcessContext, worker: WorkerState, { partition, from }: Passage): CauseName {
  const consumer = ctx.consumers[worker.index]!;
  const owned: OwnedPartition | undefined = ownedPartition(consumer, partition);
  const name: CauseName = { ...noCause, fate: 'duplicated', node: worker.node };
  const newer = newerOwner(ctx, consumer, owned, partition);
  if (newer !== null || owned === undefined) return { ...name, code: 'not-owner', member: worker.index, timeUs: newer?.timeUs ?? -1 };
  const { start } = owned;
  if (start === null) return { ...name, code: 'uncommitted' };
  if (start.why === 'truncated') return { ...name, code: 'truncated', member: worker.index, timeUs: start.timeUs };
  if (start.why === 'seek') return { ...name, code: 'seek', member: worker.index, timeUs: start.timeUs };
  if (start.why !== 'committed') return { ...name, code: 'reset', member: worker.index, detail: start.why, timeUs: start.timeUs };
  const { before } = start;
  if (before === null) return { ...name, code: 'uncommitted', timeUs: start.timeUs };
  // One that had gone back, and has committed as far as it came on its way here again.
  if (before.seek !== null && from < before.seek.from) return { ...name, code: 'seek', member: before.member, timeUs: before.seek.timeUs };
  return { ...name, code: 'uncommitted', member: before.member, detail: before.how, timeUs: before.timeUs };
}

/** A group's position moved on over offsets it had not processed; of the first `records` of them the log began later by then. */
export function accountGap(ctx: ProcessContext, ledger: LedgerState, worker: WorkerState, passage: Passage): void {
  const { partition, from, to, records } = passage;
  if (records > 0) noteExpired(ledger, worker.node, { partition, from, to: from + records }, passage.atUs);
  if (to > from + records) accountJump(ctx, ledger, worker, { partition, from: from + records, to, records: 0, atUs: passage.atUs });
}

/** They were still in the log: committed by one who had not processed them, or a reset. */
function accountJump(ctx: ProcessContext, ledger: LedgerState, worker: WorkerState, passage: Passage): void {
  const { partition, from, to } = passage;
  const { group } = ctx.nodes[worker.node]!;
  const start = ownedPartition(ctx.consumers[worker.index]!, partition)?.start ?? null;
  const before = start?.why === 'committed' ? start.before : null;
  let name: CauseName = { ...noCause, fate: 'skipped', code: 'reset', node: worker.node, member: worker.index };
  if (start !== null) name = { ...name, detail: start.why, timeUs: start.timeUs };
  const seek = before?.seek ?? null;
  if (start?.why === 'seek') name = { ...name, code: 'seek', detail: '' };
  else if (before !== null && seek !== null && to <= seek.to)
    name = { ...name, code: 'seek', member: before.member, detail: '', timeUs: seek.timeUs };
  else if (before !== null) {
    name = { ...name, fate: 'lost', code: 'in-work', member: before.member, detail: before.how, timeUs: before.timeUs };
    ledger.lostInWork[group]![partition]! += to - from;
  }
  const cause = causeOf(ledger, name, passage.atUs);
  if (cause.readerAt < 0) cause.readerAt = from;
  addOffsets(cause, partition, from, to);
  ledger.toRead.push({ partition, from, to, group, ending: name.fate === 'lost' ? 'lost' : 'skipped', onlyHidden: false });
}

/** Among the offsets a reader went over are some that it was not handed out. */
export function accountHidden(
  ctx: ProcessContext,
  ledger: LedgerState,
  worker: WorkerState,
  passage: Pick<Passage, 'partition' | 'from' | 'to'>,
): void {
  const { isolation } = ctx.consumers[worker.index]!.config;
  if (isolation !== 'read_committed') return;
  const { partition, from, to } = passage;
  const { group } = ctx.nodes[worker.node]!;
  ledger.toRead.push({ partition, from, to, group, ending: 'aborted', onlyHidden: true });
}

/** A processor has dropped a record, or given it up. */
export function accountEnding(ctx: ProcessContext, node: NodeState, record: RecordIdentity, global: number, ending: Ending): void {
  const { ledger } = ctx;
  // Where records arrive, those that failed are told with the poll.
  if (ledger === null || ledger.sinkAt[node.index]!.length > 0) return;
  ended.source = rootOf(ctx.paths, record.path);
  ended.sequence = record.sequence;
  noteEnding(ledger, ledger.sinksFrom[node.index]!, ended, ending);
  addOffsets(endingCause(ctx, ledger, node, ending), global, record.offset, record.offset + 1);
}

const ended = { source: 0, sequence: 0 };

/** A node drops records all the time: that is one cause, kept where it is found again at once. */
function endingCause(ctx: ProcessContext, ledger: LedgerState, node: NodeState, ending: Ending, refused = false): CauseState {
  const { nowUs } = ctx.events;
  const places = ledger.endingBy[node.index]!;
  const number = endings.indexOf(ending) + (refused ? endings.length : 0);
  while (places.length <= number) places.push(-1);
  if (places[number]! < 0) {
    const known = ending === 'filtered' || ending === 'deadLettered' || ending === 'deduplicated' ? ending : 'failed';
    const code = refused ? 'pool-full' : known;
    places[number] = ledger.causes.indexOf(causeOf(ledger, { ...noCause, fate: ending, code, node: node.index }, nowUs));
  }
  const cause = ledger.causes[places[number]!]!;
  cause.lastUs = nowUs;
  return cause;
}

/** A record takes a branch: for the sinks behind the others alone it is one that was dropped. */
export function accountBranch(ctx: ProcessContext, node: NodeState, record: RecordIdentity, branch: number): void {
  const { ledger } = ctx;
  const beside = ledger?.sinksBeside[node.index]![branch];
  if (ledger === null || beside === undefined || beside.length === 0) return;
  ended.source = rootOf(ctx.paths, record.path);
  ended.sequence = record.sequence;
  noteEnding(ledger, beside, ended, 'filtered');
}

/** Is told of one record that a member has served: the place of its sink, its identity, its key, where it stood, and whether it failed. */
type ServedTeller = (
  place: number,
  record: { source: number; sequence: number },
  key: number,
  slice: PollSlice,
  index: number,
  outcome: number,
) => void;

/** Tells of what a member has served of its poll, where records arrive. */
export function eachServed(ctx: ProcessContext, ledger: LedgerState, worker: WorkerState, tell: ServedTeller): void {
  const { failed, order, done } = worker;
  const places = ledger.sinkAt[worker.node]!;
  if (worker.served === 0 || places.length === 0) return;
  let record = 0;
  const end = order.length > 0 ? worker.count : worker.served;
  for (const slice of worker.slices) {
    const { fetched, from, to } = slice;
    const { path, sequence, key } = fetched.columns;
    const place = places[ctx.partitions[fetched.partition]!.topic]!;
    let lastPath = -1;
    for (let i = from; i < to && record < end; i++, record++) {
      if (order.length > 0 && done[record] !== 1) continue;
      if (path[i]! !== lastPath) {
        lastPath = path[i]!;
        ended.source = rootOf(ctx.paths, lastPath);
      }
      ended.sequence = sequence[i]!;
      tell(place, ended, key[i]!, slice, i, failed[record]!);
    }
  }
}

/**
 * What a member has served of its poll is told when the poll is over or given up, which is no matter of who looks: the order in which members are told of is then that of
 * the run.
 */
export function accountServed(ctx: ProcessContext, worker: WorkerState): void {
  if (ctx.ledger !== null) accountServedIn(ctx, ctx.ledger, worker);
}

function accountServedIn(ctx: ProcessContext, ledger: LedgerState, worker: WorkerState): void {
  const node = ctx.nodes[worker.node]!;
  // A sink's own wires are for what failed: who reads those gets nothing of what was done.
  const beside = ledger.sinksBeside[node.index]![0] ?? noSinks;
  if (worker.retries.length === 0 && worker.order.length === 0 && beside.length === 0) return accountAllDone(ctx, ledger, worker);
  eachServed(ctx, ledger, worker, (place, record, key, slice, index, outcome) => {
    if (outcome === Outcome.done) {
      if (noteDelivered(ledger, ledger.sinks[place]!, record.source, record.sequence, key))
        accountReordered(ctx, ledger, worker, { slice, index, source: record.source, sequence: record.sequence });
      if (beside.length > 0) noteEnding(ledger, beside, record, 'filtered');
      return;
    }
    const ending = endingOf(ctx, worker, outcome);
    if (ending !== null) {
      noteEnding(ledger, [place], record, ending);
      const offset = offsetOf(slice.fetched, index);
      addOffsets(endingCause(ctx, ledger, node, ending), slice.fetched.partition, offset, offset + 1);
    }
  });
}

const noSinks: readonly number[] = [];

/** As `accountServed` where nothing but being done has become of the records, one after the other: nearly every poll, so without a call for each. */
function accountAllDone(ctx: ProcessContext, ledger: LedgerState, worker: WorkerState): void {
  const places = ledger.sinkAt[worker.node]!;
  if (places.length === 0) return;
  let left = worker.served;
  for (let s = 0; s < worker.slices.length && left > 0; s++) {
    const slice = worker.slices[s]!;
    const { fetched, from, to } = slice;
    const { path, sequence, key } = fetched.columns;
    const sink = ledger.sinks[places[ctx.partitions[fetched.partition]!.topic]!]!;
    const end = Math.min(to, from + left);
    let lastPath = -1;
    let source = 0;
    for (let i = from; i < end; i++) {
      if (path[i]! !== lastPath) {
        lastPath = path[i]!;
        source = rootOf(ctx.paths, lastPath);
      }
      if (noteDelivered(ledger, sink, source, sequence[i]!, key[i]!))
        accountReordered(ctx, ledger, worker, { slice, index: i, source, sequence: sequence[i]! });
    }
    left -= end - from;
  }
}

/** A record that a thread of a pool has served, or that a full pool has refused, is told at once where records arrive: its end is an event of the run. */
export function accountPooled(ctx: ProcessContext, { worker, node, slice, index, record }: Ended): void {
  const { ledger } = ctx;
  const { partition, columns } = slice.fetched;
  if (ledger === null || ledger.sinkAt[node.index]!.length === 0) return;
  const place = ledger.sinkAt[node.index]![ctx.partitions[partition]!.topic]!;
  const outcome = worker.failed[record]!;
  const ending = endingOf(ctx, worker, outcome);
  ended.source = rootOf(ctx.paths, columns.path[index]!);
  ended.sequence = columns.sequence[index]!;
  if (outcome === Outcome.done) {
    const beside = ledger.sinksBeside[node.index]![0] ?? [];
    if (noteDelivered(ledger, ledger.sinks[place]!, ended.source, ended.sequence, columns.key[index]!))
      accountReordered(ctx, ledger, worker, { slice, index, source: ended.source, sequence: ended.sequence });
    if (beside.length > 0) noteEnding(ledger, beside, ended, 'filtered');
  } else if (ending !== null) {
    noteEnding(ledger, [place], ended, ending);
    const offset = offsetOf(slice.fetched, index);
    addOffsets(endingCause(ctx, ledger, node, ending, isRefused(worker, record)), partition, offset, offset + 1);
  }
}

/** The place behind a pool's threads is that of the record it refuses. */
const isRefused = ({ pool }: WorkerState, record: number): boolean => pool !== null && record === pool.settings.threads;

/** What a record's outcome ends it as; null where it is done, or comes again. */
export function endingOf(ctx: ProcessContext, worker: WorkerState, outcome: number): 'failed' | 'deadLettered' | 'deduplicated' | null {
  const config = ctx.share.members[worker.index]?.config;
  switch (outcome) {
    case Outcome.skipped:
      // A share group that is given it back delivers it again, or archives it.
      return config?.explicit === true && config.onFailure === 'release' ? null : 'failed';
    case Outcome.rejected:
      return 'failed';
    case Outcome.deadLettered:
      return 'deadLettered';
    case Outcome.duplicate:
      return 'deduplicated';
    default:
      return null;
  }
}

/** A processor's service of a record has failed, or was found to be done already. */
export function accountFailed(ctx: ProcessContext, { worker, node, slice, index, record }: Ended): void {
  const { ledger } = ctx;
  const ending = endingOf(ctx, worker, worker.failed[record]!);
  if (ledger === null || ending === null || ledger.sinkAt[node.index]!.length > 0) return;
  const { path, sequence, offset } = recordAt(ctx, slice, index);
  ended.source = rootOf(ctx.paths, path);
  ended.sequence = sequence;
  const sinks = ending === 'deadLettered' ? ledger.sinksBeside[node.index]![deadLetterOutput]! : ledger.sinksFrom[node.index]!;
  noteEnding(ledger, sinks, ended, ending);
  addOffsets(endingCause(ctx, ledger, node, ending, isRefused(worker, record)), slice.fetched.partition, offset, offset + 1);
}
