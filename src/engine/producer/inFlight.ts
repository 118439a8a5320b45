/** Requests on their way, found in the slots: kept nowhere else, since only a producer in trouble asks for them. */
import { fateOf } from '../broker/batchWritten.ts';
import { closeConnection } from '../broker/producerConnections.ts';
import { freeSlot } from '../broker/slots.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import type { AccumulatorBatch } from './batch.ts';
import type { ProducerContext } from './context.ts';
import type { OwnProduceRequest, ProducerState } from './state.ts';

/** Slots of a producer's unanswered requests to one broker, or to all (-1), oldest first. */
export function slotsInFlight(ctx: ProducerContext, state: ProducerState, broker: number): number[] {
  const items = ctx.produceRequests.items as (OwnProduceRequest | null)[];
  const slots: number[] = [];
  for (let slot = 0; slot < items.length; slot++) {
    const request = items[slot];
    if (request === null || request.producer !== state.index || request.incarnation !== state.incarnation) continue;
    if (broker < 0 || request.broker === broker) slots.push(slot);
  }
  return slots.sort((a, b) => (items[a]!.requestId - items[b]!.requestId) | 0);
}

/** Batches in a producer's unanswered requests, in the order they were sent. */
export function inFlightBatches(ctx: ProducerContext, state: ProducerState): AccumulatorBatch[] {
  return slotsInFlight(ctx, state, -1).flatMap((slot) => ctx.produceRequests.items[slot]!.batches as AccumulatorBatch[]);
}

/**
 * Takes a request back from its slot: its client has given it up. What is on its way to a broker that lives arrives nevertheless and may be written, so a copy stays
 * in the slot until its answer, which is for nobody; what was held before a cut link is lost with the connection, whose number is `connection` from now on.
 */
export function takeBack(ctx: ProducerContext, slot: number, connection: number): OwnProduceRequest {
  const request = ctx.produceRequests.items[slot] as OwnProduceRequest;
  const { accepting, incarnation } = ctx.brokers[request.broker];
  const held = ctx.cluster.held.findIndex(
    ({ kind, a, b }) => a === slot && b === request.requestId && (kind === EventKind.ProduceArrived || kind === EventKind.ProduceAnswered),
  );
  if (held >= 0) ctx.cluster.held.splice(held, 1);
  if (held >= 0 || !accepting || incarnation !== request.brokerIncarnation) {
    freeSlot(ctx.produceRequests, slot);
  } else {
    if (ctx.ledger !== null) for (const batch of request.batches) fateOf(batch);
    ctx.produceRequests.items[slot] = {
      ...request,
      connection,
      incarnation: -1,
      batches: request.batches.map((batch) => ({ ...batch })),
      errors: [...request.errors],
      baseOffsets: [...request.baseOffsets],
    } as OwnProduceRequest;
  }
  return request;
}

/** Closes the connection on which these requests to a broker are unanswered, oldest first. Gives its number from now on: that of its oldest request, which no other has. */
export function closeWith(ctx: ProducerContext, state: ProducerState, broker: number, slots: readonly number[]): number {
  const number = slots.length === 0 ? 0 : ctx.produceRequests.items[slots[0]!]!.requestId >>> 0;
  closeConnection(ctx, broker, state.index, number);
  return number;
}
