import { formatSeconds } from '../format/numbers.ts';
import type { SlowNode } from '../stores/slowNodes.ts';

/** How long until the lag is gone at the present rate. */
export function drainWords(slow: Pick<SlowNode, 'lagRecords' | 'lagTrend'>): string {
  if (!(slow.lagRecords > 0)) return 'nothing to drain';
  if (!(slow.lagTrend < 0)) return 'never at this rate';
  return formatSeconds(slow.lagRecords / -slow.lagTrend);
}
