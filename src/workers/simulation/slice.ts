/** A slice of the loop: the engine works for some milliseconds, or one event is executed. */
import { advance, fingerprint, type Run } from '../../engine/index.ts';
import { bringBack } from './keeping.ts';
import { noteSpeed, setAnchor, targetUs } from './pace.ts';
import type { RebuildGoal, Session, SimulationHost } from './session.ts';
import type { BlockName } from './storage.ts';

/** Longest time the engine works without looking for commands. */
const sliceMs = 8;

/** Whether the scenario is over. */
export function atEnd(run: Run): boolean {
  return run.ctx.events.nowUs >= run.ctx.plan.durationUs;
}

/** One slice of the loaded run. Returns whether it may rest: virtual time is where it should be. */
export async function slice(session: Session, host: SimulationHost, run: Run): Promise<boolean> {
  const { pace } = session;
  const { durationUs } = run.ctx.plan;
  const startMs = host.nowMs();
  const goal = session.rebuilding;
  const most = () => (goal ? Math.min(session.chunk, goal.events - run.ctx.events.taken) : session.chunk);
  const endUs = session.until ? session.until.toUs : durationUs;
  const wantedUs = session.until ? endUs : Math.min(endUs, targetUs(pace, startMs));
  let outcome = advance(run, { untilUs: wantedUs, maxEvents: most() });
  let lastMs = host.nowMs();
  adapt(session, lastMs - startMs);
  while (outcome.kind === 'events' && lastMs - startMs < sliceMs && run.ctx.events.taken !== goal?.events) {
    outcome = advance(run, { untilUs: wantedUs, maxEvents: most() });
    const nowMs = host.nowMs();
    adapt(session, nowMs - lastMs);
    lastMs = nowMs;
  }
  const { nowUs } = run.ctx.events;
  noteSpeed(pace, nowUs, lastMs);
  // Once more when the last event was taken: the clock may have stood later than that.
  if (goal && outcome.kind === 'events' && most() === 0) outcome = advance(run, { untilUs: endUs, maxEvents: 0 });
  if (goal && outcome.kind !== 'waiting' && (outcome.kind !== 'events' || most() === 0)) return endRebuilding(session, run, goal);
  switch (outcome.kind) {
    case 'reached':
      if (wantedUs < endUs) return true;
      session.until = null;
      session.phase = nowUs >= durationUs ? 'finished' : 'paused';
      return false;
    case 'events':
      // The machine cannot keep up: virtual time goes on from where it is instead of running after a promise.
      if (!session.until && pace.speed !== 'max' && wantedUs - nowUs > 100_000 * pace.speed) setAnchor(pace, nowUs, lastMs);
      return false;
    case 'waiting':
      await wait(session, host, run, outcome);
      return false;
    case 'bounded':
      session.phase = 'finished';
      session.until = null;
      session.failure = `The run was ended by a limit of the simulator: ${outcome.bound}.`;
      return false;
  }
}

/** The run computed again is where the damaged one stood, or will never be. */
function endRebuilding(session: Session, run: Run, goal: RebuildGoal): false {
  const { nowUs, taken } = run.ctx.events;
  session.rebuilding = null;
  session.rebuilt = taken === goal.events && nowUs === goal.timeUs && fingerprint(run) === goal.fingerprint ? 'same' : 'different';
  // Another run than the stored one has other events: it still comes to the same moment.
  if (nowUs < goal.timeUs) return false;
  session.until = null;
  session.phase = atEnd(run) ? 'finished' : 'paused';
  return false;
}

/** Brings blocks back and executes the event that waited for them, unless the run was replaced meanwhile. A pause meanwhile stays a pause. */
async function wait(session: Session, host: SimulationHost, run: Run, first: BlockName): Promise<void> {
  const before = session.phase;
  let name: BlockName | null = first;
  while (name !== null) {
    session.phase = 'waiting-for-storage';
    await bringBack(host, session.keeper!, name);
    if (session.run !== run) return;
    if ((session.phase as string) === 'waiting-for-storage') session.phase = before;
    if (session.phase !== 'running') return;
    // At once, before anything can evict the block again: a cleaning needs all of a log. Without a pause in between this is part of the slice.
    const outcome = advance(run, { untilUs: session.until?.toUs ?? run.ctx.plan.durationUs, maxEvents: 1 });
    name = outcome.kind === 'waiting' ? outcome : null;
  }
}

/** Executes one event of a run that stands still. At the end of the scenario there is none. */
export async function advanceOne(session: Session, host: SimulationHost, run: Run): Promise<void> {
  const before = run.ctx.events.taken;
  for (;;) {
    const outcome = advance(run, { untilUs: run.ctx.plan.durationUs, maxEvents: before + 1 - run.ctx.events.taken });
    if (outcome.kind !== 'waiting') break;
    session.phase = 'waiting-for-storage';
    await bringBack(host, session.keeper!, outcome);
    // Something else was asked for meanwhile.
    if (session.run !== run || (session.phase as string) !== 'waiting-for-storage') return;
  }
  session.phase = atEnd(run) ? 'finished' : 'paused';
}

/** Keeps one call of the engine near two milliseconds, whatever an event costs. */
function adapt(session: Session, tookMs: number): void {
  if (tookMs > 3) session.chunk = Math.max(8, session.chunk >> 1);
  else if (tookMs < 1) session.chunk = Math.min(65_536, session.chunk * 2);
}
