import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import type { BrokerContext } from './context.ts';

/** Something has changed in a partition for which fetches of share groups may wait: an event of this moment looks at them. */
export function wakeShareFetches(ctx: BrokerContext, index: number): void {
  const partition = ctx.partitions[index]!;
  if (partition.shareWaits === 0 || partition.shareWakes) return;
  partition.shareWakes = true;
  schedule(ctx.events, ctx.events.nowUs, EventKind.ShareRecordsAvailable, index, 0);
}
