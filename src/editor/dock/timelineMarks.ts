/** Which marks the timeline shows, and which of them have room for a caption. */
import type { Fault } from '../../pipeline/index.ts';
import type { RunEvent } from '../../workers/protocol.ts';
import { faultCaption } from '../scenario/faultCaptions.ts';
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

type Candidate = Omit<TimelineMark, 'caption'> & { readonly words: string };

function candidates(events: readonly RunEvent[], faults: readonly Fault[], durationUs: number): readonly Candidate[] {
  const captions = new Map(faults.map((fault) => [fault.atMs * 1000, faultCaption(fault)]));
  const happened = events.map((event, index): Candidate => {
    const words = event.code === 'fault' ? captions.get(event.timeUs) : undefined;
    const { code, timeUs, text } = event;
    return { id: `event-${index}`, code, timeUs, at: timeUs / durationUs, text, planned: false, words: words ?? eventLooks[code].label };
  });
  // Whatever it is called: a fault that has happened left an event at its very moment.
  const done = new Set(events.map((event) => event.timeUs));
  const planned = faults.map((fault, index): Candidate => {
    const timeUs = fault.atMs * 1000;
    const words = faultCaption(fault);
    return { id: `fault-${index}`, code: 'fault', timeUs, at: timeUs / durationUs, text: `planned: ${words}`, planned: true, words };
  });
  return [...happened, ...planned.filter((mark) => !done.has(mark.timeUs))].filter((mark) => mark.at >= 0 && mark.at <= 1);
}

/** The marks from left to right, thinned out where they crowd. */
export function marksOf(events: readonly RunEvent[], faults: readonly Fault[], durationUs: number): readonly TimelineMark[] {
  const byWeight = candidates(events, faults, durationUs).toSorted(
    (a, b) => weight[eventLooks[b.code].tone]! - weight[eventLooks[a.code].tone]! || a.timeUs - b.timeUs,
  );
  const kept: TimelineMark[] = [];
  const captions: number[] = [];
  for (const { words, ...mark } of byWeight) {
    if (kept.length >= mostMarks) break;
    if (kept.some((other) => Math.abs(other.at - mark.at) < nearest)) continue;
    const room = captions.every((other) => Math.abs(other - mark.at) >= captionRoom) && mark.at > 0.035 && mark.at < 0.96;
    if (room) captions.push(mark.at);
    kept.push({ ...mark, caption: room ? words : null });
  }
  return kept.sort((a, b) => a.at - b.at);
}
