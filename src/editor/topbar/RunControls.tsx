import { Pause, Play, RotateCcw, StepForward } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { FrameHeader } from '../../workers/frameFields.ts';
import type { Speed } from '../../workers/protocol.ts';
import { setScenario } from '../document/edits.ts';
import { formatClock } from '../format/numbers.ts';
import { changeSpeed, rebuildRun, resetRun, stepOnce, togglePlay } from '../run/session.ts';
import { speeds } from '../run/speeds.ts';
import { useSession } from '../run/sessionStore.ts';
import { useDocument } from '../stores/documentStore.ts';
import { liveFrames, statusStore, useStatus } from '../stores/liveStore.ts';
import { viewStore } from '../stores/viewStore.ts';

const largestSeed = 0xffff_ffff;

function speedLabel(speed: Speed): string {
  return speed === 'max' ? 'max' : `${speed}×`;
}

/** Virtual time, written straight into the text at each frame: sixty renders a second would be waste. */
function Clock() {
  const text = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const write = () => {
      const timeUs = liveFrames.current?.[FrameHeader.timeUs] ?? statusStore.getState().timeUs;
      if (text.current !== null) text.current.textContent = formatClock(timeUs);
    };
    write();
    const stops = [liveFrames.subscribe(write), statusStore.subscribe(write)];
    return () => stops.forEach((stop) => stop());
  }, []);
  return (
    <span className="lj-clock" title="Virtual time">
      <span ref={text} role="timer" aria-label="Virtual time" /> <small>virtual</small>
    </span>
  );
}

function Seed() {
  const seed = useDocument((state) => state.document.scenario.seed);
  const readOnly = useDocument((state) => state.readOnly);
  const [draft, setDraft] = useState<string | null>(null);
  const value = Number(draft ?? seed);
  const wrong = draft !== null && !(draft.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= largestSeed);
  const keep = () => {
    if (draft !== null && !wrong) setScenario('seed', value);
    if (!wrong) setDraft(null);
  };
  return (
    <label
      className="lj-seed"
      title={wrong ? `A seed is a whole number from 0 to ${largestSeed}.` : 'Same design and seed: same run, to the record.'}
    >
      seed
      <input
        aria-label="Seed"
        inputMode="numeric"
        aria-invalid={wrong}
        readOnly={readOnly}
        value={draft ?? String(seed)}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={keep}
        onKeyDown={(event) => {
          if (event.key === 'Enter') keep();
          if (event.key === 'Escape') setDraft(null);
        }}
      />
    </label>
  );
}

/** The report of the damage is with the run as a whole: nothing selected, live. */
function showDamage(): void {
  const { select, setInspectorTab, revealInspector } = viewStore.getState();
  select({});
  setInspectorTab('live');
  revealInspector();
}

/** What the run does with storage, when that is not simply "stored". */
function RunProgress() {
  const progress = useStatus((status) => status.progress);
  const phase = useStatus((status) => status.phase);
  const storage = useStatus((status) => status.storage.state);
  if (phase === 'running' && progress !== null)
    return <progress className="lj-progress" aria-label="Progress of the run" value={progress} />;
  if (phase === 'loading' && progress !== null) {
    return (
      <span className="lj-run-note" role="status">
        Checking the stored log: {Math.floor(progress * 100)} %
      </span>
    );
  }
  if (storage === 'damaged') {
    return (
      <span className="lj-run-note" role="status">
        Stored log damaged{' '}
        <button type="button" className="lj-link" onClick={showDamage}>
          Details
        </button>{' '}
        <button type="button" className="lj-link" onClick={() => void rebuildRun()}>
          Rebuild
        </button>
      </span>
    );
  }
  if (storage === 'quota' || storage === 'unavailable') {
    return (
      <span className="lj-run-note" role="status">
        {storage === 'quota' ? 'Log trimmed: no room' : 'Log kept in memory'}
      </span>
    );
  }
  return null;
}

/** Reset, step, play, speed, virtual clock and seed. */
export function RunControls() {
  const running = useStatus((status) => status.phase === 'running');
  const waiting = useStatus((status) => status.phase === 'loading' || status.phase === 'waiting-for-storage');
  const speed = useSession((state) => state.speed);
  const reached = useStatus((status) => (status.phase === 'running' ? Math.round(status.speedReached * 10) / 10 : 0));
  return (
    <div className="lj-run" role="group" aria-label="Run">
      <button type="button" className="lj-icon-button" aria-label="Reset" title="Back to time 0 (Home)" onClick={() => void resetRun()}>
        <RotateCcw size={16} aria-hidden="true" />
      </button>
      <button type="button" className="lj-icon-button" aria-label="Step" title="Execute one event (.)" onClick={() => void stepOnce()}>
        <StepForward size={16} aria-hidden="true" />
      </button>
      <button
        type="button"
        className="lj-play"
        aria-busy={waiting}
        title={`${running ? 'Pause' : 'Play'} (Space)`}
        onClick={() => void togglePlay()}
      >
        {running ? <Pause size={16} aria-hidden="true" /> : <Play size={16} aria-hidden="true" />}
        {running ? 'Pause' : 'Play'}
      </button>
      <select
        className="lj-select"
        aria-label="Speed"
        title={reached > 0 ? `Reached now: ${reached}×. Slower [, faster ]` : 'Virtual over real time. Slower [, faster ]'}
        value={String(speed)}
        onKeyDown={(event) => {
          // Space plays wherever the focus is; the list opens with Enter or Alt and an arrow.
          if (event.key !== ' ' || event.repeat) return;
          event.preventDefault();
          void togglePlay();
        }}
        onChange={(event) => void changeSpeed(event.target.value === 'max' ? 'max' : Number(event.target.value))}
      >
        {speeds.map((offered) => (
          <option key={offered} value={String(offered)}>
            {speedLabel(offered)}
          </option>
        ))}
      </select>
      <Clock />
      <Seed />
      <RunProgress />
    </div>
  );
}
