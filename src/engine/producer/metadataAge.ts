import { isAnyBrokerReached } from '../broker/clientRecovery.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { advance } from './advance.ts';
import type { ProducerContext } from './context.ts';
import { isAhead, rewind } from './lookAhead.ts';
import { readLeaders } from './requests.ts';
import { accumulatorOf } from './sender.ts';

/**
 * EventKind.ProducerRetry: the client's metadata is `metadata.max.age.ms` old, and it asks for it anew. Scheduled only when there is something to learn: partitions that were
 * added. Without a broker it reaches it asks again a second later.
 */
export function onMetadataAge(ctx: ProducerContext, index: number): void {
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
