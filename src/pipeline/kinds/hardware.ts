import type { ConfigDefinition } from './definition.ts';
import { hardwareProfiles } from './hardwareProfiles.ts';

/** What the machine of one broker can do. A profile fills in what is not set. */
export const hardwareConfig: readonly ConfigDefinition[] = [
  { name: 'hardware.profile', type: 'enum', default: 'custom', values: ['custom', ...Object.keys(hardwareProfiles)], section: 'Hardware', source: 'simulation', prominent: true, help: 'A machine whose published figures fill in network, disk and page cache; what is set by hand stays. Custom: the figures below.' },
  { name: 'network.latency.ms', type: 'number', default: 0.5, min: 0, max: 60_000, unit: 'ms', section: 'Network', source: 'simulation', fidelity: 'assumed', prominent: true, help: 'One way between a client and a broker, or two brokers. Default: the order of half a round trip between two zones of one cloud region.' },
  { name: 'rack.latency.ms', type: 'number', default: 0, min: 0, max: 60_000, unit: 'ms', section: 'Network', source: 'simulation', fidelity: 'assumed', help: 'Added to network.latency.ms, one way, between two racks: from broker to broker, and between brokers and consumers with a client.rack. Clients without a rack have none to be far from.' },
  { name: 'network.bytes.per.second', type: 'number', default: 1_250_000_000, min: 0, max: 1e12, unit: 'bytes/s', section: 'Network', source: 'simulation', fidelity: 'assumed', help: 'One broker\'s network, in each direction; 0 for no limit. Default: 10 Gbit/s.' },
  { name: 'disk.bytes.per.second', type: 'number', default: 500_000_000, min: 0, max: 1e12, unit: 'bytes/s', section: 'Disk', source: 'simulation', fidelity: 'assumed', help: 'Sustained writing of one broker\'s disk; 0 for no limit. Default: a cloud SSD volume of that class.' },
  { name: 'disk.read.bytes.per.second', type: 'number', default: 500_000_000, min: 0, max: 1e12, unit: 'bytes/s', section: 'Disk', source: 'simulation', fidelity: 'assumed', help: 'Sustained reading of one broker\'s disk, for what is no longer in the page cache; 0 for no limit.' },
  { name: 'disk.seek.ms', type: 'number', default: 1, min: 0, max: 60_000, unit: 'ms', section: 'Disk', source: 'simulation', fidelity: 'assumed', help: 'Time before the first byte of a read that goes to the disk. Default: a cloud SSD volume; a turning disk takes about 8.' },
  { name: 'disk.capacity.bytes', type: 'integer', default: 0, min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'bytes', section: 'Disk', source: 'simulation', help: 'Size of one broker\'s disk; a full one takes its logs offline. 0: no limit.' },
  { name: 'disk.price.per.gb.month', type: 'number', default: 0.08, min: 0, max: 1_000_000, unit: 'USD', section: 'Disk', source: 'simulation', fidelity: 'assumed', help: 'Price of one GB of the brokers\' disks for a month, for the report\'s storage cost.' },
  { name: 'page.cache.bytes', type: 'integer', default: 26_843_545_600, min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'bytes', section: 'Disk', source: 'simulation', fidelity: 'assumed', help: 'Memory of one broker that holds what was written last; a reader further behind reads the disk. 0: everything is in memory. Default: 25 GiB, a machine of 32 GiB.' },
  { name: 'request.handler.ms', type: 'number', default: 0.1, min: 0, max: 60_000, unit: 'ms', section: 'Requests', source: 'simulation', fidelity: 'assumed', help: 'Handler time of one request.' },
  { name: 'num.io.threads', type: 'integer', default: 8, min: 1, max: 1_000, section: 'Requests', source: 'kafka', help: 'Request handler threads of one broker.' },
];
