/**
 * What a request pays on its way. Each capacity is a queue served in order of arrival with a known service time, so the time of
 * completion follows at once from when the server is free: no event is needed for waiting.
 */
import type { BrokerContext } from './context.ts';

/** When a request of `sizeBytes` sent now has been received and handled by a broker. Integer microseconds, never before now. */
export function requestArrivalUs(ctx: BrokerContext, brokerIndex: number, sizeBytes: number): number {
  const costs = ctx.costs;
  const broker = ctx.brokers[brokerIndex]!;
  broker.requests++;
  broker.bytesIn += sizeBytes;
  let timeUs = ctx.events.nowUs + costs.networkLatencyUs;
  if (costs.networkBytesPerUs > 0) {
    timeUs = Math.max(timeUs, broker.networkInFreeUs) + sizeBytes / costs.networkBytesPerUs;
    broker.networkInFreeUs = timeUs;
  }
  if (costs.handlerUs > 0) {
    const free = broker.handlerFreeUs;
    let earliest = 0;
    for (let i = 1; i < free.length; i++) if (free[i]! < free[earliest]!) earliest = i;
    timeUs = Math.max(timeUs, free[earliest]!) + costs.handlerUs;
    free[earliest] = timeUs;
    broker.handlerBusyUs += costs.handlerUs;
  }
  return Math.round(timeUs);
}

/** When an answer of `sizeBytes`, ready at `readyUs` (now by default), is back at the client. Integer microseconds. */
export function responseArrivalUs(ctx: BrokerContext, brokerIndex: number, sizeBytes: number, readyUs = ctx.events.nowUs): number {
  const costs = ctx.costs;
  const broker = ctx.brokers[brokerIndex]!;
  broker.bytesOut += sizeBytes;
  let timeUs = readyUs;
  if (costs.networkBytesPerUs > 0) {
    timeUs = Math.max(timeUs, broker.networkOutFreeUs) + sizeBytes / costs.networkBytesPerUs;
    broker.networkOutFreeUs = timeUs;
  }
  return Math.round(timeUs + costs.networkLatencyUs);
}

/** When `sizeBytes` handed to a broker's disk now are written. */
export function diskWrittenUs(ctx: BrokerContext, brokerIndex: number, sizeBytes: number): number {
  const costs = ctx.costs;
  if (costs.diskBytesPerUs <= 0) return ctx.events.nowUs;
  const broker = ctx.brokers[brokerIndex]!;
  broker.diskFreeUs = Math.max(ctx.events.nowUs, broker.diskFreeUs) + sizeBytes / costs.diskBytesPerUs;
  return broker.diskFreeUs;
}
