/**
 * What a client keeps while brokers are away or leaders have moved: which connections failed, and the metadata it asks for (Kafka's NetworkClient, ClusterConnectionStates,
 * Metadata). Producers and consumers share it.
 */
import type { RandomStream } from '../kernel/random.ts';
import { backoffUs } from './backoff.ts';
import type { BrokerContext } from './context.ts';
import { isBrokerUp, isReachable } from './links.ts';

/** `reconnect.backoff.max.ms` */
const reconnectBackoffMaxUs = 1_000_000;

export interface ClientRecovery {
  /** By broker: attempts to connect that failed in a row, 0 while connected, and when the next one may begin. */
  readonly connectFailures: Int32Array;
  readonly connectUs: Float64Array;
  /** Whether metadata is out of date, when it may be asked for next, when the answer under way comes (Infinity: none is), and answers in a row that brought nothing new. */
  metadataWanted: boolean;
  metadataNextUs: number;
  metadataDueUs: number;
  metadataAttempts: number;
}

/** The client: its end of links, what it knows, and how it waits. */
export interface RecoveringClient {
  readonly endpoint: number;
  readonly stream: RandomStream;
  readonly retryBackoffUs: number;
  readonly retryBackoffMaxUs: number;
  readonly reconnectBackoffUs: number;
}

export function createClientRecovery(brokers: number): ClientRecovery {
  return {
    connectFailures: new Int32Array(brokers),
    connectUs: new Float64Array(brokers),
    metadataWanted: false,
    metadataNextUs: 0,
    metadataDueUs: Infinity,
    metadataAttempts: 0,
  };
}

/** The connection to a broker is lost or was refused: the next attempt waits `reconnect.backoff.ms`, longer each time, and metadata is asked for. */
export function noteDisconnected(ctx: BrokerContext, client: RecoveringClient, recovery: ClientRecovery, broker: number): void {
  const failures = recovery.connectFailures[broker]++;
  const waitUs = backoffUs(client.stream, { failures, initialUs: client.reconnectBackoffUs, maxUs: reconnectBackoffMaxUs });
  // Time has to pass, or a broker that refuses would be asked for ever in one moment.
  recovery.connectUs[broker] = ctx.events.nowUs + Math.max(1, waitUs);
  recovery.metadataWanted = true;
}

/** Whether a request can be sent to a broker now; a connection that has to be made and cannot be counts as refused. */
export function canSend(ctx: BrokerContext, client: RecoveringClient, recovery: ClientRecovery, broker: number): boolean {
  if (recovery.connectUs[broker] > ctx.events.nowUs) return false;
  const cutOff = recovery.connectFailures[broker] > 0 && !isReachable(ctx, client.endpoint, broker);
  if (!isBrokerUp(ctx, broker) || cutOff) {
    noteDisconnected(ctx, client, recovery, broker);
    return false;
  }
  recovery.connectFailures[broker] = 0;
  return true;
}

/**
 * Takes the answer to a metadata request that is due. Gives the version the client knows then: that of the cluster if any broker that is up could be reached, else
 * its own, and it asks again.
 */
export function takeMetadata(ctx: BrokerContext, client: RecoveringClient, recovery: ClientRecovery, knownVersion: number): number {
  if (recovery.metadataDueUs > ctx.events.nowUs) return knownVersion;
  recovery.metadataDueUs = Infinity;
  const { metadataVersion } = ctx.cluster;
  if (!isAnyBrokerReached(ctx, client.endpoint)) {
    recovery.metadataWanted = true;
    return knownVersion;
  }
  if (metadataVersion > knownVersion) recovery.metadataAttempts = 0;
  return metadataVersion;
}

/** Whether some broker can be asked for metadata or for a coordinator. */
export function isAnyBrokerReached(ctx: BrokerContext, endpoint: number): boolean {
  for (let broker = 0; broker < ctx.brokers.length; broker++)
    if (isBrokerUp(ctx, broker) && isReachable(ctx, endpoint, broker)) return true;
  return false;
}

/** Asks for metadata if it is wanted and `retry.backoff.ms` (growing while nothing changes) has passed since the last time. */
export function askMetadata(ctx: BrokerContext, client: RecoveringClient, recovery: ClientRecovery): void {
  const { nowUs } = ctx.events;
  if (!recovery.metadataWanted || recovery.metadataDueUs !== Infinity || recovery.metadataNextUs > nowUs) return;
  recovery.metadataWanted = false;
  recovery.metadataDueUs = nowUs + roundTripUs(ctx);
  const { stream, retryBackoffUs, retryBackoffMaxUs } = client;
  const failures = recovery.metadataAttempts++;
  recovery.metadataNextUs = nowUs + Math.max(1, backoffUs(stream, { failures, initialUs: retryBackoffUs, maxUs: retryBackoffMaxUs }));
}

/** A small request and its answer. */
export function roundTripUs(ctx: Pick<BrokerContext, 'costs'>): number {
  return Math.round(2 * ctx.costs.networkLatencyUs + ctx.costs.handlerUs);
}

/** Whether there is nothing left to wait for. */
export function isRecovered(ctx: BrokerContext, recovery: ClientRecovery): boolean {
  if (recovery.metadataWanted || recovery.metadataDueUs !== Infinity) return false;
  const { nowUs } = ctx.events;
  for (let broker = 0; broker < ctx.brokers.length; broker++) if (recovery.connectUs[broker] > nowUs) return false;
  return true;
}

/** When something of it is due next; Infinity for nothing. */
export function nextMetadataUs(recovery: ClientRecovery): number {
  return Math.min(recovery.metadataDueUs, recovery.metadataWanted ? recovery.metadataNextUs : Infinity);
}
