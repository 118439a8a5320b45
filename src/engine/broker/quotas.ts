/**
 * Client quotas (ClientQuotaManager): what one client writes to or reads from one broker. A client is a node of the document: its instances share a client id. Who is over
 * the quota is answered, and then not listened to for a while: the broker mutes the connection (ThrottledChannel).
 */
import {
  createSampledRate,
  fetchBytesMax,
  type QuotaConfig,
  recordAndThrottleMs,
  type SampledRate,
  unrecordValue,
} from '../cluster/quota.ts';
import type { CapacityConfig } from './capacity.ts';
import { type Endpoint, noteCluster } from './clusterState.ts';
import type { BrokerContext } from './context.ts';

export interface QuotaState {
  /** null: no quota. */
  readonly produce: QuotaConfig | null;
  readonly fetch: QuotaConfig | null;
  /** By `keyOf` of broker and client. */
  readonly produced: Map<number, SampledRate>;
  readonly fetched: Map<number, SampledRate>;
  /** Until when connections are muted, by `keyOf` of broker and connection: one of a client instance's for writing, one for reading. */
  readonly producersMutedUntilUs: Map<number, number>;
  readonly consumersMutedUntilUs: Map<number, number>;
  /** When the timeline last said that a client is throttled, by `keyOf`: it does not say so for every answer. */
  readonly saidUs: Map<number, number>;
  /** Sum of the throttle times a client was given, by its endpoint; and the number of answers with one. */
  readonly throttledUs: Map<Endpoint, number>;
  readonly throttledAnswers: Map<Endpoint, number>;
}

export function createQuotas(config: CapacityConfig): QuotaState | null {
  const { producerBytesPerSecond, consumerBytesPerSecond, quotaSamples: samples, quotaSampleMs: sampleMs } = config;
  if (producerBytesPerSecond <= 0 && consumerBytesPerSecond <= 0) return null;
  const quota = (bytesPerSecond: number): QuotaConfig | null => (bytesPerSecond > 0 ? { bytesPerSecond, samples, sampleMs } : null);
  return {
    produce: quota(producerBytesPerSecond),
    fetch: quota(consumerBytesPerSecond),
    produced: new Map(),
    fetched: new Map(),
    producersMutedUntilUs: new Map(),
    consumersMutedUntilUs: new Map(),
    saidUs: new Map(),
    throttledUs: new Map(),
    throttledAnswers: new Map(),
  };
}

/** One number for a broker and a client's endpoint (below 0) or index. */
const keyOf = (broker: number, client: number): number => broker * 0x1000000 + Math.abs(client);

function rateOf(rates: Map<number, SampledRate>, key: number): SampledRate {
  let rate = rates.get(key);
  if (rate === undefined) rates.set(key, (rate = createSampledRate()));
  return rate;
}

/** Least time between two lines of the timeline about one client at one broker. */
const saySpacingUs = 60_000_000;

/** Gives until when the connection is muted. */
function noteThrottled(
  ctx: BrokerContext,
  quotas: QuotaState,
  { broker, client }: { readonly broker: number; readonly client: Endpoint },
  throttleMs: number,
): number {
  const { nowUs } = ctx.events;
  const untilUs = nowUs + throttleMs * 1000;
  const key = keyOf(broker, client);
  if (nowUs - (quotas.saidUs.get(key) ?? -Infinity) >= saySpacingUs) {
    quotas.saidUs.set(key, nowUs);
    noteCluster(ctx, 'client.throttled', { broker, client });
  }
  quotas.throttledUs.set(client, (quotas.throttledUs.get(client) ?? 0) + throttleMs * 1000);
  quotas.throttledAnswers.set(client, (quotas.throttledAnswers.get(client) ?? 0) + 1);
  return untilUs;
}

/** A produce request is written and will be answered: it counts, and beyond the quota its connection is muted. */
export function noteProduced(
  ctx: BrokerContext,
  {
    broker,
    client,
    producer,
    sizeBytes,
  }: { readonly broker: number; readonly client: Endpoint; readonly producer: number; readonly sizeBytes: number },
): void {
  const { quotas } = ctx.capacity;
  if (quotas === null || quotas.produce === null) return;
  const nowMs = Math.floor(ctx.events.nowUs / 1000);
  const throttleMs = recordAndThrottleMs(rateOf(quotas.produced, keyOf(broker, client)), quotas.produce, sizeBytes, nowMs);
  if (throttleMs > 0) quotas.producersMutedUntilUs.set(keyOf(broker, producer), noteThrottled(ctx, quotas, { broker, client }, throttleMs));
}

/** Whether an answer of `sizeBytes` is beyond the quota: it is then given without records, which do not count, and its connection is muted. */
export function isFetchThrottled(
  ctx: BrokerContext,
  { broker, client, member }: { readonly broker: number; readonly client: Endpoint; readonly member: number },
  sizeBytes: number,
): boolean {
  const { quotas } = ctx.capacity;
  if (quotas === null || quotas.fetch === null) return false;
  const nowMs = Math.floor(ctx.events.nowUs / 1000);
  const rate = rateOf(quotas.fetched, keyOf(broker, client));
  const throttleMs = recordAndThrottleMs(rate, quotas.fetch, sizeBytes, nowMs);
  if (throttleMs <= 0) return false;
  unrecordValue(rate, quotas.fetch, sizeBytes, nowMs);
  quotas.consumersMutedUntilUs.set(keyOf(broker, member), noteThrottled(ctx, quotas, { broker, client }, throttleMs));
  return true;
}

/** Most bytes an answer may have: more would be throttled after any pause. */
export function quotaBytesMax(ctx: BrokerContext): number {
  const quota = ctx.capacity.quotas?.fetch ?? null;
  return quota === null ? Infinity : fetchBytesMax(quota);
}

/** Until when a producer's connection to a broker is not read; 0 when it is. */
export function producerMutedUntilUs(ctx: BrokerContext, broker: number, producer: number): number {
  return mutedUntilUs(ctx, ctx.capacity.quotas?.producersMutedUntilUs, keyOf(broker, producer));
}

/** The same of a consumer's. */
export function consumerMutedUntilUs(ctx: BrokerContext, broker: number, member: number): number {
  return mutedUntilUs(ctx, ctx.capacity.quotas?.consumersMutedUntilUs, keyOf(broker, member));
}

/** Until when a consumer's connection to a broker is or was muted last; 0 when it never was. */
export function lastMutedUntilUs(ctx: BrokerContext, broker: number, member: number): number {
  return ctx.capacity.quotas?.consumersMutedUntilUs.get(keyOf(broker, member)) ?? 0;
}

function mutedUntilUs(ctx: BrokerContext, muted: ReadonlyMap<number, number> | undefined, key: number): number {
  const untilUs = muted?.get(key) ?? 0;
  return untilUs > ctx.events.nowUs ? untilUs : 0;
}

/** A broker's process is gone: what it knew of its clients' rates was in its memory, and their connections are new ones next time. */
export function forgetQuotas({ capacity: { quotas } }: BrokerContext, broker: number): void {
  if (quotas === null) return;
  for (const map of [quotas.produced, quotas.fetched, quotas.producersMutedUntilUs, quotas.consumersMutedUntilUs]) {
    for (const key of [...map.keys()]) if (Math.floor(key / 0x1000000) === broker) map.delete(key);
  }
}

/** Connections a broker does not listen to now. */
export function mutedConnections({ capacity, events }: BrokerContext, broker: number): number {
  if (capacity.quotas === null) return 0;
  const { producersMutedUntilUs, consumersMutedUntilUs } = capacity.quotas;
  const count = (muted: ReadonlyMap<number, number>): number =>
    [...muted].filter(([key, untilUs]) => Math.floor(key / 0x1000000) === broker && untilUs > events.nowUs).length;
  return count(producersMutedUntilUs) + count(consumersMutedUntilUs);
}
