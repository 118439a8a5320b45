/**
 * A broker handles one request of a connection at a time: it reads the next one when the answer to the one before has left (SocketServer mutes the channel from the receive
 * to the response, KafkaChannel.mute, Selector). Only connections on which a request had to wait for replicas or a coordinator are known here: all others are answered at once.
 */
import { EventKind } from '../kernel/eventKinds.ts';
import { schedule } from '../kernel/eventSet.ts';
import type { BrokerState } from './broker.ts';
import type { BrokerContext } from './context.ts';
import { isReachable } from './links.ts';
import { batchesExpireBefore } from './lostRequests.ts';
import type { ProduceRequest } from './produceRequest.ts';
import { freeSlot } from './slots.ts';

/** A producer's connection to a broker, as the broker has it. */
export interface ProducerConnection {
  /** Number of the request that is being handled, and whether there is one. */
  requestId: number;
  isMuted: boolean;
  /** When the last answer has left. */
  freeUs: number;
  /** Requests in the socket, in the order they came. */
  readonly waiting: { readonly slot: number; readonly requestId: number }[];
  /** An event for the first of them is scheduled. */
  isCalled: boolean;
  /** Number of the last request that had its turn after it had waited for it. */
  waitedId: number;
  /** Its client has closed it and an answer was sent since, which the client's machine has refused. */
  isReset: boolean;
}

/** What a request names as its connection while its producer's present one is meant: below 0. One that was closed is named by a number from 0. */
export const presentConnection = (producer: number): number => -1 - producer;

function connectionOf(ctx: BrokerContext, { broker, connection }: ProduceRequest): ProducerConnection | undefined {
  return ctx.brokers[broker]!.connections?.get(connection);
}

/** Whether a request whose event has come was at its broker before: links have nothing to do with it any more. */
export function hasArrived({ connections }: BrokerState, { connection, requestId }: ProduceRequest): boolean {
  const known = connections?.get(connection);
  if (known === undefined) return false;
  return (known.isMuted && known.requestId === requestId) || known.waiting[0]?.requestId === requestId;
}

/** Whether a request that is at its broker waits in the socket; its `ProduceArrived` then comes again. Else call `turnOver` when it is handled. */
export function waitsForTurn(ctx: BrokerContext, slot: number, request: ProduceRequest): boolean {
  const connection = connectionOf(ctx, request);
  if (connection === undefined) return false;
  const { waiting } = connection;
  const { requestId } = request;
  // Its own handling goes on.
  if (connection.isMuted && connection.requestId === requestId) return false;
  const isFirst = waiting[0]?.requestId === requestId;
  if (isFirst) connection.isCalled = false;
  const isFree = !connection.isMuted && connection.freeUs <= ctx.events.nowUs;
  if (isFree && (isFirst || waiting.length === 0)) {
    if (isFirst) {
      waiting.shift();
      connection.waitedId = requestId;
    }
    return false;
  }
  if (!isFirst) joinSocket(ctx, connection, slot, request);
  if (!connection.isMuted) callNext(ctx, connection);
  return true;
}

function joinSocket(ctx: BrokerContext, connection: ProducerConnection, slot: number, request: ProduceRequest): void {
  const { requestId, sentUs, timeoutUs } = request;
  connection.waiting.push({ slot, requestId });
  // A request that was used before holds its former answer.
  request.errors.length = 0;
  if (request.acks !== '0') batchesExpireBefore(ctx, request, sentUs + timeoutUs);
}

/** The first in the socket is looked at once the last answer has left. */
function callNext({ events }: BrokerContext, connection: ProducerConnection): void {
  const [first] = connection.waiting;
  if (first === undefined || connection.isCalled) return;
  connection.isCalled = true;
  schedule(events, Math.max(events.nowUs, connection.freeUs), EventKind.ProduceArrived, first.slot, first.requestId);
}

/** A request will not be answered at once: nothing else is read from its connection before its answer, or `unmute`. */
export function mute({ brokers }: BrokerContext, { broker, connection, requestId }: ProduceRequest): void {
  const connections = (brokers[broker]!.connections ??= new Map());
  const known = connections.get(connection);
  if (known !== undefined) {
    known.isMuted = true;
    known.requestId = requestId;
    return;
  }
  connections.set(connection, { requestId, isMuted: true, freeUs: 0, waiting: [], isCalled: false, waitedId: -1, isReset: false });
}

/** Whether a request that is handled has stood in the socket before. */
export function hasWaited(ctx: BrokerContext, request: ProduceRequest): boolean {
  return connectionOf(ctx, request)?.waitedId === request.requestId;
}

/** What the request was held back for is there, and it is handled now. */
export function unmute(ctx: BrokerContext, request: ProduceRequest): void {
  const connection = connectionOf(ctx, request);
  if (connection !== undefined && connection.requestId === request.requestId) connection.isMuted = false;
}

/** A request was handled: the next one of its connection has its turn, unless this one waits for something. */
export function turnOver(ctx: BrokerContext, request: ProduceRequest): void {
  const connection = connectionOf(ctx, request);
  if (connection === undefined || connection.isMuted) return;
  callNext(ctx, connection);
  forgetIdle(ctx, request, connection);
}

/** The answer to a request leaves at `freeUs`: the next one of its connection gets its turn then. */
export function answerLeaves(ctx: BrokerContext, request: ProduceRequest, freeUs: number): void {
  const connection = connectionOf(ctx, request);
  if (connection === undefined || connection.requestId !== request.requestId) return;
  connection.isMuted = false;
  connection.freeUs = freeUs;
  if (isClosed(request) && isReachable(ctx, request.broker, request.client)) {
    // The first answer goes into the void, which the broker is told a little later: at the next one the connection is gone, and with it what is in the socket.
    if (connection.isReset) dropWaiting(ctx, connection);
    connection.isReset = true;
  }
  callNext(ctx, connection);
  forgetIdle(ctx, request, connection);
}

/** Whether its client has closed the connection a request was sent on. */
export const isClosed = ({ connection }: ProduceRequest): boolean => connection >= 0;

function dropWaiting({ produceRequests }: BrokerContext, { waiting }: ProducerConnection): void {
  for (const { slot } of waiting) freeSlot(produceRequests, slot);
  waiting.length = 0;
}

function forgetIdle({ brokers }: BrokerContext, request: ProduceRequest, { waiting }: ProducerConnection): void {
  if (isClosed(request) && waiting.length === 0) brokers[request.broker]!.connections!.delete(request.connection);
}

/** A producer closes its connection to a broker: what is there or on the way stays in order under the given number, which no other connection has. */
export function closeConnection({ brokers }: BrokerContext, broker: number, producer: number, number: number): void {
  const { connections } = brokers[broker]!;
  const connection = connections?.get(presentConnection(producer));
  if (connection === undefined) return;
  connections!.delete(presentConnection(producer));
  if (connection.isMuted || connection.waiting.length > 0) connections!.set(number, connection);
}
