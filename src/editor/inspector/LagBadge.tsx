import { lagMark } from '../live/lagLevel.ts';
import type { SlowNode } from '../stores/slowNodes.ts';

const words = { '✓': 'keeping up', '▲': 'growing', '▼': 'shrinking', '→': 'steady' } as const;

/** How far behind, with its trend: a sign and words, never colour alone. */
export function LagBadge({ slow }: { readonly slow: Pick<SlowNode, 'mood' | 'lagTrend' | 'text'> }) {
  const mark = lagMark(slow.mood, slow.lagTrend);
  return (
    <span className={`lj-badge lj-badge-${slow.mood}`} title={`Lag: ${words[mark]}`}>
      <span aria-hidden="true">{mark}</span> {slow.text.lagSeconds}
      <span className="lj-visually-hidden">, {words[mark]}</span>
    </span>
  );
}
