/** Following a record: the run is made again beside the one on the screen, up to where that one stands, and told step by step where the record is. */
import {
  createRun,
  type Follow,
  follow,
  followOn,
  followProgress,
  journeyOf,
  recordAtOffset,
  restore,
  rootOfNode,
} from '../../engine/index.ts';
import { residentBytes } from '../../engine/host.ts';
import type { FollowAnswer, FollowCommands, FollowRequest } from '../protocol.ts';
import { placeOf, whenResident } from './inspecting.ts';
import type { Keeper } from './keeper.ts';
import { bringBack } from './keeping.ts';
import { pastBefore, planKnown } from './past.ts';
import type { Session, SimulationHost } from './session.ts';

/** Longest time the engine works without looking for commands. */
const sliceMs = 8;
const eventsAtOnce = 2_000;

/** A record, and how much of the run is known not to have it yet. */
interface Wanted {
  readonly record: { readonly source: number; readonly sequence: number };
  readonly madeUs: number;
}

export function followCommands(session: Session, host: SimulationHost): FollowCommands {
  /** One record at a time: who asks for another one gives the first one up. */
  let current: Follow | null = null;
  let asked = 0;
  return {
    async follow(request) {
      const number = ++asked;
      current = null;
      const { run, keeper } = session;
      if (!run || !keeper) return refused('Nothing has run yet.');
      if (session.damage) return refused('The stored log of the run is damaged. Rebuild it, or reset the run.');
      const wanted = await find(session, host, request);
      if (wanted === null) return refused('This record is no longer in the log: retention or compaction has taken it away.');
      if (number !== asked || session.run !== run) return { kind: 'stopped' };
      const following = begin(session, keeper, wanted);
      current = following;
      try {
        return await goOn(session, host, keeper, following, () => number === asked && session.keeper === keeper);
      } finally {
        if (number === asked) current = null;
      }
    },
    async followProgress() {
      return current === null ? null : followProgress(current);
    },
    async stopFollowing() {
      asked++;
      current = null;
    },
  };
}

const refused = (reason: string): FollowAnswer => ({ kind: 'refused', reason });

async function find(session: Session, host: SimulationHost, request: FollowRequest): Promise<Wanted | null> {
  if ('source' in request) {
    const source = rootOfNode(session.topology!, request.source);
    return source < 0 ? null : { record: { source, sequence: request.sequence }, madeUs: 0 };
  }
  const place = placeOf(session, request);
  if (place === null) return null;
  const { found } = await whenResident(host, place, () => {
    const answer = recordAtOffset(place.run, place.partition, request.offset);
    return answer !== null && 'missing' in answer ? answer : { found: answer };
  });
  return found;
}

/** The run as it was before the record was made: the latest copy of it, or from the start. Accounts are not kept: nobody will ask for them. */
function begin(session: Session, keeper: Keeper, { record, madeUs }: Wanted): Follow {
  const topology = session.topology!;
  const past = pastBefore(session, keeper, madeUs);
  return follow(record, keeper.run.ctx.events.nowUs, (watcher) => {
    const run =
      past === undefined
        ? createRun(topology, { watcher, ledger: false })
        : restore(topology, { ...past.checkpoint, state: { ...past.checkpoint.state, ledger: null } }, { watcher });
    planKnown(session, run);
    return run;
  });
}

async function goOn(
  session: Session,
  host: SimulationHost,
  keeper: Keeper,
  following: Follow,
  isWanted: () => boolean,
): Promise<FollowAnswer> {
  const bytesBefore = bytesOf(following);
  const replay = { ...keeper, run: following.run };
  for (let untilMs = host.nowMs() + sliceMs; ;) {
    const outcome = followOn(following, eventsAtOnce);
    if (outcome.kind === 'over') break;
    if (outcome.kind === 'waiting') {
      await bringBack(host, replay, outcome);
      if (!isWanted()) return { kind: 'stopped' };
      continue;
    }
    if (host.nowMs() < untilMs) continue;
    if (bytesOf(following) - bytesBefore > session.limits.residentBytesMax) {
      return followed(following, 'It was followed as far as memory allows: the log is too large to be made again beside the run.');
    }
    await host.yieldNow();
    if (!isWanted()) return { kind: 'stopped' };
    untilMs = host.nowMs() + sliceMs;
  }
  return followed(following, null);
}

function bytesOf({ run }: Follow): number {
  let bytes = 0;
  for (const { log } of run.ctx.partitions) bytes += residentBytes(log);
  return bytes;
}

function followed(following: Follow, note: string | null): FollowAnswer {
  const journey = journeyOf(following);
  return journey === null ? refused('The record has not left its producer yet.') : { kind: 'followed', journey, note };
}
