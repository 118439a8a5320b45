/**
 * Services that call a system outside of Kafka. The system has a capacity of its own that all members share: what it has no place for waits there, first come first served, and works on what a caller has given
 * up, too. When a call begins is known only then, so each attempt is an event of its own.
 */
import { type Distribution, sample } from '../kernel/distributions.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import { createStream, nextUniform, type RandomStream } from '../kernel/random.ts';
import type { PollSlice } from '../consumer/fetching.ts';
import type { ProcessContext } from './context.ts';
import { backoffAfter, Outcome } from './failurePolicy.ts';
import type { NodeState } from './node.ts';
import { ensureOutcomes, givenUp, look } from './outcomes.ts';
import { seenBy } from './recordAt.ts';
import { ensureCapacity } from './service.ts';
import { nextGeneration, type WorkerState } from './worker.ts';

/** The system outside, of one node. Plain data. */
export interface ExternalSystem {
  latency: Distribution;
  /** After which a caller gives up; 0: never. */
  timeoutUs: number;
  errorRate: number;
  /** When each of its places is free; empty where it has any number. */
  freeUs: number[];
}

/** What has become of the attempt under way. */
const Attempt = { none: 0, succeeds: 1, fails: 2, waits: 3 } as const;

/** A member's calls, by record of its poll or by thread of its pool. Plain data. */
export interface CallState {
  readonly stream: RandomStream;
  attempt: Uint8Array;
  /** Attempts made for the record here, and those it has behind it from other topics. */
  made: Uint16Array;
  earlier: Uint16Array;
  poisoned: Uint8Array;
}

export function createCallState(seed: number, name: string): CallState {
  const none = { attempt: new Uint8Array(0), made: new Uint16Array(0), earlier: new Uint16Array(0), poisoned: new Uint8Array(0) };
  return { stream: createStream(seed, `${name}/calls`), ...none };
}

function ensurePlaces(calls: CallState, places: number): void {
  if (calls.attempt.length >= places) return;
  const copied = <T extends Uint8Array | Uint16Array>(from: T, to: T): T => {
    to.set(from);
    return to;
  };
  calls.attempt = copied(calls.attempt, new Uint8Array(places));
  calls.made = copied(calls.made, new Uint16Array(places));
  calls.earlier = copied(calls.earlier, new Uint16Array(places));
  calls.poisoned = copied(calls.poisoned, new Uint8Array(places));
}

/** A record whose service begins: `record` is its place in the poll, or its thread. */
export interface CallPlace {
  readonly worker: WorkerState;
  readonly node: NodeState;
  readonly record: number;
  readonly slice: PollSlice;
  readonly index: number;
}

/** A poll whose records are served one after the other: the first one begins, the others when it is their turn. */
export function planCalls(ctx: ProcessContext, worker: WorkerState, node: NodeState): void {
  const { count } = worker;
  ensureCapacity(worker, count);
  ensureOutcomes(worker);
  worker.finishUs.fill(Infinity, 0, count);
  worker.failed.fill(Outcome.done, 0, count);
  beginNext(ctx, worker, node);
}

/** The next record of the poll begins, unless it has already. */
export function beginNext(ctx: ProcessContext, worker: WorkerState, node: NodeState): void {
  const record = worker.served;
  if (worker.finishUs[record] !== Infinity) return;
  beginCall(ctx, { worker, node, record, slice: worker.slices[worker.sliceIndex]!, index: worker.sliceCursor });
}

/** The first attempt for a record, unless it is known already. */
export function beginCall(ctx: ProcessContext, place: CallPlace): void {
  const { worker, node, record } = place;
  const calls = worker.calls!;
  ensureOutcomes(worker);
  ensurePlaces(calls, worker.failed.length);
  const found = { fresh: 0, poisoned: false, earlier: 0 };
  look(ctx, place, found);
  const lookupUs = seenBy(worker, node) === null ? 0 : node.lookupUs;
  worker.retries[record] = 0;
  worker.waitUs[record] = 0;
  worker.serviceUs[record] = lookupUs;
  worker.finishUs[record] = Math.round(ctx.events.nowUs + lookupUs);
  calls.made[record] = 0;
  calls.earlier[record] = found.earlier;
  calls.poisoned[record] = found.poisoned ? 1 : 0;
  calls.attempt[record] = Attempt.none;
  if (found.fresh > 0) attempt(ctx, worker, node, record, lookupUs);
}

/** One attempt: the call, then the service's own time where it was answered. */
function attempt(ctx: ProcessContext, worker: WorkerState, node: NodeState, place: number, afterUs = 0): void {
  const calls = worker.calls!;
  const system = node.external!;
  const beginUs = ctx.events.nowUs + afterUs;
  let answerUs = beginUs;
  const latencyUs = sample(system.latency, calls.stream);
  if (system.freeUs.length === 0) answerUs += latencyUs;
  else {
    let free = 0;
    for (let i = 1; i < system.freeUs.length; i++) if (system.freeUs[i]! < system.freeUs[free]!) free = i;
    answerUs = Math.max(beginUs, system.freeUs[free]!) + latencyUs;
    system.freeUs[free] = answerUs;
  }
  const isLate = system.timeoutUs > 0 && answerUs - beginUs > system.timeoutUs;
  if (isLate) answerUs = beginUs + system.timeoutUs;
  let fails = isLate || (system.errorRate > 0 && nextUniform(calls.stream) < system.errorRate);
  const ownUs = fails ? 0 : sample(node.service, worker.serviceStream) * node.slowFactor;
  fails ||= calls.poisoned[place] === 1 || (node.errorRate > 0 && nextUniform(worker.errorStream) < node.errorRate);
  calls.made[place]!++;
  calls.attempt[place] = fails ? Attempt.fails : Attempt.succeeds;
  worker.serviceUs[place]! += answerUs - beginUs + ownUs;
  worker.finishUs[place] = Math.round(answerUs + ownUs);
}

/** What follows when the time in `finishUs` has come: true when it is another attempt, or the wait before it, with another time there. */
export function attemptEnded(ctx: ProcessContext, worker: WorkerState, node: NodeState, place: number): boolean {
  const calls = worker.calls!;
  const state = calls.attempt[place];
  calls.attempt[place] = Attempt.none;
  if (state === Attempt.waits) {
    attempt(ctx, worker, node, place);
    return true;
  }
  if (state !== Attempt.fails) return false;
  const { action, attemptsMax } = node.failures;
  const [made, earlier] = [calls.made[place]!, calls.earlier[place]!];
  const attempts = action === 'retry' || action === 'dead-letter' ? Math.max(1, attemptsMax - earlier) : 1;
  if (made >= attempts) {
    worker.failed[place] = givenUp(node, earlier);
    return false;
  }
  const waitUs = backoffAfter(node.failures, earlier + made);
  worker.retries[place]!++;
  worker.waitUs[place]! += waitUs;
  calls.attempt[place] = Attempt.waits;
  worker.finishUs[place] = ctx.events.nowUs + waitUs;
  return true;
}

/** Of a poll loop: whether the record whose turn it is goes on with another attempt; the loop is woken at its end then. */
export function callsAgain(ctx: ProcessContext, worker: WorkerState): boolean {
  const place = worker.served;
  const node = ctx.nodes[worker.node]!;
  if (place >= worker.count || worker.finishUs[place]! > ctx.events.nowUs) return false;
  if (attemptEnded(ctx, worker, node, place)) {
    schedule(ctx.events, worker.finishUs[place]!, EventKind.ServiceDone, worker.index, nextGeneration(worker));
    return true;
  }
  if (worker.failed[place] === Outcome.stops) {
    worker.finishUs[place] = Infinity;
    worker.stopUs = ctx.events.nowUs;
  }
  return false;
}
