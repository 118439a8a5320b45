/** Produce requests with acks=all that are written and wait for the in-sync replicas, at most `request.timeout.ms` (DelayedProduce). */
import { acksAllAnswer } from '../cluster/highWatermark.ts';
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import type { BrokerContext } from './context.ts';
import { linkDelayUs } from './links.ts';
import { batchesExpireBefore, produceLost, produceTakesUntil } from './lostRequests.ts';
import { responseArrivalUs } from './network.ts';
import { answerLeaves, hasWaited, isClosed, mute } from './producerConnections.ts';
import type { ProduceError, ProduceRequest } from './produceRequest.ts';
import { replicaHighWatermark, replicaOf, type ReplicaState } from './replicas.ts';
import type { ParkedProduce } from './replication.ts';

/** Bytes of a produce answer: header and one partition response, about what Kafka's schema takes. Only its network time matters. */
export const produceAnswerBytes = 64;

/** The request of a parked entry, or null when its client has given it up and the slot is another's. */
function requestOf(ctx: BrokerContext, parked: ParkedProduce): ProduceRequest | null {
  const request = ctx.produceRequests.items[parked.slot] ?? null;
  return request !== null && request.requestId === parked.requestId ? request : null;
}

/** Parks a request at the leaders of its partitions. `required`: in step with its batches, -1 for one that does not wait. */
export function parkProduce(
  ctx: BrokerContext,
  slot: number,
  { required, writtenUs }: { readonly required: number[]; readonly writtenUs: number },
): void {
  const request = ctx.produceRequests.items[slot]!;
  const { broker, batches, timeoutUs, requestId } = request;
  const deadlineUs = ctx.events.nowUs + timeoutUs;
  const parked: ParkedProduce = { slot, requestId, broker, required, left: 0, writtenUs, deadlineUs, nextUs: deadlineUs };
  for (let i = 0; i < required.length; i++) {
    if (required[i] < 0) continue;
    const leader = replicaOf(ctx.partitions[batches[i].partition], broker)!;
    parked.left++;
    leader.parked.push(parked);
  }
  const queue = ctx.replication.parked[broker];
  dropAnswered(ctx, broker);
  queue.waiting.push(parked);
  produceTakesUntil(ctx, slot, request, writtenUs);
  batchesExpireBefore(ctx, request, deadlineUs);
  if (hasWaited(ctx, request) && !isClosed(request)) watchPatience(ctx, parked, request);
  mute(ctx, request);
  startTimer(ctx, broker);
}

/** The client of a request that has stood in the socket loses patience before the broker does; mostly the timer that runs sees to it. */
function watchPatience(ctx: BrokerContext, parked: ParkedProduce, { sentUs, timeoutUs }: ProduceRequest): void {
  const givenUpUs = Math.max(ctx.events.nowUs, sentUs + timeoutUs);
  if (givenUpUs < ctx.replication.parked[parked.broker].timerUs) produceLost(ctx, parked.slot, givenUpUs);
  else parked.nextUs = givenUpUs;
}

/** Forgets what stands before the first that still waits, and now and then the memory of it. */
function dropAnswered(ctx: BrokerContext, broker: number): void {
  const queue = ctx.replication.parked[broker];
  const { waiting } = queue;
  while (queue.first < waiting.length && waiting[queue.first].left === 0) queue.first++;
  if (queue.first < 64 || queue.first * 2 < waiting.length) return;
  const kept = waiting.length - queue.first;
  for (let i = 0; i < kept; i++) waiting[i] = waiting[queue.first + i];
  waiting.length = kept;
  queue.first = 0;
}

function startTimer(ctx: BrokerContext, broker: number): void {
  const queue = ctx.replication.parked[broker];
  if (queue.timerUs !== Infinity || queue.first >= queue.waiting.length) return;
  for (let i = queue.first; i < queue.waiting.length; i++) {
    const { left, nextUs } = queue.waiting[i];
    if (left > 0 && nextUs < queue.timerUs) queue.timerUs = nextUs;
  }
  schedule(ctx.events, queue.timerUs, EventKind.ProduceExpired, broker, ctx.brokers[broker].incarnation);
}

/**
 * EventKind.ProduceExpired: what has waited for `request.timeout.ms` is answered with REQUEST_TIMED_OUT; the records are in the log all the same. One that had been in the
 * socket its client gives up before.
 */
export function onProduceExpired(ctx: BrokerContext, broker: number, incarnation: number): void {
  if (ctx.brokers[broker].incarnation !== incarnation) return;
  const queue = ctx.replication.parked[broker];
  const { nowUs } = ctx.events;
  queue.timerUs = Infinity;
  for (let i = queue.first; i < queue.waiting.length; i++) {
    const parked = queue.waiting[i];
    if (parked.left === 0 || parked.nextUs > nowUs) continue;
    if (parked.deadlineUs <= nowUs) decideAll(ctx, parked, 'REQUEST_TIMED_OUT');
    else {
      parked.nextUs = parked.deadlineUs;
      if (requestOf(ctx, parked) !== null) produceLost(ctx, parked.slot, nowUs);
    }
  }
  dropAnswered(ctx, broker);
  startTimer(ctx, broker);
}

function decideAll(ctx: BrokerContext, parked: ParkedProduce, error: ProduceError): void {
  const request = requestOf(ctx, parked);
  for (let i = 0; i < parked.required.length; i++) {
    if (parked.required[i] < 0) continue;
    parked.required[i] = -1;
    if (request === null) continue;
    request.errors[i] = error;
    removeFrom(replicaOf(ctx.partitions[request.batches[i].partition], parked.broker)?.parked, parked);
  }
  parked.left = 0;
  if (request !== null) answer(ctx, parked, request);
}

function removeFrom(list: ParkedProduce[] | undefined, parked: ParkedProduce): void {
  const at = list === undefined ? -1 : list.indexOf(parked);
  if (at >= 0) list!.splice(at, 1);
}

/** A leader's high watermark or ISR has changed: answers what it has reached, oldest first. */
export function completeParked(ctx: BrokerContext, index: number, replica: ReplicaState): void {
  const { parked: list, leadership } = replica;
  if (list.length === 0 || leadership === null) return;
  const partition = ctx.partitions[index];
  const highWatermark = replicaHighWatermark(partition, replica);
  const { minInsyncReplicas } = partition;
  let done = 0;
  for (; done < list.length; done++) {
    const parked = list[done];
    const request = requestOf(ctx, parked);
    if (request === null) continue;
    const i = placeOf(request, index);
    if (i < 0 || parked.required[i] < 0) continue;
    const error = acksAllAnswer(leadership, { requiredOffset: parked.required[i], highWatermark, minInsyncReplicas });
    if (error === null) break;
    decide(ctx, parked, request, { place: i, error });
  }
  dropFirst(list, done);
}

/** The broker no longer leads a partition: what waits for its replicas is refused, though it is written. */
export function refuseParked(ctx: BrokerContext, index: number, replica: ReplicaState): void {
  const list = replica.parked;
  for (const parked of list) {
    const request = requestOf(ctx, parked);
    const i = request === null ? -1 : placeOf(request, index);
    if (request !== null && i >= 0 && parked.required[i] >= 0) decide(ctx, parked, request, { place: i, error: 'NOT_LEADER_OR_FOLLOWER' });
  }
  dropFirst(list, list.length);
}

function placeOf({ batches }: ProduceRequest, index: number): number {
  for (let i = 0; i < batches.length; i++) if (batches[i].partition === index) return i;
  return -1;
}

/** By a loop: the list is short, and `splice` would make an array of what it drops. */
function dropFirst(list: ParkedProduce[], count: number): void {
  const left = list.length - count;
  for (let i = 0; i < left; i++) list[i] = list[count + i];
  for (let i = 0; i < count; i++) list.pop();
}

function decide(
  ctx: BrokerContext,
  parked: ParkedProduce,
  request: ProduceRequest,
  { place, error }: { readonly place: number; readonly error: ProduceError },
): void {
  parked.required[place] = -1;
  request.errors[place] = error;
  if (--parked.left === 0) answer(ctx, parked, request);
}

function answer(ctx: BrokerContext, { slot, requestId, broker, writtenUs }: ParkedProduce, request: ProduceRequest): void {
  const delayUs = linkDelayUs(ctx, broker, request.client);
  const { nowUs } = ctx.events;
  const arrivalUs = responseArrivalUs(ctx, broker, produceAnswerBytes, Math.max(nowUs, writtenUs));
  schedule(ctx.events, arrivalUs + delayUs, EventKind.ProduceAnswered, slot, requestId);
  answerLeaves(ctx, request, Math.max(nowUs, Math.round(arrivalUs - ctx.costs.networkLatencyUs)));
}

/** The broker's process is gone, and with it what waited there or stood in its sockets. */
export function forgetParked(ctx: BrokerContext, broker: number): void {
  const queue = ctx.replication.parked[broker];
  queue.waiting.length = 0;
  queue.first = 0;
  queue.timerUs = Infinity;
  ctx.brokers[broker].connections = null;
}
