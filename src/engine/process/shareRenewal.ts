/**
 * A share consumer that is slower than its locks renews them (KIP-1222): the application goes on with a poll on another thread, and the thread that polls acknowledges its records with
 * AcknowledgeType.RENEW every half of the lock's duration, as KafkaShareConsumer's documentation shows it. What was fetched and not handed out is not renewed: the application has not seen it.
 */
import { offsetOf } from '../consumer/fetching.ts';
import { leavePoll } from '../group/membership.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { mix } from '../kernel/trace.ts';
import { AcknowledgeType } from '../share/acknowledge.ts';
import { noteAcknowledgements, sendShareRequests } from '../share/shareConsumer.ts';
import { shareGroupOf, type ShareMember } from '../share/shareState.ts';
import type { ProcessContext } from './context.ts';
import { isBusy, type WorkerState } from './worker.ts';

/** A poll begins, or its locks have just been renewed. One event a member is enough: one that comes early is set again. */
export function planRenewal(ctx: ProcessContext, worker: WorkerState, own: ShareMember): void {
  const { lockUs } = shareGroupOf(ctx, worker.index).limits;
  own.renewUs = ctx.events.nowUs + Math.floor(lockUs / 2);
  if (own.renewCheckUs === Infinity) watchRenewal(ctx, own);
}

function watchRenewal(ctx: ProcessContext, own: ShareMember): void {
  own.renewCheckUs = own.renewUs;
  schedule(ctx.events, own.renewCheckUs, EventKind.ShareRenewDue, own.index, -1);
}

/** EventKind.ShareRenewDue: records of a poll that are still being served stay with their member; those that are served already are accepted with the others when the poll ends. */
export function onShareRenewDue(ctx: ProcessContext, index: number): void {
  const worker = ctx.workers[index]!;
  const own = ctx.share.members[index]!;
  own.renewCheckUs = Infinity;
  if (!worker.alive || !isBusy(worker) || own.renewUs === Infinity) return;
  if (own.renewUs > ctx.events.nowUs) return watchRenewal(ctx, own);
  // The application polls to renew, so max.poll.interval.ms begins anew.
  leavePoll(ctx, index);
  for (const { fetched } of worker.slices) {
    if (fetched.count === 0) continue;
    const last = offsetOf(fetched, fetched.count - 1);
    noteAcknowledgements(own, fetched.partition, [
      { first: offsetOf(fetched, 0), last, type: AcknowledgeType.renew, records: fetched.count },
    ]);
  }
  sendShareRequests(ctx, own, { fetches: false });
  mix(ctx.trace, ctx.events.nowUs, EventKind.ShareRenewDue, index, worker.count);
  planRenewal(ctx, worker, own);
}
