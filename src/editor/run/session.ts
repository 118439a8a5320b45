/**
 * The one place that talks to the simulation worker. It keeps the run in step with the document: a changed document is loaded again, what a
 * person does to the running system is asked of the worker and recorded in the scenario.
 */
import type { PipelineDocument } from '../../pipeline/document.ts';
import { createSimulationClient, type SimulationClient } from '../../workers/client.ts';
import type { LoadAnswer, RunPhase, SimulationCommands, Speed, StatusUpdate } from '../../workers/protocol.ts';
import { documentStore } from '../stores/documentStore.ts';
import { eventsStore, idleStatus, onRelease, receiveFrame, receiveLayout, statusStore } from '../stores/liveStore.ts';
import { viewStore } from '../stores/viewStore.ts';
import { announce, toast } from '../toasts/toastStore.ts';
import { damagedNames } from './damageWords.ts';
import { rememberRun } from './runMemory.ts';
import { sameRun } from './runnable.ts';
import { sessionStore } from './sessionStore.ts';
import { fastestSpeed, slowestSpeed, speeds } from './speeds.ts';

const reloadDelayMs = 200;
let client: SimulationClient | null = null;
let reloadTimer: ReturnType<typeof setTimeout> | undefined;
let loading: Promise<boolean> = Promise.resolve(false);
let stopWatching: (() => void) | null = null;

function phase(): RunPhase {
  return statusStore.getState().phase;
}

/** Whether virtual time has begun to pass, so that edits act on a run and not on a plan. */
export function underWay(): boolean {
  return sessionStore.getState().loaded !== null && statusStore.getState().timeUs > 0;
}

async function fetchEvents(total: number): Promise<void> {
  const held = eventsStore.getState().events;
  const from = total < held.length ? 0 : held.length;
  const answer = await client?.events(from);
  if (answer === undefined) return;
  eventsStore.setState({ events: from === 0 ? answer.events : [...held, ...answer.events], total: answer.total });
  if (answer.events.length > 0 && from + answer.events.length < answer.total) await fetchEvents(answer.total);
}

let fetching: Promise<void> = Promise.resolve();
function receiveEvents(total: number): void {
  fetching = fetching.then(() => fetchEvents(total)).catch(() => undefined);
}

/** What a reload of the page needs to go on as it was. A run that waits for storage plays as soon as it can. */
function rememberPresent(): void {
  const { loaded, speed } = sessionStore.getState();
  if (loaded === null) return;
  rememberRun(documentStore.getState().key, { speed, playing: phase() === 'running' || phase() === 'waiting-for-storage' });
}

function receiveStatus(status: StatusUpdate): void {
  const before = statusStore.getState();
  statusStore.setState(status);
  if (status.phase !== before.phase) rememberPresent();
  if (status.damage.length > 0 && before.damage.length === 0) tellDamage();
  else if (status.phase === 'failed' && before.phase !== 'failed') toast(status.failure ?? 'The run failed.', { tone: 'bad' });
  if (status.rebuild !== before.rebuild) tellRebuilt(status);
  if (status.phase === 'finished' && before.phase !== 'finished') {
    toast('The run reached the end of its scenario.', {
      action: { label: 'Objectives', perform: () => viewStore.getState().setDockTab('objectives') },
    });
  }
}

/** The stored log is damaged: which part of it, and the way on. */
function tellDamage(): void {
  const text = `The stored log of this run is damaged: ${damagedNames(statusStore.getState().damage)}. What is whole can be looked at; the document is safe.`;
  toast(text, { tone: 'bad', action: { label: 'Rebuild from the start', perform: () => void rebuildRun() } });
}

function tellRebuilt({ rebuild, fingerprint }: StatusUpdate): void {
  if (rebuild === 'same') toast(`The run is rebuilt: it has the fingerprint it had, ${fingerprint}.`, { tone: 'good' });
  if (rebuild === 'different') {
    toast(
      `The run is rebuilt, but is another one than the stored: its fingerprint is ${fingerprint} now. The program has changed since it was stored.`,
      { tone: 'bad' },
    );
  }
}

function receiveCrash(reason: unknown): void {
  // What waited for an answer reports the same crash again.
  if (sessionStore.getState().crashed !== null) return;
  const text = reason instanceof Error ? reason.message : String(reason ?? 'no reason given');
  client?.dispose();
  client = null;
  sessionStore.setState({ crashed: text });
  statusStore.setState({ phase: 'failed', failure: text });
  toast(`The simulation worker stopped: ${text.replace(/\.$/, '')}. The document is safe.`, {
    tone: 'bad',
    action: { label: 'Restart from the last checkpoint', perform: () => void restartWorker() },
  });
}

function connectClient(): SimulationClient {
  client ??= createSimulationClient({
    onFrame: receiveFrame,
    onStatus: receiveStatus,
    onLayout: receiveLayout,
    onEvents: receiveEvents,
    onCrash: receiveCrash,
  });
  return client;
}

function takeAnswer(document: PipelineDocument, answer: LoadAnswer): boolean {
  if (!answer.ok) {
    sessionStore.setState({ refusals: answer.findings });
    return false;
  }
  eventsStore.setState({ events: [], total: 0 });
  sessionStore.setState(({ runNumber }) => ({ loaded: document, refusals: [], runNumber: runNumber + 1 }));
  if (answer.notResumed !== null) toast(`The stored run cannot be read, so it starts again from 0: ${answer.notResumed}.`, { tone: 'bad' });
  statusStore.setState({ timeUs: answer.timeUs });
  return true;
}

/** Loads the open document into the worker. */
export function loadRun(resume: boolean): Promise<boolean> {
  clearTimeout(reloadTimer);
  const { document, key, readOnly } = documentStore.getState();
  const request = async () => {
    const answer = await connectClient().load({ runKey: key, document, resume, keep: !readOnly });
    const done = takeAnswer(document, answer);
    if (done) await client?.setSpeed(sessionStore.getState().speed);
    if (done && resume && answer.resumed && statusStore.getState().damage.length === 0) announce('The run goes on where it was.');
    return done;
  };
  loading = loading.then(request, request).catch((error: unknown) => {
    receiveCrash(error);
    return false;
  });
  return loading;
}

async function reloadAfterEdit(): Promise<void> {
  const { document } = documentStore.getState();
  const { loaded } = sessionStore.getState();
  if (loaded !== null && sameRun(loaded, document)) {
    sessionStore.setState({ refusals: [] });
    if (document.scenario.objectives !== loaded.scenario.objectives) await client?.setObjectives(document.scenario.objectives);
    if (sessionStore.getState().loaded === loaded) sessionStore.setState({ loaded: document });
    return;
  }
  const wasUnderWay = underWay();
  const wasRunning = phase() === 'running';
  const done = await loadRun(false);
  if (done && wasUnderWay) toast('The design changed: the run starts again from 0.');
  if (done && wasRunning) await client?.play();
  if (!done && wasRunning) {
    await client?.pause();
    toast('The design cannot run as it is now: the run is paused.', { tone: 'bad', action: showFindings });
  }
}

const showFindings = { label: 'Show findings', perform: () => viewStore.getState().setDockTab('findings') };

/** Follows the document: each change that matters to the run loads it again. */
export function startSession(): void {
  onRelease((buffer) => void client?.release(buffer).catch(() => undefined));
  stopWatching ??= documentStore.subscribe((state, before) => {
    if (state.document === before.document || state.key !== before.key) return;
    clearTimeout(reloadTimer);
    reloadTimer = setTimeout(() => void reloadAfterEdit(), reloadDelayMs);
  });
}

/** Begins with a newly opened document; `resume` goes on from its stored run. Without a speed the present one stays. */
export async function openRun(options: { readonly resume: boolean; readonly play: boolean; readonly speed?: Speed }): Promise<void> {
  receiveLayout(null);
  if (options.speed !== undefined) sessionStore.setState({ speed: options.speed });
  statusStore.setState({ ...idleStatus, speed: sessionStore.getState().speed });
  sessionStore.setState({ loaded: null, refusals: [] });
  const done = await loadRun(options.resume);
  if (done && options.play) await client?.play();
}

/** Starts the worker again after a crash. */
export async function restartWorker(): Promise<void> {
  sessionStore.setState({ crashed: null });
  receiveLayout(null);
  statusStore.setState({ phase: 'loading', failure: null });
  await loadRun(true);
}

/** Waits until the run is that of the open document; false and a message when it cannot run, or stands still because its log is damaged. */
async function ready({ damaged = false } = {}): Promise<boolean> {
  const { loaded, crashed } = sessionStore.getState();
  if (crashed !== null) await restartWorker();
  else if (loaded === null || !sameRun(loaded, documentStore.getState().document)) await loadRun(false);
  else await loading;
  const { refusals } = sessionStore.getState();
  if (refusals.length > 0) toast(`This design cannot run yet: ${refusals[0]!.message}`, { tone: 'bad', action: showFindings });
  if (refusals.length > 0 || sessionStore.getState().loaded === null) return false;
  if (damaged || statusStore.getState().damage.length === 0) return true;
  tellDamage();
  return false;
}

/** Plays or pauses. */
export async function togglePlay(): Promise<void> {
  if (phase() === 'running') await client?.pause();
  else if (await ready()) await client?.play();
}

/** Executes one event. */
export async function stepOnce(): Promise<void> {
  if (phase() === 'running') await client?.pause();
  if (await ready()) await client?.step();
}

/** Back to time 0. */
export async function resetRun(): Promise<void> {
  if (!(await ready({ damaged: true }))) return;
  await client?.reset();
  eventsStore.setState({ events: [], total: 0 });
  sessionStore.setState(({ runNumber }) => ({ runNumber: runNumber + 1 }));
}

/** Computes a run whose stored log is damaged again, to where it stands. */
export async function rebuildRun(): Promise<void> {
  if (!(await ready({ damaged: true }))) return;
  await client?.rebuild();
  sessionStore.setState(({ runNumber }) => ({ runNumber: runNumber + 1 }));
}

/** Runs, forwards or backwards, to a moment and pauses there. */
export async function runTo(timeUs: number): Promise<void> {
  if (!(await ready())) return;
  if (timeUs < statusStore.getState().timeUs) sessionStore.setState(({ runNumber }) => ({ runNumber: runNumber + 1 }));
  await client?.runUntil(Math.max(0, Math.round(timeUs)));
}

/** Sets the speed; remembered with the document's run. */
export async function changeSpeed(speed: Speed): Promise<void> {
  const bounded = speed === 'max' ? speed : Math.min(fastestSpeed, Math.max(slowestSpeed, speed));
  sessionStore.setState({ speed: bounded });
  rememberPresent();
  await client?.setSpeed(bounded);
}

/** One step slower (-1) or faster (1). */
export async function nudgeSpeed(direction: -1 | 1): Promise<void> {
  const at = speeds.indexOf(sessionStore.getState().speed);
  const next = speeds[Math.min(speeds.length - 1, Math.max(0, at + direction))]!;
  await changeSpeed(next);
  announce(`Speed ${next === 'max' ? 'as fast as possible' : `${next} times`}`);
}

/** The client for questions (`questions.ts`), null before there is a run to ask about. */
export function asked(): SimulationClient | null {
  return sessionStore.getState().loaded === null ? null : client;
}

/** Asks the worker for a change to the running system; see `interventions.ts` for what is recorded. */
export async function askIntervention(
  action: Parameters<SimulationCommands['intervene']>[0],
): Promise<Awaited<ReturnType<SimulationCommands['intervene']>>> {
  if (!(await ready({ damaged: true }))) return { fault: null, refusal: 'The design cannot run yet.' };
  return (await client?.intervene(action)) ?? { fault: null, refusal: 'The simulation worker is not running.' };
}

/** Writes a checkpoint now, before the page goes away. */
export function saveRun(): void {
  void asked()
    ?.save()
    .catch(() => undefined);
}

/** Another tab keeps this document's run from now on. */
export function letRunGo(): void {
  void asked()
    ?.letGo()
    .catch(() => undefined);
}

/** Forgets the stored run of a document. */
export function forgetRun(key: string): void {
  void client?.forget(key).catch(() => undefined);
}
