/** `rack.latency.ms`: what a way between two racks takes longer. */
import { nodeEndpoint } from '../broker/clusterState.ts';
import { setRackLatency } from '../broker/links.ts';
import { numberOf, textOf, type Settings } from './configs.ts';
import type { EngineContext } from './state.ts';

export const rackLatencyUs = (cluster: Settings): number => Math.round(numberOf(cluster, 'rack.latency.ms') * 1000);

/** Brokers of different racks are so far apart, and consumers with a `client.rack` from brokers in others. Clients without a rack are near to all. */
export function separateRacks(ctx: EngineContext, addedUs: number): void {
  if (addedUs <= 0) return;
  const ends = [
    ...ctx.brokers.map(({ index, rack }) => ({ end: index, rack: rack ?? '' })),
    ...ctx.nodes
      .filter(({ group }) => group >= 0)
      .map(({ index, settings }) => ({ end: nodeEndpoint(index), rack: textOf(settings, 'client.rack') })),
  ];
  for (const { index, rack } of ctx.brokers) {
    for (const other of ends) {
      if (rack === null || other.rack === '' || other.rack === rack) continue;
      setRackLatency(ctx, index, other.end, addedUs);
    }
  }
}
