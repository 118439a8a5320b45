/** Which broker stands in which rack: `broker.racks` given out in turn. */
import type { ConfigValue } from './document.ts';

type Settings = Readonly<Record<string, ConfigValue>>;

/** The rack of a broker, null when the cluster has none. `cluster` has its defaults filled in. */
export function rackOf(cluster: Settings, broker: number): string | null {
  const racks = cluster['broker.racks'];
  return Array.isArray(racks) && racks.length > 0 ? String(racks[broker % racks.length]) : null;
}

/** Every rack once, in the order it is written. */
export function racksOf(cluster: Settings): readonly string[] {
  const racks = cluster['broker.racks'];
  return Array.isArray(racks) ? [...new Set(racks.map(String))] : [];
}

/** Indexes of the brokers in a rack. */
export function brokersIn(cluster: Settings, rack: string): readonly number[] {
  const count = Number(cluster['brokers']);
  return Array.from({ length: Number.isFinite(count) ? count : 0 }, (_, broker) => broker).filter(
    (broker) => rackOf(cluster, broker) === rack,
  );
}
