/** When faults are planned: sorted once, since thousands of faults on one node must not be compared with each other. */
import type { Fault } from '../document.ts';
import type { RuleContext } from './rule.ts';

/** Sorted moments in ms, by node id. */
export type Moments = ReadonlyMap<string, readonly number[]>;

/** When any of the actions is planned for each node, or for each of its members where `member` is given. */
export function momentsOf(context: RuleContext, actions: readonly Fault['action'][], member?: number): Moments {
  const moments = new Map<string, number[]>();
  for (const fault of context.document.scenario.faults) {
    if (fault.node === undefined || !actions.includes(fault.action)) continue;
    if (member !== undefined && 'member' in fault && fault.member !== member) continue;
    const list = moments.get(fault.node) ?? [];
    list.push(fault.atMs);
    moments.set(fault.node, list);
  }
  for (const list of moments.values()) list.sort((a, b) => a - b);
  return moments;
}

/** How many of the sorted moments lie at or before `atMs`. */
export function countUpTo(moments: readonly number[], atMs: number): number {
  let low = 0;
  let high = moments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (moments[middle]! <= atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
