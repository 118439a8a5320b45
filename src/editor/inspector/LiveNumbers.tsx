import type { ReactNode } from 'react';
import type { NodeRole } from '../../pipeline/index.ts';
import { formatCount, formatMilliseconds, formatRate } from '../format/numbers.ts';
import type { SlowNode } from '../stores/slowNodes.ts';
import { drainWords } from './drainWords.ts';
import { LagBadge } from './LagBadge.tsx';
import { NumbersList, type NumberRow } from './NumbersList.tsx';

function consumerRows(slow: SlowNode, why: ReactNode): readonly NumberRow[] {
  return [
    ['State', slow.condition],
    ['Reading', slow.text.rateIn],
    ...(slow.rateOut > 0 || slow.recordsOut > 0 ? ([['Writing', slow.text.rateOut]] as const) : []),
    ['Lag', `${formatCount(slow.lagRecords)} records`],
    ['Behind by', <LagBadge key="lag" slow={slow} />],
    ['Lag changes by', Number.isFinite(slow.lagTrend) ? `${slow.lagTrend > 0 ? '+' : ''}${formatRate(slow.lagTrend)}` : '–'],
    ['Time to drain', drainWords(slow)],
    ['Why records wait', why],
    ['Busy', slow.text.busy],
    ['Latency p50', formatMilliseconds(slow.latencyP50Ms)],
    ['Latency p99', formatMilliseconds(slow.latencyP99Ms)],
    ['Records read', formatCount(slow.recordsIn)],
  ];
}

function rowsOf(role: NodeRole, slow: SlowNode, why: ReactNode): readonly NumberRow[] {
  if (role === 'producer') {
    return [
      ['State', slow.condition],
      ['Writing', slow.text.rateOut],
      ['Records written', formatCount(slow.recordsOut)],
    ];
  }
  if (role === 'topic') {
    return [
      ['Written', slow.text.rateIn],
      ['Read', slow.text.rateOut],
      ['Records written', formatCount(slow.recordsIn)],
      ['Partitions', formatCount(slow.partitions.length)],
    ];
  }
  return consumerRows(slow, why);
}

/** A node's numbers by name, with units. `why`: what is said of the lag of one that reads. */
export function LiveNumbers({ role, slow, why }: { readonly role: NodeRole; readonly slow: SlowNode; readonly why: ReactNode }) {
  return <NumbersList rows={rowsOf(role, slow, why)} label="Live numbers" />;
}
