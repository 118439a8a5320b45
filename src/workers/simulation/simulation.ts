/** The simulation as the editor commands it. One run is loaded at a time; a loop runs it in slices and lets commands in between. */
import {
  advance,
  checkpoint,
  compile,
  createRun,
  intervene,
  readPage,
  reportOf,
  restore,
  type Run,
  type Topology,
} from '../../engine/index.ts';
import { planFault, seriesQuantities } from '../../engine/host.ts';
import type { LoadAnswer, LoadRequest, RunEvent, SeriesAnswer, SimulationCommands } from '../protocol.ts';
import { asFailure, bringBack, createKeeper, type Keeper, keepUp, saveRun } from './keeping.ts';
import { noteSpeed, setAnchor, targetUs } from './pace.ts';
import { resumable } from './resume.ts';
import { adoptRun, createSession, layOut, type Session, type SimulationHost, takeBack, tell } from './session.ts';

/** Longest time the engine works without looking for commands. */
const sliceMs = 8;
/** Pause between slices when virtual time is where it should be. */
const idleMs = 8;
const pastMax = 16;
const pastSpacingMs = 5_000;

export function createSimulation(host: SimulationHost): SimulationCommands {
  const session = createSession();
  let keeper = createKeeper();
  let looping = false;
  let nextPastMs = 0;

  async function loop(): Promise<void> {
    if (looping) return;
    looping = true;
    try {
      while (session.phase === 'running') {
        const rest = await slice(session, host, keeper);
        keepPast();
        await keepUp(session, host, keeper);
        tell(session, host, { now: false });
        if (session.phase !== 'running') break;
        await (rest ? host.sleep(idleMs) : host.yieldNow());
      }
    } catch (error) {
      session.phase = 'failed';
      session.failure = error instanceof Error ? error.message : String(error);
    } finally {
      looping = false;
    }
    tell(session, host, { now: true });
    if (session.phase !== 'failed') await saveRun(session, host, keeper);
    tell(session, host, { now: true });
  }

  /** Keeps a copy of the run now and then, so that going back does not start from the beginning. */
  function keepPast(): void {
    const nowMs = host.nowMs();
    if (nowMs < nextPastMs || !session.run) return;
    nextPastMs = nowMs + pastSpacingMs;
    session.past.push({ timeUs: session.run.ctx.events.nowUs, checkpoint: checkpoint(session.run) });
    if (session.past.length > pastMax) session.past = session.past.filter((_, i) => i % 2 === 1);
  }

  function start(): void {
    if (!session.run) return;
    session.phase = 'running';
    setAnchor(session.pace, session.run.ctx.events.nowUs, host.nowMs());
    tell(session, host, { now: true });
    void loop();
  }

  function goBackTo(timeUs: number): void {
    session.past = session.past.filter((past) => past.timeUs <= timeUs);
    const past = session.past[session.past.length - 1];
    const run = past ? restore(session.topology!, past.checkpoint) : createRun(session.topology!);
    const known = new Set(run.ctx.faults.map(({ fault }) => JSON.stringify(fault)));
    for (const fault of session.liveFaults) if (!known.has(JSON.stringify(fault))) planFault(run.ctx, fault);
    adoptRun(session, host, run);
  }

  return {
    async load(request) {
      session.phase = session.run ? 'paused' : 'loading';
      const answer = await load(session, host, request);
      if (answer.ok) {
        keeper = createKeeper();
        session.past = [];
        nextPastMs = 0;
        if (!answer.resumed) await host.storage?.clear(request.runKey).catch((failure: unknown) => noteFailure(session, keeper, failure));
      }
      tell(session, host, { now: true });
      return answer;
    },
    async play() {
      session.until = null;
      if (session.run && session.run.ctx.events.nowUs >= session.run.ctx.plan.durationUs) return;
      if (session.phase !== 'running') start();
    },
    async pause() {
      session.until = null;
      if (session.phase === 'running' || session.phase === 'waiting-for-storage') session.phase = 'paused';
      tell(session, host, { now: true });
    },
    async step() {
      if (!session.run || session.phase === 'running') return;
      const outcome = advance(session.run, { untilUs: Infinity, maxEvents: 1 });
      if (outcome.kind === 'waiting') {
        await bringBack(session, host, keeper, outcome);
        advance(session.run, { untilUs: Infinity, maxEvents: 1 });
      }
      session.phase = 'paused';
      tell(session, host, { now: true });
    },
    async runUntil(timeUs) {
      if (!session.run) return;
      const toUs = Math.max(0, Math.min(Math.round(timeUs), session.run.ctx.plan.durationUs));
      if (toUs < session.run.ctx.events.nowUs) goBackTo(toUs);
      session.until = { fromUs: session.run.ctx.events.nowUs, toUs };
      start();
    },
    async setSpeed(speed) {
      session.pace.speed = speed;
      if (session.run) setAnchor(session.pace, session.run.ctx.events.nowUs, host.nowMs());
      tell(session, host, { now: true });
    },
    async reset() {
      if (!session.topology) return;
      session.phase = 'paused';
      session.until = null;
      session.failure = null;
      session.past = [];
      goBackTo(0);
      tell(session, host, { now: true });
      await saveRun(session, host, keeper);
    },
    async intervene(action) {
      if (!session.run) return { fault: null, refusal: 'No run is loaded.' };
      const answer = intervene(session.run, action);
      if (answer.fault) session.liveFaults.push(answer.fault);
      if (session.phase !== 'running' && answer.fault) {
        // The effect shows at once although the run stands still: it is due in the next microsecond.
        advance(session.run, { untilUs: session.run.ctx.events.nowUs + 1, maxEvents: 10_000 });
        if (session.layout!.members.length !== session.run.ctx.workers.length) layOut(session, host);
        tell(session, host, { now: true });
      }
      return answer;
    },
    async readRecords(request) {
      const run = session.run;
      const topic = run?.ctx.topics.find((candidate) => candidate.node === request.topicNode);
      if (!run || !topic || request.partition >= topic.partitionCount) return { logStartOffset: 0, highWatermark: 0, records: [] };
      const partition = topic.firstPartition + request.partition;
      for (;;) {
        const answer = readPage(run, { partition, offset: request.offset, limit: Math.min(request.limit, 500) });
        if ('page' in answer) return answer.page;
        await bringBack(session, host, keeper, { partition, block: answer.missing });
      }
    },
    async report() {
      if (!session.run) throw new Error('No run is loaded, so there is nothing to report.');
      return reportOf(session.run);
    },
    async series() {
      return seriesOf(session.run);
    },
    async events(from) {
      const entries = session.run?.ctx.timeline.entries ?? [];
      return { total: entries.length, events: entries.slice(from, from + 500) as RunEvent[] };
    },
    async save() {
      await saveRun(session, host, keeper);
    },
    async release(buffer) {
      takeBack(session, buffer);
    },
    async forget(runKey) {
      await host.storage?.clear(runKey);
    },
  };
}

function noteFailure(session: Session, keeper: Keeper, failure: unknown): void {
  const { reason, detail } = asFailure(failure);
  keeper.stopped = true;
  session.storage = { state: reason === 'quota' ? 'quota' : 'unavailable', detail, bytes: 0 };
}

async function load(session: Session, host: SimulationHost, request: LoadRequest): Promise<LoadAnswer> {
  const { topology, findings } = compile(request.document);
  const before = session.run ? session.run.ctx.events.nowUs : 0;
  if (!topology) {
    if (!session.run) session.phase = 'empty';
    return { ok: false, findings, layout: null, timeUs: before, resumed: false };
  }
  session.storage = host.storage
    ? { state: 'stored', detail: '', bytes: 0 }
    : { state: 'unavailable', detail: 'This browser keeps no database here, so the run is lost when the page is closed.', bytes: 0 };
  const stored = request.resume ? await storedRun(session, host, request, topology) : null;
  session.runKey = request.runKey;
  session.document = request.document;
  session.liveFaults = [];
  session.until = null;
  session.failure = null;
  const run = stored ?? createRun(topology);
  const layout = adoptRun(session, host, run);
  session.phase = run.ctx.events.nowUs >= run.ctx.plan.durationUs ? 'finished' : 'paused';
  return { ok: true, findings, layout, timeUs: run.ctx.events.nowUs, resumed: stored !== null };
}

async function storedRun(session: Session, host: SimulationHost, request: LoadRequest, topology: Topology): Promise<Run | null> {
  if (!host.storage) return null;
  try {
    const stored = await host.storage.getRun(request.runKey);
    return stored ? resumable(topology, stored) : null;
  } catch (failure) {
    const { reason, detail } = asFailure(failure);
    session.storage = { state: reason === 'quota' ? 'quota' : 'unavailable', detail, bytes: 0 };
    return null;
  }
}

/** One slice. Returns whether the run may rest: virtual time is where it should be. */
async function slice(session: Session, host: SimulationHost, keeper: Keeper): Promise<boolean> {
  const run = session.run!;
  const { pace } = session;
  const { durationUs } = run.ctx.plan;
  const startMs = host.nowMs();
  const endUs = session.until ? session.until.toUs : durationUs;
  const wantedUs = session.until ? endUs : Math.min(endUs, targetUs(pace, startMs));
  let outcome = advance(run, { untilUs: wantedUs, maxEvents: session.chunk });
  let lastMs = host.nowMs();
  adapt(session, lastMs - startMs);
  while (outcome.kind === 'events' && lastMs - startMs < sliceMs) {
    outcome = advance(run, { untilUs: wantedUs, maxEvents: session.chunk });
    const nowMs = host.nowMs();
    adapt(session, nowMs - lastMs);
    lastMs = nowMs;
  }
  const { nowUs } = run.ctx.events;
  noteSpeed(pace, nowUs, lastMs);
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
      session.phase = 'waiting-for-storage';
      await bringBack(session, host, keeper, outcome);
      if ((session.phase as string) === 'waiting-for-storage') session.phase = 'running';
      return false;
    case 'bounded':
      session.phase = 'finished';
      session.failure = `The run was ended by a limit of the simulator: ${outcome.bound}.`;
      return false;
  }
}

/** Keeps one call of the engine near two milliseconds, whatever an event costs. */
function adapt(session: Session, tookMs: number): void {
  if (tookMs > 3) session.chunk = Math.max(8, session.chunk >> 1);
  else if (tookMs < 1) session.chunk = Math.min(65_536, session.chunk * 2);
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
