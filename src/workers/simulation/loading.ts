/** Loading a document: a new run, or the stored one that belongs to it. */
import { compile, createRun, type Run, type Topology } from '../../engine/index.ts';
import type { LoadAnswer, LoadRequest } from '../protocol.ts';
import { createKeeper } from './keeper.ts';
import { asFailure, saveRun } from './keeping.ts';
import { startStoring } from './past.ts';
import { resumable } from './resume.ts';
import { adoptRun, type Session, type SimulationHost, tell } from './session.ts';
import type { StorageFailure } from './storage.ts';

const noStorage = 'This browser keeps no database here, so the run is lost when the page is closed.';

/** What was found in storage: a run to go on with, or why there is none although one was stored. */
interface Found {
  readonly run: Run | null;
  readonly failure: StorageFailure | null;
}

/** Loads a document. One that cannot run leaves everything as it is. */
export async function load(session: Session, host: SimulationHost, request: LoadRequest): Promise<LoadAnswer> {
  const { topology, findings } = compile(request.document);
  if (!topology) {
    const timeUs = session.run ? session.run.ctx.events.nowUs : 0;
    return { ok: false, findings, layout: null, timeUs, resumed: false, notResumed: null };
  }
  session.until = null;
  session.phase = session.run ? 'paused' : 'loading';
  // The run that is left is kept as it stands, so that its document goes on there when it is opened again.
  const resume = request.resume && request.keep;
  const saved = resume || session.keeper?.runKey !== request.runKey ? saveRun(session, host) : null;
  if (resume) await saved;
  const found = resume ? await storedRun(host, request, topology) : { run: null, failure: null };
  const { timeUs, resumed } = adopt(session, host, request, found.run ?? createRun(topology), found);
  tell(session, host, { now: true });
  return { ok: true, findings, layout: session.layout, timeUs, resumed, notResumed: found.failure?.detail ?? null };
}

function adopt(session: Session, host: SimulationHost, request: LoadRequest, run: Run, found: Found) {
  const resumed = found.run !== null;
  session.keeps = request.keep;
  session.document = request.document;
  session.objectives = request.document.scenario.objectives;
  session.liveFaults = [];
  session.past = [];
  session.nextPastMs = 0;
  session.until = null;
  session.failure = null;
  adoptRun(session, host, createKeeper({ runKey: request.runKey, document: request.document, run }));
  session.storage = host.storage ? { state: 'stored', detail: '', bytes: 0 } : { state: 'unavailable', detail: noStorage, bytes: 0 };
  if (!resumed) startStoring(session, host);
  const { nowUs } = run.ctx.events;
  session.phase = nowUs >= run.ctx.plan.durationUs ? 'finished' : 'paused';
  return { timeUs: nowUs, resumed };
}

async function storedRun(host: SimulationHost, request: LoadRequest, topology: Topology): Promise<Found> {
  if (!host.storage) return { run: null, failure: null };
  try {
    const stored = await host.storage.getRun(request.runKey);
    return { run: stored ? resumable(topology, stored) : null, failure: null };
  } catch (failure) {
    return { run: null, failure: asFailure(failure) };
  }
}
