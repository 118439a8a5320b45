import type { ConfigDefinition, KindDefinition } from './definition.ts';

/** Kafka's ProducerConfig, for producers and for the producing half of processors. */
export const producerClientConfig: readonly ConfigDefinition[] = [
  { name: 'acks', type: 'enum', default: 'all', values: ['all', '1', '0'], section: 'Delivery', source: 'kafka', help: 'Who must have a batch before it counts as sent.' },
  { name: 'batch.size', type: 'integer', default: 16_384, min: 0, max: 2_147_483_647, unit: 'bytes', section: 'Batching', source: 'kafka', prominent: true, help: 'A batch of one partition is sent at once when it is this full.' },
  { name: 'linger.ms', type: 'number', default: 5, min: 0, max: 2_147_483_647, unit: 'ms', section: 'Batching', source: 'kafka', prominent: true, help: 'Longest time an unfull batch waits for more records. 5 since Kafka 4.0.' },
  { name: 'buffer.memory', type: 'integer', default: 33_554_432, min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'bytes', section: 'Batching', source: 'kafka', help: 'Memory for batches not yet sent; a batch takes batch.size of it even when nearly empty.' },
  { name: 'max.block.ms', type: 'integer', default: 60_000, min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'ms', section: 'Batching', source: 'kafka', help: 'How long send() waits for buffer memory before the record is refused.' },
  { name: 'max.request.size', type: 'integer', default: 1_048_576, min: 0, max: 2_147_483_647, unit: 'bytes', section: 'Batching', source: 'kafka', help: 'Largest request, and largest record.' },
  { name: 'max.in.flight.requests.per.connection', type: 'integer', default: 5, min: 1, max: 2_147_483_647, section: 'Batching', source: 'kafka', help: 'Unanswered requests to one broker.' },
  { name: 'partitioner.adaptive.partitioning.enable', type: 'boolean', default: true, section: 'Partitioning', source: 'kafka', help: 'Records without a key go to partitions with shorter queues more often (KIP-794).' },
];

const workload: readonly ConfigDefinition[] = [
  { name: 'workload.shape', type: 'enum', default: 'constant', values: ['constant', 'poisson', 'ramp', 'sine', 'bursts', 'replay'], section: 'Workload', source: 'simulation', prominent: true, live: true, help: 'How the rate moves: evenly spaced, at random, growing, up and down over a day, in bursts, or replayed from a CSV.' },
  { name: 'workload.rate', type: 'number', default: 1_000, min: 0, max: 10_000_000, unit: '1/s', section: 'Workload', source: 'simulation', prominent: true, live: true, when: { name: 'workload.shape', is: ['constant', 'poisson', 'ramp', 'sine', 'bursts'] }, help: 'Records a second: the steady rate, the start of a ramp, the middle of a sine, the rate between bursts.' },
  { name: 'workload.arrivals', type: 'enum', default: 'even', values: ['even', 'poisson'], section: 'Workload', source: 'simulation', live: true, when: { name: 'workload.shape', is: ['ramp', 'sine', 'bursts'] }, help: 'Evenly spaced at the rate of the moment, or at random around it.' },
  { name: 'workload.ramp.rate', type: 'number', default: 5_000, min: 0, max: 10_000_000, unit: '1/s', section: 'Workload', source: 'simulation', live: true, when: { name: 'workload.shape', is: ['ramp'] }, help: 'The rate at the end of the ramp; it stays there.' },
  { name: 'workload.ramp.ms', type: 'number', default: 60_000, min: 1, max: 1e12, unit: 'ms', section: 'Workload', source: 'simulation', live: true, when: { name: 'workload.shape', is: ['ramp'] }, help: 'How long the ramp takes.' },
  { name: 'workload.sine.amplitude', type: 'number', default: 500, min: 0, max: 10_000_000, unit: '1/s', section: 'Workload', source: 'simulation', live: true, when: { name: 'workload.shape', is: ['sine'] }, help: 'How far the rate swings above and below its middle; never below 0.' },
  { name: 'workload.sine.period.ms', type: 'number', default: 86_400_000, min: 1, max: 1e12, unit: 'ms', section: 'Workload', source: 'simulation', live: true, when: { name: 'workload.shape', is: ['sine'] }, help: 'Length of one swing.' },
  { name: 'workload.burst.rate', type: 'number', default: 5_000, min: 0, max: 10_000_000, unit: '1/s', section: 'Workload', source: 'simulation', live: true, when: { name: 'workload.shape', is: ['bursts'] }, help: 'Records a second during a burst.' },
  { name: 'workload.burst.ms', type: 'number', default: 10_000, min: 0, max: 1e12, unit: 'ms', section: 'Workload', source: 'simulation', live: true, when: { name: 'workload.shape', is: ['bursts'] }, help: 'Length of a burst.' },
  { name: 'workload.burst.every.ms', type: 'number', default: 60_000, min: 1, max: 1e12, unit: 'ms', section: 'Workload', source: 'simulation', live: true, when: { name: 'workload.shape', is: ['bursts'] }, help: 'From the start of one burst to the start of the next; the first one starts at once.' },
  { name: 'workload.group.size', type: 'integer', default: 1, min: 1, max: 100_000, unit: 'records', section: 'Workload', source: 'simulation', live: true, when: { name: 'workload.shape', is: ['constant', 'poisson', 'ramp', 'sine', 'bursts'] }, help: 'Records that arrive together at each arrival; the rate still counts records.' },
  { name: 'workload.csv', type: 'string', default: '', maxLength: 5_000_000, section: 'Workload', source: 'simulation', when: { name: 'workload.shape', is: ['replay'] }, help: 'CSV with a header line. Columns `at_ms` (needed), `key`, `value` and `size` are used; without `value`, the other columns become the JSON value.' },
  { name: 'workload.start.ms', type: 'number', default: 0, min: 0, max: 1e12, unit: 'ms', section: 'Workload', source: 'simulation', help: 'When the first arrival may come.' },
  { name: 'workload.records', type: 'integer', default: 0, min: 0, max: 4_000_000_000, unit: 'records', section: 'Workload', source: 'simulation', help: 'Stop after so many records; 0 for no end.' },
];

const keysAndValues: readonly ConfigDefinition[] = [
  { name: 'key.shape', type: 'enum', default: 'uniform', values: ['none', 'sequential', 'uniform', 'zipf', 'hot', 'list'], section: 'Keys', source: 'simulation', prominent: true, help: 'Which keys records carry. None: Kafka\'s sticky partitioner spreads them by bytes.' },
  { name: 'key.prefix', type: 'string', default: 'key-', maxLength: 200, section: 'Keys', source: 'simulation', when: { name: 'key.shape', is: ['sequential', 'uniform', 'zipf', 'hot'] }, help: 'Text before the number.' },
  { name: 'key.count', type: 'integer', default: 1_000, min: 1, max: 100_000_000, section: 'Keys', source: 'simulation', prominent: true, when: { name: 'key.shape', is: ['sequential', 'uniform', 'zipf', 'hot'] }, help: 'Number of distinct keys, numbered from 1; sequential keys start again after the last.' },
  { name: 'key.zipf.exponent', type: 'number', default: 1, min: 0, max: 10, section: 'Keys', source: 'simulation', when: { name: 'key.shape', is: ['zipf'] }, help: 'Key i comes with weight 1 / i to this power: the higher, the hotter the first keys.' },
  { name: 'key.hot.share', type: 'number', default: 0.5, min: 0, max: 1, section: 'Keys', source: 'simulation', when: { name: 'key.shape', is: ['hot'] }, help: 'Part of all records that carry key number 1; the others are spread evenly.' },
  { name: 'key.list', type: 'list', default: [], maxLength: 10_000, section: 'Keys', source: 'simulation', when: { name: 'key.shape', is: ['list'] }, help: 'The keys, one a line, chosen evenly; `text*3` makes one three times as likely.' },
  { name: 'value.size.distribution', type: 'enum', default: 'constant', values: ['constant', 'uniform', 'lognormal'], section: 'Values', source: 'simulation', help: 'How value sizes vary.' },
  { name: 'value.size.bytes', type: 'integer', default: 1_024, min: 0, max: 104_857_600, unit: 'bytes', section: 'Values', source: 'simulation', prominent: true, help: 'Mean size of a value. A JSON value that is shorter is padded with spaces to this size.' },
  { name: 'value.size.max.bytes', type: 'integer', default: 2_048, min: 0, max: 104_857_600, unit: 'bytes', section: 'Values', source: 'simulation', when: { name: 'value.size.distribution', is: ['uniform'] }, help: 'Largest value; the smallest is as far below the mean.' },
  { name: 'value.size.cv', type: 'number', default: 0.5, min: 0, max: 10, section: 'Values', source: 'simulation', when: { name: 'value.size.distribution', is: ['lognormal'] }, help: 'Coefficient of variation of the size.' },
  { name: 'value.template', type: 'string', default: '', maxLength: 100_000, section: 'Values', source: 'simulation', prominent: true, help: 'JSON with `{{…}}` where values are made up: {{sequence}}, {{key}}, {{timestamp}}, {{uuid}}, {{integer 1 100}}, {{number 0 1}}, {{oneOf "a" "b"}}. Empty: filler bytes.' },
];

export const producer = {
  kind: 'producer', role: 'producer', family: 'Produce', label: 'Producer', glyph: 'producer', defaultName: 'producer',
  summary: 'An application that writes records to one or more topics.',
  config: [...workload, ...keysAndValues, ...producerClientConfig],
} as const satisfies KindDefinition;
