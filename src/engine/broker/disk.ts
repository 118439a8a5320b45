/**
 * Reading logs: what the page cache has costs nothing, the rest comes from the broker's disk, in the same queue as its writes. So a reader far behind makes those wait whose writes are to be
 * acknowledged, and pushes out of memory what others read.
 */
import type { BrokerContext } from './context.ts';
import { noteRead, noteWritten } from './pageCache.ts';

/** When [from, to) of a partition's log, as positions, has been read at a broker that begins now. */
export function diskReadUs(
  ctx: BrokerContext,
  brokerIndex: number,
  { partition, from, to }: { readonly partition: number; readonly from: number; readonly to: number },
): number {
  const { nowUs } = ctx.events;
  const { pageCaches, config } = ctx.capacity;
  if (pageCaches === null) return nowUs;
  const missing = noteRead(pageCaches[brokerIndex], partition, from, to);
  if (missing === 0) return nowUs;
  const broker = ctx.brokers[brokerIndex];
  broker.diskBytesRead += missing;
  const transferUs = config.diskReadBytesPerUs > 0 ? missing / config.diskReadBytesPerUs : 0;
  broker.diskFreeUs = Math.max(nowUs, broker.diskFreeUs) + (config.diskSeekUs + transferUs) * broker.diskFactor;
  return broker.diskFreeUs;
}

/** `sizeBytes` were appended to a broker's log of a partition, which ends at `endPosition` then. */
export function cacheWritten(ctx: BrokerContext, broker: number, partition: number, endPosition: number, sizeBytes: number): void {
  const { pageCaches } = ctx.capacity;
  if (pageCaches !== null) noteWritten(pageCaches[broker], partition, endPosition, sizeBytes);
}
