import type { Assignor } from './types.ts';
import { assignCooperativeSticky } from './cooperativeSticky.ts';
import { assignRange } from './range.ts';
import { assignRoundRobin } from './roundRobin.ts';
import { assignSticky } from './sticky.ts';

/** Client-side assignors by Kafka's names. Prototype-free, so that a name from outside finds nothing it should not. */
export const assignors: ReadonlyMap<string, Assignor> = new Map<string, Assignor>([
  ['range', assignRange],
  ['roundrobin', assignRoundRobin],
  ['cooperative-sticky', assignCooperativeSticky],
  ['sticky', assignSticky],
]);

/**
 * Whether a member with this list of strategies keeps its partitions while it rejoins: the highest RebalanceProtocol that all of them support. Only cooperative-sticky and that of
 * Kafka Streams support COOPERATIVE, so one eager strategy in the list makes the member eager (ConsumerCoordinator's constructor).
 */
export function isCooperativeList(strategies: readonly string[]): boolean {
  return strategies.every((strategy) => strategy === 'cooperative-sticky' || strategy === 'stream');
}
