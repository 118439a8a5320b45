/** The simulation as the editor commands it. One run is loaded at a time; a loop runs it in slices and lets commands in between. */
import {
  advance,
  clusterViewOf,
  groupViewOf,
  intervene,
  ledgerReportOf,
  readPage,
  reportOf,
  type Run,
  storeEntriesOf,
  streamsViewOf,
} from '../../engine/index.ts';
import { seriesQuantities } from '../../engine/host.ts';
import type { LoadAnswer, SeriesAnswer, SimulationCommands } from '../protocol.ts';
import { followCommands } from './following.ts';
import { logCommands, placeOf } from './inspecting.ts';
import type { KeepingLimits } from './keeper.ts';
import { bringBack, keepUp, leaveStorage, saveRun } from './keeping.ts';
import { load } from './loading.ts';
import { setAnchor } from './pace.ts';
import { goBackTo, keepPast } from './past.ts';
import { holdIfDamaged, rebuild } from './recovering.ts';
import { createSession, isHeld, layOut, type Session, type SimulationHost, takeBack, tell } from './session.ts';
import { advanceOne, atEnd, slice } from './slice.ts';

/** Pause between slices when virtual time is where it should be. */
const idleMs = 8;
const eventsAnswered = 500;
const recordsAnswered = 500;

/** A simulation with nothing loaded. `limits` replaces the usual bounds of keeping. */
export function createSimulation(world: SimulationHost, limits: Partial<KeepingLimits> = {}): SimulationCommands {
  const session = createSession(limits);
  const host: SimulationHost = { ...world, damageFound: (keeper) => holdIfDamaged(session, host, keeper) };
  /** The run a loop is at work on. A run that takes its place gets a loop of its own, whatever the old one still waits for. */
  let looped: Run | null = null;
  let loads: Promise<unknown> = Promise.resolve();

  async function loop(run: Run): Promise<void> {
    if (looped === run) return;
    looped = run;
    const goesOn = () => session.run === run && session.phase === 'running';
    while (goesOn()) {
      try {
        const rest = await slice(session, host, run);
        if (session.run !== run) return;
        // Not both between the same two slices: either may take a while, and commands wait.
        if (!keepPast(session, host)) await keepUp(session, host);
        if (goesOn()) tell(session, host, { now: false });
        if (goesOn()) await (rest ? host.sleep(idleMs) : host.yieldNow());
      } catch (error) {
        await stopAt(run, error);
      }
    }
    if (session.run !== run) return;
    looped = null;
    tell(session, host, { now: true });
    if (session.phase === 'failed') return;
    await saveRun(session, host);
    if (session.run === run) tell(session, host, { now: true });
  }

  /** The run cannot go on. Damage that was met is looked for first: it says more than the error. */
  async function stopAt(run: Run, error: unknown): Promise<void> {
    await session.holding;
    if (session.run === run && !session.damage) fail(session, error);
  }

  function start(): void {
    const { run } = session;
    if (!run) return;
    session.phase = 'running';
    session.failure = null;
    setAnchor(session.pace, run.ctx.events.nowUs, host.nowMs());
    tell(session, host, { now: true });
    void loop(run);
  }

  return {
    load(request) {
      // One after the other: the last one asked for is the one that stays.
      const answer: Promise<LoadAnswer> = loads.then(() => load(session, host, request));
      loads = answer.catch(() => undefined);
      return answer;
    },
    async play() {
      const goal = session.rebuilding;
      if (goal && session.run) session.until ??= { fromUs: session.run.ctx.events.nowUs, toUs: goal.timeUs };
      else session.until = null;
      if (session.run && !session.damage && (goal || !atEnd(session.run)) && session.phase !== 'running') start();
    },
    async pause() {
      session.until = null;
      if (session.phase === 'running' || session.phase === 'waiting-for-storage') session.phase = 'paused';
      tell(session, host, { now: true });
    },
    async step() {
      const { run } = session;
      if (!run || isHeld(session) || session.phase === 'running' || session.phase === 'waiting-for-storage') return;
      await advanceOne(session, host, run).catch((error: unknown) => stopAt(run, error));
      tell(session, host, { now: true });
    },
    async runUntil(timeUs) {
      if (!session.run || isHeld(session)) return;
      const toUs = Math.max(0, Math.min(Math.round(timeUs), session.run.ctx.plan.durationUs));
      if (toUs < session.run.ctx.events.nowUs) goBackTo(session, host, toUs);
      session.until = { fromUs: session.run.ctx.events.nowUs, toUs };
      start();
    },
    async setSpeed(speed) {
      session.pace.speed = speed;
      if (session.run) setAnchor(session.pace, session.run.ctx.events.nowUs, host.nowMs());
      tell(session, host, { now: true });
    },
    async setObjectives(objectives) {
      session.objectives = objectives;
    },
    async reset() {
      if (!session.run) return;
      session.phase = 'paused';
      session.until = null;
      session.failure = null;
      session.past = [];
      goBackTo(session, host, 0);
      tell(session, host, { now: true });
      await saveRun(session, host);
    },
    async rebuild() {
      if (!rebuild(session, host)) return;
      session.until = { fromUs: session.run!.ctx.events.nowUs, toUs: session.rebuilding!.timeUs };
      start();
    },
    async intervene(action) {
      const { run } = session;
      if (!run) return { fault: null, refusal: 'No run is loaded.' };
      if (session.damage) return { fault: null, refusal: 'The stored log of the run is damaged. Rebuild it, or reset the run.' };
      if (session.rebuilding) return { fault: null, refusal: 'The run is being rebuilt. Wait for its end, or reset the run.' };
      if (atEnd(run)) return { fault: null, refusal: 'The run is at its end. Reset it, or go back to an earlier moment.' };
      const answer = intervene(run, action);
      if (!answer.fault) return answer;
      session.liveFaults.push(answer.fault);
      if (session.phase !== 'running') {
        // The effect shows at once although the run stands still: it is due in the next microsecond.
        advance(run, { untilUs: run.ctx.events.nowUs + 1, maxEvents: 10_000 });
        if (session.layout!.members.length !== run.ctx.workers.length) layOut(session, host);
        tell(session, host, { now: true });
      }
      return answer;
    },
    async readRecords(request) {
      const place = placeOf(session, request);
      if (!place) return { logStartOffset: 0, highWatermark: 0, records: [], olderOffset: null, newerOffset: null };
      const { run, keeper, partition } = place;
      for (;;) {
        const answer = readPage(run, { partition, offset: request.offset, limit: Math.min(request.limit, recordsAnswered) });
        if ('page' in answer) return answer.page;
        await bringBack(host, keeper, { partition, block: answer.missing });
      }
    },
    async clusterView() {
      return session.run && clusterViewOf(session.run);
    },
    async groupView(groupId) {
      return session.run && groupViewOf(session.run, groupId);
    },
    async streamsView(node) {
      return session.run && streamsViewOf(session.run, node);
    },
    async storeEntries(request) {
      return session.run && storeEntriesOf(session.run, request);
    },
    async ledger() {
      return session.run && ledgerReportOf(session.run);
    },
    ...logCommands(session, host),
    ...followCommands(session, host),
    async report() {
      if (!session.run) throw new Error('No run is loaded, so there is nothing to report.');
      return reportOf(session.run, session.objectives);
    },
    async series() {
      return seriesOf(session.run);
    },
    async events(from) {
      const entries = session.run?.ctx.timeline.entries ?? [];
      return { total: entries.length, events: entries.slice(from, from + eventsAnswered) };
    },
    async letGo() {
      leaveStorage(session);
      tell(session, host, { now: true });
    },
    async save() {
      await saveRun(session, host);
    },
    async release(buffer) {
      takeBack(session, buffer);
    },
    async forget(runKey) {
      await host.storage?.clear(runKey);
    },
  };
}

/** The run stands still for a reason that is shown. It may be played again: what failed may have been storage for a moment. */
function fail(session: Session, error: unknown): void {
  session.phase = 'failed';
  session.until = null;
  session.failure = error instanceof Error ? error.message : String(error);
}

function seriesOf(run: Run | null): SeriesAnswer {
  if (!run) return { timesUs: new Float64Array(0), series: [] };
  const { series, nodes } = run.ctx;
  return {
    timesUs: series.timesUs.slice(0, series.count),
    series: nodes.flatMap((node, n) =>
      seriesQuantities.map((quantity, q) => ({
        node: node.id,
        quantity,
        values: series.values[n * seriesQuantities.length + q]!.slice(0, series.count),
      })),
    ),
  };
}
