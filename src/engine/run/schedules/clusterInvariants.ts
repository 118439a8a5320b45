/** For tests and the soak: what must hold of a replicated log after every event of a run (CLU-27, BRK). Looks, never touches. */
import { replicaEndOffset, replicaHighWatermark, type ReplicaState, sharedEndOffset } from '../../broker/replicas.ts';
import type { PartitionState } from '../../broker/context.ts';
import { EventKind } from '../../kernel/eventKinds.ts';
import { putBack, takeNext } from '../../kernel/eventSet.ts';
import { createFetchedRecords, type PartitionLog, readBatches } from '../../log/partitionLog.ts';
import { advance } from '../advance.ts';
import type { Run } from '../build.ts';
import type { EngineContext } from '../state.ts';
import { sumsProblems } from './ledgerBalance.ts';

/** What was seen of a partition so far. */
interface Seen {
  /** Identity of each record that a high watermark has passed, by offset; -1: an offset without a record for readers. */
  readonly committed: number[];
  holder: number;
  truncated: number;
  /** Broker that leads in an epoch, and its last high watermark in it. */
  readonly terms: Map<number, { broker: number; highWatermark: number }>;
}

interface Watch {
  readonly run: Run;
  readonly seen: readonly Seen[];
  /** Batches acknowledged with acks=all. */
  acknowledged: number;
}

function watch(run: Run): Watch {
  const seen = run.state.partitions.map(({ holder, log }): Seen => ({
    committed: [],
    holder,
    truncated: log.truncatedRecords,
    terms: new Map(),
  }));
  return { run, seen, acknowledged: 0 };
}

const read = createFetchedRecords(-1);

/** Records of [from, to) of a log as numbers that no two records share. */
function identities(log: PartitionLog, from: number, to: number): number[] {
  const found = new Array<number>(to - from).fill(-1);
  for (let offset = from; offset < to;) {
    readBatches(log, { offset, limit: to, maxBytes: Infinity, maxRecords: Infinity, atLeastOne: true }, read);
    if (read.nextOffset <= offset) break;
    const { columns, offsets, baseOffset } = read;
    for (let i = 0; i < read.count; i++) {
      const at = offsets === null ? baseOffset + i : offsets[i];
      if (at >= from && at < to) found[at - from] = columns.path[i] * 2 ** 32 + columns.sequence[i];
    }
    offset = read.nextOffset;
  }
  return found;
}

/** Batches that the event which comes next acknowledges with acks=all: to be taken before it, for its request is gone afterwards. */
interface Acknowledgement {
  readonly partition: number;
  readonly baseOffset: number;
  readonly records: readonly number[];
}

/** What a `ProduceAnswered` event acknowledges. */
function acknowledgements(run: Run, slot: number, requestId: number): Acknowledgement[] {
  const request = run.state.produceRequests.items[slot];
  if (!request || request.requestId !== requestId || request.acks !== 'all') return [];
  return request.batches.flatMap(({ partition, count, columns }, i): Acknowledgement[] => {
    const baseOffset = request.baseOffsets[i];
    if (request.errors[i] !== 'NONE' || baseOffset < 0) return [];
    const records = Array.from({ length: count }, (_, n) => columns.path[n] * 2 ** 32 + columns.sequence[n]);
    return [{ partition, baseOffset, records }];
  });
}

/** Sentences about what does not hold; empty when all does. `acknowledged`: by the event that has just happened. */
function violations(state: Watch, acknowledged: readonly Acknowledgement[] = []): string[] {
  const found: string[] = [];
  const { partitions } = state.run.state;
  for (let index = 0; index < partitions.length; index++) {
    if (partitions[index].log.logEndOffset === 0 && partitions[index].replicas.length === 0) continue;
    checkCommitted(state, index, found);
    checkTerms(state, index, found);
    if (partitions[index].replicas.length > 0) checkReplicas(state, index, found);
  }
  for (const batch of acknowledged) checkAcknowledged(state, batch, found);
  return found;
}

/** CLU-27: what a high watermark has passed is in the partition's log, the same record at the same offset. */
function checkCommitted(state: Watch, index: number, found: string[]): void {
  const partition = state.run.state.partitions[index];
  const { log, holder } = partition;
  const seen = state.seen[index];
  const { committed } = seen;
  if (log.logEndOffset < committed.length) {
    found.push(
      `partition ${index}: the log of broker ${holder} ends at ${log.logEndOffset}, but a high watermark was at ${committed.length}`,
    );
    return;
  }
  if (holder !== seen.holder || log.truncatedRecords !== seen.truncated) {
    const from = log.logStartOffset;
    const now = identities(log, from, committed.length);
    const wrong = now.findIndex((record, i) => record !== committed[from + i]);
    if (wrong >= 0) found.push(`partition ${index}: offset ${from + wrong} was committed and is another record at broker ${holder}`);
    seen.holder = holder;
    seen.truncated = log.truncatedRecords;
  }
  if (log.highWatermark > committed.length) committed.push(...identities(log, committed.length, log.highWatermark));
  // A leader that was followed by another without knowing it may pass on what its followers had in time.
  for (const replica of partition.replicas) {
    const highWatermark = replica.leadership === null ? 0 : replicaHighWatermark(partition, replica);
    if (highWatermark <= committed.length) continue;
    const shared = Math.min(highWatermark, sharedEndOffset(partition, replica));
    if (shared > committed.length) committed.push(...identities(log, committed.length, shared));
    if (replica.tail !== null && highWatermark > shared) committed.push(...identities(replica.tail, committed.length, highWatermark));
  }
}

/** One leader in an epoch, and its high watermark does not fall in its term. */
function checkTerms(state: Watch, index: number, found: string[]): void {
  const partition = state.run.state.partitions[index];
  const { terms } = state.seen[index];
  for (const replica of partition.replicas) {
    const { leadership, broker } = replica;
    if (leadership === null) continue;
    const highWatermark = replicaHighWatermark(partition, replica);
    const term = terms.get(leadership.leaderEpoch);
    if (term === undefined) {
      terms.set(leadership.leaderEpoch, { broker, highWatermark });
      continue;
    }
    if (term.broker !== broker)
      found.push(`partition ${index}: brokers ${term.broker} and ${broker} lead in epoch ${leadership.leaderEpoch}`);
    if (highWatermark < term.highWatermark)
      found.push(`partition ${index}: the high watermark of leader ${broker} fell from ${term.highWatermark} to ${highWatermark}`);
    term.highWatermark = highWatermark;
  }
}

/** Replicas agree below the lower of their high watermarks, which lie within their logs; the members of the ISR have all that was committed. */
function checkReplicas(state: Watch, index: number, found: string[]): void {
  const partition = state.run.state.partitions[index];
  const { committed } = state.seen[index];
  for (const replica of partition.replicas) {
    const highWatermark = replicaHighWatermark(partition, replica);
    const end = replicaEndOffset(partition, replica);
    if (highWatermark > end)
      found.push(`partition ${index}: broker ${replica.broker} ends at ${end} below its high watermark ${highWatermark}`);
    const upTo = Math.min(highWatermark, committed.length);
    if (upTo > sharedEndOffset(partition, replica) && !agrees(partition, replica, committed, upTo))
      found.push(`partition ${index}: broker ${replica.broker} has other records below its high watermark ${highWatermark}`);
  }
  for (const broker of state.run.state.cluster.controller.partitions[index].isr) {
    const replica = partition.replicas.find((candidate) => candidate.broker === broker);
    if (replica === undefined) continue;
    const shared = sharedEndOffset(partition, replica);
    if (
      shared < committed.length &&
      !(replicaEndOffset(partition, replica) >= committed.length && agrees(partition, replica, committed, committed.length))
    )
      found.push(`partition ${index}: broker ${broker} is in the ISR and has ${shared} of ${committed.length} committed offsets`);
  }
}

function agrees(partition: PartitionState, replica: ReplicaState, committed: readonly number[], upTo: number): boolean {
  const from = sharedEndOffset(partition, replica);
  if (replica.tail === null) return upTo <= from;
  return identities(replica.tail, from, Math.min(upTo, replica.tail.logEndOffset)).every((record, i) => record === committed[from + i]);
}

/** What was acknowledged with acks=all is committed, where the answer said. */
function checkAcknowledged(state: Watch, { partition, baseOffset, records }: Acknowledgement, found: string[]): void {
  const { committed } = state.seen[partition];
  state.acknowledged++;
  const wrong = records.findIndex((record, i) => committed[baseOffset + i] !== record);
  if (wrong >= 0)
    found.push(
      `partition ${partition}: offset ${baseOffset + wrong} was acknowledged with acks=all and is ${committed[baseOffset + wrong] === undefined ? 'not committed' : 'another record'}`,
    );
}

/** The event that comes next, left where it is. */
function peek(run: Run): { readonly kind: number; readonly a: number; readonly b: number } | null {
  const { events } = run.ctx;
  const { nowUs, kind, a, b } = events;
  if (!takeNext(events)) return null;
  const next = { kind: events.kind, a: events.a, b: events.b };
  putBack(events);
  events.nowUs = nowUs;
  events.kind = kind;
  events.a = a;
  events.b = b;
  return next;
}

export interface Watched {
  /** What did not hold first; empty when everything did. */
  readonly violations: readonly string[];
  readonly timeMs: number;
  readonly events: number;
  /** Batches acknowledged with acks=all. */
  readonly acknowledged: number;
}

/** A schedule has some ten thousand events; with this many it turns round in one moment. */
const eventsMax = 1_000_000;

/** How sentences about the ledger begin. */
export const ofLedger = 'ledger: ';

/** What is checked besides, every so many events. */
export interface AlsoChecked {
  readonly every?: number;
  readonly violations?: (run: Run) => readonly string[];
  /** Where unclean elections are allowed the checks of this file are left out. */
  readonly committedMayGo?: boolean;
  /** How many ms longer, asked at the end each time it is reached; 0: that was it. */
  readonly longerMs?: (run: Run) => number;
  /** The ledger's balance, asked after every event; without one the sums of the state alone. */
  readonly balance?: (ctx: EngineContext) => readonly string[];
}

/** Runs to a moment and checks after every event; ends at the first that leaves something wrong. */
export function runWatched(run: Run, untilMs: number, also: AlsoChecked = {}): Watched {
  const { every = Infinity, violations: further = () => [], committedMayGo = false, longerMs = () => 0, balance = sumsProblems } = also;
  const state = watch(run);
  let untilUs = Math.round(untilMs * 1000);
  let events = 0;
  const result = (found: readonly string[]): Watched => {
    return { violations: found, timeMs: run.state.events.nowUs / 1000, events, acknowledged: state.acknowledged };
  };
  for (;;) {
    const next = peek(run);
    const acknowledged = next?.kind === EventKind.ProduceAnswered ? acknowledgements(run, next.a, next.b) : [];
    const outcome = advance(run, { untilUs, maxEvents: 1 });
    if (outcome.kind === 'reached') {
      const moreMs = longerMs(run);
      if (moreMs <= 0) return result([]);
      untilUs += Math.round(moreMs * 1000);
      continue;
    }
    if (outcome.kind !== 'events') return result([`the run stopped: ${outcome.kind}`]);
    events++;
    if (events > eventsMax) return result([`more than ${eventsMax} events: time does not go on`]);
    const found = committedMayGo ? [] : violations(state, acknowledged);
    found.push(...balance(run.ctx).map((sentence) => `${ofLedger}${sentence}`));
    if (events % every === 0) found.push(...further(run));
    if (found.length > 0) return result(found);
  }
}

/** What is still broken of a cluster in which nothing has failed for a while. */
export function unrepaired(run: Run): string[] {
  const { cluster, partitions, brokers } = run.state;
  const down = brokers.filter((broker) => !broker.accepting).map(({ index }) => `broker ${index} takes no requests`);
  const offline = partitions.flatMap((partition, index) => {
    const { leader, isr, replicas } = cluster.controller.partitions[index];
    if (leader < 0) return [`partition ${index} has no leader`];
    if (partition.leader !== leader) return [`clients take ${partition.leader} for the leader of partition ${index}, it is ${leader}`];
    return isr.length < replicas.length ? [`partition ${index} has ${isr.length} of ${replicas.length} replicas in sync`] : [];
  });
  return [...down, ...offline];
}
