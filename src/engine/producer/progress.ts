import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import type { Accumulator } from './accumulator.ts';
import type { ProducerContext } from './context.ts';
import type { ProducerState } from './state.ts';

/** Batches have left the buffer: a flush may be complete, and a member that waits for memory may go on. A source looks by itself. */
export function noteProgress(ctx: ProducerContext, state: ProducerState, acc: Accumulator): void {
  const { nowUs } = ctx.events;
  if (state.flushing === true && state.pendingRecords === 0) {
    state.flushing = false;
    schedule(ctx.events, nowUs, EventKind.ProducerFlushed, state.index, 0);
  }
  if (state.source === null && state.blocked === true && acc.pool.availableBytes >= state.neededBytes) {
    state.blocked = false;
    schedule(ctx.events, nowUs, EventKind.ProducerSpace, state.index, 0);
  }
}
