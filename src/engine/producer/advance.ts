/** What a producer does at one moment. */
import type { Accumulator } from './accumulator.ts';
import type { ProducerContext } from './context.ts';
import { lookAhead } from './lookAhead.ts';
import { accumulatorOf, nextReadyUs, runRounds, scheduleWake } from './sender.ts';
import { takeArrivals } from './source.ts';
import type { ProducerState, SourceState } from './state.ts';
import { endTransactionWhenDone } from './transactionEnd.ts';
import { roomInTransaction } from './transactionGate.ts';

/** Everything a source does at one moment: send what arrived, let the sender run, look ahead, plan the next wake. */
function advanceSource(ctx: ProducerContext, state: ProducerState, source: SourceState, acc: Accumulator): void {
  takeArrivals(ctx, state, source, acc);
  if (state.transaction !== null) endTransactionWhenDone(ctx, state, source, acc);
  runRounds(ctx, state);
  lookAhead(ctx, state, source, acc);
  planWake(ctx, state, source, acc);
}

/** Schedules the next moment at which a source has something to do. */
export function planWake(ctx: ProducerContext, state: ProducerState, source: SourceState, acc: Accumulator): void {
  if (state.blocked === true) {
    const { nowUs } = ctx.events;
    // Memory of batches that expired just now.
    if (acc.pool.availableBytes >= state.neededBytes) scheduleWake(ctx, state, nowUs);
    else scheduleWake(ctx, state, Math.min(source.deadlineUs, Math.max(nowUs, nextReadyUs(state, acc))));
    return;
  }
  const { timeUs, count } = source.workload.chunk;
  // At a chunk's end the next one is drawn when the clock has come there.
  const arrivalUs = source.ended === true || roomInTransaction(state, source) <= 0 ? Infinity : timeUs[Math.min(source.cursor, count - 1)];
  scheduleWake(ctx, state, Math.min(nextReadyUs(state, acc), arrivalUs));
}

/** Everything a member's client does at one moment. */
export function advanceMember(ctx: ProducerContext, state: ProducerState): void {
  runRounds(ctx, state);
  scheduleWake(ctx, state, nextReadyUs(state, accumulatorOf(ctx, state)));
}

export function advance(ctx: ProducerContext, state: ProducerState): void {
  if (state.source === null) advanceMember(ctx, state);
  else advanceSource(ctx, state, state.source, accumulatorOf(ctx, state));
}
