/** Going back: copies of the run at earlier moments, so that going back need not start from the beginning. */
import { checkpoint, createRun, restore, type Run } from '../../engine/index.ts';
import { evictedBlocks, planFault, storeAgain } from '../../engine/host.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import { leaveStorage, stop } from './keeping.ts';
import { adoptRun, type Session, type SimulationHost } from './session.ts';

const pastMax = 16;

/** Keeps a copy of the run now and then; rarely when copying it takes long. Returns whether it did. */
export function keepPast(session: Session, host: SimulationHost): boolean {
  const nowMs = host.nowMs();
  if (nowMs < session.nextPastMs || !session.run) return false;
  session.past.push({ timeUs: session.run.ctx.events.nowUs, checkpoint: checkpoint(session.run) });
  if (session.past.length > pastMax) session.past = session.past.filter((_, i) => i % 2 === 1);
  session.nextPastMs = nowMs + Math.max(session.limits.pastSpacingMs, 100 * (host.nowMs() - nowMs));
  return true;
}

/**
 * Makes the run as it was at a moment not after `timeUs` the loaded one: a copy, or a new run from the start. What people did stays planned. With `keepStored` what
 * storage has of it stays, to be written over by the same run.
 */
export function goBackTo(session: Session, host: SimulationHost, timeUs: number, { keepStored = false } = {}): void {
  const { keeper, topology } = session;
  session.past = session.past.filter((past) => past.timeUs <= timeUs);
  const past = pastBefore(session, keeper!, Infinity);
  const run = past ? restore(topology!, past.checkpoint) : createRun(topology!);
  planKnown(session, run);
  // The store follows in order: what the earlier moment has in memory is stored again, over whatever the later one left there.
  if (past) for (const { log } of run.ctx.partitions) storeAgain(log);
  else session.past = [];
  const next = createKeeper({ runKey: keeper!.runKey, document: keeper!.document, run }, past ? keeper : null);
  adoptRun(session, host, next);
  if (keepStored) {
    next.stopped = !session.keeps || !host.storage;
    session.storage = { state: 'writing', detail: '', bytes: 0 };
  } else if (!past) startStoring(session, host);
}

/** The latest copy taken before `timeUs` all of whose blocks can still be had. */
export function pastBefore({ past }: Session, { removed }: Keeper, timeUs: number): Session['past'][number] | undefined {
  return past.findLast(
    ({ timeUs: takenUs, checkpoint: { state } }) =>
      takenUs < timeUs &&
      state.partitions.every(({ log }, partition) => evictedBlocks(log).every((block) => !removed.has(`${partition}/${block}`))),
  );
}

/** Plans the faults people caused after the moment the run stands at; the ones before are part of it. */
export function planKnown(session: Session, run: Run): void {
  const known = run.ctx.faults.length - session.document!.scenario.faults.length;
  for (const fault of session.liveFaults.slice(known)) planFault(run.ctx, fault);
}

/** Forgets what storage has of this run, which begins anew; says so when storage does not answer or is another tab's. */
export function startStoring(session: Session, host: SimulationHost): void {
  const { keeper } = session;
  if (!host.storage || !keeper) return;
  if (!session.keeps) return leaveStorage(session);
  session.storage = { state: 'stored', detail: '', bytes: 0 };
  host.storage.clear(keeper.runKey).catch((failure: unknown) => stop(session, host, keeper, failure));
}
