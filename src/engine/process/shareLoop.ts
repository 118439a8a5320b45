/** The application's loop over a share consumer: poll, process, acknowledge with the next poll (KafkaShareConsumer.poll). Service, outages and sending are those of every consuming node. */
import { offsetOf } from '../consumer/fetching.ts';
import { finishRevocation, leavePoll, pollMembership } from '../group/membership.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { flushProducer } from '../producer/producer.ts';
import { type AcknowledgementBatch, AcknowledgeType } from '../share/acknowledge.ts';
import { closeShareSessions, noteAcknowledgements, sendShareRequests, takeShareRecords } from '../share/shareConsumer.ts';
import type { ShareMember } from '../share/shareState.ts';
import type { ProcessContext } from './context.ts';
import { Outcome } from './failurePolicy.ts';
import type { NodeState } from './node.ts';
import { planRenewal } from './shareRenewal.ts';
import { releaseSlices } from './slices.ts';
import { nextGeneration, type WorkerState } from './worker.ts';

/**
 * One poll of a member that is not busy. `taken`: records are there, and their service may begin; `waiting`: it waits for its group, or for records; `failed`: the member cannot go
 * on. What is acknowledged goes out in any case.
 */
export function pollShare(ctx: ProcessContext, worker: WorkerState, own: ShareMember): 'taken' | 'waiting' | 'failed' {
  const membership = pollMembership(ctx, worker.index);
  if (membership === 'revoke') {
    finishRevocation(ctx, worker.index);
    shareAgain(ctx, worker);
    return 'waiting';
  }
  if (membership === 'wait') {
    worker.phase = 'joining';
    return ctx.members[worker.index]!.failure === '' ? 'waiting' : 'failed';
  }
  worker.phase = 'idle';
  const hasRecords = own.queue.length > 0;
  sendShareRequests(ctx, own, { fetches: !hasRecords });
  if (!hasRecords) return 'waiting';
  takePoll(ctx, worker, own);
  return 'taken';
}

function takePoll(ctx: ProcessContext, worker: WorkerState, own: ShareMember): void {
  leavePoll(ctx, worker.index);
  releaseSlices(ctx, worker);
  for (const fetched of takeShareRecords(own, ctx.consumers[worker.index]!.config.maxPollRecords)) {
    worker.slices.push({ fetched, from: 0, to: fetched.count, last: true });
    worker.count += fetched.count;
  }
  worker.sliceIndex = 0;
  worker.sliceCursor = 0;
  if (worker.order.length > 0) worker.order = new Int32Array(0);
  if (own.config.renews) planRenewal(ctx, worker, own);
}

/** A record whose service fails is given back or rejected at once by who acknowledges explicitly, instead of tried again on the spot. */
export const shareService = (own: ShareMember | null | undefined, node: NodeState): NodeState =>
  own?.config.explicit ? { ...node, failures: { ...node.failures, action: 'skip' } } : node;

/** All records of the poll are served. What was made of them must be in the log before they are acknowledged, or a crash between the two would lose it. */
export function endSharePoll(ctx: ProcessContext, worker: WorkerState): void {
  if (worker.producer >= 0 && !flushProducer(ctx, worker.producer)) worker.phase = 'flushing';
  else acknowledgeServed(ctx, worker);
}

/** Implicit: the next poll accepts everything. Explicit: the application says of each record what became of it. */
export function acknowledgeServed(ctx: ProcessContext, worker: WorkerState): void {
  noteServed(worker, ctx.share.members[worker.index]!, worker.count);
  releaseSlices(ctx, worker);
  shareAgain(ctx, worker);
}

/** Acknowledges the first `served` records of the poll in progress. */
function noteServed(worker: WorkerState, own: ShareMember, served: number): void {
  let record = 0;
  for (const { fetched } of worker.slices) {
    const batches: AcknowledgementBatch[] = [];
    for (let i = 0; i < fetched.count && record < served; i++, record++) {
      const offset = offsetOf(fetched, i);
      const type = typeOf(worker, own, record);
      const before = batches[batches.length - 1];
      // Offsets between two records hold nothing: they are done with already.
      if (before?.type === type) batches[batches.length - 1] = { ...before, last: offset, records: before.records + 1 };
      else batches.push({ first: offset, last: offset, type, records: 1 });
    }
    if (batches.length > 0) noteAcknowledgements(own, fetched.partition, batches);
  }
}

function typeOf(worker: WorkerState, { config }: ShareMember, record: number): AcknowledgeType {
  if (!config.explicit || worker.failed[record] !== Outcome.skipped) return AcknowledgeType.accept;
  return config.onFailure === 'reject' ? AcknowledgeType.reject : AcknowledgeType.release;
}

function shareAgain(ctx: ProcessContext, worker: WorkerState): void {
  worker.phase = 'idle';
  // An event of its own rather than a call: a loop of empty services would otherwise never return.
  schedule(ctx.events, ctx.events.nowUs, EventKind.MemberWake, worker.index, nextGeneration(worker));
}

/** close(): with explicit acknowledgement what was served is said; what is implicit would have been accepted by the next poll, and there is none. All else is given back. */
export function closeShareWorker(ctx: ProcessContext, worker: WorkerState): void {
  const own = ctx.share.members[worker.index]!;
  if (own.config.explicit && worker.order.length === 0) noteServed(worker, own, worker.served);
  closeShareSessions(ctx, own);
}
