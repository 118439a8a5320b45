/** Why a group is behind, for people. */
import type { LagCause, LagReport } from '../engine/report/lagReport.ts';
import { formatCount, formatDuration, formatRate, formatShare, printable } from './format.ts';

function drainText({ drains, drainSeconds }: LagReport): string {
  if (drains === 'yes') return `drained in ${formatDuration(drainSeconds! * 1000)}`;
  return drains === 'never' ? 'never drained at this rate' : 'no trend yet';
}

function causeText({ share, sentence, remedy }: LagCause): string {
  return `  Because (${formatShare(share)} of it): ${printable(sentence)}\n    What helps: ${printable(remedy)}`;
}

/** A line with the lag's trend and one for each cause; nothing for a group that keeps up. */
export function lagText(lag: LagReport): string {
  if (lag.causes.length === 0 && lag.noCause === null) return '';
  const { trendPerSecond, skew } = lag;
  const trend = trendPerSecond === null ? '' : `${trendPerSecond < 0 ? 'shrinks' : 'grows'} by ${formatRate(Math.abs(trendPerSecond))}, `;
  const worst = lag.partitions.length > 1 && skew > 0 ? `; the worst partition has ${formatCount(skew)} × an even share` : '';
  const lines = lag.causes.map(causeText);
  if (lag.noCause !== null) lines.push(`  ${printable(lag.noCause)}`);
  return `  Lag ${trend}${drainText(lag)}${worst}.\n${lines.join('\n')}\n\n`;
}
