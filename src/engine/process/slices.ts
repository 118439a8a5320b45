/** The records of the poll in progress, and what is forgotten with them when a process ends. */
import { forgetAssignment } from '../consumer/assignment.ts';
import { freeSlices } from '../consumer/fetching.ts';
import { forgetShareWork } from '../share/shareConsumer.ts';
import type { LetGo } from '../ledger/state.ts';
import { accountServed } from './accounts.ts';
import type { ProcessContext } from './context.ts';
import { emptyPool } from './pool/lanes.ts';
import { dropGlobals } from './streams/globals.ts';
import { closeTasks } from './streams/tasks.ts';
import { forgetSeen } from './seenIds.ts';
import { endedAhead, nextGeneration, uptimeUs, type WorkerState } from './worker.ts';

export function releaseSlices(ctx: ProcessContext, worker: WorkerState): void {
  accountServed(ctx, worker);
  freeSlices(ctx, worker.slices);
  worker.count = 0;
  worker.served = 0;
  worker.donePrefix = 0;
}

/** Forgets the poll in progress and everything fetched. */
export function dropWork(ctx: ProcessContext, worker: WorkerState, how: LetGo['how']): void {
  // They will be read once more, from the first one that was not done on.
  if (ctx.share.members[worker.index]) forgetShareWork(ctx, ctx.share.members[worker.index]!);
  else ctx.metrics[worker.node]!.processedAgain += endedAhead(worker);
  if (worker.streams !== null) {
    closeTasks(ctx, worker, worker.streams, how === 'stopped');
    dropGlobals(ctx, worker, worker.streams);
  }
  releaseSlices(ctx, worker);
  if (worker.pool !== null) emptyPool(ctx, worker, worker.pool, how);
  ctx.consumers[worker.index]!.backPressure = false;
  forgetAssignment(ctx, ctx.consumers[worker.index]!, how);
  worker.upUs = uptimeUs(worker, ctx.events.nowUs);
  worker.alive = false;
  worker.phase = 'down';
  worker.stalledSinceUs = -1;
  worker.outputCursor = -1;
  worker.stopUs = -1;
  if (worker.batch !== null) worker.batch.gathering = false;
  if (worker.seen !== null) forgetSeen(worker.seen);
  worker.order = new Int32Array(0);
  nextGeneration(worker);
}
