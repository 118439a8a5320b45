import type { ConfigDefinition } from './definition.ts';

const section = 'Processing';
const inPool = { name: 'processing.mode', is: ['pool'] };

/** How a member works off what its polls hand out: in the poll loop itself, or in a pool of threads behind it (Confluent's Parallel Consumer, whose defaults these are, or a ThreadPoolExecutor). */
export const poolConfig: readonly ConfigDefinition[] = [
  { name: 'processing.mode', type: 'enum', default: 'poll-loop', values: ['poll-loop', 'pool'], section, source: 'simulation', help: 'Poll loop: each poll is worked off before the next. Pool: the loop hands its records to a pool of threads and polls on; offsets are committed up to the first record that is not done.' },
  { name: 'pool.threads', type: 'integer', default: 16, min: 1, max: 1_000, unit: 'threads', section, source: 'simulation', fidelity: 'assumed', when: inPool, help: 'Records one member works on at the same time. 16 is maxConcurrency of Confluent\'s Parallel Consumer.' },
  { name: 'pool.ordering', type: 'enum', default: 'key', values: ['partition', 'key', 'unordered'], section, source: 'simulation', when: inPool, help: 'What stays in order: partition works on one record of a partition at a time, key on one of each key of a partition (records without a key count as one key), unordered on any.' },
  { name: 'pool.queue.capacity', type: 'integer', default: 1_000, min: 0, max: 100_000, unit: 'records', section, source: 'simulation', fidelity: 'assumed', when: inPool, help: 'Records that wait for a thread, besides those being worked on. 0: a record is handed over only to a free thread.' },
  { name: 'pool.when.full', type: 'enum', default: 'pause', values: ['pause', 'block', 'reject'], section, source: 'simulation', when: inPool, help: 'A full queue: pause stops fetching and polls on, so the member stays in its group; block keeps the poll loop waiting for a place, at the risk of max.poll.interval.ms; reject refuses the record, which goes to the dead letter topic where one is wired and is dropped where not.' },
  { name: 'pool.commit.interval.ms', type: 'integer', default: 5_000, min: 0, max: 2_147_483_647, unit: 'ms', section, source: 'simulation', when: inPool, fidelity: 'assumed', help: 'With commit.mode=after-processing: how often the loop commits what is done without a gap. 5 s is commitInterval of Confluent\'s Parallel Consumer; 0: as soon as a record is done.' },
];
