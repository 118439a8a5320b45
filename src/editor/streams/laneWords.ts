/** What happened to one record of the lane, in sentences. */
import type { DataSource } from '../../sql/plan/catalogue.ts';
import { formatMilliseconds } from '../format/numbers.ts';
import { laneWindows } from './lane.ts';
import type { QueryWindow } from './queryWindow.ts';
import { keyText } from './rowWords.ts';
import type { TriedStep } from './sandbox.ts';

/** The source of a topic. */
export const sourceOf = (sources: readonly DataSource[], topic: string): DataSource | null =>
  sources.find((one) => one.topic === topic) ?? null;

const latenessWords: Readonly<Record<TriedStep['late'], string>> = {
  no: 'in time',
  partly: 'too late for some of its windows',
  wholly: 'too late',
};

/** A record as it is called: `Record 3 of orders, key ada`. */
export function recordName({ record }: TriedStep, at: number, sources: readonly DataSource[]): string {
  const key = keyText(sourceOf(sources, record.topic), record.key);
  return `Record ${at + 1} of ${record.topic}, ${key === null ? 'no key' : `key ${key}`}`;
}

/** Its time and whether it was in time. */
export const timeWords = ({ record, late }: TriedStep): string =>
  `event time ${formatMilliseconds(record.timestampMs)}, ${latenessWords[late]}`;

/** Why a record was too late: which window it was for, and which record closed that. */
function latenessReason(steps: readonly TriedStep[], at: number, window: QueryWindow): string {
  const { record } = steps[at]!;
  const closed = laneWindows(steps, window).filter(
    ({ startMs, endMs, closedAt }) => record.timestampMs >= startMs && record.timestampMs <= endMs && closedAt !== null && closedAt <= at,
  );
  const last = closed.at(-1);
  if (last === undefined || window.kind !== 'time') return 'Its window had closed.';
  const closer = steps[last.closedAt!]!;
  return `Its window [${formatMilliseconds(last.startMs)}, ${formatMilliseconds(last.endMs)}) closed when record ${last.closedAt! + 1} brought the stream's time to ${formatMilliseconds(closer.streamTimeMs)}.`;
}

/** The whole story of a record. */
export function recordWords(steps: readonly TriedStep[], at: number, window: QueryWindow | null, sources: readonly DataSource[]): string {
  const step = steps[at];
  if (step === undefined) return '';
  const before = steps[at - 1]?.streamTimeMs ?? -1;
  const parts = [`${recordName(step, at, sources)}: ${timeWords(step)}.`];
  if (step.late !== 'no' && window !== null) parts.push(latenessReason(steps, at, window));
  else if (step.record.timestampMs < before)
    parts.push(`Out of order by ${formatMilliseconds(before - step.record.timestampMs)}, but taken.`);
  else if (step.streamTimeMs > before && at > 0)
    parts.push(`It brings the stream's time from ${formatMilliseconds(before)} to ${formatMilliseconds(step.streamTimeMs)}.`);
  if (step.written.length === 0 && step.late === 'no')
    parts.push(step.logs.length > 0 ? step.logs.join(' ') : 'The query wrote nothing for it.');
  if (step.written.length > 0)
    parts.push(`The query wrote ${step.written.length === 1 ? 'one record' : `${step.written.length} records`}.`);
  return parts.join(' ');
}
