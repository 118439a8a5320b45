/** What becomes of each record of a poll, found out when its services are planned: known already, done after so many attempts, or failed and what then. */
import { sample } from '../kernel/distributions.ts';
import { nextUniform } from '../kernel/random.ts';
import type { PollSlice } from '../consumer/fetching.ts';
import { retriesBefore } from '../values/failurePaths.ts';
import type { ProcessContext } from './context.ts';
import { backoffAfter, deadLetterOutput, Outcome, retryOutput } from './failurePolicy.ts';
import type { NodeState } from './node.ts';
import { identify, recordAt, seenBy } from './recordAt.ts';
import { hasSeen } from './seenIds.ts';
import type { WorkerState } from './worker.ts';

/** Whether anything but being done can become of a node's records. */
export function mayFail(ctx: ProcessContext, worker: WorkerState, node: NodeState): boolean {
  return node.errorRate > 0 || ctx.programs[node.index]?.fails !== undefined || seenBy(worker, node) !== null;
}

/**
 * Fills `failed`, and `retries` and `waitUs` of the last record of each write, and adds to `serviceUs` of the writes, by number of the write, what more
 * attempts and looks into the table take. A write fails as a whole, and is poisoned by one record.
 */
export function planOutcomes(ctx: ProcessContext, worker: WorkerState, node: NodeState, writes: number): void {
  ensureOutcomes(worker);
  const { failed, retries, waitUs, count } = worker;
  const batch = Math.ceil(count / writes) === 1 ? 1 : node.writeBatchRecords;
  retries.fill(0, 0, count);
  waitUs.fill(0, 0, count);
  const at = { slice: 0, index: worker.slices[0]!.from };
  for (let write = 0; write < writes; write++) {
    const from = write * batch;
    const to = Math.min(count, from + batch);
    const found = { fresh: 0, poisoned: false, earlier: 0 };
    for (let record = from; record < to; record++) {
      look(ctx, { worker, node, record, slice: worker.slices[at.slice]!, index: at.index }, found);
      nextRecord(worker.slices, at);
    }
    const lookups = seenBy(worker, node) === null ? 0 : node.lookupUs * (to - from);
    worker.serviceUs[write] = (found.fresh === 0 ? 0 : worker.serviceUs[write]!) + lookups;
    if (found.fresh > 0 && !attempt(worker, node, { write, last: to - 1, ...found })) {
      for (let record = from; record < to; record++) if (failed[record] === Outcome.done) failed[record] = Outcome.skipped;
      if (node.failures.action !== 'skip') giveUp(ctx, worker, node, from, to);
    }
  }
}

/** The same for one record that a thread of a pool takes up; the arrays are by thread there. */
export function planOutcome(ctx: ProcessContext, place: Place): void {
  const { worker, node, record } = place;
  ensureOutcomes(worker);
  worker.retries[record] = 0;
  worker.waitUs[record] = 0;
  const found = { fresh: 0, poisoned: false, earlier: 0 };
  look(ctx, place, found);
  worker.serviceUs[record] = (found.fresh === 0 ? 0 : worker.serviceUs[record]!) + (seenBy(worker, node) === null ? 0 : node.lookupUs);
  if (found.fresh > 0 && !attempt(worker, node, { write: record, last: record, ...found }))
    worker.failed[record] = givenUp(node, found.earlier);
}

export function ensureOutcomes(worker: WorkerState): void {
  if (worker.retries.length >= worker.failed.length) return;
  worker.retries = new Uint16Array(worker.failed.length);
  worker.waitUs = new Float64Array(worker.failed.length);
}

interface Looked {
  /** Records of the write that are not in the table. */
  fresh: number;
  poisoned: boolean;
  /** Most attempts a record of the write has behind it. */
  earlier: number;
}

export interface Place {
  readonly worker: WorkerState;
  readonly node: NodeState;
  readonly record: number;
  readonly slice: PollSlice;
  readonly index: number;
}

/** Looks a record up, and whether it is poison. */
export function look(ctx: ProcessContext, { worker, node, record, slice, index }: Place, found: Looked): void {
  const identity = recordAt(ctx, slice, index);
  const seen = seenBy(worker, node);
  worker.failed[record] = Outcome.done;
  if (seen !== null && hasSeen(seen, identify(ctx, node.index, identity), ctx.events.nowUs)) {
    worker.failed[record] = Outcome.duplicate;
    return;
  }
  found.fresh++;
  const fails = ctx.programs[node.index]?.fails;
  if (fails !== undefined && fails(identity)) found.poisoned = true;
  found.earlier = Math.max(found.earlier, retriesBefore(ctx.paths, identity.path));
}

function nextRecord(slices: readonly PollSlice[], at: { slice: number; index: number }): void {
  if (++at.index < slices[at.slice]!.to || at.slice + 1 === slices.length) return;
  at.slice++;
  at.index = slices[at.slice]!.from;
}

/** The attempts of a write in this poll; false when the last of them failed. */
function attempt(worker: WorkerState, node: NodeState, options: Looked & { readonly write: number; readonly last: number }): boolean {
  const { write, last, poisoned, earlier } = options;
  const { action, attemptsMax } = node.failures;
  const attempts = action === 'retry' || action === 'dead-letter' ? Math.max(1, attemptsMax - earlier) : 1;
  for (let made = 1; ; made++) {
    if (!poisoned && !(node.errorRate > 0 && nextUniform(worker.errorStream) < node.errorRate)) return true;
    if (made === attempts) return false;
    worker.serviceUs[write]! += sample(node.service, worker.serviceStream);
    worker.waitUs[last]! += backoffAfter(node.failures, earlier + made);
    worker.retries[last]!++;
  }
}

/** Where the records of a failed write go. */
function giveUp(ctx: ProcessContext, worker: WorkerState, node: NodeState, from: number, to: number): void {
  const { failed } = worker;
  if (node.failures.action === 'stop') {
    failed.fill(Outcome.stops, from, to);
    return;
  }
  for (let record = from; record < to; record++)
    if (failed[record] === Outcome.skipped) failed[record] = givenUp(node, attemptsBefore(ctx, worker, record));
}

/** What becomes of a record whose last attempt here has failed, after so many attempts on earlier topics. */
export function givenUp(node: NodeState, earlier: number): number {
  const { action, attemptsMax } = node.failures;
  if (action === 'skip') return Outcome.skipped;
  if (action === 'stop') return Outcome.stops;
  const again = action === 'retry-topic' && (node.outputs[retryOutput]?.length ?? 0) > 0;
  if (again && earlier + 1 < attemptsMax) return Outcome.retried;
  return hasDeadLetters(node) ? Outcome.deadLettered : Outcome.skipped;
}

/** Whether its dead letter port is wired. */
export const hasDeadLetters = ({ outputs }: NodeState): boolean => (outputs[deadLetterOutput]?.length ?? 0) > 0;

function attemptsBefore(ctx: ProcessContext, worker: WorkerState, record: number): number {
  let left = record;
  for (const { fetched, from, to } of worker.slices) {
    if (left < to - from) return retriesBefore(ctx.paths, fetched.columns.path[from + left]!);
    left -= to - from;
  }
  throw new Error(`record ${record} is outside the poll of ${worker.count} records`);
}
