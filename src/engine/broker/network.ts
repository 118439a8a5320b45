/**
 * What a request pays on its way. Each capacity is a queue served in order of arrival with a known service time, so the time of
 * completion follows at once from when the server is free: no event is needed for waiting.
 */
import type { BrokerState } from './broker.ts';
import type { BrokerContext } from './context.ts';
import { checkDiskSpace } from './diskSpace.ts';
import { linkDelayUs } from './links.ts';

/** When a request of `sizeBytes` sent now has been received and handled by a broker, which takes `extraUs` longer for it. Integer microseconds, never before now. */
export function requestArrivalUs(ctx: BrokerContext, brokerIndex: number, sizeBytes: number, extraUs = 0): number {
  const costs = ctx.costs;
  const broker = ctx.brokers[brokerIndex]!;
  broker.requests++;
  broker.bytesIn += sizeBytes;
  let timeUs = ctx.events.nowUs + costs.networkLatencyUs;
  if (costs.networkBytesPerUs > 0) {
    timeUs = Math.max(timeUs, broker.networkInFreeUs) + sizeBytes / costs.networkBytesPerUs;
    broker.networkInFreeUs = timeUs;
  }
  if (costs.handlerUs > 0) timeUs = handledUs(broker, timeUs, costs.handlerUs + extraUs);
  return Math.round(timeUs);
}

/** When the handler that is free first is done with a request that has come at `timeUs` and takes `handlerUs`. */
function handledUs(broker: BrokerState, timeUs: number, handlerUs: number): number {
  const free = broker.handlerFreeUs;
  let earliest = 0;
  for (let i = 1; i < free.length; i++) if (free[i]! < free[earliest]!) earliest = i;
  const endUs = Math.max(timeUs, free[earliest]!) + handlerUs;
  free[earliest] = endUs;
  broker.handlerBusyUs += handlerUs;
  return endUs;
}

/** When an answer of `sizeBytes`, ready at `readyUs` (now by default), is back at the client. Integer microseconds. */
export function responseArrivalUs(ctx: BrokerContext, brokerIndex: number, sizeBytes: number, readyUs = ctx.events.nowUs): number {
  const costs = ctx.costs;
  const broker = ctx.brokers[brokerIndex]!;
  broker.bytesOut += sizeBytes;
  let timeUs = readyUs;
  if (costs.networkBytesPerUs > 0) {
    // One that is not ready yet, because it waits for the disk, does not hold up those that are.
    const startUs = Math.max(ctx.events.nowUs, broker.networkOutFreeUs);
    const transferUs = sizeBytes / costs.networkBytesPerUs;
    broker.networkOutFreeUs = startUs + transferUs;
    timeUs = Math.max(readyUs, startUs) + transferUs;
  }
  return Math.round(timeUs + costs.networkLatencyUs);
}

/** When `sizeBytes` handed to a broker's disk at `readyUs` (now by default) are written. */
export function diskWrittenUs(ctx: BrokerContext, brokerIndex: number, sizeBytes: number, readyUs = ctx.events.nowUs): number {
  const costs = ctx.costs;
  const broker = ctx.brokers[brokerIndex]!;
  broker.diskBytesWritten += sizeBytes;
  if (ctx.capacity.config.diskCapacityBytes > 0 && broker.diskBytesWritten >= broker.diskCheckBytes) checkDiskSpace(ctx, brokerIndex);
  if (costs.diskBytesPerUs <= 0) return readyUs;
  broker.diskFreeUs = Math.max(readyUs, broker.diskFreeUs) + (sizeBytes * broker.diskFactor) / costs.diskBytesPerUs;
  return broker.diskFreeUs;
}

/** When an answer of `sizeBytes`, ready at `readyUs` (now by default), that leaves one broker has come through the network of another, which asked for it. */
export function answerBetweenUs(ctx: BrokerContext, from: number, to: number, sizeBytes: number, readyUs = ctx.events.nowUs): number {
  const timeUs = responseArrivalUs(ctx, from, sizeBytes, readyUs) + linkDelayUs(ctx, from, to);
  const broker = ctx.brokers[to]!;
  broker.bytesIn += sizeBytes;
  if (ctx.costs.networkBytesPerUs <= 0) return timeUs;
  // Its last byte comes at the earliest when it has left; the network of the receiver may be busy longer.
  broker.networkInFreeUs = Math.max(timeUs, broker.networkInFreeUs + sizeBytes / ctx.costs.networkBytesPerUs);
  return Math.round(broker.networkInFreeUs);
}
