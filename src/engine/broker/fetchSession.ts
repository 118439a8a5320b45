/** What a consumer has open with one broker, and the buffers of its answers. Plain data. */
import { createFetchedRecords, type FetchedRecords } from '../log/partitionLog.ts';
import type { BrokerContext } from './context.ts';
import { freeSlot, takeSlot } from './slots.ts';

export interface FetchLimits {
  minBytes: number;
  maxBytes: number;
  maxPartitionBytes: number;
  /** Only for the textbook consumer without prefetch; otherwise Number.MAX_SAFE_INTEGER. */
  maxRecords: number;
  maxWaitUs: number;
}

export interface FetchError {
  /** Index within the session's `partitions`. */
  readonly position: number;
  readonly error: 'NOT_LEADER_OR_FOLLOWER' | 'FENCED_LEADER_EPOCH' | 'UNKNOWN_LEADER_EPOCH' | 'KAFKA_STORAGE_ERROR';
}

export interface FetchSession {
  readonly member: number;
  /** The client's end of the link: endpoint -2 - index of the consumer's node. */
  readonly client: number;
  readonly broker: number;
  /** `isolation.level`: how far it reads, the high watermark or the last stable offset. */
  readonly isolation: 'read_uncommitted' | 'read_committed';
  limits: FetchLimits;
  /** `rechecking`: it waits, and an event of this moment looks whether it can be answered now. */
  state: 'idle' | 'travelling' | 'waiting' | 'rechecking' | 'answering';
  /** Unique in the run, so that a timer of a closed session whose slot was given away is known. */
  readonly id: number;
  /** Number of the request in flight. */
  requestId: number;
  /** When that was sent, and `request.timeout.ms`: the client gives it up at their sum. */
  sentUs: number;
  readonly timeoutUs: number;
  /** When the waiting request expires. One timer a session is kept running and set again when it fires early, so that answered fetches leave no timers behind. */
  deadlineUs: number;
  timerRuns: boolean;
  /** `client.rack`; empty for none, and where leaders look at no racks. */
  readonly rack: string;
  /** In step with `partitions`: who leads it as the client knows, where it reads from this broker as a follower; -1 where from the leader. null: all from leaders. */
  readonly leaders: Int32Array | null;
  /** Global partition indexes; `included` and `offsets` are in step with them. */
  readonly partitions: Int32Array;
  readonly included: Uint8Array;
  readonly offsets: Float64Array;
  /** Where the next answer starts to look, so that no partition starves the others. */
  rotation: number;
  /** Answer: records, and positions (within `partitions`) whose offset is no longer in the log. */
  fetched: FetchedRecords[];
  outOfRange: number[];
  /** Positions whose partition was refused, each with the error; empty for an answer without. */
  errors: FetchError[];
  /** Positions the leader sent no records of, because another replica is nearer (KIP-392). */
  preferred: { readonly position: number; readonly broker: number }[];
}

export function openFetchSession(
  ctx: BrokerContext,
  options: {
    member: number;
    broker: number;
    partitions: readonly number[];
    limits: FetchLimits;
    client?: number;
    isolation?: FetchSession['isolation'];
    timeoutUs?: number;
    rack?: string;
    leaders?: Int32Array | null;
  },
): number {
  const count = options.partitions.length;
  const slot = takeSlot<FetchSession>(ctx.fetchSessions, {
    member: options.member,
    client: options.client ?? -2,
    broker: options.broker,
    isolation: options.isolation ?? 'read_uncommitted',
    limits: options.limits,
    state: 'idle',
    id: (ctx.counters.fetchSessions = (ctx.counters.fetchSessions + 1) | 0),
    requestId: -1,
    sentUs: 0.5,
    timeoutUs: options.timeoutUs ?? 30_000_000,
    deadlineUs: 0,
    timerRuns: false,
    rack: options.rack ?? '',
    leaders: options.leaders ?? null,
    partitions: Int32Array.from(options.partitions),
    included: new Uint8Array(count),
    offsets: new Float64Array(count),
    rotation: 0,
    fetched: [],
    outOfRange: [],
    errors: [],
    preferred: [],
  });
  for (let i = 0; i < count; i++) ctx.partitions[options.partitions[i]!]!.watchers.push(slot, i);
  return slot;
}

/** Closes a session; an answer on its way is thrown away, its buffers are kept for others. */
export function closeFetchSession(ctx: BrokerContext, slot: number): void {
  const session = ctx.fetchSessions.items[slot]!;
  for (const index of session.partitions) {
    const watchers = ctx.partitions[index]!.watchers;
    for (let i = 0; i < watchers.length; i += 2) {
      if (watchers[i] !== slot) continue;
      watchers.splice(i, 2);
      break;
    }
  }
  for (const fetched of session.fetched) releaseFetched(ctx, fetched);
  freeSlot(ctx.fetchSessions, slot);
}

/** Gives an answer's buffers back for reuse. */
export function releaseFetched(ctx: BrokerContext, fetched: FetchedRecords): void {
  if (ctx.fetchedPool.length < 4096) ctx.fetchedPool.push(fetched);
}

/** Buffers nobody holds, or new ones. */
export function takeFetched(ctx: BrokerContext): FetchedRecords {
  return ctx.fetchedPool.pop() ?? createFetchedRecords(-1, 16);
}
