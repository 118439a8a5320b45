/** The end of a member's life by a crash, or by an error nobody handles. */
import { crashMember } from '../group/membership.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { accountForgotten } from '../producer/givenUp.ts';
import { closeMemberTransactions } from '../producer/memberTransactions.ts';
import { abandonProducer } from '../producer/producer.ts';
import type { ProcessContext } from './context.ts';
import { settle } from './settle.ts';
import { dropWork } from './slices.ts';
import { tellDelivered } from './streams/delivered.ts';
import type { WorkerState } from './worker.ts';

/** The process ends at once: nothing it held survives, and the group hears of it only by the silence. */
export function killWorker(ctx: ProcessContext, worker: WorkerState, how: 'crashed' | 'failed' = 'crashed'): void {
  if (!worker.stepwise && worker.stalledSinceUs < 0) settle(ctx, worker, ctx.events.nowUs);
  if (ctx.watcher !== null) ctx.watcher.memberEnded?.(worker.index, 'crashed');
  crashMember(ctx, worker.index);
  if (worker.producer >= 0) {
    // After processing, nothing is committed before all that was made of it is acknowledged, nor outside of a transaction with it.
    const isLost = worker.readProcessWrite === null && ctx.consumers[worker.index]!.config.commitMode !== 'after-processing';
    accountForgotten(ctx, ctx.producers[worker.producer]!, isLost);
  }
  if (worker.streams !== null && worker.readProcessWrite !== null) {
    // A commit that was asked for is carried out without it.
    const { phase, commits } = ctx.producers[worker.producer]!.transaction!;
    tellDelivered(ctx, worker.streams, phase === 'ending' && commits);
  }
  if (worker.readProcessWrite !== null) closeMemberTransactions(ctx, worker.producer);
  else if (worker.producer >= 0) abandonProducer(ctx, worker.producer);
  dropWork(ctx, worker, how);
}

/** The application gives up: the member's process ends, and a line on the timeline says why. */
export function failMember(ctx: ProcessContext, worker: WorkerState, detail: string): void {
  ctx.processNotices.push({ timeUs: ctx.events.nowUs, code: 'member.failed', member: worker.index, detail });
  killWorker(ctx, worker, 'failed');
}

/** An error that nobody handles ends the member's process; whoever watches over it starts it again after a while, and it reads the same record again. */
export function stopOnError(ctx: ProcessContext, worker: WorkerState): void {
  const { restartUs } = ctx.nodes[worker.node]!.failures;
  failMember(ctx, worker, 'stops: the error of a record was not handled');
  schedule(ctx.events, ctx.events.nowUs + restartUs, EventKind.MemberRestarts, worker.index, worker.generation);
}
