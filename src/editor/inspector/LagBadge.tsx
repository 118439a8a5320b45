import type { SlowNode } from '../stores/slowNodes.ts';

const marks = { calm: '✓', rising: '▲', breached: '▲' } as const;

/** How far behind, with its trend: a sign and words, never colour alone. */
export function LagBadge({ slow }: { readonly slow: Pick<SlowNode, 'mood' | 'lagTrend' | 'text'> }) {
  const falling = slow.mood !== 'calm' && slow.lagTrend < -0.5;
  const trend = slow.mood === 'calm' ? 'keeping up' : falling ? 'shrinking' : slow.lagTrend > 0.5 ? 'growing' : 'steady';
  return (
    <span className={`lj-badge lj-badge-${slow.mood}`} title={`Lag ${trend}`}>
      <span aria-hidden="true">{falling ? '▼' : marks[slow.mood]}</span> {slow.text.lagSeconds}
      <span className="lj-visually-hidden">, {trend}</span>
    </span>
  );
}
