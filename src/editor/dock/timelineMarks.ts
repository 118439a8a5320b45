/** Which marks the timeline shows, and which of them have room for a caption. */
import type { Fault } from '../../pipeline/index.ts';
import type { RunEvent } from '../../workers/protocol.ts';
import { eventLooks } from './eventKinds.ts';

export interface TimelineMark {
  readonly id: string;
  readonly code: RunEvent['code'];
  readonly timeUs: number;
  /** 0 to 1 along the track. */
  readonly at: number;
  readonly text: string;
  /** Short words above the track, null where they would run into another caption. */
  readonly caption: string | null;
  /** In the scenario, but not yet happened. */
  readonly planned: boolean;
}

/** Part of the track a caption needs for itself. */
const captionRoom = 0.11;
/** Marks nearer than this fall together: the eye can't tell them apart. */
const nearest = 0.004;
const mostMarks = 240;

/** What matters more is drawn and captioned before what matters less. */
const weight: Record<string, number> = { breached: 3, rising: 2, neutral: 1, calm: 0 };

function candidates(events: readonly RunEvent[], faults: readonly Fault[], durationUs: number): Omit<TimelineMark, 'caption'>[] {
  const happened = events.map((event, index) => ({
    id: `event-${index}`,
    code: event.code,
    timeUs: event.timeUs,
    at: event.timeUs / durationUs,
    text: event.text,
    planned: false,
  }));
  const lastUs = events.at(-1)?.timeUs ?? -1;
  const planned = faults
    .map((fault, index) => ({
      id: `fault-${index}`,
      code: 'fault' as const,
      timeUs: fault.atMs * 1000,
      at: (fault.atMs * 1000) / durationUs,
      text: `planned: ${fault.action} of ${fault.node}`,
      planned: true,
    }))
    .filter((mark) => mark.timeUs > lastUs || !happened.some((event) => event.code === 'fault' && event.timeUs === mark.timeUs));
  return [...happened, ...planned].filter((mark) => mark.at >= 0 && mark.at <= 1);
}

/** The marks from left to right, thinned out where they crowd. */
export function marksOf(events: readonly RunEvent[], faults: readonly Fault[], durationUs: number): readonly TimelineMark[] {
  const byWeight = candidates(events, faults, durationUs).sort(
    (a, b) => weight[eventLooks[b.code].tone]! - weight[eventLooks[a.code].tone]! || a.timeUs - b.timeUs,
  );
  const kept: TimelineMark[] = [];
  const captions: number[] = [];
  for (const mark of byWeight) {
    if (kept.length >= mostMarks) break;
    if (kept.some((other) => Math.abs(other.at - mark.at) < nearest)) continue;
    const room = captions.every((other) => Math.abs(other - mark.at) >= captionRoom) && mark.at > 0.02 && mark.at < 0.96;
    if (room) captions.push(mark.at);
    kept.push({ ...mark, caption: room ? eventLooks[mark.code].label : null });
  }
  return kept.sort((a, b) => a.at - b.at);
}
