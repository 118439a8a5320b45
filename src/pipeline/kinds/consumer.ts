import type { ConfigDefinition } from './definition.ts';

/** What every member of a consumer group takes: Kafka's ConsumerConfig names and defaults, then what only a simulation has. */
export const consumerConfig: readonly ConfigDefinition[] = [
  { name: 'group.id', type: 'string', default: '', maxLength: 249, section: 'Group', source: 'kafka', help: 'Members with the same id share the partitions. Empty: the node\'s own name.' },
  { name: 'instances', type: 'integer', default: 1, min: 1, max: 1000, section: 'Group', source: 'simulation', prominent: true, help: 'Members this node starts with. More members than partitions stay idle.' },
  { name: 'group.instance.id', type: 'string', default: '', maxLength: 200, section: 'Group', source: 'kafka', help: 'Static membership: a member that returns within the session timeout gets its partitions back without a rebalance. The member\'s number is appended.' },
  { name: 'partition.assignment.strategy', type: 'enum', default: 'range', values: ['range', 'cooperative-sticky'], section: 'Group', source: 'kafka', help: 'Range is per topic and eager: everybody stops while partitions are dealt out. Cooperative-sticky moves only what must move.' },
  { name: 'session.timeout.ms', type: 'integer', default: 45_000, min: 1, max: 1_800_000, unit: 'ms', section: 'Group', source: 'kafka', help: 'Without a heartbeat for this long, the coordinator takes a member for dead.' },
  { name: 'heartbeat.interval.ms', type: 'integer', default: 3_000, min: 1, max: 600_000, unit: 'ms', section: 'Group', source: 'kafka', help: 'How often a member says it lives; also how soon it hears of a rebalance.' },
  { name: 'max.poll.interval.ms', type: 'integer', default: 300_000, min: 1, max: 2_147_483_647, unit: 'ms', section: 'Group', source: 'kafka', help: 'Longest time between two polls before a member leaves the group; also how long a rebalance waits for the slowest member.' },
  { name: 'max.poll.records', type: 'integer', default: 500, min: 1, max: 2_147_483_647, unit: 'records', section: 'Fetching', source: 'kafka', prominent: true, live: true, help: 'Most records one poll returns. It only slices what is already fetched.' },
  { name: 'fetch.min.bytes', type: 'integer', default: 1, min: 0, max: 2_147_483_647, unit: 'bytes', section: 'Fetching', source: 'kafka', live: true, help: 'The broker answers a fetch once this much is there.' },
  { name: 'fetch.max.wait.ms', type: 'integer', default: 500, min: 0, max: 2_147_483_647, unit: 'ms', section: 'Fetching', source: 'kafka', live: true, help: 'Longest time the broker holds a fetch back for fetch.min.bytes.' },
  { name: 'fetch.max.bytes', type: 'integer', default: 52_428_800, min: 0, max: 2_147_483_647, unit: 'bytes', section: 'Fetching', source: 'kafka', live: true, help: 'Most bytes in one answer; a first batch larger than this still comes whole.' },
  { name: 'max.partition.fetch.bytes', type: 'integer', default: 1_048_576, min: 0, max: 2_147_483_647, unit: 'bytes', section: 'Fetching', source: 'kafka', live: true, help: 'Most bytes of one partition in one answer.' },
  { name: 'prefetch', type: 'boolean', default: true, section: 'Fetching', source: 'simulation', help: 'Kafka\'s client fetches ahead while records are processed. Off: each poll takes what is in the log at that moment, the textbook queue.' },
  { name: 'auto.offset.reset', type: 'enum', default: 'latest', values: ['earliest', 'latest', 'none'], section: 'Offsets', source: 'kafka', prominent: true, help: 'Where to start without a committed offset, or when the offset has left the log.' },
  { name: 'commit.mode', type: 'enum', default: 'auto', values: ['auto', 'after-processing', 'before-processing'], section: 'Offsets', source: 'simulation', prominent: true, help: 'Automatic commits in the background; after processing: at least once; before processing: at most once.' },
  { name: 'auto.commit.interval.ms', type: 'integer', default: 5_000, min: 0, max: 2_147_483_647, unit: 'ms', section: 'Offsets', source: 'kafka', when: { name: 'commit.mode', is: ['auto'] }, help: 'How often automatic commits happen, inside poll.' },
];
