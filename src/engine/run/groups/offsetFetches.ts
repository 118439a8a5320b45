/** OffsetFetch as events meet it: its answer takes a consumer's poll loop on. */
import { offsetFetchAt, onOffsetFetchLost, takeOffsetFetchAnswer } from '../../consumer/offsetFetch.ts';
import { missingForReset } from '../../consumer/positions.ts';
import { onOffsetsFetched } from '../../process/pollLoop.ts';
import type { EngineContext } from '../state.ts';

/** EventKind.OffsetFetchAnswered. Returns the number of a block of `counters.missingPartition` that must be resident first (nothing has happened then), or -1. */
export function offsetFetchAnswered(ctx: EngineContext, slot: number, requestId: number): number {
  const waiting = offsetFetchAt(ctx, slot, requestId);
  if (waiting?.error === 'NONE') {
    const block = missingForReset(ctx, ctx.consumers[waiting.member]!);
    if (block >= 0) return block;
  }
  const request = takeOffsetFetchAnswer(ctx, slot, requestId);
  if (request !== null) onOffsetsFetched(ctx, request);
  return -1;
}

/** EventKind.GroupRequestLost. False when it is about another request. */
export function offsetFetchLost(ctx: EngineContext, slot: number, requestId: number): boolean {
  const request = onOffsetFetchLost(ctx, slot, requestId);
  if (request) onOffsetsFetched(ctx, request);
  return request !== undefined;
}
