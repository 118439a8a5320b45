/** Who reaches whom: links between brokers, the controller and clients, cut or slow; messages that wait before a cut link for it to heal (TCP sends again). */
import { schedule } from '../kernel/eventSet.ts';
import type { ClusterState, Endpoint } from './clusterState.ts';
import type { BrokerContext } from './context.ts';

type LinkContext = Pick<BrokerContext, 'events' | 'costs'> & { readonly cluster: ClusterState };

/** Endpoints lie within this distance of 0. */
const endpointsMax = 0x100000;

/** One number for both directions of a way. */
function keyOf(a: Endpoint, b: Endpoint): number {
  return (Math.min(a, b) + endpointsMax) * 2 * endpointsMax + Math.max(a, b) + endpointsMax;
}

/** Whether the way between two endpoints is open; says nothing about whether a broker at its end is up. */
export function isReachable(ctx: { readonly cluster: ClusterState }, from: Endpoint, to: Endpoint): boolean {
  const { cluster } = ctx;
  return cluster.links.size === 0 || cluster.links.get(keyOf(from, to))?.cut !== true;
}

/** Latency of a slow link, or one between racks, on top of the network's own, one way; 0 on others. */
export function linkDelayUs(ctx: { readonly cluster: ClusterState }, from: Endpoint, to: Endpoint): number {
  const { cluster } = ctx;
  if (cluster.links.size === 0) return 0;
  const link = cluster.links.get(keyOf(from, to));
  return link === undefined ? 0 : link.addedUs + link.rackUs;
}

/** A way leads from one rack to another and takes longer for that, whatever else becomes of it. */
export function setRackLatency({ cluster }: { readonly cluster: ClusterState }, a: Endpoint, b: Endpoint, rackUs: number): void {
  cluster.links.set(keyOf(a, b), { a, b, cut: false, addedUs: 0, rackUs });
}

/** Whether a broker takes requests: not while it is down, recovers its logs, or was not unfenced yet. A fenced broker that was cut off still does. */
export function isBrokerUp(ctx: Pick<BrokerContext, 'brokers'>, broker: number): boolean {
  return broker >= 0 && ctx.brokers[broker].accepting;
}

/** Puts an event off until the link is healed: it then comes one latency after that. Handlers call it when a message arrives over a cut link. */
export function holdMessage(ctx: LinkContext, way: { readonly from: Endpoint; readonly to: Endpoint }): void {
  const { kind, a, b } = ctx.events;
  ctx.cluster.held.push({ ...way, kind, a, b });
}

/** Sends on what waits for links that are open again. */
function releaseHeld(ctx: LinkContext): void {
  const { held } = ctx.cluster;
  let kept = 0;
  for (const message of held) {
    if (isReachable(ctx, message.from, message.to)) {
      const atUs = ctx.events.nowUs + ctx.costs.networkLatencyUs + linkDelayUs(ctx, message.from, message.to);
      schedule(ctx.events, Math.round(atUs), message.kind, message.a, message.b);
    } else held[kept++] = message;
  }
  held.length = kept;
}

/** Cuts, heals or slows all links between two sets of endpoints; what waited for one that is open again goes on. */
export function changeLinks(
  ctx: LinkContext,
  ends: { readonly between: readonly Endpoint[]; readonly and: readonly Endpoint[] },
  change: { readonly cut: boolean } | { readonly addedUs: number },
): void {
  const { links } = ctx.cluster;
  for (const a of ends.between) {
    for (const b of ends.and) {
      // Clients and controllers have no links among themselves.
      if (a === b || (a < 0 && b < 0)) continue;
      const key = keyOf(a, b);
      const link = { cut: false, addedUs: 0, rackUs: 0, ...links.get(key), a, b, ...change };
      if (link.cut || link.addedUs > 0 || link.rackUs > 0) links.set(key, link);
      else links.delete(key);
    }
  }
  releaseHeld(ctx);
}
