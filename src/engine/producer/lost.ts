import { noteDisconnected } from '../broker/clientRecovery.ts';
import { freeSlot } from '../broker/slots.ts';
import { advance } from './advance.ts';
import type { AccumulatorBatch } from './batch.ts';
import type { ProducerContext } from './context.ts';
import { closeWith, slotsInFlight, takeBack } from './inFlight.ts';
import { isAhead, rewind } from './lookAhead.ts';
import { noteProgress } from './progress.ts';
import { clientOf, recoveryOf } from './recovery.ts';
import { settleRefused } from './retry.ts';
import { accumulatorOf } from './sender.ts';
import type { OwnProduceRequest } from './state.ts';

/**
 * EventKind.ProduceLost: no answer will come, or not in time. The connection is closed, and with it all requests on it are lost (NetworkClient's
 * processDisconnection and handleTimedOutRequests); their batches come back with NETWORK_EXCEPTION in the order they were sent. Ignored for a request that was answered.
 */
export function onProduceLost(ctx: ProducerContext, slot: number, requestId: number): void {
  const request = ctx.produceRequests.items[slot] as OwnProduceRequest | null;
  if (request === null || request.requestId !== requestId) return;
  const { broker } = request;
  const state = ctx.producers[request.producer];
  if (request.incarnation !== state.incarnation) {
    const { accepting, incarnation } = ctx.brokers[broker];
    if (!accepting || incarnation !== request.brokerIncarnation) freeSlot(ctx.produceRequests, slot);
    return;
  }
  const acc = accumulatorOf(ctx, state);
  const { source } = state;
  if (source !== null && isAhead(source, ctx.events.nowUs)) rewind(ctx, state, source, acc);
  noteDisconnected(ctx, clientOf(state), recoveryOf(ctx, state), broker);
  const slots = slotsInFlight(ctx, state, broker);
  const connection = closeWith(ctx, state, broker, slots);
  for (const other of slots) {
    const lost = takeBack(ctx, other, connection);
    state.inFlight[broker]--;
    for (const batch of lost.batches as AccumulatorBatch[]) {
      settleRefused(ctx, state, acc, { batch, error: 'NETWORK_EXCEPTION', recovery: recoveryOf(ctx, state) });
    }
    lost.batches = [];
    state.spareRequests.push(lost);
  }
  noteProgress(ctx, state, acc);
  advance(ctx, state);
}
