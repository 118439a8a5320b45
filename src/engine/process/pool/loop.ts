/** A poll loop in front of a pool: what it looks at before it takes more records. */
import type { ConsumerState } from '../../consumer/consumer.ts';
import { EventKind } from '../../kernel/eventKinds.ts';
import { schedule } from '../../kernel/eventSet.ts';
import { flushProducer } from '../../producer/producer.ts';
import type { ProcessContext } from '../context.ts';
import { nextGeneration, type WorkerState } from '../worker.ts';
import { retireLost, takeSlices } from './lanes.ts';
import { holdsBack, isFull, type Pool } from './pool.ts';
import { handOver, stallPool } from './threads.ts';

/** Follows the assignment: what waits of partitions that are gone makes room for what the loop holds. */
export function followAssignment(ctx: ProcessContext, worker: WorkerState, pool: Pool): void {
  retireLost(ctx, worker, pool);
  if (holdsBack(pool)) handOver(ctx, worker, pool);
}

/** Hands the records of a poll over. The loop polls on when it has handed over all, and when it pauses; else it stays where it is until there is a place. */
export function servePooled(ctx: ProcessContext, worker: WorkerState, pool: Pool): void {
  takeSlices(ctx, worker, pool);
  if (!handOver(ctx, worker, pool) && pool.settings.whenFull !== 'pause') {
    worker.phase = 'full';
    return;
  }
  worker.phase = 'idle';
  schedule(ctx.events, ctx.events.nowUs, EventKind.MemberWake, worker.index, nextGeneration(worker));
}

/** How often a paused loop polls at most for the sake of a commit: the timeout most applications give poll(). */
const pausedPollUs = 100_000;

/** KafkaConsumer.pause of all partitions while there is no room: the loop goes on polling, gets nothing, and stays in its group. */
export function pausesFor(ctx: ProcessContext, worker: WorkerState, pool: Pool, consumer: ConsumerState): boolean {
  consumer.backPressure = pool.settings.whenFull === 'pause' && isFull(pool);
  if (!consumer.backPressure) return false;
  worker.phase = 'idle';
  if (consumer.config.commitMode === 'auto') {
    const dueUs = Math.max(ctx.events.nowUs + pausedPollUs, consumer.nextAutoCommitUs);
    schedule(ctx.events, dueUs, EventKind.MemberWake, worker.index, nextGeneration(worker));
  }
  return true;
}

/** What a pool has sent must be in the log before the offsets it was made of are committed: until then its threads stand still, and the loop waits. */
export function hasFlushed(ctx: ProcessContext, worker: WorkerState, pool: Pool): boolean {
  if (worker.producer < 0 || ctx.consumers[worker.index]!.config.commitMode !== 'after-processing') return true;
  if (flushProducer(ctx, worker.producer)) return true;
  worker.phase = 'flushing';
  stallPool(ctx, pool);
  return false;
}

/** Whether something is done that is not committed, and it is time. */
export const isPoolCommitDue = (ctx: ProcessContext, pool: Pool): boolean =>
  pool.commitArmed && ctx.events.nowUs >= pool.lastCommitUs + pool.settings.commitIntervalUs;

/** The offsets that are done without a gap are committed now. */
export function notePoolCommit(ctx: ProcessContext, pool: Pool): void {
  pool.commitArmed = false;
  pool.lastCommitUs = ctx.events.nowUs;
}

/** What a member commits when it gives partitions up: with a pool and automatic commits what was handed over, done or not, as KafkaConsumer does; else what is done. */
export const givesUp = (worker: WorkerState, { config: { commitMode } }: ConsumerState): 'position' | 'processed' =>
  worker.pool !== null && commitMode !== 'after-processing' ? 'position' : 'processed';
