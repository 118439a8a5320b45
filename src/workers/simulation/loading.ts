/** Loading a document: a new run, or the stored one that belongs to it. */
import { compile, createRun, type Run, type Topology } from '../../engine/index.ts';
import type { DamagedLog } from '../../engine/host.ts';
import type { LoadAnswer, LoadRequest } from '../protocol.ts';
import { gzip } from './gzip.ts';
import { createKeeper } from './keeper.ts';
import { asFailure, saveRun } from './keeping.ts';
import { startStoring } from './past.ts';
import { checkStored, hold, tellChecking } from './recovering.ts';
import { resumable } from './resume.ts';
import { adoptRun, type Session, type SimulationHost, tell } from './session.ts';
import type { StorageFailure } from './storage.ts';

const noStorage = 'This browser keeps no database here, so the run is lost when the page is closed.';

/** What was found in storage: a run to go on with, or why there is none although one was stored. */
interface Found {
  readonly run: Run | null;
  readonly failure: StorageFailure | null;
  /** Logs of `run` that have damaged blocks. */
  readonly damaged: readonly DamagedLog[];
}

/** Loads a document. One that cannot run leaves everything as it is. */
export async function load(session: Session, host: SimulationHost, request: LoadRequest): Promise<LoadAnswer> {
  const { topology, findings } = compile(request.document, { gzip });
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
  const found = resume ? await storedRun(session, host, request, topology) : nothing;
  const { timeUs, resumed } = adopt(session, host, request, found.run ?? createRun(topology), found);
  if (found.damaged.length > 0) await hold(session, host, found.damaged);
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
  if (found.failure && found.failure.reason !== 'corrupt') leaveAlone(session, found.failure);
  else if (!resumed) startStoring(session, host);
  const { nowUs } = run.ctx.events;
  if (resumed) session.keeper!.savedUs = nowUs;
  session.phase = nowUs >= run.ctx.plan.durationUs ? 'finished' : 'paused';
  return { timeUs: nowUs, resumed };
}

/** Storage does not answer now, so what it has of the run is not touched: it may be whole. The run is in memory only. */
function leaveAlone(session: Session, { detail }: StorageFailure): void {
  session.keeper!.stopped = true;
  session.storage = { state: 'unavailable', detail: `What is stored of this run was left as it is: ${detail}.`, bytes: 0 };
}

const nothing: Found = { run: null, failure: null, damaged: [] };

async function storedRun(session: Session, host: SimulationHost, request: LoadRequest, topology: Topology): Promise<Found> {
  if (!host.storage) return nothing;
  try {
    const stored = await host.storage.getRun(request.runKey);
    const run = stored ? resumable(topology, stored) : null;
    if (!run) return nothing;
    const damaged = await checkStored(host, { runKey: request.runKey, run }, (share) => tellChecking(session, host, share));
    return { run, failure: null, damaged };
  } catch (failure) {
    return { ...nothing, failure: asFailure(failure) };
  } finally {
    session.checking = null;
  }
}
