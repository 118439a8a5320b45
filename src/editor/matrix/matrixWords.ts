/** What a guarantee matrix says in words. */
import type { PipelineDocument } from '../../pipeline/document.ts';
import type { Guarantee } from '../../pipeline/index.ts';
import type { GuaranteeMatrix, GuaranteeRow } from '../../workers/protocol.ts';
import { formatCount, formatMilliseconds, formatShare } from '../format/numbers.ts';

export type Counts = Pick<GuaranteeRow, 'expected' | 'once' | 'duplicated' | 'lost' | 'reordered'>;
export type Tone = 'calm' | 'rising' | 'breached';

/** Loss is worse than repetition or another order. */
export function toneOf({ expected, duplicated, lost, reordered }: Counts): Tone {
  if (lost > 0 || expected === 0) return 'breached';
  return duplicated > 0 || reordered > 0 ? 'rising' : 'calm';
}

/** `Each once, in order`, or what went wrong with how many records, and what part that is. */
export function verdictWords({ expected, duplicated, lost, reordered }: Counts): string {
  if (expected === 0) return 'Nothing came through';
  const parts = [
    ...(lost > 0 ? [`${formatCount(lost)} lost (${formatShare(lost / expected)})`] : []),
    ...(duplicated > 0 ? [`${formatCount(duplicated)} more than once (${formatShare(duplicated / expected)})`] : []),
    ...(reordered > 0 ? [`${formatCount(reordered)} out of order`] : []),
  ];
  return parts.length === 0 ? 'Each once, in order' : parts.join(', ');
}

/** All sinks of a guarantee together; null without a sink. */
export function totalOf({ rows }: GuaranteeMatrix, guarantee: Guarantee): Counts | null {
  const mine = rows.filter((row) => row.guarantee === guarantee);
  if (mine.length === 0) return null;
  const sum = (name: keyof Counts) => mine.reduce((total, row) => total + row[name], 0);
  return { expected: sum('expected'), once: sum('once'), duplicated: sum('duplicated'), lost: sum('lost'), reordered: sum('reordered') };
}

/** The rows by sink, in the document's order. */
export function bySink({
  rows,
}: GuaranteeMatrix): readonly { readonly node: string; readonly name: string; readonly rows: readonly GuaranteeRow[] }[] {
  const nodes = [...new Set(rows.map(({ node }) => node))];
  return nodes.map((node) => {
    const mine = rows.filter((row) => row.node === node);
    return { node, name: mine[0]!.name, rows: mine };
  });
}

/** What all four runs have in common: `Seed 1, 10 faults, 2 min of virtual time`. */
export function conditionWords({ scenario }: PipelineDocument, seedCount: number): string {
  const { seed, faults, durationMs } = scenario;
  const seeds = seedCount === 1 ? `Seed ${seed}` : `Seeds ${seed} to ${(seed + seedCount - 1) >>> 0}`;
  const failing = faults.length === 0 ? 'no faults' : faults.length === 1 ? '1 fault' : `${faults.length} faults`;
  return `${seeds}, ${failing}, ${formatMilliseconds(durationMs)} of virtual time`;
}
