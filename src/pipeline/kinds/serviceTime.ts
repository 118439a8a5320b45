import type { ConfigDefinition } from './definition.ts';

/** How long one service takes: the same rows for processors (per record) and sinks (per write). */
export function serviceTimeConfig(defaultMs: number): readonly ConfigDefinition[] {
  const section = 'Service time';
  const of = (...is: string[]) => ({ name: 'service.time.distribution', is });
  return [
    {
      name: 'service.time.distribution', type: 'enum', default: 'constant', section, source: 'simulation', prominent: true, live: true,
      values: ['constant', 'uniform', 'exponential', 'erlang', 'hyperexponential', 'lognormal', 'two-point', 'empirical'],
      help: 'The shape of the time one service takes. Constant is the kindest; exponential and lognormal show how variability alone builds queues.',
    },
    {
      name: 'service.time.ms', type: 'number', default: defaultMs, min: 0, max: 86_400_000, unit: 'ms', section, source: 'simulation', prominent: true, live: true, fidelity: 'assumed',
      help: 'Mean time one service takes. 0 switches the cost off.', when: of('constant', 'exponential', 'erlang', 'hyperexponential', 'lognormal'),
    },
    { name: 'service.time.min.ms', type: 'number', default: 0, min: 0, max: 86_400_000, unit: 'ms', section, source: 'simulation', live: true, help: 'Shortest service.', when: of('uniform') },
    { name: 'service.time.max.ms', type: 'number', default: 10, min: 0, max: 86_400_000, unit: 'ms', section, source: 'simulation', live: true, help: 'Longest service.', when: of('uniform') },
    { name: 'service.time.shape', type: 'integer', default: 2, min: 1, max: 100, section, source: 'simulation', live: true, help: 'Number of exponential stages (Erlang k): the higher, the more regular.', when: of('erlang') },
    { name: 'service.time.cv', type: 'number', default: 2, min: 0, max: 100, section, source: 'simulation', live: true, help: 'Coefficient of variation, standard deviation divided by mean. Hyperexponential needs at least 1.', when: of('hyperexponential', 'lognormal') },
    { name: 'service.time.low.ms', type: 'number', default: 1, min: 0, max: 86_400_000, unit: 'ms', section, source: 'simulation', live: true, help: 'The usual service time.', when: of('two-point') },
    { name: 'service.time.high.ms', type: 'number', default: 100, min: 0, max: 86_400_000, unit: 'ms', section, source: 'simulation', live: true, help: 'The rare, slow service time.', when: of('two-point') },
    { name: 'service.time.high.probability', type: 'number', default: 0.01, min: 0, max: 1, section, source: 'simulation', live: true, help: 'How often the slow one happens.', when: of('two-point') },
    { name: 'service.time.table', type: 'string', default: '1:0.9, 10:0.1', maxLength: 4000, section, source: 'simulation', live: true, help: 'Measured times as `ms:weight` pairs, separated by commas.', when: of('empirical') },
  ];
}
