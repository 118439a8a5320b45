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

/** Whether members of this strategy keep their partitions while they rejoin (Kafka's RebalanceProtocol.COOPERATIVE). */
export function isCooperative(strategy: string): boolean {
  return strategy === 'cooperative-sticky';
}
