/** Rates of brokers: a view of the cluster holds sums since the start, so two views make a rate. */
import type { BrokerView, ClusterView } from '../../workers/protocol.ts';

/** Per second of virtual time; NaN while not known yet. */
export interface BrokerRates {
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly diskBytesWritten: number;
  readonly diskBytesRead: number;
  /** Part of its request handlers' time in use, 0 to 1. */
  readonly busy: number;
}

export interface MeasuredCluster {
  readonly view: ClusterView;
  /** The view that the next rates are counted from. */
  readonly base: ClusterView;
  readonly rates: ReadonlyMap<number, BrokerRates>;
}

/** Virtual time between two views from which a rate means something. */
const leastUs = 200_000;

export const unknownRates: BrokerRates = { bytesIn: NaN, bytesOut: NaN, diskBytesWritten: NaN, diskBytesRead: NaN, busy: NaN };

function ratesBetween(before: BrokerView, now: BrokerView, seconds: number): BrokerRates {
  const rate = (one: number, other: number) => Math.max(0, other - one) / seconds;
  return {
    bytesIn: rate(before.bytesIn, now.bytesIn),
    bytesOut: rate(before.bytesOut, now.bytesOut),
    diskBytesWritten: rate(before.diskBytesWritten, now.diskBytesWritten),
    diskBytesRead: rate(before.diskBytesRead, now.diskBytesRead),
    busy: Math.min(1, rate(before.handlerBusyUs, now.handlerBusyUs) / 1e6 / Math.max(1, now.handlers)),
  };
}

/** The newest view with its rates. Too soon after the former one the former rates stay; when time went back they begin anew. */
export function measureCluster(former: MeasuredCluster | null, view: ClusterView): MeasuredCluster {
  if (former === null || view.timeUs < former.base.timeUs || view.brokers.length !== former.base.brokers.length)
    return { view, base: view, rates: new Map() };
  const passedUs = view.timeUs - former.base.timeUs;
  if (passedUs < leastUs) return { ...former, view };
  const before = new Map(former.base.brokers.map((broker) => [broker.id, broker]));
  const rates = new Map(view.brokers.map((broker) => [broker.id, ratesBetween(before.get(broker.id) ?? broker, broker, passedUs / 1e6)]));
  return { view, base: view, rates };
}
