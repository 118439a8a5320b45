import { useEffect, useMemo, useRef, type KeyboardEvent, type MouseEvent } from 'react';
import { FrameHeader } from '../../workers/frameFields.ts';
import { formatClock, formatMoment } from '../format/numbers.ts';
import { runTo } from '../run/session.ts';
import { useDocument } from '../stores/documentStore.ts';
import { liveFrames, statusStore, useEvents } from '../stores/liveStore.ts';
import { eventLooks } from './eventKinds.ts';
import { marksOf, type TimelineMark } from './timelineMarks.ts';

function timeNow(): number {
  return liveFrames.current?.[FrameHeader.timeUs] ?? statusStore.getState().timeUs;
}

/** Moves the playhead without rendering: it moves at every frame. */
function usePlayhead(durationUs: number) {
  const track = useRef<HTMLDivElement>(null);
  const slider = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const write = () => {
      if (track.current === null || slider.current === null) return;
      const timeUs = timeNow();
      track.current.style.setProperty('--at', String(Math.min(1, durationUs > 0 ? timeUs / durationUs : 0)));
      slider.current.setAttribute('aria-valuenow', String(Math.round(timeUs / 1e6)));
      slider.current.setAttribute('aria-valuetext', `${formatClock(timeUs)} of ${formatMoment(durationUs)}`);
    };
    write();
    const stops = [liveFrames.subscribe(write), statusStore.subscribe(write)];
    return () => stops.forEach((stop) => stop());
  }, [durationUs]);
  return { track, slider };
}

function Mark({ mark }: { readonly mark: TimelineMark }) {
  const look = eventLooks[mark.code];
  const words = `${formatMoment(mark.timeUs)} ${mark.text}`;
  return (
    <button
      type="button"
      tabIndex={-1}
      className={`lj-mark lj-mark-${look.shape} lj-tone-${mark.planned ? 'planned' : look.tone}`}
      style={{ left: `${mark.at * 100}%` }}
      title={words}
      aria-label={mark.caption === null ? words : `${mark.caption}, ${words}`}
      onClick={() => void runTo(mark.timeUs)}
    >
      {mark.caption !== null && <span className="lj-mark-caption">{mark.caption}</span>}
    </button>
  );
}

/** The scenario's span with what happened painted on it. A click, or a key, runs to that moment, backwards too. */
export function Timeline() {
  const durationMs = useDocument((state) => state.document.scenario.durationMs);
  const faults = useDocument((state) => state.document.scenario.faults);
  const events = useEvents((state) => state.events);
  const durationUs = durationMs * 1000;
  const { track, slider } = usePlayhead(durationUs);
  const marks = useMemo(() => marksOf(events, faults, durationUs), [events, faults, durationUs]);
  const breached = events.find((event) => event.code === 'objective.breached');
  const seek = (event: MouseEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    void runTo(((event.clientX - box.left) / box.width) * durationUs);
  };
  const key = (event: KeyboardEvent) => {
    const by = { ArrowRight: 0.01, ArrowLeft: -0.01, PageUp: 0.1, PageDown: -0.1 }[event.key];
    const to = by === undefined ? { Home: 0, End: durationUs }[event.key] : timeNow() + by * durationUs;
    if (to === undefined) return;
    event.preventDefault();
    void runTo(Math.min(durationUs, Math.max(0, to)));
  };
  return (
    <div className="lj-timeline">
      <span className="lj-numeral lj-muted">0:00</span>
      <div className="lj-track" ref={track}>
        <div
          className="lj-track-slider"
          ref={slider}
          role="slider"
          tabIndex={0}
          data-own-keys
          aria-label="Timeline"
          aria-valuemin={0}
          aria-valuemax={Math.round(durationUs / 1e6)}
          aria-valuenow={0}
          onClick={seek}
          onKeyDown={key}
        />
        <span className="lj-track-line" />
        <span className="lj-track-played" />
        {breached !== undefined && <span className="lj-track-breached" style={{ left: `${(breached.timeUs / durationUs) * 100}%` }} />}
        {marks.map((mark) => (
          <Mark key={mark.id} mark={mark} />
        ))}
        <span className="lj-playhead" />
      </div>
      <span className="lj-numeral lj-muted">{formatMoment(durationUs)}</span>
    </div>
  );
}
