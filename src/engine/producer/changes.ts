/** What happens to a producer from outside: live edits, new leaders, the end of its process. */
import type { ConfigValue } from '../../pipeline/document.ts';
import { sameWorkload } from '../workload/settings.ts';
import type { Accumulator } from './accumulator.ts';
import { advance } from './advance.ts';
import { resizeBufferPool } from './bufferPool.ts';
import type { ProducerContext } from './context.ts';
import { closeWith, slotsInFlight } from './inFlight.ts';
import { isAhead, rewind } from './lookAhead.ts';
import { accumulatorOf, scheduleWake } from './sender.ts';
import { takeArrivals } from './source.ts';
import type { ProducerClientConfig, ProducerState, SourceState } from './state.ts';

/**
 * New workload or client config from now on (a live edit); records sent before stay as they are, and so does the memory of open batches. The shape's
 * clock runs on, and a workload that is the same as before is not touched at all.
 */
export function reconfigureProducer(
  ctx: ProducerContext,
  index: number,
  options: { config: ProducerClientConfig; workload: Readonly<Record<string, ConfigValue>> | null },
): void {
  const state = ctx.producers[index];
  const acc = accumulatorOf(ctx, state);
  const { source } = state;
  if (source !== null) goBackToNow(ctx, state, source, acc);
  state.config = options.config;
  acc.batchSizeBytes = Math.max(1, options.config.batchSizeBytes);
  resizeBufferPool(acc.pool, options.config.bufferMemoryBytes);
  if (state.settings !== null && options.workload !== null && !sameWorkload(state.settings, options.workload)) {
    state.settings = options.workload;
    source?.changes.push({ atUs: ctx.events.nowUs, settings: options.workload });
  }
  advance(ctx, state);
}

/** Takes back what was looked ahead to beyond now. */
function goBackToNow(ctx: ProducerContext, state: ProducerState, source: SourceState, acc: Accumulator): void {
  if (isAhead(source, ctx.events.nowUs)) rewind(ctx, state, source, acc);
  takeArrivals(ctx, state, source, acc);
}

/** The member that owns this producer crashed: open batches and unanswered requests are forgotten. Returns the number of records forgotten. */
export function abandonProducer(ctx: ProducerContext, index: number): number {
  const state = ctx.producers[index];
  const forgotten = state.pendingRecords;
  if (ctx.watcher !== null) ctx.watcher.producerAbandoned?.(index);
  closeConnections(ctx, state);
  state.incarnation++;
  state.accumulator = null;
  state.inFlight = [];
  state.spareRequests = [];
  state.blocked = false;
  state.flushing = false;
  state.neededBytes = 0;
  state.recovery = null;
  state.producerId = -1;
  state.pendingRecords = 0;
  state.forgottenRecords += forgotten;
  scheduleWake(ctx, state, Infinity);
  return forgotten;
}

/** Its requests are on their way under the numbers of connections that are closed: those of its next life do not wait behind them. */
function closeConnections(ctx: ProducerContext, state: ProducerState): void {
  for (let broker = 0; broker < ctx.brokers.length; broker++) {
    const slots = slotsInFlight(ctx, state, broker);
    const connection = closeWith(ctx, state, broker, slots);
    for (const slot of slots) ctx.produceRequests.items[slot]!.connection = connection;
  }
}
