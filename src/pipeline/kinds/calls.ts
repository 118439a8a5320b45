import type { ConfigDefinition } from './definition.ts';

const section = 'External system';

/** A system outside of Kafka that each service calls, and whose capacity all members share. Retries are those of errors. */
export const callConfig: readonly ConfigDefinition[] = [
  { name: 'call.latency.ms', type: 'number', default: 0, min: 0, max: 86_400_000, unit: 'ms', section, source: 'simulation', fidelity: 'assumed', help: 'Mean time a system outside takes for the call that each record makes first, once it has a place for it. 0: nothing is called.' },
  { name: 'call.latency.distribution', type: 'enum', default: 'constant', values: ['constant', 'exponential', 'lognormal'], section, source: 'simulation', live: true, help: 'The shape of that time.' },
  { name: 'call.latency.cv', type: 'number', default: 1, min: 0, max: 100, section, source: 'simulation', live: true, when: { name: 'call.latency.distribution', is: ['lognormal'] }, help: 'Coefficient of variation, standard deviation divided by mean.' },
  { name: 'call.concurrency', type: 'integer', default: 0, min: 0, max: 10_000, section, source: 'simulation', live: true, help: 'Calls of all members together that the system works on at the same time; others wait there, first come first served. 0: any number.' },
  { name: 'call.timeout.ms', type: 'number', default: 0, min: 0, max: 86_400_000, unit: 'ms', section, source: 'simulation', live: true, help: 'After so long without an answer the attempt has failed; error.action says what follows. The system works on the call all the same. 0: no timeout.' },
  { name: 'call.error.rate', type: 'number', default: 0, min: 0, max: 1, section, source: 'simulation', live: true, help: 'Part of the calls that are answered with an error.' },
];
