import { noteAcknowledged as noteWritten } from '../broker/acknowledged.ts';
import type { ProduceError } from '../broker/produceRequest.ts';
import { holdMessage, isReachable } from '../broker/links.ts';
import { freeSlot } from '../broker/slots.ts';
import type { Accumulator } from './accumulator.ts';
import { advance } from './advance.ts';
import type { AccumulatorBatch } from './batch.ts';
import type { ProducerContext } from './context.ts';
import { releaseBatch } from './drain.ts';
import { isAhead, rewind } from './lookAhead.ts';
import { noteProgress } from './progress.ts';
import { recoveryOf } from './recovery.ts';
import { settleRefused } from './retry.ts';
import { accumulatorOf } from './sender.ts';
import { noteAcknowledged } from './sequences.ts';
import type { OwnProduceRequest, ProducerState } from './state.ts';

/** EventKind.ProduceAnswered: counts the records, frees the memory, and sends what waited for either. */
export function onProduceAnswered(ctx: ProducerContext, slot: number, requestId: number): void {
  const request = ctx.produceRequests.items[slot] as OwnProduceRequest | null;
  // Given up before, when its connection was lost.
  if (request === null || request.requestId !== requestId) return;
  if (ctx.cluster.links.size > 0 && !isReachable(ctx, request.broker, request.client)) {
    holdMessage(ctx, { from: request.broker, to: request.client });
    return;
  }
  freeSlot(ctx.produceRequests, slot);
  const state = ctx.producers[request.producer];
  if (request.incarnation !== state.incarnation) return;
  const acc = accumulatorOf(ctx, state);
  const { source } = state;
  const ahead = source !== null && isAhead(source, ctx.events.nowUs);
  const wasLimited = state.inFlight[request.broker] >= state.config.maxInFlight;
  // Only what was taken ahead of the answer asks for it here.
  const refused = ahead === true && isRefused(request);
  if (ahead === true && (wasLimited || refused)) rewind(ctx, state, source, acc);
  state.inFlight[request.broker]--;
  countAnswer(ctx, state, acc, request);
  noteProgress(ctx, state, acc);
  // A broker that could have been sent to all the while has nothing ready before the wake that is planned.
  if (ahead === true && wasLimited === false && refused === false) return;
  advance(ctx, state);
}

function isRefused({ batches, errors }: OwnProduceRequest): boolean {
  for (let i = 0; i < batches.length; i++) if (errors[i] !== 'NONE') return true;
  return false;
}

function refused(ctx: ProducerContext, state: ProducerState, acc: Accumulator, batch: AccumulatorBatch, error: ProduceError): void {
  settleRefused(ctx, state, acc, { batch, error, recovery: recoveryOf(ctx, state) });
}

function countAnswer(ctx: ProducerContext, state: ProducerState, acc: Accumulator, request: OwnProduceRequest): void {
  for (let i = 0; i < request.batches.length; i++) {
    const batch = request.batches[i] as AccumulatorBatch;
    const error = request.errors[i];
    if (error !== 'NONE') {
      refused(ctx, state, acc, batch, error);
      continue;
    }
    if (batch.baseSequence >= 0) noteAcknowledged(acc, batch);
    const partition = ctx.partitions[batch.partition];
    const baseOffset = request.baseOffsets[i];
    if (partition.replicas.length > 0) noteWritten(partition, request.broker, baseOffset, baseOffset + batch.count);
    if (batch.expired === false) {
      state.pendingRecords -= batch.count;
      state.ackedRecords += batch.count;
      if (ctx.watcher !== null) ctx.watcher.batchSettled?.(state.index, batch, 'NONE', baseOffset);
    }
    releaseBatch(acc, batch);
  }
  state.spareRequests.push(request);
}
