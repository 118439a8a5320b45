import { isAnyBrokerReached } from '../broker/clientRecovery.ts';
import { expiryGeneration } from '../broker/lostRequests.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { advance } from './advance.ts';
import type { ProducerContext } from './context.ts';
import { isAhead, rewind } from './lookAhead.ts';
import { onBatchExpires } from './recovery.ts';
import { readLeaders } from './requests.ts';
import { accumulatorOf } from './sender.ts';

/** EventKind.ProducerRetry: a client's clock has come to the age of its metadata, or of batches in flight. */
export function onProducerRetry(ctx: ProducerContext, index: number, generation: number): void {
  if (generation !== expiryGeneration) return onMetadataAge(ctx, index);
  const state = ctx.producers[index];
  if (state.accumulator === null || !onBatchExpires(ctx, state)) return;
  const { source } = state;
  if (source !== null && isAhead(source, ctx.events.nowUs)) rewind(ctx, state, source, state.accumulator);
  advance(ctx, state);
}

/**
 * The client's metadata is `metadata.max.age.ms` old, and it asks for it anew. Scheduled only when there is something to learn: partitions that were
 * added. Without a broker it reaches it asks again a second later.
 */
function onMetadataAge(ctx: ProducerContext, index: number): void {
  const state = ctx.producers[index];
  const { nowUs } = ctx.events;
  if (!isAnyBrokerReached(ctx, state.endpoint)) {
    schedule(ctx.events, nowUs + state.config.retryBackoffMaxUs + 1, EventKind.ProducerRetry, index, 0);
    return;
  }
  const acc = accumulatorOf(ctx, state);
  const { source } = state;
  if (source !== null && isAhead(source, nowUs)) rewind(ctx, state, source, acc);
  state.metadataVersion = ctx.cluster.metadataVersion;
  readLeaders(ctx, state, acc);
  advance(ctx, state);
}
